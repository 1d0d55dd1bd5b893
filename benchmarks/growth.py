"""One post to ever more peers: what it costs whoever posts, and each peer."""

from __future__ import annotations

import asyncio
from pathlib import Path

from benchmarks import peers
from benchmarks.figures import Figure
from tests.support.pier import moored

SIZES = {100: 10, 1000: 2, 10_000: 1}  # peers: posts whose delivery is measured, after one that is not
POSTS = 15
KEPT_ALIVE = 4.5  # seconds after which the node has closed idle connections
AT_MOST = 60  # seconds for one post


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
    """Deliver one post after the other, all but the first measured; then write some that nobody delivers."""
    folder.mkdir()
    rounds = SIZES[size]
    async with peers.shore() as shore, moored(folder) as pier:
        node = await peers.opened(pier)
        await peers.follow(node, pier, [shore.ports["well"]] * size)
        process = await pier.start("worker")
        used = 0.0
        for number in range(rounds + 1):
            await asyncio.sleep(
                KEPT_ALIVE
            )  # all sizes connect anew: a round of the largest takes longer than that
            shore.expect(size)
            before = peers.cpu_seconds(process.pid)
            await peers.post(node, pier, 1)
            async with asyncio.timeout(AT_MOST):
                await shore.done.wait()
            used += peers.cpu_seconds(process.pid) - before if number else 0.0
        await pier.kill(process)
        posting = await peers.post(node, pier, POSTS)
        await node.close()
    return posting, used / (size * rounds)
