"""How many fetches are open at a time: per host, and in all."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager


class Gate:
    """Lets a few through at a time. Remembers only the hosts that somebody is at."""

    def __init__(self, *, per_host: int, overall: int) -> None:
        self._per_host = per_host
        self._overall = asyncio.Semaphore(overall)
        self._hosts: dict[str, asyncio.Semaphore] = {}
        self._there: dict[str, int] = {}

    @asynccontextmanager
    async def passing(self, host: str) -> AsyncIterator[None]:
        """Wait for a place at *host*, then for one in all, and hold both."""
        here = self._hosts.setdefault(host, asyncio.Semaphore(self._per_host))
        self._there[host] = self._there.get(host, 0) + 1
        try:
            async with here, self._overall:
                yield
        finally:
            self._there[host] -= 1
            if not self._there[host]:
                del self._there[host], self._hosts[host]
