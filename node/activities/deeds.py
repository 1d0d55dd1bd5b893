"""The moderation log: what moderators did, for everybody to read. Written to, never changed (A107)."""

from __future__ import annotations

from datetime import datetime

from sqlmodel import col, select

from node.activitypub.activity import Activity
from node.store.database import Transaction
from node.store.queries.actors import get_actor
from node.store.tables.actors import Actor
from node.store.tables.moderation import Deed
from node.store.tables.posts import Post
from node.text.clean import plain_text

LONGEST_REASON = 1000  # characters; what the columns hold


def reason_of(activity: Activity) -> str:
    """Return why, as plain text: the summary, else nothing."""
    return plain_text(activity.summary or "").strip()[:LONGEST_REASON]


async def record(
    tx: Transaction,
    activity: Activity,
    kind: str,
    *,
    group: Actor | None,
    post: Post | None = None,
    subject: Actor | None = None,
    reason: str | None = None,
    expires_at: datetime | None = None,
) -> None:
    """Write down that *activity* took effect as *kind* (``remove``, ``lock``, ``ban`` ...); once, however often told.

    An `undo` passes the activity that is undone, under a kind of its own. subject: the person it was about;
    of a post by default its author. reason: that of the activity when None. History that was fetched is not
    written down.
    """
    if activity.backfilled or await _is_known(tx, activity.iri, kind):
        return
    actor = await get_actor(tx.session, activity.actor)
    tx.session.add(
        Deed(
            iri=activity.iri,
            kind=kind,
            group_id=group.id if group else None,
            actor_id=None if group is not None and actor.id == group.id else actor.id,
            post_id=post.id if post else None,
            subject_id=subject.id if subject else (post.author_id if post else None),
            reason=reason_of(activity) if reason is None else reason[:LONGEST_REASON],
            expires_at=expires_at,
            at=tx.now,
        )
    )
    await tx.session.flush()


async def _is_known(tx: Transaction, iri: str, kind: str) -> bool:
    query = select(Deed.id).where(col(Deed.iri) == iri, col(Deed.kind) == kind).limit(1)
    return iri != "" and await tx.session.scalar(query) is not None
