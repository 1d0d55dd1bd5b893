"""What is swept away once it has served: nothing that a peer makes us keep grows for ever (A63, V58).

In bites: each is a short transaction of its own, so that no arrival waits for a sweep, and a process that dies in the
middle leaves nothing half done. How many rows make a bite is learned from how long the last one took.
"""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable
from datetime import timedelta

import structlog

from node.inbox import journal
from node.runtime import Node
from node.store.queries import sweeping
from node.store.queries.sweeping import Chore

SWEEP_EVERY = timedelta(hours=1)
LONGEST = 0.05  # seconds that a bite may hold up who wants to write
FIRST, LEAST, MOST = 200, 20, 5000  # rows of a bite

log = structlog.get_logger()

# Called with the name of a chore and how many rows of it are gone by now.
Progress = Callable[[str, int], Awaitable[None]]


class Pace:
    """How many rows make a bite: fewer after one that took too long, more after a short one."""

    def __init__(self) -> None:
        self.rows = FIRST

    def took(self, seconds: float) -> None:
        """Learn from a bite."""
        if seconds > LONGEST:
            self.rows = max(LEAST, self.rows // 4)
        elif seconds < LONGEST / 3:
            self.rows = min(MOST, self.rows * 2)


async def sweep(node: Node, progress: Progress | None = None) -> dict[str, int]:
    """Forget what is past its time, by the settings; return how many rows of what, in the order of the work."""
    async with node.transaction() as tx:
        parked = await journal.park(tx)
    if parked:
        log.warning("arrivals parked that never came to an end", count=parked)
    async with node.reading() as session:
        chores = await sweeping.chores(session, node.settings, node.clock.now())
    swept = {chore.name: await _do(node, chore, progress) for chore in chores}
    if any(swept.values()):
        log.info("swept", **{name.replace(" ", "_"): number for name, number in swept.items() if number})
    return swept


async def would_sweep(node: Node) -> dict[str, int]:
    """Count what `sweep` would do now, and do nothing."""
    async with node.reading() as session:
        chores = await sweeping.chores(session, node.settings, node.clock.now())
        return {chore.name: await sweeping.count(session, chore) for chore in chores}


async def _do(node: Node, chore: Chore, progress: Progress | None) -> int:
    done, after, pace = 0, chore.after, Pace()
    while True:
        size = pace.rows
        async with node.reading() as session:
            ids = await sweeping.find_ids(session, chore, after, size)
        gone = 0
        if ids:
            async with node.transaction() as tx:
                began = time.perf_counter()
                gone = await sweeping.carry_out(tx.session, chore, ids)
            pace.took(time.perf_counter() - began)
        done += gone
        if progress is not None:
            await progress(chore.name, done)
        if len(ids) < size or (not gone and chore.upto is None):
            return done
        if chore.upto is not None:
            after = ids[-1]
