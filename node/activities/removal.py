"""Removal by a moderator, and restoring: Delete with a summary, and its Undo (FEDERATION C.6).

The words stay and are hidden; what its author deletes is another matter, and neither undoes the other. With
`withReplies` (Lemmy 1.0) it goes for all that hangs below. One that comes before the post leaves a mark (R22).
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import update
from sqlmodel import col

from node.activities import keeping
from node.activities.deeds import reason_of, record
from node.activities.marks import has_mark, leave_mark, lift_mark
from node.activities.standing import check_may_moderate, group_of, may_moderate
from node.activities.telling import tell
from node.activitypub.activity import Activity
from node.activitypub.origin import same_origin
from node.activitypub.values import flag
from node.errors import Forbidden, Refused
from node.outbox import bridging
from node.store.database import Transaction
from node.store.queries.actors import find_actor, get_actor
from node.store.queries.posts import ids_below
from node.store.queries.standing import is_administrator
from node.store.tables.actors import Actor
from node.store.tables.posts import Post

BATCH = 500  # rows of one statement


async def check(tx: Transaction, removal: Activity, post: Post) -> None:
    """Whoever has authority in the group; or a server of its own posts, when it shows them no more itself.

    For that last right it is not enough to live there (A19): the inbox has seen the post gone at its origin.
    """
    if removal.announced_by is None and same_origin(removal.actor, post.iri):
        actor = await get_actor(tx.session, removal.actor)
        was_theirs = not actor.is_local and post.removed_by_id == actor.id
        if removal.seen_gone or was_theirs:
            return
    group = await group_of(tx, post)
    if group is not None and group.iri in {removal.announced_by, removal.actor}:
        await check_may_moderate(tx, removal, group)
    elif not await _may_hide(tx, await get_actor(tx.session, removal.actor), group):
        raise Forbidden(
            "Only its author or a moderator deletes a post.", detail=f"{removal.actor}: {post.iri}"
        )


async def _may_hide(tx: Transaction, actor: Actor, group: Actor | None) -> bool:
    if group is None:
        return await is_administrator(tx.session, actor)
    return await may_moderate(tx, actor, group, "Delete")


async def check_unseen(tx: Transaction, removal: Activity) -> None:
    """The same of a post that has not come: only in the group that passes it on, or that it names."""
    await check_may_moderate(tx, removal, await _group_named(tx, removal))


async def remove(tx: Transaction, removal: Activity, post: Post) -> None:
    """Hide the post, unless this very act was taken back before it came (R18)."""
    group = await group_of(tx, post)
    if await has_mark(tx, "undone:Delete", removal.iri, group.iri if group else ""):
        return
    actor = await get_actor(tx.session, removal.actor)
    reason = reason_of(removal)
    fresh = post.removed_at is None
    hidden = {
        "removed_at": tx.now,
        "removed_by_id": actor.id,
        "removal_reason": reason,
        "removal_iri": removal.iri,
    }
    for batch in await _concerned(tx, removal, post):
        await tx.session.execute(
            update(Post).where(col(Post.id).in_(batch), col(Post.removed_at).is_(None)).values(**hidden)
        )
    await tx.session.refresh(post)
    await keeping.count_thread(tx, post.root_id or post.id)
    if fresh:
        await record(tx, removal, "remove", group=group, post=post)
        await bridging.take_back(tx, post)
        author = await tx.session.get_one(Actor, post.author_id)
        await tell(tx, author, "removed", by=actor, post=post, group=group, text=reason)


async def restore(tx: Transaction, removal: Activity, post: Post) -> None:
    """Show the post again; a removal of that id that comes later is void."""
    group = await group_of(tx, post)
    if removal.iri:
        await leave_mark(tx, "undone:Delete", removal.iri, group.iri if group else "")
    was = post.removed_at is not None
    for batch in await _concerned(tx, removal, post):
        await tx.session.execute(update(Post).where(col(Post.id).in_(batch)).values(**_SHOWN))
    await tx.session.refresh(post)
    await keeping.count_thread(tx, post.root_id or post.id)
    if was:
        await record(tx, removal, "restore", group=group, post=post, reason="")


_SHOWN: dict[str, datetime | str | None] = {
    "removed_at": None,
    "removed_by_id": None,
    "removal_reason": "",
    "removal_iri": None,
}


async def remove_unseen(tx: Transaction, removal: Activity) -> None:
    """Remember the removal of a post that has not come (R22), unless this very act was taken back before (R18)."""
    group = await _group_named(tx, removal)
    if not await has_mark(tx, "undone:Delete", removal.iri, group.iri):
        await leave_mark(tx, "removed", removal.object or "", group.iri)


async def restore_unseen(tx: Transaction, removal: Activity) -> None:
    """Forget such a removal; one of that id that comes later is void."""
    group = await _group_named(tx, removal)
    await lift_mark(tx, "removed", removal.object or "", group.iri)
    if removal.iri:
        await leave_mark(tx, "undone:Delete", removal.iri, group.iri)


async def _group_named(tx: Transaction, removal: Activity) -> Actor:
    iri = removal.announced_by or removal.audience
    group = await find_actor(tx.session, iri) if iri else None
    if group is None or not group.is_group:
        raise Refused("This post is not known here.", detail=removal.object or "")
    return group


async def _concerned(tx: Transaction, removal: Activity, post: Post) -> list[list[int]]:
    """Return the row numbers of the post and, if it says so, of all below it, in batches."""
    ids = [post.id or 0]
    if flag(removal.raw.get("withReplies")):
        ids += await ids_below(tx.session, post)
    return [ids[at : at + BATCH] for at in range(0, len(ids), BATCH)]
