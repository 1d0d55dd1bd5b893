"""From names to addresses, and the verdict on them.

A name is asked for once per connection, and the connection goes to an address of that very answer: a second
look-up could be answered differently (DNS rebinding).
"""

from __future__ import annotations

import asyncio
import socket
from concurrent.futures import ThreadPoolExecutor
from typing import Protocol

from node.errors import Forbidden, Unavailable
from node.network.addresses import is_address, is_loopback, is_public

LOOKUPS_OPEN = 32  # the system's look-up blocks a thread, and dead name servers block it for long


class Resolver(Protocol):
    """Finds the addresses of a host."""

    async def resolve(self, host: str, port: int) -> list[str]:
        """Return the IP addresses of *host*, best first; raise Unavailable when there are none."""


class SystemResolver:
    """Asks the operating system, in threads of its own so that slow look-ups hold up nothing else."""

    def __init__(self) -> None:
        self._threads = ThreadPoolExecutor(max_workers=LOOKUPS_OPEN, thread_name_prefix="resolver")

    async def resolve(self, host: str, port: int) -> list[str]:
        """Return the IP addresses of *host*, best first; raise Unavailable when there are none."""
        loop = asyncio.get_running_loop()
        try:
            answers = await loop.run_in_executor(self._threads, _look_up, host, port)
        except (OSError, UnicodeError) as error:
            raise Unavailable(f"The host {host} has no address at the moment.", detail=str(error)) from error
        return list(dict.fromkeys(answers))


class GuardedResolver:
    """Passes on only answers that are public throughout."""

    def __init__(self, inner: Resolver, *, allow_loopback: bool) -> None:
        self._inner = inner
        self._allow_loopback = allow_loopback

    async def resolve(self, host: str, port: int) -> list[str]:
        """Return the addresses of *host*, all of them judged.

        Raises Forbidden when any address is not public: one bad answer refuses all, since nobody honest
        mixes them. Raises Unavailable when there is no address.
        """
        addresses = [host] if is_address(host) else await self._inner.resolve(host, port)
        if not addresses:
            raise Unavailable(f"The host {host} has no address at the moment.")
        for address in addresses:
            self.check(address, host=host)
        return addresses

    def check(self, address: str, *, host: str = "") -> None:
        """Raise Forbidden unless *address* is public, or loopback where that is allowed."""
        if is_public(address) or (self._allow_loopback and is_loopback(address)):
            return
        raise Forbidden(
            "This node connects to public addresses only.", detail=f"{host or address} is at {address}"
        )


def _look_up(host: str, port: int) -> list[str]:
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_ADDRCONFIG)
    return [str(address[0]) for *_, address in found]
