"""A transport that is made when the first request is: a process that only answers never loads what it takes, some 7 MB."""

from __future__ import annotations

from collections.abc import Callable

import httpx


class LateTransport(httpx.AsyncBaseTransport):
    """Stands for the transport that *make* returns."""

    def __init__(self, make: Callable[[], httpx.AsyncBaseTransport]) -> None:
        self._make = make
        self._made: httpx.AsyncBaseTransport | None = None

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Hand the request on. Raises what the transport raises."""
        if self._made is None:
            self._made = self._make()
        return await self._made.handle_async_request(request)

    async def aclose(self) -> None:
        """Close the transport, if there ever was one."""
        if self._made is not None:
            await self._made.aclose()
