"""How much waits in the database, for the operator's Prometheus.

Few queries, each bounded: a long queue must not make looking at it long.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, and_, case, func, or_
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col, select

from node.store.queries import log
from node.store.queries.lanes import RUNNING
from node.store.tables.arrivals import Arrival
from node.store.tables.log import LogEntry
from node.store.tables.peers import Peer
from node.store.tables.tasks import Task

COUNTED = 1_000_000  # rows of one kind; more count as that many


@dataclass(frozen=True, slots=True)
class Queue:
    """What waits: how much of it is due, how much comes due later, how many seconds the first is late."""

    due: int
    later: int
    overdue: float


@dataclass(frozen=True, slots=True)
class Lag:
    """How far lanes are behind the head of the log: entries of all, entries and seconds of the worst.

    Entries that do not concern a lane count until it is brought past them, which a node that keeps up does in seconds.
    """

    entries: int = 0
    worst_entries: int = 0
    worst_seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class Gauges:
    """How things stand at one moment. lanes: by state, and `blocked`. lag: of lanes that run, `healthy` or `failing`."""

    arrivals: Queue
    dead_arrivals: int
    tasks: Queue
    lanes: Mapping[str, int]
    lag: Mapping[str, Lag]


async def read_gauges(session: AsyncSession, *, now: datetime) -> Gauges:
    """Return how much waits, and how long already."""
    return Gauges(
        arrivals=await _queue(session, Arrival, now, col(Arrival.state) == "waiting"),
        dead_arrivals=await _count(session, Arrival, col(Arrival.state) == "dead"),
        tasks=await _queue(session, Task, now),
        lanes=await _lanes(session),
        lag=await _lag(session, now),
    )


async def _queue(
    session: AsyncSession, table: type[Arrival | Task], now: datetime, *which: ColumnElement[bool]
) -> Queue:
    due_at = col(table.due_at)
    first = await session.scalar(select(func.min(due_at)).where(*which))
    return Queue(
        due=await _count(session, table, *which, due_at <= now),
        later=await _count(session, table, *which, due_at > now),
        overdue=max(0.0, (now - first).total_seconds()) if first is not None else 0.0,
    )


async def _count(session: AsyncSession, table: type[Arrival | Task], *which: ColumnElement[bool]) -> int:
    rows = select(col(table.id)).where(*which).limit(COUNTED).subquery()
    return await session.scalar(select(func.count()).select_from(rows)) or 0


async def _lanes(session: AsyncSession) -> dict[str, int]:
    state = case((col(Peer.blocked_at).is_not(None), "blocked"), else_=col(Peer.state)).label("state")
    counted = dict.fromkeys(("awake", "sleeping", "dead", "paused", "blocked"), 0)
    for name, count in await session.execute(select(state, func.count()).group_by(state)):
        counted[name] = count
    return counted


async def _lag(session: AsyncSession, now: datetime) -> dict[str, Lag]:
    head = await log.head(session)
    condition = case(
        (or_(col(Peer.failures) > 0, col(Peer.state) == "sleeping"), "failing"), else_="healthy"
    ).label("condition")
    behind = head - col(Peer.cursor)
    lanes = and_(col(Peer.cursor) < head, col(Peer.state).in_(RUNNING), col(Peer.blocked_at).is_(None))
    rows = await session.execute(
        select(condition, func.sum(behind), func.max(behind), func.min(Peer.cursor))
        .where(lanes)
        .group_by(condition)
    )
    found = {"healthy": Lag(), "failing": Lag()}
    for name, entries, worst, cursor in rows.all():
        first = await session.scalar(
            select(LogEntry.at).where(col(LogEntry.id) > cursor).order_by(col(LogEntry.id)).limit(1)
        )
        waited = (now - first).total_seconds() if first is not None else 0.0
        found[name] = Lag(int(entries), int(worst), max(0.0, waited))
    return found
