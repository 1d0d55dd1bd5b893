"""By the minute: the directory of groups is counted again, and what rises right now is weighed."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import timedelta

from node.runtime import Node
from node.store.queries import directory, trends

COUNT_EVERY = timedelta(hours=1)  # each group, whether anything happened in it or not
GROUPS = 2000  # counted in one look, beside those in which something happened
AT_ONCE = 50  # in one unit of work
POSTS, FOLLOWS = 2000, 500  # the newest, whose groups are looked at each time

GoOn = Callable[[], Awaitable[None]]


async def count_groups(node: Node, go_on: GoOn | None = None) -> int:
    """Count again the groups whose turn it is; return in how many something had changed."""
    before = node.clock.now() - COUNT_EVERY
    async with node.reading() as session:
        ids = await directory.due(session, before, GROUPS, POSTS, FOLLOWS)
    changed = 0
    for start in range(0, len(ids), AT_ONCE):
        if go_on is not None:
            await go_on()
        async with node.transaction() as tx:
            changed += await directory.recount(tx, ids[start : start + AT_ONCE], before)
    return changed


async def weigh(node: Node) -> int:
    """Find out what rises right now; return how much of it there is."""
    async with node.reading() as session:
        rows = await trends.reckon(session, node.clock.now())
    async with node.transaction() as tx:
        await trends.keep(tx, rows)
    return len(rows)
