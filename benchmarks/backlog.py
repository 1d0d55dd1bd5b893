"""A worker that begins with 100,000 deliveries behind it: how soon new word leaves, and what memory it takes (R27)."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path
from statistics import quantiles

from benchmarks import crowd, peers
from benchmarks.figures import Figure
from benchmarks.memory import resident
from node.runtime import Node
from tests.support.pier import Pier, moored

BEHIND, ENTRIES = 1000, 100  # servers, and activities that each of them has not heard
FRESH = 20  # servers that have heard everything
POSTS, EVERY = 10, 3.0  # new ones, and seconds between two
PATIENCE = 40.0  # seconds for the last of them


async def measure(folder: Path) -> list[Figure]:
    """Write now and then while a worker works its backlog off; time until those hear of it who are not behind."""
    async with peers.shore() as shore, moored(folder) as pier:
        node = await crowd.beside(pier)
        port = shore.ports["well"]
        await crowd.follow_from(node, pier, (f"127.1.{n // 250}.{n % 250 + 1}:{port}" for n in range(BEHIND)))
        fresh = [f"127.3.0.{n + 1}" for n in range(FRESH)]
        await crowd.follow_from(node, pier, (f"{host}:{port}" for host in fresh))
        await crowd.leave_untold(node, pier, ENTRIES)
        pier.rows("UPDATE peers SET cursor = (SELECT max(id) FROM log) WHERE host LIKE '127.3.%'")
        began = time.perf_counter()
        process = await pier.start("worker")
        ready, idle = time.perf_counter() - began, resident(process.pid)
        written, most = await _write(node, pier, process.pid)
        async with asyncio.timeout(PATIENCE):
            while sum(len(shore.got[host]) for host in fresh) < FRESH * POSTS:
                await asyncio.sleep(0.2)
        took = time.perf_counter() - began - ready
        await pier.stop(process)
        await node.close()
    heard = [moment - at for host in fresh for at, moment in zip(written, shore.got[host], strict=True)]
    told = sum(map(len, shore.got.values())) - len(heard)
    note = f"{told:,} of {BEHIND * ENTRIES:,} worked off meanwhile, {told / took:.0f} a second"
    return [
        Figure(
            name="backlog-new",
            what="p95 until new word is with a server that is not behind",
            value=quantiles(heard, n=20)[-1],
            unit="s",
            aim=30,
            at_most=True,
            note=note,
        ),
        Figure(
            name="backlog-ready",
            what="from the start of `archipel worker` until it works",
            value=ready,
            unit="s",
            aim=10,
            at_most=True,
        ),
        Figure(
            name="backlog-memory",
            what="growth of a worker over that",
            value=most - idle,
            unit="MB",
            aim=200,
            at_most=True,
        ),
    ]


async def _write(node: Node, pier: Pier, pid: int) -> tuple[list[float], float]:
    """Return when each post was begun, and the most memory that the worker took, in MB."""
    written, most = [], 0.0
    for _ in range(POSTS):
        written.append(time.perf_counter())
        await crowd.write_threads(node, pier, 1)
        await asyncio.sleep(EVERY)
        most = max(most, resident(pid))
    return written, most
