"""Polls and events: as documents say them, and as pages show them."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col, select

from node.activitypub.gatherings import EventDocument, Gathering, OptionDocument, PollDocument
from node.store.queries.people import ActorLine, line_of, lines_of, web_address
from node.store.tables.actors import Actor
from node.store.tables.gatherings import Attendance, Event, Poll, PollOption, PollVote
from node.store.tables.posts import Post

WAITING_SHOWN = 200  # requests to take part, on the organiser's page


@dataclass(frozen=True, slots=True)
class OptionView:
    """One answer of a poll. share: of the voters, in per cent; mine: the viewer chose it."""

    position: int
    name: str
    votes: int
    share: int
    mine: bool


@dataclass(frozen=True, slots=True)
class PollView:
    """A poll as a page shows it."""

    options: tuple[OptionView, ...]
    multiple: bool
    voters: int
    closes_at: datetime | None
    closed: bool
    may_vote: bool
    home: str  # host whose count this is; empty when it is ours


@dataclass(frozen=True, slots=True)
class AttendanceLine:
    """Somebody who takes part, asks to, or was invited."""

    id: int
    who: ActorLine
    kind: str
    state: str
    message: str


@dataclass(frozen=True, slots=True)
class EventView:
    """An event as a page shows it. my_state: of the viewer's own part in it; empty when there is none."""

    starts_at: datetime
    ends_at: datetime | None
    timezone: str
    place: str
    address: str
    online_url: str | None
    join_mode: str
    external_url: str | None
    capacity: int | None
    participants: int
    status: str
    category: str
    over: bool
    full: bool
    my_state: str
    my_kind: str
    may_join: bool
    is_organiser: bool
    home: str
    attendances: tuple[AttendanceLine, ...]  # for the organiser alone


async def gathering_of(session: AsyncSession, post: Post) -> Gathering | None:
    """Return the poll or event of a post as its document says it, or None."""
    if post.id is None or post.kind not in {"Question", "Event"}:
        return None
    poll = await session.get(Poll, post.id)
    if poll is not None:
        options = await options_of(session, post.id)
        return PollDocument(
            options=tuple(OptionDocument(one.name, one.votes) for one in options),
            multiple=poll.multiple,
            closes_at=poll.closes_at,
            closed=poll.closed_at is not None,
            closed_at=poll.closed_at,
            voters=poll.voters,
        )
    event = await session.get(Event, post.id)
    return None if event is None else event_document(event)


def event_document(event: Event) -> EventDocument:
    """Return an event as a document says it."""
    return EventDocument(
        starts_at=event.starts_at,
        ends_at=event.ends_at,
        timezone=event.timezone,
        place=event.place,
        address=event.address,
        latitude=event.latitude,
        longitude=event.longitude,
        online_url=event.online_url,
        join_mode=event.join_mode,
        external_url=event.external_url,
        capacity=event.capacity,
        participants=event.participants,
        status=event.status,
        category=event.category,
    )


async def options_of(session: AsyncSession, post_id: int | None) -> list[PollOption]:
    """Return the answers of a poll in order."""
    query = select(PollOption).where(col(PollOption.post_id) == post_id).order_by(col(PollOption.position))
    return list(await session.scalars(query))


async def find_attendance(session: AsyncSession, post: Post, actor: Actor | None) -> Attendance | None:
    """Return the actor's part in the event, or None."""
    if actor is None:
        return None
    found: Attendance | None = await session.scalar(
        select(Attendance).where(col(Attendance.post_id) == post.id, col(Attendance.actor_id) == actor.id)
    )
    return found


def is_closed(poll: Poll, now: datetime) -> bool:
    """Tell whether the poll takes no more votes."""
    return poll.closed_at is not None or (poll.closes_at is not None and poll.closes_at <= now)


def is_over(event: Event, now: datetime) -> bool:
    """Tell whether the event has ended; one without an end is over when it has begun."""
    return (event.ends_at or event.starts_at) <= now


async def polls_of(
    session: AsyncSession, posts: Collection[Post], viewer: Actor | None, now: datetime
) -> dict[int, PollView]:
    """Return the polls among the posts, by row number of the post."""
    asked = {post.id: post for post in posts if post.kind == "Question"}
    if not asked:
        return {}
    polls = list(await session.scalars(select(Poll).where(col(Poll.post_id).in_(asked))))
    authors = await lines_of(session, [post.author_id for post in asked.values()])
    return {
        poll.post_id: await _poll_view(session, poll, authors[asked[poll.post_id].author_id], viewer, now)
        for poll in polls
    }


async def poll_of(session: AsyncSession, post: Post, viewer: Actor | None, now: datetime) -> PollView | None:
    """Return the poll of a thread as a page shows it to *viewer*; None when it is none."""
    return (await polls_of(session, [post], viewer, now)).get(post.id or 0)


async def _poll_view(
    session: AsyncSession, poll: Poll, author: ActorLine, viewer: Actor | None, now: datetime
) -> PollView:
    options = await options_of(session, poll.post_id)
    mine: set[int] = set()
    if viewer is not None:
        query = select(PollVote.option_id).where(
            col(PollVote.post_id) == poll.post_id, col(PollVote.actor_id) == viewer.id
        )
        mine = set(await session.scalars(query))
    total = max(poll.voters, 0 if poll.multiple else sum(one.votes for one in options))
    closed = is_closed(poll, now)
    return PollView(
        options=tuple(
            OptionView(
                one.position, one.name, one.votes, min(100 * one.votes // max(total, 1), 100), one.id in mine
            )
            for one in options
        ),
        multiple=poll.multiple,
        voters=total,
        closes_at=poll.closes_at,
        closed=closed,
        may_vote=viewer is not None and not closed and not mine and viewer.id != author.id,
        home="" if author.is_local else author.host,
    )


async def event_of(
    session: AsyncSession, post: Post, viewer: Actor | None, now: datetime
) -> EventView | None:
    """Return the event of a thread as a page shows it to *viewer*; None when it is none."""
    event = await session.get(Event, post.id) if post.kind == "Event" else None
    if event is None:
        return None
    author = await session.get_one(Actor, post.author_id)
    organises = viewer is not None and author.is_local and viewer.id == author.id
    mine = await find_attendance(session, post, viewer)
    over = is_over(event, now)
    full = event.capacity is not None and event.participants >= event.capacity
    open_to = event.join_mode in {"free", "restricted"} or (mine is not None and mine.kind == "invite")
    return EventView(
        starts_at=event.starts_at,
        ends_at=event.ends_at,
        timezone=event.timezone,
        place=event.place,
        address=event.address,
        online_url=web_address(event.online_url),
        join_mode=event.join_mode,
        external_url=web_address(event.external_url),
        capacity=event.capacity,
        participants=event.participants,
        status=event.status,
        category=event.category,
        over=over,
        full=full,
        my_state=mine.state if mine is not None else "",
        my_kind=mine.kind if mine is not None else "",
        may_join=viewer is not None
        and open_to
        and not over
        and event.status != "cancelled"
        and not organises,
        is_organiser=organises,
        home="" if author.is_local else author.host,
        attendances=await _attendances(session, post) if organises else (),
    )


async def _attendances(session: AsyncSession, post: Post) -> tuple[AttendanceLine, ...]:
    found = await session.execute(
        select(Attendance, Actor)
        .join(Actor, col(Actor.id) == col(Attendance.actor_id))
        .where(col(Attendance.post_id) == post.id)
        .order_by(col(Attendance.at))
        .limit(WAITING_SHOWN)
    )
    return tuple(
        AttendanceLine(one.id or 0, line_of(actor), one.kind, one.state, one.message) for one, actor in found
    )
