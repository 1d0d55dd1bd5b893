"""Asks a server as fast as it answers, over a few connections that stay open. Bare sockets: the asker must not be the limit."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

CONNECTIONS = 16


@dataclass(frozen=True)
class Rate:
    per_second: float
    statuses: dict[int, int]


async def ask(host: str, port: int, requests: Sequence[bytes], *, connections: int = CONNECTIONS) -> Rate:
    """Send every request once; return how many were answered in a second, and with what."""
    loop, waiting = asyncio.get_running_loop(), iter(requests)
    statuses: dict[int, int] = {}
    began = time.perf_counter()
    askers = [
        (await loop.create_connection(lambda: Asker(waiting, statuses), host, port))[1]
        for _ in range(min(connections, len(requests)))
    ]
    await asyncio.gather(*(asker.done for asker in askers))
    return Rate(len(requests) / (time.perf_counter() - began), statuses)


def all_of(rate: Rate, status: int) -> float:
    assert set(rate.statuses) == {status}, f"expected {status} alone, got {rate.statuses}"
    return rate.per_second


class Asker(asyncio.Protocol):
    """One connection: sends a request, reads its answer, sends the next, until none waits. Callbacks cost half of streams."""

    def __init__(self, waiting: Iterator[bytes], statuses: dict[int, int]) -> None:
        self.done = asyncio.get_running_loop().create_future()
        self._waiting, self._statuses, self._read = waiting, statuses, b""

    def connection_made(self, transport: Any) -> None:
        self._transport = transport
        self._ask()

    def data_received(self, data: bytes) -> None:
        self._read += data
        head, end, body = self._read.partition(b"\r\n\r\n")
        if not end:
            return
        length = int(head.lower().partition(b"content-length:")[2].split(b"\r\n", 1)[0] or 0)
        if len(body) < length:
            return
        status = int(head[9:12])
        self._statuses[status] = self._statuses.get(status, 0) + 1
        self._read = b""
        self._ask()

    def connection_lost(self, error: Exception | None) -> None:
        if not self.done.done():
            self.done.set_exception(error or ConnectionError("The server hung up."))

    def _ask(self) -> None:
        request = next(self._waiting, None)
        if request is None:
            self.done.set_result(None)
            self._transport.close()
        else:
            self._transport.write(request)


def post(path: str, headers: Sequence[tuple[str, str]], body: bytes) -> bytes:
    """Return a POST as it goes over the wire."""
    lines = "".join(f"{name}: {value}\r\n" for name, value in headers)
    return f"POST {path} HTTP/1.1\r\n{lines}\r\n".encode() + body


def get(path: str, host: str, accept: str) -> bytes:
    """Return a GET as it goes over the wire."""
    return f"GET {path} HTTP/1.1\r\nHost: {host}\r\nAccept: {accept}\r\n\r\n".encode()


class Sink:
    """Peers on every address of loopback: reads what is posted, answers 202, and knows when it came."""

    def __init__(self) -> None:
        self.times: list[float] = []
        self.expected = 0
        self.done = asyncio.Event()
        self.port = 0

    async def open(self) -> asyncio.Server:
        server = await asyncio.start_server(self._serve, "0.0.0.0", 0)
        self.port = server.sockets[0].getsockname()[1]
        return server

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while True:
                head = (await reader.readuntil(b"\r\n\r\n")).lower()
                length = int(head.partition(b"content-length:")[2].split(b"\r\n", 1)[0] or 0)
                await reader.readexactly(length)
                self.times.append(time.perf_counter())
                writer.write(b"HTTP/1.1 202 Accepted\r\nContent-Length: 0\r\n\r\n")
                if len(self.times) == self.expected:
                    self.done.set()
        except (asyncio.IncompleteReadError, ConnectionError):
            writer.close()
