"""Lanes: which peers have word waiting, and who may carry it. The SQL; the rules are in `outbox.lanes`."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Integer, Select, and_, bindparam, exists, func, or_, union_all, update
from sqlalchemy import select as sql_select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased
from sqlalchemy.sql.elements import SQLCoreOperations
from sqlmodel import col, select
from sqlmodel.sql.expression import SelectOfScalar

from node.store.columns import UtcDateTime
from node.store.queries.reach import REACHABLE
from node.store.tables.actors import Actor
from node.store.tables.follows import Follow
from node.store.tables.log import LogAudience, LogEntry
from node.store.tables.peers import Peer

# Told however long a peer was away: they say what stands between us (RULE F2).
BINDING = ("Follow", "Accept", "Reject", "Undo", "Delete", "Block")
RUNNING = ("awake", "sleeping")
# What is filled into statements that are written once.
_NOW = bindparam("now", type_=UtcDateTime)
_HEAD = bindparam("head", type_=Integer)


@dataclass(frozen=True, slots=True)
class Lane:
    """A peer's lane while one worker holds it. A write under an outdated fence finds no row (R25)."""

    peer_id: int
    host: str
    fence: int
    in_trouble: bool = False  # it failed the last time
    is_proven: bool = False  # it has taken something, ever


@dataclass(frozen=True, slots=True)
class Held:
    """What a step of a lane depends on, of a lane that its worker still holds."""

    cursor: int
    is_running_well: bool


async def with_word(session: AsyncSession, *, now: datetime, head: int, limit: int) -> dict[int, bool]:
    """Return the ids of up to *limit* peers that are due and have word waiting, those that waited longest first.

    The value says whether the lane failed the last time.
    """
    rows: Iterable[Any] = await session.execute(_to_find(), {"now": now, "head": head, "limit": limit})
    return {peer_id or 0: bool(in_trouble) for peer_id, in_trouble in rows}


@cache  # each turn of a worker asks: to write the statement anew took longer than the answer
def _to_find() -> Any:
    lane = aliased(Peer)
    ready = _ready(lane)
    return (
        select(lane.id, _in_trouble(lane))
        .where(*ready, col(lane.id).in_(_with_word(select(func.min(lane.cursor)).where(*ready))))
        .order_by(col(lane.due_at).nulls_first(), col(lane.id))
        .limit(bindparam("limit", type_=Integer))
    )


async def claim(
    session: AsyncSession, ids: Collection[int], *, now: datetime, until: datetime, head: int
) -> list[Lane]:
    """Lease those of the lanes that are still to be had, in the order of *ids*."""
    values = {"ids": list(ids), "now": now, "until": until, "head": head}
    rows: Iterable[Any] = await session.execute(_to_claim(), values)
    found = {row[0]: Lane(row[0] or 0, row[1], row[2], bool(row[3]), row[4] is not None) for row in rows}
    return [found[one] for one in ids if one in found]


@cache
def _to_claim() -> Any:
    lane = aliased(Peer)
    due = (
        select(lane.id)
        .where(col(lane.id).in_(bindparam("ids", expanding=True)), *_ready(lane))
        .order_by(col(lane.id))
        .with_for_update(skip_locked=True, of=lane)  # SQLite has one writer and leaves this out
        .cte("due")
    )
    return (
        update(Peer)
        .where(col(Peer.id).in_(select(due.c.id)))
        .values(leased_until=bindparam("until"), fence=Peer.fence + 1)
        .returning(col(Peer.id), col(Peer.host), col(Peer.fence), _in_trouble(Peer), col(Peer.last_success))
        .execution_options(synchronize_session=False)
    )


def _ready(lane: type[Peer]) -> tuple[ColumnElement[bool], ...]:
    return (
        col(lane.cursor) < _HEAD,
        col(lane.state).in_(RUNNING),
        col(lane.blocked_at).is_(None),
        or_(col(lane.due_at).is_(None), col(lane.due_at) <= _NOW),
        or_(col(lane.leased_until).is_(None), col(lane.leased_until) <= _NOW),
    )


def _in_trouble(lane: type[Peer]) -> ColumnElement[bool]:
    return or_(col(lane.failures) > 0, col(lane.state) == "sleeping")


async def are_behind(session: AsyncSession, *, now: datetime, head: int) -> bool:
    """Tell whether a lane could be brought to *head* without sending anything."""
    return await session.scalar(_to_look_behind(), {"now": now, "head": head}) is not None


@cache
def _to_look_behind() -> Any:
    return select(Peer.id).where(*_idle(Peer)).limit(1)


def _idle(lane: type[Peer]) -> tuple[ColumnElement[bool], ...]:
    return (
        col(lane.cursor) < _HEAD,
        or_(col(lane.leased_until).is_(None), col(lane.leased_until) <= _NOW),
        or_(col(lane.blocked_at).is_not(None), and_(col(lane.state) == "awake", col(lane.failures) == 0)),
    )


async def catch_up(session: AsyncSession, *, now: datetime, head: int) -> None:
    """Bring the cursors of lanes for which nothing waits to *head*, so that nobody looks there again.

    A blocked peer's lane keeps nothing: what was said meanwhile is not for it. Lanes in trouble have word
    waiting; they are left as they are.
    """
    await session.execute(_to_catch_up(), {"now": now, "head": head})


@cache
def _to_catch_up() -> Any:
    lane = aliased(Peer)
    healthy = _idle(lane)
    waiting = _with_word(select(func.min(lane.cursor)).where(*healthy, col(lane.blocked_at).is_(None)))
    idle = select(lane.id).where(
        *healthy, or_(col(lane.blocked_at).is_not(None), col(lane.id).not_in(waiting))
    )
    return (
        update(Peer)
        .where(col(Peer.id).in_(idle), col(Peer.cursor) < _HEAD)
        .values(cursor=_HEAD)
        .execution_options(synchronize_session=False)
    )


async def pending(session: AsyncSession, peer_id: int | None, limit: int) -> list[LogEntry]:
    """Return the entries that wait for the peer, oldest first."""
    query = select(LogEntry).where(col(LogEntry.id).in_(waiting_for(peer_id)))
    return list(await session.scalars(query.order_by(col(LogEntry.id)).limit(limit)))


async def count_pending(session: AsyncSession, peer_id: int | None, *, last: int | None = None) -> int:
    """Return how many entries wait for the peer. last: number in the log of the newest that is counted."""
    waiting = waiting_for(peer_id)
    if last is not None:
        waiting = waiting.where(col(LogAudience.entry_id) <= last)
    return await session.scalar(select(func.count()).select_from(waiting.subquery())) or 0


async def newest_pending(session: AsyncSession, peer_id: int | None, number: int) -> int:
    """Return the id of the *number*-th newest entry that waits for the peer; 0 when fewer wait."""
    waiting = waiting_for(peer_id).subquery()
    query = select(waiting.c.entry_id).order_by(waiting.c.entry_id.desc()).offset(number - 1).limit(1)
    return await session.scalar(query) or 0


async def last_before(session: AsyncSession, moment: datetime) -> int:
    """Return the id of the newest entry written before *moment*, 0 when there is none."""
    return await session.scalar(select(func.max(LogEntry.id)).where(col(LogEntry.at) < moment)) or 0


async def next_due(session: AsyncSession, *, now: datetime) -> datetime | None:
    """Return when the next lane that backs off comes due; None when none does."""
    query = select(func.min(Peer.due_at)).where(
        col(Peer.due_at) > now, col(Peer.state).in_(RUNNING), col(Peer.blocked_at).is_(None)
    )
    found: datetime | None = await session.scalar(query)
    return found


async def find_held(session: AsyncSession, lanes: Iterable[Lane]) -> dict[int, Held]:
    """Lock the rows of the lanes that are still their holders', and return what a step depends on, by peer."""
    fences = {lane.peer_id: lane.fence for lane in lanes}
    rows: Iterable[Any] = await session.execute(
        sql_select(col(Peer.id), col(Peer.fence), col(Peer.cursor), col(Peer.state), col(Peer.failures))
        .where(col(Peer.id).in_(fences))
        .order_by(col(Peer.id))
        .with_for_update()
    )
    return {
        peer_id: Held(cursor, failures == 0 and state in {"awake", "paused"})
        for peer_id, fence, cursor, state, failures in rows
        if fence == fences[peer_id]
    }


async def step(session: AsyncSession, changes: Sequence[Mapping[str, Any]]) -> None:
    """Write new values of lanes, whose ids are under ``id``; all name the same columns."""
    await session.execute(update(Peer), changes, execution_options={"synchronize_session": False})


async def forgive(session: AsyncSession, ids: Collection[int], *, due_at: datetime) -> None:
    """Take back the only failure of those among the peers that have one, unless somebody is at it again."""
    await session.execute(
        update(Peer)
        .where(col(Peer.id).in_(ids), col(Peer.failures) == 1, col(Peer.leased_until).is_(None))
        .values(failures=0, failing_since=None, due_at=due_at)
        .execution_options(synchronize_session=False)
    )


@dataclass(frozen=True, slots=True)
class Standing:
    """How a peer stands at the moment in which something is to be sent to it."""

    peer_id: int
    fence: int
    is_open: bool  # neither paused nor given up nor blocked
    cursor: int
    kept_from: int
    beyond: str
    dialect: str
    software: str | None
    shared_inbox: str | None
    failures: int
    last_error: str
    last_success: datetime | None


async def standings(session: AsyncSession, ids: Collection[int]) -> dict[int, Standing]:
    """Return how these peers stand."""
    rows: Iterable[Any] = await session.execute(
        sql_select(
            col(Peer.id),
            col(Peer.fence),
            and_(col(Peer.state).in_(RUNNING), col(Peer.blocked_at).is_(None)),
            col(Peer.cursor),
            col(Peer.kept_from),
            col(Peer.beyond),
            col(Peer.dialect),
            col(Peer.software),
            col(Peer.shared_inbox),
            col(Peer.failures),
            col(Peer.last_error),
            col(Peer.last_success),
        ).where(col(Peer.id).in_(ids))
    )
    return {row[0]: Standing(*row) for row in rows}


def waiting_for(peer_id: int | SQLCoreOperations[int] | None) -> SelectOfScalar[int]:
    """Select the ids of entries that wait for one peer as things stand now, in no order."""
    there = (col(Actor.peer_id) == peer_id, *REACHABLE)
    followed = (
        select(Follow.followee_id)
        .join(Actor, col(Actor.id) == col(Follow.follower_id))
        .where(*there, col(Follow.state) == "accepted")
    )
    everyone = or_(col(Peer.shared_inbox).is_not(None), exists(select(Actor.id).where(*there)))
    return (
        select(LogAudience.entry_id)
        .distinct()
        .join(Peer, col(Peer.id) == peer_id)
        .join(LogEntry, col(LogEntry.id) == col(LogAudience.entry_id))
        .where(
            col(LogAudience.entry_id) > col(Peer.cursor),
            or_(col(LogAudience.entry_id) >= col(Peer.kept_from), col(LogEntry.type).in_(BINDING)),
            _speaks(col(Peer.dialect), col(LogAudience.dialect)),
            or_(
                and_(col(LogAudience.kind) == "everyone", everyone),
                and_(
                    col(LogAudience.kind) == "actor",
                    col(LogAudience.actor_id).in_(select(Actor.id).where(*there)),
                ),
                and_(col(LogAudience.kind) == "followers", col(LogAudience.actor_id).in_(followed)),
            ),
        )
    )


def _with_word(lowest: SelectOfScalar[int]) -> Select[Any]:
    """Select the ids of peers for which an entry beyond their cursor may wait.

    lowest: the least cursor to consider. The newest entry for each audience decides, so the cost grows with
    the followers concerned and neither with the entries nor with the peers. It may name a lane for which
    nothing waits after all (an old entry that it no longer gets): its worker finds out and moves it on.
    """
    latest = (
        select(
            col(LogAudience.kind),
            col(LogAudience.actor_id),
            col(LogAudience.dialect),
            func.max(LogAudience.entry_id).label("newest"),
        )
        .where(col(LogAudience.entry_id) > lowest.scalar_subquery())
        .group_by(col(LogAudience.kind), col(LogAudience.actor_id), col(LogAudience.dialect))
        .cte("latest")
    )
    said = (latest.c.dialect, latest.c.newest)
    by_follow = (
        sql_select(col(Actor.peer_id), *said)
        .join(Follow, col(Follow.follower_id) == col(Actor.id))
        .join(latest, latest.c.actor_id == col(Follow.followee_id))
        .where(latest.c.kind == "followers", col(Follow.state) == "accepted", *REACHABLE)
    )
    by_name = (
        sql_select(col(Actor.peer_id), *said)
        .join(latest, latest.c.actor_id == col(Actor.id))
        .where(latest.c.kind == "actor", *REACHABLE)
    )
    anybody = exists(select(Actor.id).where(col(Actor.peer_id) == col(Peer.id), *REACHABLE))
    by_being = (
        sql_select(col(Peer.id), *said)
        .join(latest, latest.c.kind == "everyone")
        .where(or_(col(Peer.shared_inbox).is_not(None), anybody))
    )
    reach = union_all(by_follow, by_name, by_being).cte("reach")
    peer = aliased(Peer)
    return (
        sql_select(col(peer.id))
        .join(reach, reach.c.peer_id == col(peer.id))
        .where(reach.c.newest > col(peer.cursor), _speaks(col(peer.dialect), reach.c.dialect))
    )


def _speaks(peer: SQLCoreOperations[str], row: SQLCoreOperations[str]) -> ColumnElement[bool]:
    """Condition: an audience row of that dialect is for a peer of this one (RULE D1)."""
    return or_(row == "any", peer == "unknown", row == peer)
