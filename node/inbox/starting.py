"""The worker's part of lists that members bring: each name is looked up at its server, a few at a time."""

from __future__ import annotations

from datetime import datetime, timedelta

from node.activitypub.webfinger import parse_handle
from node.errors import NodeError, NotFound
from node.inbox.actors import find_handle
from node.inbox.lookup import find_url
from node.runtime import Node
from node.store.queries.wanted import next_of, note
from node.store.tables.actors import Actor
from node.store.tables.tasks import Task

KIND = "starter"
AT_ONCE = 5  # names of one member; then whoever else waits has their turn
PAUSE = timedelta(seconds=5)


async def look_up(node: Node, task: Task) -> datetime | None:
    """Look up the next few names of a member's list, one after the other; return when to go on, None at its end."""
    async with node.reading() as session:
        names = await next_of(session, task.subject, AT_ONCE)
    for number, name in names:
        try:
            actor = await _named(node, name)
        except NodeError as error:  # of one name; the others do not wait for it
            async with node.transaction() as tx:
                await note(tx, number, error=error.message)
        else:
            async with node.transaction() as tx:
                await note(tx, number, actor_id=actor.id)
    return node.clock.now() + PAUSE if names else None


async def _named(node: Node, name: str) -> Actor:
    if "://" not in name:
        group = {"!": True, "@": None}.get(name[:1])
        return await find_handle(node, parse_handle(name), group=group)
    found = await find_url(node, name)
    if not isinstance(found, Actor):
        raise NotFound("This address is none of a group or a person.", detail=name)
    return found
