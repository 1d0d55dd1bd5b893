"""What somebody is to a group and to the node: banned, or an administrator."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import or_
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col, select

from node.store.tables.actors import Actor
from node.store.tables.members import Member
from node.store.tables.moderation import Ban


async def is_banned(session: AsyncSession, actor: Actor, group: Actor, now: datetime) -> bool:
    """Tell whether *actor* is banned at *now*: from the group, from this node, or from the group's node."""
    nodes = select(Actor.iri).where(
        col(Actor.kind) == "Application",
        or_(col(Actor.peer_id).is_(None), col(Actor.home) == group.home),
    )
    query = select(Ban.id).where(
        col(Ban.actor_id) == actor.id,
        or_(
            col(Ban.scope) == group.iri,
            col(Ban.scope).in_((f"{group.home}/", group.home)),  # with and without the slash (pitfall 42)
            col(Ban.scope).in_(nodes),
        ),
        or_(col(Ban.expires_at).is_(None), col(Ban.expires_at) > now),
    )
    return await session.scalar(query.limit(1)) is not None


async def is_administrator(session: AsyncSession, actor: Actor) -> bool:
    """Tell whether *actor* is a member who administers this node. Of other nodes it is never known (I.90)."""
    query = select(Member.id).where(
        col(Member.actor_id) == actor.id,
        col(Member.role) == "administrator",
        col(Member.disabled_at).is_(None),
    )
    return actor.is_local and await session.scalar(query) is not None
