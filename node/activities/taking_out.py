"""Remove{actor, object: topic, target: category}: a forum takes a topic out of one of its groups.

NodeBB says so when a topic is filed under no category, or under a remote one, and sends it bare, by whoever did it.
The thread keeps its id, its author and its answers, and is in no group any more; groups of ours that showed it
because they follow that one show it no longer. Source: FEDERATION C.13, G.3.
"""

from __future__ import annotations

from sqlalchemy import delete
from sqlalchemy import update as sql_update
from sqlmodel import col

from node.activities.deeds import record
from node.activities.marks import has_mark, leave_mark
from node.activities.moving_threads import get_thread
from node.activitypub.activity import Activity
from node.activitypub.origin import same_origin
from node.errors import Forbidden, NotFound, Refused
from node.outbox import bridging
from node.store.database import Transaction
from node.store.queries.actors import find_actor, get_actor
from node.store.tables.actors import Actor
from node.store.tables.listings import Listing
from node.store.tables.posts import Post


async def concerns(tx: Transaction, remove: Activity) -> bool:
    """Tell whether a Remove is about a topic and a group, and not about one of the group's lists."""
    if remove.type != "Remove" or remove.target is None:
        return False
    group = await find_actor(tx.session, remove.target)
    return group is not None and group.is_group and not group.is_local


async def check(tx: Transaction, remove: Activity) -> None:
    """Whoever is of the group's own server, or passed on by the group: what it holds is its own affair."""
    group = await get_actor(tx.session, remove.target or "")
    if remove.announced_by != group.iri and not same_origin(remove.actor, group.iri):
        raise Forbidden("Only a group's own server takes threads out of it.", detail=remove.iri)
    thread = await _known(tx, remove)
    if thread is not None and thread.group_id not in {group.id, None}:
        raise Refused("This thread is in another group.", detail=f"{remove.iri}: {remove.object}")


async def apply(tx: Transaction, remove: Activity) -> None:
    """Let the thread and its answers be in no group; remember it of a thread that has not come (R22)."""
    group = await get_actor(tx.session, remove.target or "")
    thread = await _known(tx, remove)
    if thread is None:
        await leave_mark(tx, "taken out", remove.object or "", group.iri)
    elif thread.group_id is not None:
        await _take_out(tx, thread)
        await record(tx, remove, "take out", group=group, post=thread)


async def catch_up(tx: Transaction, thread: Post, group: Actor) -> bool:
    """Keep a thread out that its group gave away before it came; tell whether that is so."""
    for iri in (thread.iri, thread.context_iri):
        if iri is not None and thread.parent_id is None and await has_mark(tx, "taken out", iri, group.iri):
            await _take_out(tx, thread)
            return True
    return False


async def _known(tx: Transaction, remove: Activity) -> Post | None:
    try:
        return await get_thread(tx, remove.object or "")
    except NotFound:
        return None


async def _take_out(tx: Transaction, thread: Post) -> None:
    await bridging.take_back(tx, thread)
    thread.group_id, thread.featured_at = None, None
    await tx.session.flush()
    await tx.session.execute(sql_update(Post).where(col(Post.root_id) == thread.id).values(group_id=None))
    await tx.session.execute(delete(Listing).where(col(Listing.post_id) == thread.id))
