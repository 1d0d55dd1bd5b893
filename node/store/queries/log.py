"""The log of what leaves: finding entries, and the inboxes that are to have one."""

from __future__ import annotations

from sqlalchemy import ColumnElement, exists, func, or_
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col, select

from node.store.tables.actors import Actor
from node.store.tables.follows import Follow
from node.store.tables.log import LogAudience, LogEntry
from node.store.tables.peers import Peer

_DIALECTS = {"unknown": ("any", "thread", "micro")}  # who has not said hears both ways (RULE D1)


async def find_entry(session: AsyncSession, iri: str) -> LogEntry | None:
    """Return the entry of that activity id, public or not, or None."""
    found: LogEntry | None = await session.scalar(select(LogEntry).where(col(LogEntry.iri) == iri))
    return found


async def find_public(session: AsyncSession, iri: str) -> LogEntry | None:
    """Return the entry that anybody may fetch by its id (FEDERATION B.7), or None."""
    entry = await find_entry(session, iri)
    return entry if entry is not None and entry.public else None


async def head(session: AsyncSession) -> int:
    """Return the id of the newest entry, 0 for an empty log."""
    return await session.scalar(select(func.max(LogEntry.id))) or 0


async def entries_between(session: AsyncSession, after: int, upto: int) -> list[LogEntry]:
    """Return the entries behind *after* and not behind *upto*, in order."""
    query = select(LogEntry).where(col(LogEntry.id) > after, col(LogEntry.id) <= upto)
    return list(await session.scalars(query.order_by(col(LogEntry.id))))


async def audience_between(session: AsyncSession, after: int, upto: int) -> list[LogAudience]:
    """Return the audience rows of those entries, in the entries' order."""
    query = select(LogAudience).where(col(LogAudience.entry_id) > after, col(LogAudience.entry_id) <= upto)
    return list(await session.scalars(query.order_by(col(LogAudience.entry_id), col(LogAudience.id))))


async def inboxes(session: AsyncSession, entry_id: int | None, peer: Peer) -> list[str]:
    """Return the distinct inboxes of *peer* whose owners the entry concerns now (RULE F1, A98).

    An accepted follow or an address concerns an actor; an entry for everyone goes to one inbox of the peer.
    """
    audience = await session.scalars(
        select(LogAudience).where(
            col(LogAudience.entry_id) == entry_id,
            col(LogAudience.dialect).in_(_DIALECTS.get(peer.dialect, ("any", peer.dialect))),
        )
    )
    named: dict[str, list[int]] = {"actor": [], "followers": [], "everyone": []}
    for row in audience:
        named[row.kind].append(row.actor_id or 0)
    follows = exists(
        select(Follow.id).where(
            col(Follow.follower_id) == col(Actor.id),
            col(Follow.followee_id).in_(named["followers"]),
            col(Follow.state) == "accepted",
        )
    )
    concerned = or_(col(Actor.id).in_(named["actor"]), follows)
    found = await _inboxes_where(session, peer, concerned)
    if found or not named["everyone"]:
        return found
    return [peer.shared_inbox] if peer.shared_inbox else (await _inboxes_where(session, peer))[:1]


async def is_for_followers(session: AsyncSession, entry: LogEntry, actor: Actor) -> bool:
    """Tell whether the entry goes to the followers of *actor*."""
    query = select(LogAudience.id).where(
        col(LogAudience.entry_id) == entry.id,
        col(LogAudience.kind) == "followers",
        col(LogAudience.actor_id) == actor.id,
    )
    return await session.scalar(query.limit(1)) is not None


async def find_by_inbox(session: AsyncSession, inbox: str) -> Actor | None:
    """Return an actor that is reached at *inbox*, or None."""
    found: Actor | None = await session.scalar(
        select(Actor)
        .where(
            or_(col(Actor.shared_inbox) == inbox, col(Actor.inbox) == inbox),
            col(Actor.peer_id).is_not(None),
            col(Actor.deleted_at).is_(None),
        )
        .order_by(col(Actor.id))
        .limit(1)
    )
    return found


async def _inboxes_where(session: AsyncSession, peer: Peer, *conditions: ColumnElement[bool]) -> list[str]:
    inbox = func.coalesce(Actor.shared_inbox, Actor.inbox)
    rows = await session.scalars(
        select(inbox)
        .distinct()
        .where(
            col(Actor.peer_id) == peer.id,
            col(Actor.deleted_at).is_(None),
            inbox.is_not(None),
            *conditions,
        )
        .order_by(inbox)
    )
    return list(rows)
