"""Counters against what they count (R34): kept beside the rows to be read quickly, and equal to a count at any time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, func, or_
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased
from sqlmodel import col, select

from node.store.queries.posts import OPEN
from node.store.tables.actors import Actor
from node.store.tables.gatherings import Attendance, Event, Poll, PollOption, PollVote
from node.store.tables.posts import Post, Share, Vote

AT_ONCE = 2000  # ids looked at by one query: a reading session that stays open for long keeps the journal from shrinking


@dataclass(frozen=True)
class Counter:
    """One column that counts. number: id of the post that it belongs to."""

    name: str
    table: type[Any]
    column: Any
    counted: Any
    number: Any
    where: tuple[ColumnElement[bool], ...] = ()


@dataclass(frozen=True)
class Drift:
    """A counter that is not what it counts. post_id: row of the post."""

    counter: str
    post_id: int
    says: int
    counted: int


def _votes(which: ColumnElement[bool]) -> Any:
    return (
        select(func.count()).where(col(Vote.post_id) == col(Post.id), which).correlate(Post).scalar_subquery()
    )


def _comments() -> Any:
    """Answers of a thread, as `activities.keeping.count_thread` counts them."""
    answer = aliased(Post)
    return (
        select(func.count(answer.id))  # type: ignore[arg-type]
        .where(
            col(answer.root_id) == col(Post.id),
            col(answer.deleted_at).is_(None),
            col(answer.removed_at).is_(None),
            or_(
                col(answer.visibility).in_(OPEN),
                and_(col(Post.visibility) == "members", col(answer.visibility) == "members"),
            ),
        )
        .correlate(Post)
        .scalar_subquery()
    )


def _count(table: Any, correlated: Any, *where: ColumnElement[bool], what: Any = None) -> Any:
    counted = func.count() if what is None else func.count(what)
    return select(counted).select_from(table).where(*where).correlate(correlated).scalar_subquery()


def _ours(number: Any) -> ColumnElement[bool]:
    """Condition: the post is of somebody here; what others count is their word."""
    ours = (
        select(Post.id).join(Actor, col(Post.author_id) == col(Actor.id)).where(col(Actor.peer_id).is_(None))
    )
    return col(number).in_(ours)


@cache
def counters() -> tuple[Counter, ...]:
    """Return every counter. Made when asked for: to write them down takes as long as a small module."""
    return (*_of_posts(), *_of_polls(), *_of_events())


def _of_posts() -> tuple[Counter, ...]:
    up, down = col(Vote.value) > 0, col(Vote.value) < 0
    return (
        Counter("upvotes", Post, col(Post.upvotes), _votes(up), col(Post.id)),
        Counter("downvotes", Post, col(Post.downvotes), _votes(down), col(Post.id)),
        Counter(
            "score",
            Post,
            col(Post.score),
            select(func.coalesce(func.sum(case((up, 1), (down, -1), else_=0)), 0))
            .where(col(Vote.post_id) == col(Post.id))
            .correlate(Post)
            .scalar_subquery(),
            col(Post.id),
        ),
        Counter(
            "shares",
            Post,
            col(Post.shares),
            _count(Share, Post, col(Share.post_id) == col(Post.id)),
            col(Post.id),
        ),
        Counter(
            "comments",
            Post,
            col(Post.comment_count),
            _comments(),
            col(Post.id),
            (col(Post.root_id).is_(None),),
        ),
    )


def _of_polls() -> tuple[Counter, ...]:
    return (
        Counter(
            "poll votes",
            PollOption,
            col(PollOption.votes),
            _count(PollVote, PollOption, col(PollVote.option_id) == col(PollOption.id)),
            col(PollOption.post_id),
            (_ours(col(PollOption.post_id)),),
        ),
        Counter(
            "poll voters",
            Poll,
            col(Poll.voters),
            _count(
                PollVote,
                Poll,
                col(PollVote.post_id) == col(Poll.post_id),
                what=func.distinct(col(PollVote.actor_id)),
            ),
            col(Poll.post_id),
            (_ours(col(Poll.post_id)),),
        ),
    )


def _of_events() -> tuple[Counter, ...]:
    return (
        Counter(
            "participants",
            Event,
            col(Event.participants),
            _count(
                Attendance,
                Event,
                col(Attendance.post_id) == col(Event.post_id),
                col(Attendance.state) == "accepted",
            ),
            col(Event.post_id),
            (_ours(col(Event.post_id)),),
        ),
    )


async def newest_post(session: AsyncSession) -> int:
    """Return the highest row number of a post, 0 without any."""
    return await session.scalar(select(func.max(Post.id))) or 0


async def drifted(session: AsyncSession, counter: Counter, after: int, upto: int) -> Sequence[Drift]:
    """Return where a counter is wrong, of the posts beyond row *after* up to *upto*."""
    query: Select[Any] = select(counter.number, counter.column, counter.counted).where(
        counter.number > after,
        counter.number <= upto,
        counter.column != counter.counted,
        *counter.where,
    )
    rows = await session.execute(query, execution_options={"heavy": True})
    return [Drift(counter.name, number, says, counted) for number, says, counted in rows]
