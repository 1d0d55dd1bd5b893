"""Lock{actor: moderator, object: post}: it and all below it take no more answers, but from moderators.

Its Undo opens it again, whoever of the moderators says so. Source: FEDERATION C.8; Lemmy 1.0 and PieFed lock
comments as well, Mbin threads alone.
"""

from __future__ import annotations

from node.activities import office
from node.activities.deeds import record
from node.activities.handler import Handler, always
from node.activities.marks import has_mark, leave_mark
from node.activities.standing import check_may_moderate, group_of
from node.activitypub.activity import Activity
from node.errors import Refused
from node.store.database import Transaction
from node.store.queries.posts import get_post
from node.store.tables.actors import Actor
from node.store.tables.posts import Post


async def check(tx: Transaction, lock: Activity) -> None:
    """Whoever has authority in the post's group (RULE C4)."""
    post = await get_post(tx.session, lock.object or "")
    await check_may_moderate(tx, lock, await _group(tx, post))


async def apply(tx: Transaction, lock: Activity) -> None:
    """Close the post, unless this very act was taken back before it came (R18)."""
    post = await get_post(tx.session, lock.object or "")
    group = await _group(tx, post)
    if post.locked_at is not None or await has_mark(tx, "undone:Lock", lock.iri, group.iri):
        return
    post.locked_at = tx.now
    await record(tx, lock, "lock", group=group, post=post)


async def undo(tx: Transaction, lock: Activity) -> None:
    """Open the post; a Lock of that id that comes later is void."""
    post = await get_post(tx.session, lock.object or "")
    group = await _group(tx, post)
    if lock.iri:
        await leave_mark(tx, "undone:Lock", lock.iri, group.iri)
    if post.locked_at is not None:
        post.locked_at = None
        await record(tx, lock, "unlock", group=group, post=post, reason="")


async def compose(tx: Transaction, moderator: Actor, post: Post, *, reason: str | None = None) -> Activity:
    """A local moderator closes a thread or a comment; reason: why, for the log."""
    return office.act(tx, "Lock", moderator, await _group(tx, post), post.iri, reason=reason or None)


async def compose_undo(tx: Transaction, moderator: Actor, post: Post) -> Activity:
    """A local moderator opens it again."""
    return office.take_back(tx, moderator, await compose(tx, moderator, post))


async def _group(tx: Transaction, post: Post) -> Actor:
    group = await group_of(tx, post)
    if group is None:
        raise Refused("This post is in no group.", detail=post.iri)
    return group


HANDLER = Handler(
    "Lock",
    check=check,
    apply=apply,
    needs=("actor", "object"),
    undo=undo,
    may_undo=check,
    of_office=always,
)
