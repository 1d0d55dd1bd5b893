"""A world comes to rest: what is under way is counted, and the clock set forward to what waits longest."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy.exc import DBAPIError
from sqlmodel import col, func, select

from node.store.queries import lanes
from node.store.tables.arrivals import Arrival
from node.store.tables.peers import Peer
from node.store.tables.tasks import Task
from soak.world import World

FORWARD: Final = timedelta(hours=24)  # the longest step by which the clock is set forward
STILL: Final = 1.5  # seconds in which nothing moves, before it is
LOOK_EVERY: Final = 0.2  # seconds


class NeverRests(Exception):
    """No fault strikes, and something is under way that does not come to its end."""


async def under_way(world: World) -> int | None:
    """Return how many arrivals, and entries for each peer, wait; None when a database does not say."""
    total = sum(proxy.holds for proxy in world.proxies)
    try:
        for node in world.nodes:
            async with node.database.reading() as session:
                query = select(func.count()).select_from(Arrival).where(col(Arrival.state) == "waiting")
                total += await session.scalar(query) or 0
                for peer in await session.scalars(select(Peer.id)):
                    total += await lanes.count_pending(session, peer)
    except (DBAPIError, OSError):
        return None
    return total


async def errands(world: World) -> list[Task]:
    """Return the errands that are due, or will be within FORWARD because they failed or were put off."""
    found: list[Task] = []
    for node in world.nodes:
        async with node.database.reading() as session:
            soon = world.clock.now() + FORWARD
            found += await session.scalars(select(Task).where(col(Task.due_at) <= soon))
    return found


async def come_to_rest(world: World, *, patience: float) -> None:
    """Wait until nothing is under way. Raises NeverRests when nothing moves for *patience* seconds."""
    last, since = (-1, -1), time.monotonic()
    while True:
        waiting, tasks = await under_way(world), await errands(world)
        if waiting == 0 and not tasks:
            return
        if waiting is not None and (waiting, len(tasks)) != last:
            last, since = (waiting, len(tasks)), time.monotonic()
        # A signature that a link holds back would grow too old with the clock.
        if any(proxy.holds for proxy in world.proxies):
            since = time.monotonic()
        still = time.monotonic() - since
        if still > patience:
            raise NeverRests(f"{waiting} are under way and nothing moves; {tasks}")
        if still > STILL:
            world.clock.forward(await _until_next(world))
            since += 1.0
        await asyncio.sleep(LOOK_EVERY)


async def _until_next(world: World) -> timedelta:
    """Return how long the clock has to go until the next of what waits is due, or its lease ends."""
    now = world.clock.now()
    steps = [one - now async for one in _moments(world) if one is not None and one > now]
    return min([FORWARD, *steps]) + timedelta(seconds=1)


async def _moments(world: World) -> AsyncIterator[datetime | None]:
    waiting = select(Arrival).where(col(Arrival.state) == "waiting")
    rows: list[Arrival | Peer | Task] = [*await errands(world)]
    for node in world.nodes:
        async with node.database.reading() as session:
            rows += [*await session.scalars(waiting), *await session.scalars(select(Peer))]
    for row in rows:
        yield row.due_at
        yield row.leased_until
