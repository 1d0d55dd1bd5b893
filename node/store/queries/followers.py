"""Who follows a group, by server: what a private group's doors and FEP-8fcf ask. And follows by their ids."""

from __future__ import annotations

from sqlalchemy import func, or_
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col, select

from node.store.tables.actors import Actor
from node.store.tables.follows import Follow, Moderator

_OF_FOLLOWS = "/activities/follow/"  # in the ids of our own


async def find_follow(session: AsyncSession, iri: str) -> Follow | None:
    """Return the follow of that activity id, or that was asked again under it."""
    first, dash, time = iri.rpartition("-")
    iris = [iri, first] if dash and time.isdigit() and _OF_FOLLOWS in first else [iri]
    found: Follow | None = await session.scalar(select(Follow).where(col(Follow.iri).in_(iris)))
    return found


def repeat_iri(iri: str, time: int) -> str:
    """Return the id under which a follow of ours is asked again, for the second *time* or a later one."""
    return f"{iri}-{time}"


async def has_member_at(session: AsyncSession, group: Actor, peer_id: int | None) -> bool:
    """Tell whether an accepted follower or a moderator of *group* lives on that peer."""
    if peer_id is None:
        return False
    followers = select(Follow.follower_id).where(
        col(Follow.followee_id) == group.id, col(Follow.state) == "accepted"
    )
    moderators = select(Moderator.actor_id).where(col(Moderator.group_id) == group.id)
    query = select(Actor.id).where(
        col(Actor.peer_id) == peer_id,
        col(Actor.deleted_at).is_(None),
        or_(col(Actor.id).in_(followers), col(Actor.id).in_(moderators)),
    )
    return await session.scalar(query.limit(1)) is not None


async def followers_at(session: AsyncSession, followee: Actor, peer_id: int | None) -> list[str]:
    """Return the ids of accepted followers of *followee* that live on that peer; None: here."""
    query = (
        select(Actor.iri)
        .join(Follow, col(Follow.follower_id) == col(Actor.id))
        .where(
            col(Follow.followee_id) == followee.id,
            col(Follow.state) == "accepted",
            col(Actor.peer_id) == peer_id if peer_id is not None else col(Actor.peer_id).is_(None),
            col(Actor.deleted_at).is_(None),
        )
        .order_by(col(Actor.id))
    )
    return list(await session.scalars(query))


async def waiting_followers(session: AsyncSession, group: Actor) -> list[tuple[Actor, Follow]]:
    """Return who asks to follow the group, those who wait longest first."""
    found = await session.execute(
        select(Actor, Follow)
        .join(Follow, col(Follow.follower_id) == col(Actor.id))
        .where(
            col(Follow.followee_id) == group.id,
            col(Follow.state) == "pending",
            col(Actor.deleted_at).is_(None),
        )
        .order_by(col(Follow.created_at), col(Follow.id))
    )
    return [(actor, follow) for actor, follow in found]


async def count_waiting(session: AsyncSession, group: Actor) -> int:
    """Count who asks to follow the group."""
    query = select(func.count()).where(col(Follow.followee_id) == group.id, col(Follow.state) == "pending")
    return await session.scalar(query) or 0


async def members_of(session: AsyncSession, group: Actor, limit: int = 200) -> list[tuple[Actor, Follow]]:
    """Return whom the group has let in, the newest first."""
    found = await session.execute(
        select(Actor, Follow)
        .join(Follow, col(Follow.follower_id) == col(Actor.id))
        .where(
            col(Follow.followee_id) == group.id,
            col(Follow.state) == "accepted",
            col(Actor.deleted_at).is_(None),
        )
        .order_by(col(Follow.answered_at).desc(), col(Follow.id).desc())
        .limit(limit)
    )
    return [(actor, follow) for actor, follow in found]
