"""How fast one worker signs and delivers to 2,000 peers."""

from __future__ import annotations

import asyncio
from pathlib import Path

from benchmarks import peers
from benchmarks.figures import Figure
from benchmarks.floors import signatures_per_second
from tests.support.pier import moored

PEERS = 2000
THREADS = 20  # told to each of them; a hundred would take minutes
AT_MOST = 150  # seconds


async def measure(folder: Path) -> list[Figure]:
    """Deliveries of one worker process, each signed anew, every answer written down."""
    async with peers.shore() as shore, moored(folder) as pier:
        node = await peers.opened(pier)
        await peers.follow(node, pier, [shore.ports["well"]] * PEERS)
        await peers.post(node, pier, THREADS)
        await node.close()
        shore.expected = PEERS * THREADS
        floor = signatures_per_second()
        process = await pier.start("worker")
        before = peers.cpu_seconds(process.pid)
        async with asyncio.timeout(AT_MOST):
            await shore.done.wait()
        used = peers.cpu_seconds(process.pid) - before
        await pier.stop(process)
    times = sorted(moment for got in shore.got.values() for moment in got)
    return [
        Figure(
            name="deliver",
            what=f"signed deliveries of {THREADS} posts to {PEERS} peers",
            value=(len(times) - 1) / (times[-1] - times[0]),
            unit="a second",
            floor=floor,
            floor_is="RSA-2048 signatures of one core",
            aim=0.5,
            note=f"{used / len(times) * 1000:.2f} ms of a core each, signature included; the peers share the machine",
        )
    ]
