"""How long after it was begun a process answers its first page."""

from __future__ import annotations

import asyncio
import statistics
import time
from pathlib import Path

from benchmarks import crowd
from benchmarks.figures import Figure
from tests.support.pier import Pier, moored

ROUNDS = 3
PEERS = 100
ENTRIES = 1_000  # that each of them has not heard: 100,000 deliveries
NOBODY = 9  # the port of `discard`, where nobody listens


async def measure(folder: Path) -> list[Figure]:
    """From the start of the process to the last byte of the front page, median of some."""
    async with moored(folder) as pier:
        fresh = [await _start(pier) for _ in range(ROUNDS)]
        node = await crowd.beside(pier)
        await crowd.follow_from(node, pier, (f"127.0.2.{n + 1}:{NOBODY}" for n in range(PEERS)))
        await crowd.leave_untold(node, pier, ENTRIES)
        await node.close()
        [(untold,)] = pier.rows("SELECT sum((SELECT max(id) FROM log) - cursor) FROM peers")
        assert untold >= PEERS * ENTRIES
        behind = [await _start(pier) for _ in range(ROUNDS)]
    what = "from the start of `archipel serve` to its first page"
    return [
        Figure(name="start", what=what, value=statistics.median(fresh), unit="s", aim=2, at_most=True),
        Figure(
            name="start-backlog",
            what=f"the same with {untold:,} undelivered",
            value=statistics.median(behind),
            unit="s",
            aim=3,
            at_most=True,
        ),
    ]


async def _start(pier: Pier) -> float:
    began = time.perf_counter()
    process = await pier.start("serve")
    await first_page(pier)
    took = time.perf_counter() - began
    await pier.stop(process)
    return took


async def first_page(pier: Pier) -> None:
    """Read the front page to its end."""
    reader, writer = await asyncio.open_connection("127.0.0.1", pier.port)
    host = pier.home.removeprefix("http://")
    writer.write(f"GET / HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n".encode())
    answer = await reader.read()
    assert answer.startswith(b"HTTP/1.1 200"), answer[:200]
    writer.close()
    await writer.wait_closed()
