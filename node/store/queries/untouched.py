"""Threads from elsewhere in which nobody here ever took part, of groups and people that nobody here follows any more.

They came while somebody followed. Nobody here would miss them, and their home still has them: they may go, a thread with
all its answers at once. What a person here wrote, voted for, boosted, was answered in, reported or decided on stays, and
with it the whole thread.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, delete, exists, func, insert, or_
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased
from sqlmodel import col, select

from node.ids import fingerprint
from node.store.queries.posts import OPEN
from node.store.tables.actors import Actor
from node.store.tables.follows import Follow, Moderator
from node.store.tables.gatherings import Attendance, PollVote
from node.store.tables.listings import FeedItem, Listing
from node.store.tables.members import Notification
from node.store.tables.moderation import Caution, Deed, Report
from node.store.tables.posts import Addressee, Mark, Post, Share, Vote
from node.store.tables.trimmings import Permission, Reaction

AT_ONCE = 200  # groups or people looked at in one sweep; the next ones in the next
KIND = "swept"  # of the mark that is left, by which an old link still leads somewhere
# Whatever somebody here did to a post, by the column that says who.
DONE: tuple[tuple[Any, Any], ...] = (
    (Vote.post_id, Vote.actor_id),
    (Share.post_id, Share.actor_id),
    (Reaction.post_id, Reaction.actor_id),
    (PollVote.post_id, PollVote.actor_id),
    (Attendance.post_id, Attendance.actor_id),
    (Addressee.post_id, Addressee.actor_id),
    (Deed.post_id, Deed.actor_id),
)
# What is here of a post because it concerned somebody here.
CONCERNING: tuple[Any, ...] = (
    Report.post_id,
    Caution.post_id,
    Notification.post_id,
    Permission.post_id,
    Listing.post_id,
)


async def groups_left(session: AsyncSession, before: datetime) -> Sequence[int]:
    """Return groups elsewhere that have threads from before, and that nobody here follows, moderates or has in a feed."""
    tied = or_(
        _follows_from_here(col(Actor.id)),
        exists().where(col(Moderator.group_id) == col(Actor.id), _is_ours(col(Moderator.actor_id))),
        exists().where(col(FeedItem.group_id) == col(Actor.id)),
    )
    old = exists().where(col(Post.group_id) == col(Actor.id), col(Post.last_active) < before)
    query = select(col(Actor.id)).where(
        col(Actor.kind) == "Group", col(Actor.peer_id).is_not(None), ~tied, old
    )
    return [found for found in await session.scalars(query.order_by(col(Actor.id)).limit(AT_ONCE)) if found]


def of_groups(groups: Sequence[int], before: datetime) -> ColumnElement[bool]:
    """Condition on the threads that may go of those *groups*."""
    return and_(col(Post.group_id).in_(groups), _may_go(before))


def of_people(before: datetime) -> ColumnElement[bool]:
    """Condition on the threads that may go of those in no group: of people that nobody here follows."""
    return and_(col(Post.group_id).is_(None), _may_go(before))


async def remove(
    session: AsyncSession, ids: Sequence[int], which: ColumnElement[bool], *, now: datetime
) -> int:
    """Remove those threads with all their answers, if nobody has taken part meanwhile; return how many posts."""
    locked = select(Post.id).where(col(Post.id).in_(ids)).order_by(col(Post.id)).with_for_update()
    await session.execute(
        locked
    )  # who votes now waits, and finds nothing; what was done before is seen below
    rows = await session.execute(
        select(Post.id, Post.iri, Post.token, Post.visibility).where(col(Post.id).in_(ids), which)
    )
    threads = rows.all()
    if not threads:
        return 0
    marks = [
        {"fingerprint": _fingerprint(token), "kind": KIND, "object": iri, "actor": "", "at": now}
        for _, iri, token, visibility in threads
        if visibility in OPEN
    ]
    if marks:
        await session.execute(insert(Mark), marks)
    going = [thread[0] for thread in threads]
    below = or_(col(Post.root_id).in_(going), col(Post.id).in_(going))
    count = await session.scalar(select(func.count()).select_from(Post).where(below)) or 0
    for which_of_them in (col(Post.root_id).in_(going), col(Post.id).in_(going)):
        await session.execute(
            delete(Post).where(which_of_them), execution_options={"synchronize_session": False}
        )
    return count


async def find_origin(session: AsyncSession, token: str) -> str | None:
    """Return the id of a thread that was here and is not kept, by the name that it had in our URLs."""
    found: str | None = await session.scalar(
        select(Mark.object).where(col(Mark.fingerprint) == _fingerprint(token), col(Mark.kind) == KIND)
    )
    return found


def _fingerprint(token: str) -> str:
    return fingerprint(f"{KIND} {token}")


def _may_go(before: datetime) -> ColumnElement[bool]:
    """Condition on threads: quiet since *before*, and nobody here has to do with them."""
    answer = aliased(Post)
    return and_(
        col(Post.root_id).is_(None),
        col(Post.last_active) < before,
        col(Post.received_at) < before,
        ~_follows_from_here(col(Post.author_id)),
        ~_concerns_us(Post),
        ~exists(select(answer.id).where(col(answer.root_id) == col(Post.id), _concerns_us(answer))),
    )


def _concerns_us(post: Any) -> ColumnElement[bool]:
    return or_(
        _is_ours(post.author_id),
        *(exists().where(col(done) == post.id, _is_ours(col(actor))) for done, actor in DONE),
        *(exists().where(col(kept) == post.id) for kept in CONCERNING),
        _is_quoted(post),
    )


def _is_quoted(post: Any) -> ColumnElement[bool]:
    quoting = aliased(Post)
    return exists(
        select(quoting.id).where(
            col(quoting.quote_iri) == post.iri, quoting.id != post.id, _is_ours(col(quoting.author_id))
        )
    )


def _follows_from_here(whom: Any) -> ColumnElement[bool]:
    follower = aliased(Actor)
    return exists(
        select(Follow.id)
        .join(follower, col(Follow.follower_id) == follower.id)
        .where(col(Follow.followee_id) == whom, col(follower.peer_id).is_(None))
    )


def _is_ours(whom: Any) -> ColumnElement[bool]:
    ours = aliased(Actor)
    return exists(select(ours.id).where(ours.id == whom, col(ours.peer_id).is_(None)))
