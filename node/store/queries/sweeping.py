"""What has served and may go, table by table: the conditions, and a few rows at a time that fulfil them.

Rows are found by a reading session, which holds up nobody, and go by their ids in a short transaction that asks for
the condition again: what changed in between stays.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from typing import Any, cast

from sqlalchemy import ColumnElement, CursorResult, and_, delete, func, or_, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import SQLModel, col, select
from sqlmodel.sql.expression import SelectOfScalar

from node.settings import Settings
from node.store.queries import readings, strangers, untouched
from node.store.queries.drafts import DELETED, UNDO_FOR
from node.store.queries.lanes import BINDING
from node.store.tables.actors import Actor
from node.store.tables.arrivals import Arrival
from node.store.tables.drafts import Draft
from node.store.tables.log import LogEntry
from node.store.tables.members import Attempt, Invitation, Member, Notification, Pass, Session, Wanted
from node.store.tables.messages import Message
from node.store.tables.moderation import Ban
from node.store.tables.mutes import Mute
from node.store.tables.peers import Peer
from node.store.tables.posts import Mark, Post
from node.store.tables.readings import Reading

DEAD_LETTERS = 10_000  # the newest that are kept, however young the others are
MARKS_KEPT = timedelta(days=30)  # a Create that comes later than that after its Delete is no race (R21)
# Of what a moderator took away, and may be offered again by anybody; and of threads that were not kept.
REMOVALS_KEPT = timedelta(days=730)
UNREAD_KEPT = timedelta(days=365)
INVITATIONS_KEPT = timedelta(days=30)  # after their end: their maker still sees how often they were used
LISTS_KEPT = timedelta(days=30)
BEYOND = 2  # times `log_entries`: then an entry goes whoever waits for it


@dataclass(frozen=True, kw_only=True)
class Chore:
    """Rows of one table that may go, or lose what is heavy in them."""

    name: str
    table: type[Any]
    which: ColumnElement[bool]
    # Ids are given in the order of time: none of those up to `after` and beyond `upto` is concerned.
    after: int = 0
    upto: int | None = None
    values: Mapping[str, Any] = field(default_factory=dict)  # what they lose; nothing: the rows themselves go
    # How they go, when not alone: session, ids and condition -> how many rows went.
    remove: Callable[[AsyncSession, Sequence[int], ColumnElement[bool]], Awaitable[int]] | None = None
    setting: str = ""  # by which the operator chooses how long they stay; empty: no choice

    def where(self, after: int) -> tuple[ColumnElement[bool], ...]:
        """Return the conditions on rows beyond *after*."""
        number = col(self.table.id)
        beyond = (number > after,) if after else ()
        return (self.which, *beyond, *((number <= self.upto,) if self.upto is not None else ()))


async def chores(session: AsyncSession, settings: Settings, now: datetime) -> list[Chore]:
    """Return what is to be swept at that moment."""

    def before(days: int) -> datetime:
        return now - timedelta(days=days)

    return [
        await _bodies(session, before(settings.arrival_body_days)),
        await _handled(session, before(settings.arrival_days)),
        await _dead_letters(session, before(settings.dead_letter_days)),
        await _log(session, before(settings.activity_days), settings.log_entries),
        *await _untouched(session, settings.remote_days, now),
        *await _strangers(session, settings.remote_days, now),
        _notifications(now, timedelta(days=settings.notification_days)),
        Chore(name="marks", table=Mark, which=_old_marks(now)),
        Chore(
            name="words of deleted messages",
            table=Message,
            which=and_(col(Message.deleted_at) < now - MARKS_KEPT, col(Message.content) != ""),
            values={"content": "", "source": "", "warning": ""},
        ),
        Chore(
            name="bans that have ended",
            table=Ban,
            which=and_(col(Ban.expires_at) < now, col(Ban.content_removed).is_(False)),
        ),
        Chore(name="read marks", table=Reading, which=col(Reading.at) < now - readings.KEPT),
        Chore(
            name="words of deleted posts",
            table=Draft,
            which=and_(col(Draft.kind) == DELETED, col(Draft.changed_at) <= now - UNDO_FOR),
        ),
        Chore(name="mutes that have ended", table=Mute, which=col(Mute.expires_at) <= now),
        Chore(name="lists to follow", table=Wanted, which=col(Wanted.at) < now - LISTS_KEPT),
        Chore(name="sessions", table=Session, which=col(Session.expires_at) <= now),
        Chore(name="one-time links", table=Pass, which=col(Pass.expires_at) <= now),
        Chore(
            name="invitations that have ended",
            table=Invitation,
            which=col(Invitation.expires_at) <= now - INVITATIONS_KEPT,
        ),
        Chore(name="counts of attempts", table=Attempt, which=col(Attempt.window_ends) <= now),
    ]


async def find_ids(session: AsyncSession, chore: Chore, after: int, limit: int) -> Sequence[int]:
    """Return the ids of at most *limit* rows beyond *after* that the chore is about, in order where that is cheap."""
    return list(await session.scalars(looking(chore, after, limit)))


def looking(chore: Chore, after: int, limit: int) -> SelectOfScalar[int]:
    """Return the query of `find_ids`."""
    query = select(col(chore.table.id)).where(*chore.where(after)).limit(limit)
    return query if chore.upto is None else query.order_by(col(chore.table.id))


async def carry_out(session: AsyncSession, chore: Chore, ids: Sequence[int]) -> int:
    """Let those rows go, or what is heavy in them, if it is still so; return how many."""
    if chore.remove is not None:
        return await chore.remove(session, ids, chore.which)
    rows = (col(chore.table.id).in_(ids), chore.which)
    statement = (
        update(chore.table).where(*rows).values(**chore.values)
        if chore.values
        else delete(chore.table).where(*rows)
    )
    done = await session.execute(statement, execution_options={"synchronize_session": False, "heavy": True})
    return cast("CursorResult[Any]", done).rowcount


async def count(session: AsyncSession, chore: Chore) -> int:
    """Return how many rows the chore is about."""
    query = select(func.count()).select_from(chore.table).where(*chore.where(chore.after))
    return await session.scalar(query) or 0


async def boundary(
    session: AsyncSession, table: type[SQLModel], is_early: ColumnElement[bool], *where: ColumnElement[bool]
) -> int:
    """Return the id up to which the rows of a table are early, by halving: it needs no index and reads 20 rows.

    is_early: what holds for rows up to some id and for none beyond, since they are written in the order of time.
    where: the rows that count.
    """
    number = col(table.id)  # type: ignore[attr-defined]
    low, high = (await session.execute(select(func.min(number), func.max(number)))).one()
    if low is None:
        return 0
    low -= 1
    while low < high:
        middle = (low + high + 1) // 2
        early = await session.scalar(
            select(is_early).select_from(table).where(number >= middle, *where).order_by(number).limit(1)
        )
        low, high = (middle, high) if early else (low, middle - 1)
    return int(low)


def _is(column: Any, value: str) -> ColumnElement[bool]:
    """Condition on a column whose index is the longer way to these rows: both databases then go by the id."""
    return col(column).op("||")("") == value


async def _bodies(session: AsyncSession, before: datetime) -> Chore:
    """What handled arrivals said, so much longer than the id that makes a repeat harmless."""
    done, said = _is(Arrival.state, "done"), col(Arrival.body) != ""
    return Chore(
        name="bodies of arrivals",
        setting="arrival_body_days",
        table=Arrival,
        which=and_(done, said, col(Arrival.received_at) < before),
        after=await boundary(session, Arrival, col(Arrival.body) == "", done),
        upto=await boundary(session, Arrival, col(Arrival.received_at) < before),
        values={"body": ""},
    )


async def _handled(session: AsyncSession, before: datetime) -> Chore:
    return Chore(
        name="arrivals",
        setting="arrival_days",
        table=Arrival,
        which=and_(
            _is(Arrival.state, "done"), col(Arrival.received_at) < before, col(Arrival.closed_at) < before
        ),
        upto=await boundary(session, Arrival, col(Arrival.received_at) < before),
    )


async def _dead_letters(session: AsyncSession, before: datetime) -> Chore:
    dead = col(Arrival.state) == "dead"
    last = await session.scalar(
        select(Arrival.due_at)
        .where(dead)
        .order_by(col(Arrival.due_at).desc())
        .offset(DEAD_LETTERS - 1)
        .limit(1)
    )
    return Chore(
        name="dead letters",
        setting="dead_letter_days",
        table=Arrival,
        which=and_(dead, col(Arrival.due_at) < max(before, last or before)),
    )


async def _log(session: AsyncSession, before: datetime, entries: int) -> Chore:
    """Entries that are old or too many, as far as the lanes have come.

    A lane that runs is waited for. One that sleeps or is paused is waited for with what binds alone: the rest it
    would be spared when it wakes (RULE F2). Beyond BEYOND times the number, nobody is waited for. The newest entry
    stays: SQLite would give its id again, and cursors point at ids.
    """
    newest = await session.scalar(select(func.max(LogEntry.id))) or 0
    old = await boundary(session, LogEntry, col(LogEntry.at) < before)
    bound = min(max(old, newest - entries), newest - 1)
    in_use = (col(Peer.blocked_at).is_(None), col(Peer.state) != "dead")
    running = select(func.min(Peer.cursor)).where(*in_use, col(Peer.state) == "awake")
    waiting = select(func.min(Peer.cursor)).where(*in_use)
    passed, passed_by_all = await session.scalar(running), await session.scalar(waiting)
    number = col(LogEntry.id)
    served = and_(
        number <= (bound if passed is None else passed),
        or_(
            number <= (bound if passed_by_all is None else passed_by_all),
            col(LogEntry.type).not_in(BINDING),
        ),
    )
    return Chore(
        name="sent activities",
        setting="activity_days",
        table=LogEntry,
        which=and_(number <= bound, or_(served, number <= newest - BEYOND * entries)),
        upto=bound,
    )


async def _untouched(session: AsyncSession, days: int, now: datetime) -> list[Chore]:
    """Threads of others that nobody here follows any more or took part in; none while they are kept for ever."""
    if not days:
        return []
    before = now - timedelta(days=days)
    upto = await boundary(session, Post, col(Post.received_at) < before)
    groups = await untouched.groups_left(session, before) if upto else []
    wanted = {"threads of people elsewhere": untouched.of_people(before)}
    if groups:
        wanted["threads of groups elsewhere"] = untouched.of_groups(groups, before)
    return [
        Chore(
            name=name,
            table=Post,
            which=which,
            upto=upto,
            remove=partial(untouched.remove, now=now),
            setting="remote_days",
        )
        for name, which in wanted.items()
        if upto
    ]


async def _strangers(session: AsyncSession, days: int, now: datetime) -> list[Chore]:
    """Actors elsewhere of whom nothing is left here, once what they wrote has gone."""
    if not days:
        return []
    after, upto = await strangers.part(session, now)
    return [
        Chore(
            name="people elsewhere",
            table=Actor,
            which=strangers.nothing_left_of(now - timedelta(days=days)),
            after=after,
            upto=upto,
            remove=strangers.remove,
            setting="remote_days",
        )
    ]


def _notifications(now: datetime, keep: timedelta) -> Chore:
    read = (
        select(Member.id)
        .where(
            col(Member.id) == col(Notification.member_id),
            col(Member.read_notifications_at) >= col(Notification.at),
        )
        .exists()
    )
    unread = col(Notification.at) < now - max(keep, UNREAD_KEPT)
    return Chore(
        name="notifications",
        setting="notification_days",
        table=Notification,
        which=and_(col(Notification.at) < now - keep, or_(read, unread)),
    )


def _old_marks(now: datetime) -> ColumnElement[bool]:
    passing = col(Mark.kind).not_in(("removed", untouched.KIND))
    return and_(col(Mark.at) < now - MARKS_KEPT, or_(passing, col(Mark.at) < now - REMOVALS_KEPT))
