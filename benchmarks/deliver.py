"""How fast workers sign and deliver to 2,000 peers."""

from __future__ import annotations

import asyncio
from asyncio.subprocess import Process
from collections.abc import Sequence
from pathlib import Path

from benchmarks import peers
from benchmarks.figures import Figure
from benchmarks.floors import signatures_per_second
from tests.support.pier import moored

PEERS = 2000
THREADS = 20  # told to each of them; a hundred would take minutes
AT_MOST = 150  # seconds


async def measure(folder: Path) -> list[Figure]:
    """Deliveries of one worker process, and of two at once, each signed anew, every answer written down."""
    floor = signatures_per_second()
    return [
        await _measure(folder / name, name, workers, floor)
        for name, workers in (("deliver", 1), ("deliver-two", 2))
    ]


async def _measure(folder: Path, name: str, workers: int, floor: float) -> Figure:
    folder.mkdir()
    async with peers.shore() as shore, moored(folder) as pier:
        node = await peers.opened(pier)
        await peers.follow(node, pier, [shore.ports["well"]] * PEERS)
        await peers.post(node, pier, THREADS)
        await node.close()
        shore.expected = PEERS * THREADS
        processes = [await pier.start("worker") for _ in range(workers)]
        before = _used(processes)
        async with asyncio.timeout(AT_MOST):
            await shore.done.wait()
        used = _used(processes) - before
        for process in processes:
            await pier.stop(process)
    times = sorted(moment for got in shore.got.values() for moment in got)
    return Figure(
        name=name,
        what=f"signed deliveries of {THREADS} posts to {PEERS} peers, {workers} worker{'s' * (workers > 1)}",
        value=(len(times) - 1) / (times[-1] - times[0]),
        unit="a second",
        floor=floor,
        floor_is="RSA-2048 signatures of one core",
        aim=0.5,
        note=f"{used / len(times) * 1000:.2f} ms of a core each, signature included; the peers share the machine",
    )


def _used(processes: Sequence[Process]) -> float:
    return sum(peers.cpu_seconds(process.pid) for process in processes)
