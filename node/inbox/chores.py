"""What comes again by the clock: sweeping by the hour, looking at others' threads by the minute.

Each is done by one process of all that share the database, under a lease. A process that dies in the middle holds it until
the lease ends; one that was only slow finds out that it lost it, and stops.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog

from node.errors import Conflict, NodeError
from node.inbox.exploring import count_groups, weigh
from node.inbox.files import sweep_files, sweep_strays
from node.inbox.housekeeping import SWEEP_EVERY, sweep
from node.inbox.refreshing import refresh_due
from node.inbox.wording import index_comments
from node.runtime import Node
from node.store.queries.chores import finish, give_back, hold, take

LEASE = timedelta(minutes=5)  # longer than the slowest look at threads: a few fetches of 15 s
RENEW_EVERY = timedelta(minutes=1)
LOOK_EVERY = 60.0  # seconds

log = structlog.get_logger()


@dataclass
class Held:
    """A chore in this process's hands. Call `go_on` now and then in the middle of what takes long."""

    node: Node
    name: str
    holder: int
    renewed: datetime

    async def go_on(self) -> None:
        """Hold the chore for longer; raises Conflict when another process has it by now."""
        if self.node.clock.now() < self.renewed + RENEW_EVERY:
            return
        async with self.node.transaction() as tx:
            if not await hold(tx, self.name, self.holder, LEASE):
                raise Conflict("Another process does this by now.", detail=self.name)
        self.renewed = self.node.clock.now()


async def _sweep(held: Held) -> None:
    async def progress(_name: str, _done: int) -> None:
        await held.go_on()

    await sweep(held.node, progress)


async def _refresh(held: Held) -> None:
    await refresh_due(held.node)


async def _directory(held: Held) -> None:
    await count_groups(held.node, held.go_on)


async def _words(held: Held) -> None:
    await index_comments(held.node, held.go_on)


async def _trends(held: Held) -> None:
    await weigh(held.node)


async def _files(held: Held) -> None:
    await sweep_files(held.node, held.go_on)


async def _strays(held: Held) -> None:
    await sweep_strays(held.node, held.go_on)


CHORES: dict[str, tuple[timedelta, Callable[[Held], Awaitable[None]]]] = {
    "sweep": (SWEEP_EVERY, _sweep),
    "refresh": (timedelta(seconds=LOOK_EVERY), _refresh),
    "directory": (timedelta(seconds=LOOK_EVERY), _directory),
    "words": (timedelta(seconds=LOOK_EVERY), _words),
    "trends": (timedelta(minutes=10), _trends),
    "files": (SWEEP_EVERY, _files),
    "strays": (timedelta(days=1), _strays),
}


async def run(node: Node, stopping: asyncio.Event) -> None:
    """Do what is due, until *stopping*."""
    while not stopping.is_set():
        await do_due(node)
        try:
            async with asyncio.timeout(LOOK_EVERY):
                await stopping.wait()
        except TimeoutError:
            continue


async def do_due(node: Node) -> list[str]:
    """Do the chores that are due and that no other process does; return their names."""
    return [name for name in CHORES if await _do(node, name)]


async def _do(node: Node, name: str) -> bool:
    every, work = CHORES[name]
    async with node.transaction() as tx:
        holder = await take(tx, name, every=every, lease=LEASE)
        now = tx.now
    if holder is None:
        return False
    try:
        await work(Held(node, name, holder, renewed=now))
    except Conflict as error:
        log.warning("chore lost to another process", chore=name, error=str(error))
        return False
    except NodeError as error:
        log.warning("chore failed", chore=name, error=str(error))
    except Exception:
        log.exception("chore failed", chore=name)
    else:
        async with node.transaction() as tx:
            return await finish(tx, name, holder)
    async with node.transaction() as tx:
        await give_back(tx, name, holder)
    return False
