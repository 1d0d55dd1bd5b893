"""Lanes: which peers have word waiting, and who may carry it. The SQL; the rules are in `outbox.lanes`."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Exists, and_, exists, func, or_, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased
from sqlmodel import col, select
from sqlmodel.sql.expression import SelectOfScalar

from node.store.tables.actors import Actor
from node.store.tables.follows import Follow
from node.store.tables.log import LogAudience, LogEntry
from node.store.tables.peers import Peer

# Told however long a peer was away: they say what stands between us (RULE F2).
BINDING = ("Follow", "Accept", "Reject", "Undo", "Delete", "Block")
RUNNING = ("awake", "sleeping")


@dataclass(frozen=True, slots=True)
class Lane:
    """A peer's lane while one worker holds it. A write under an outdated fence finds no row (R25)."""

    peer_id: int
    host: str
    fence: int


async def claim(
    session: AsyncSession, *, now: datetime, until: datetime, head: int, limit: int
) -> list[Lane]:
    """Lease up to *limit* lanes that are due and have word waiting, those that waited longest first."""
    lane = aliased(Peer)
    due = (
        select(lane.id)
        .where(
            col(lane.cursor) < head,
            col(lane.state).in_(RUNNING),
            col(lane.blocked_at).is_(None),
            or_(col(lane.due_at).is_(None), col(lane.due_at) <= now),
            or_(col(lane.leased_until).is_(None), col(lane.leased_until) <= now),
            _has_word(lane),
        )
        .order_by(col(lane.due_at).nulls_first(), col(lane.id))
        .limit(limit)
        .with_for_update(skip_locked=True, of=lane)  # SQLite has one writer and leaves this out
        .cte("due")
    )
    peers = await session.scalars(
        update(Peer)
        .where(col(Peer.id).in_(select(due.c.id)))
        .values(leased_until=until, fence=Peer.fence + 1)
        .returning(Peer)
        .execution_options(synchronize_session=False, populate_existing=True)
    )
    return [Lane(peer.id, peer.host, peer.fence) for peer in peers if peer.id is not None]


async def catch_up(session: AsyncSession, *, now: datetime, head: int) -> None:
    """Bring the cursors of lanes for which nothing waits to *head*, so that nobody looks there again.

    A blocked peer's lane keeps nothing: what was said meanwhile is not for it.
    """
    lane = aliased(Peer)
    idle = select(lane.id).where(
        col(lane.cursor) < head,
        or_(col(lane.leased_until).is_(None), col(lane.leased_until) <= now),
        or_(col(lane.blocked_at).is_not(None), ~_has_word(lane)),
    )
    await session.execute(
        update(Peer)
        .where(col(Peer.id).in_(idle), col(Peer.cursor) < head)
        .values(cursor=head)
        .execution_options(synchronize_session=False)
    )


async def pending(session: AsyncSession, peer_id: int | None, limit: int) -> list[LogEntry]:
    """Return the entries that wait for the peer, oldest first."""
    query = select(LogEntry).where(col(LogEntry.id).in_(_waiting_for(peer_id)))
    return list(await session.scalars(query.order_by(col(LogEntry.id)).limit(limit)))


async def count_pending(session: AsyncSession, peer_id: int | None) -> int:
    """Return how many entries wait for the peer."""
    query = select(func.count()).select_from(_waiting_for(peer_id).subquery())
    return await session.scalar(query) or 0


async def newest_pending(session: AsyncSession, peer_id: int | None, number: int) -> int:
    """Return the id of the *number*-th newest entry that waits for the peer; 0 when fewer wait."""
    waiting = _waiting_for(peer_id).subquery()
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


async def find_held(session: AsyncSession, lane: Lane) -> Peer | None:
    """Return the lane's row, locked, while the lease is still this holder's; else None."""
    found: Peer | None = await session.scalar(
        select(Peer)
        .where(col(Peer.id) == lane.peer_id, col(Peer.fence) == lane.fence)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    return found


def _waiting_for(peer_id: int | None) -> SelectOfScalar[int]:
    return (
        select(LogAudience.entry_id)
        .distinct()
        .select_from(LogAudience)
        .join(Peer, col(Peer.id) == peer_id)
        .join(LogEntry, col(LogEntry.id) == col(LogAudience.entry_id))
        .where(_concerns(Peer))
    )


def _has_word(lane: type[Peer]) -> Exists:
    """Condition on a lane: an entry beyond its cursor concerns the peer."""
    return exists(
        select(LogAudience.id)
        .join(LogEntry, col(LogEntry.id) == col(LogAudience.entry_id))
        .where(_concerns(lane))
        .correlate(lane)
    )


def _concerns(lane: type[Peer]) -> ColumnElement[bool]:
    """Condition on an audience row and its entry: it waits for the lane's peer as things stand now."""
    return and_(
        col(LogAudience.entry_id) > col(lane.cursor),
        or_(col(LogAudience.entry_id) >= col(lane.kept_from), col(LogEntry.type).in_(BINDING)),
        or_(
            col(LogAudience.dialect) == "any",
            col(lane.dialect) == "unknown",
            col(LogAudience.dialect) == col(lane.dialect),
        ),
        or_(
            and_(
                col(LogAudience.kind) == "everyone",
                or_(col(lane.shared_inbox).is_not(None), _lives_at(lane)),
            ),
            and_(
                col(LogAudience.kind) == "actor", _lives_at(lane, col(Actor.id) == col(LogAudience.actor_id))
            ),
            and_(col(LogAudience.kind) == "followers", _follows(lane)),
        ),
    )


def _lives_at(lane: type[Peer], *conditions: ColumnElement[bool]) -> Exists:
    return exists(
        select(Actor.id)
        .where(col(Actor.peer_id) == col(lane.id), _reachable(), *conditions)
        .correlate(lane, LogAudience)
    )


def _follows(lane: type[Peer]) -> Exists:
    return exists(
        select(Follow.id)
        .join(Actor, col(Actor.id) == col(Follow.follower_id))
        .where(
            col(Follow.followee_id) == col(LogAudience.actor_id),
            col(Follow.state) == "accepted",
            col(Actor.peer_id) == col(lane.id),
            _reachable(),
        )
        .correlate(lane, LogAudience)
    )


def _reachable() -> ColumnElement[bool]:
    return and_(
        col(Actor.deleted_at).is_(None),
        or_(col(Actor.shared_inbox).is_not(None), col(Actor.inbox).is_not(None)),
    )
