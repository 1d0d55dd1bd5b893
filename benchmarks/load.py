"""Asks a server as fast as it answers, over a few connections that stay open. Bare sockets: the asker must not be the limit."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

CONNECTIONS = 16


@dataclass(frozen=True)
class Rate:
    per_second: float
    statuses: dict[int, int]


async def ask(host: str, port: int, requests: Sequence[bytes]) -> Rate:
    """Send every request once; return how many were answered in a second, and with what."""
    waiting = iter(requests)
    statuses: dict[int, int] = {}
    began = time.perf_counter()
    await asyncio.gather(*(_one(host, port, waiting, statuses) for _ in range(CONNECTIONS)))
    return Rate(len(requests) / (time.perf_counter() - began), statuses)


def all_of(rate: Rate, status: int) -> float:
    assert set(rate.statuses) == {status}, f"expected {status} alone, got {rate.statuses}"
    return rate.per_second


async def _one(host: str, port: int, waiting: Iterator[bytes], statuses: dict[int, int]) -> None:
    reader, writer = await asyncio.open_connection(host, port)
    for request in waiting:
        writer.write(request)
        head = await reader.readuntil(b"\r\n\r\n")
        length = 0
        for line in head.lower().split(b"\r\n"):
            if line.startswith(b"content-length:"):
                length = int(line.partition(b":")[2])
        if length:
            await reader.readexactly(length)
        status = int(head[9:12])
        statuses[status] = statuses.get(status, 0) + 1
    writer.close()
    await writer.wait_closed()


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
