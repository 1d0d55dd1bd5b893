"""Lanes: which peers have word waiting, and who may carry it. The SQL; the rules are in `outbox.lanes`."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, exists, func, or_, union_all, update
from sqlalchemy import select as sql_select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased
from sqlalchemy.sql.elements import SQLCoreOperations
from sqlmodel import col, select
from sqlmodel.sql.expression import SelectOfScalar

from node.store.tables.actors import Actor
from node.store.tables.follows import Follow
from node.store.tables.log import LogAudience, LogEntry
from node.store.tables.peers import Peer

# Told however long a peer was away: they say what stands between us (RULE F2).
BINDING = ("Follow", "Accept", "Reject", "Undo", "Delete", "Block")
RUNNING = ("awake", "sleeping")
_REACHABLE = (
    col(Actor.deleted_at).is_(None),
    or_(col(Actor.shared_inbox).is_not(None), col(Actor.inbox).is_not(None)),
)


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
    ready = (
        col(lane.cursor) < head,
        col(lane.state).in_(RUNNING),
        col(lane.blocked_at).is_(None),
        or_(col(lane.due_at).is_(None), col(lane.due_at) <= now),
        or_(col(lane.leased_until).is_(None), col(lane.leased_until) <= now),
    )
    due = (
        select(lane.id)
        .where(*ready, col(lane.id).in_(_with_word(select(func.min(lane.cursor)).where(*ready))))
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

    A blocked peer's lane keeps nothing: what was said meanwhile is not for it. Lanes in trouble have word
    waiting; they are left as they are.
    """
    lane = aliased(Peer)
    healthy = (
        col(lane.cursor) < head,
        or_(col(lane.leased_until).is_(None), col(lane.leased_until) <= now),
        or_(col(lane.blocked_at).is_not(None), and_(col(lane.state) == "awake", col(lane.failures) == 0)),
    )
    waiting = _with_word(select(func.min(lane.cursor)).where(*healthy, col(lane.blocked_at).is_(None)))
    idle = select(lane.id).where(
        *healthy, or_(col(lane.blocked_at).is_not(None), col(lane.id).not_in(waiting))
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
    """Select the ids of entries that wait for one peer as things stand now."""
    there = (col(Actor.peer_id) == peer_id, *_REACHABLE)
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
        .where(latest.c.kind == "followers", col(Follow.state) == "accepted", *_REACHABLE)
    )
    by_name = (
        sql_select(col(Actor.peer_id), *said)
        .join(latest, latest.c.actor_id == col(Actor.id))
        .where(latest.c.kind == "actor", *_REACHABLE)
    )
    anybody = exists(select(Actor.id).where(col(Actor.peer_id) == col(Peer.id), *_REACHABLE))
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
