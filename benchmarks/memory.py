"""What one process that answers and works takes: at rest, after many arrivals, with many lanes."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path

from benchmarks import crowd, load
from benchmarks.figures import Figure
from benchmarks.start import first_page
from node.runtime import Node
from tests.support.pier import Pier, moored

ACTORS = 50
POSTS = 100
ARRIVALS = 100_000
LANES = 2_000
LONGEST = 45.0  # seconds for the arrivals: what is not handled by then is said
SETTLES = 3.0  # seconds
SHORT = "archipel serve"


async def measure(folder: Path) -> list[Figure]:
    """Resident memory of `archipel serve`, in MB (10^6 bytes)."""
    sink = load.Sink()
    server = await sink.open()
    async with moored(folder) as pier:
        process = await pier.start("serve")
        await first_page(pier)
        await asyncio.sleep(SETTLES)
        idle = resident(process.pid)
        node = await crowd.beside(pier)
        handled, after = await _arrivals(node, pier, sink.port, process.pid)
        lanes = await _lanes(node, pier, sink.port, process.pid)
        await node.close()
        await pier.stop(process)
    server.close()
    return [
        Figure(
            name="memory-idle",
            what=f"{SHORT}, after its first page",
            value=idle,
            unit="MB",
            aim=120,
            at_most=True,
        ),
        Figure(
            name="memory-arrivals",
            what=f"growth over {handled:,} arrivals",
            value=after - idle,
            unit="MB",
            aim=60,
            at_most=True,
        ),
        Figure(
            name="memory-lanes",
            what=f"growth over these and word to {LANES:,} peers",
            value=lanes - idle,
            unit="MB",
            aim=60,
            at_most=True,
        ),
    ]


def resident(pid: int) -> float:
    """Return the resident memory of a process in MB."""
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) * 1024 / 1e6
    raise AssertionError("the process has ended")


async def _arrivals(node: Node, pier: Pier, port: int, pid: int) -> tuple[int, float]:
    """Let votes arrive; return how many were handled, and the most that the process took."""
    hosts = (f"127.0.1.{number + 1}:{port}" for number in range(ACTORS))
    voters = await crowd.follow_from(node, pier, hosts, follow=False)
    posts = await crowd.write_threads(node, pier, POSTS)
    await crowd.let_arrive(node, voters, posts, ARRIVALS)
    most = 0.0

    def handled() -> int:
        nonlocal most
        most = max(most, resident(pid))
        return pier.rows("SELECT count(*) FROM arrivals WHERE state != 'waiting'")[0][0]

    await _until(lambda: handled() == ARRIVALS, LONGEST)
    done = handled()
    # What is left would only be more of the same, and stand in the way of what comes next.
    pier.rows("DELETE FROM arrivals WHERE state = 'waiting'")
    return done, most


async def _lanes(node: Node, pier: Pier, port: int, pid: int) -> float:
    """Tell a thread to many peers; return the most that the process took."""
    hosts = (f"127.{2 + number // 250}.0.{1 + number % 250}:{port}" for number in range(LANES))
    await crowd.follow_from(node, pier, hosts)
    pier.rows("UPDATE peers SET cursor = (SELECT max(id) FROM log)")
    await crowd.write_threads(node, pier, 1)
    most = 0.0

    def told() -> bool:
        nonlocal most
        most = max(most, resident(pid))
        return _lag(pier) == 0

    await _until(told, LONGEST)
    return most


def _lag(pier: Pier) -> int:
    return pier.rows("SELECT count(*) FROM peers WHERE cursor < (SELECT max(id) FROM log)")[0][0]


async def _until(is_so, at_most: float) -> None:
    end = time.monotonic() + at_most
    while not await asyncio.to_thread(is_so) and time.monotonic() < end:
        await asyncio.sleep(0.5)
