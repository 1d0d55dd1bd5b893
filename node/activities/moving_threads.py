"""Move{actor: moderator, object: thread, origin: group, target: group}: a thread goes to another group.

PieFed names the post and lets the group that gives it away announce the act; NodeBB names the topic's own
collection and sends it bare, between categories of one forum. The thread keeps its id, its author and its
answers; only where it is read and who speaks for it changes. Source: FEDERATION C.13.
"""

from __future__ import annotations

from sqlalchemy import or_
from sqlalchemy import update as sql_update
from sqlmodel import col, select

from node.activities.deeds import record
from node.activities.standing import check_may_moderate, group_of, is_moderator
from node.activitypub import writing
from node.activitypub.activity import Activity
from node.activitypub.origin import same_origin
from node.activitypub.vocabulary import PUBLIC
from node.errors import Conflict, Forbidden, NotFound, Refused
from node.store.database import Transaction
from node.store.queries.actors import find_actor, get_actor
from node.store.tables.actors import Actor
from node.store.tables.posts import Post


async def check(tx: Transaction, move: Activity) -> None:
    """Who moderates where the thread is gives it away; where it goes must be theirs as well, or willing."""
    thread = await get_thread(tx, move.object or "")
    origin, target = await group_of(tx, thread), await find_actor(tx.session, move.target or "")
    if target is None or not target.is_group:
        raise Refused("The group that this thread goes to is not known.", detail=f"{move.iri}: {move.target}")
    if target.deleted_at is not None:
        raise Refused("The group that this thread goes to is closed.", detail=target.iri)
    if origin is None or (move.origin is not None and move.origin != origin.iri and origin.id != target.id):
        raise Refused("This thread is in another group.", detail=f"{move.iri}: {move.origin}")
    if origin.private or target.private or thread.visibility == "members":
        raise Refused("Threads neither leave a private group nor enter one.", detail=move.iri)
    if not _within_a_forum(move, origin, target):
        await check_may_moderate(tx, move, origin)
        await _check_willing(tx, move, origin, target)


def _within_a_forum(move: Activity, origin: Actor, target: Actor) -> bool:
    """Tell whether all three are of one other node: what its groups hold is its own affair (NodeBB)."""
    return not origin.is_local and same_origin(move.actor, origin.iri) and same_origin(move.actor, target.iri)


async def _check_willing(tx: Transaction, move: Activity, origin: Actor, target: Actor) -> None:
    """The group that takes the thread is run where it comes from, or moderated by who moves it."""
    if same_origin(origin.iri, target.iri) and not target.is_local:
        return
    actor = await get_actor(tx.session, move.actor)
    if not await is_moderator(tx, actor, target):
        raise Forbidden(
            f"Only who moderates {target.handle} too moves threads there.", detail=f"{move.actor}: {move.iri}"
        )


async def apply(tx: Transaction, move: Activity) -> None:
    """Put the thread and all of its answers into the other group."""
    thread = await get_thread(tx, move.object or "")
    target = await get_actor(tx.session, move.target or "")
    if thread.group_id == target.id:
        return
    thread.group_id, thread.featured_at = target.id, None
    thread.confirmed_at = thread.confirmed_at or tx.now
    await tx.session.flush()
    await tx.session.execute(
        sql_update(Post).where(col(Post.root_id) == thread.id).values(group_id=target.id)
    )
    await record(tx, move, "move", group=target, post=thread)


async def compose(
    tx: Transaction, actor: Actor, thread: Post, target: Actor, *, reason: str = ""
) -> Activity:
    """A local moderator moves a thread to another group; raises Conflict when it is there already."""
    origin = await group_of(tx, thread)
    if origin is None or thread.parent_id is not None or thread.in_reply_to is not None:
        raise Refused("Only a thread of a group can be moved.", detail=thread.iri)
    if origin.id == target.id:
        raise Conflict(f"This thread is in {target.handle} already.", detail=thread.iri)
    iri = f"{actor.home}/activities/move/{tx.ids.token()}"
    to, cc = (origin.iri, PUBLIC), (origin.iri, target.iri)
    raw = writing.write_activity(
        "Move",
        iri=iri,
        actor=actor.iri,
        obj=thread.iri,
        target=target.iri,
        summary=reason or None,
        to=to,
        cc=cc,
        audience=origin.iri,
        extra={"origin": origin.iri},
    )
    return Activity(
        type="Move",
        iri=iri,
        actor=actor.iri,
        object=thread.iri,
        origin=origin.iri,
        target=target.iri,
        raw=raw,
        to=to,
        cc=cc,
        audience=origin.iri,
        summary=reason or None,
    )


async def get_thread(tx: Transaction, iri: str) -> Post:
    """Return the thread of that id, or whose whole conversation is the collection of that id."""
    thread: Post | None = await tx.session.scalar(
        select(Post)
        .where(
            or_(col(Post.iri) == iri, col(Post.context_iri) == iri),
            col(Post.parent_id).is_(None),
            col(Post.in_reply_to).is_(None),
        )
        .order_by(col(Post.id))
        .limit(1)
    )
    if thread is None:
        raise NotFound("This thread is not known here.", detail=iri)
    return thread
