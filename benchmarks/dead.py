"""What peers in good health lose when others never answer, are slow, or want no more."""

from __future__ import annotations

import asyncio
from pathlib import Path
from statistics import quantiles

from benchmarks import peers
from benchmarks.figures import Figure
from benchmarks.peers import Manner
from tests.support.pier import moored

PEERS = 1000
THREADS = 8
AT_MOST = 75  # seconds for each of the two runs
BAD: tuple[Manner, ...] = ("never", "slow", "never", "too many", "never", "never")  # 30 in a hundred


async def measure(folder: Path) -> list[Figure]:
    """Peers in good health, p95 from the start of the worker to a delivery: with the others and without them."""
    with_them = await _p95(folder / "with", _manners())
    without = await _p95(folder / "without", [one for one in _manners() if one == "well"])
    return [
        Figure(
            name="dead",
            what=f"p95 of healthy peers with 20 % black holes, 5 % slow, 5 % 429 among {PEERS}",
            value=with_them,
            unit="s",
            floor=without,
            floor_is="the same without those",
            aim=1.2,
            at_most=True,
            note=f"{THREADS} posts; black holes take the connection and never answer; none had failed before",
        )
    ]


def _manners() -> list[Manner]:
    """Of each twenty peers six are bad, spread among the others."""
    pattern: list[Manner] = [
        BAD[place // 3] if place % 3 == 0 and place < len(BAD) * 3 else "well" for place in range(20)
    ]
    return [pattern[number % 20] for number in range(PEERS)]


async def _p95(folder: Path, manners: list[Manner]) -> float:
    folder.mkdir()
    async with peers.shore() as shore, moored(folder) as pier:
        node = await peers.opened(pier)
        await peers.follow(node, pier, [shore.ports[one] for one in manners])
        await peers.post(node, pier, THREADS)
        await node.close()
        shore.expected = manners.count("well") * THREADS
        process = await pier.start("worker")
        began = asyncio.get_running_loop().time()
        async with asyncio.timeout(AT_MOST):
            await shore.done.wait()
        await pier.kill(process)
    times = [moment - began for got in shore.got.values() for moment in got]
    return quantiles(times, n=20)[-1]
