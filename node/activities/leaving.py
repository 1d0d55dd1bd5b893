"""Leave{actor: Person, object: Event}: somebody does not come after all. Leave{object: Group}: unfollows it.

Source: FEDERATION C.15. It names no Join, so it is matched by actor and object.
"""

from __future__ import annotations

from node.activities import attending, follow, join
from node.activities.handler import Handler
from node.activitypub import writing_gatherings
from node.activitypub.activity import Activity
from node.errors import Refused
from node.store.database import Transaction
from node.store.queries.actors import get_actor
from node.store.queries.gatherings import find_attendance
from node.store.tables.actors import Actor
from node.store.tables.posts import Post


async def check(tx: Transaction, leave: Activity) -> None:
    """Anybody takes themselves off a list; what this node keeps no list of is another's matter."""
    if await join.is_membership(tx, leave):
        return
    post, _ = await attending.event_at(tx, leave.object)
    actor, author = await get_actor(tx.session, leave.actor), await tx.session.get_one(Actor, post.author_id)
    if not (actor.is_local or author.is_local):
        raise Refused("The organiser's own node keeps the list of this event.", detail=post.iri)


async def apply(tx: Transaction, leave: Activity) -> None:
    """Take them off the list."""
    if await join.is_membership(tx, leave):
        await follow.undo(tx, leave)
        return
    post, _ = await attending.event_at(tx, leave.object)
    await attending.leave(tx, post, await get_actor(tx.session, leave.actor))


async def compose(tx: Transaction, actor: Actor, post: Post) -> Activity | None:
    """A local actor does not come after all; None when they were not on the list."""
    if await find_attendance(tx.session, post, actor) is None:
        return None
    author = await tx.session.get_one(Actor, post.author_id)
    iri = f"{actor.home}/activities/leave/{tx.ids.token()}"
    raw = writing_gatherings.write_taking_part("Leave", post.iri, iri=iri, actor=actor.iri, to=[author.iri])
    return Activity(type="Leave", iri=iri, actor=actor.iri, object=post.iri, raw=raw, to=(author.iri,))


HANDLER = Handler("Leave", check=check, apply=apply, needs=("actor", "object"))
