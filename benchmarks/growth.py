"""One post to ever more peers: what it costs whoever posts, and each peer."""

from __future__ import annotations

import asyncio
from pathlib import Path

from benchmarks import peers
from benchmarks.figures import Figure
from tests.support.pier import moored

SIZES = (100, 1000, 10_000)
AT_MOST = 100  # seconds


async def measure(folder: Path) -> list[Figure]:
    """Time until a post is committed, and time on a core for each delivery of one."""
    posting, delivering = {}, {}
    for size in SIZES:
        posting[size], delivering[size] = await _measure(folder / str(size), size)
    return [
        _figure("growth-post", "until a post is committed, 10,000 peers", posting),
        _figure("growth-peer", "of a core for one delivery, 10,000 peers", delivering),
    ]


def _figure(name: str, what: str, of: dict[int, float]) -> Figure:
    few, some, many = SIZES
    note = ", ".join(f"{size}: {of[size] * 1000:.2f} ms" for size in SIZES)
    return Figure(
        name=name,
        what=what,
        value=of[many] * 1000,
        unit="ms",
        floor=min(of[few], of[some]) * 1000,
        floor_is="the same with 100 or 1,000",
        aim=1.2,
        at_most=True,
        note=note,
    )


async def _measure(folder: Path, size: int) -> tuple[float, float]:
    folder.mkdir()
    async with peers.shore() as shore, moored(folder) as pier:
        node = await peers.opened(pier)
        await peers.follow(node, pier, [shore.ports["well"]] * size)
        threads = max(3, 2000 // size)  # of as many that the start of the worker does not count
        posting = await peers.post(node, pier, threads)
        await node.close()
        shore.expected = size * threads
        process = await pier.start("worker")
        before = peers.cpu_seconds(process.pid)
        async with asyncio.timeout(AT_MOST):
            await shore.done.wait()
        used = peers.cpu_seconds(process.pid) - before
        await pier.kill(process)
    return posting, used / (size * threads)
