"""A member leaves for good: their account goes, and what they leave behind is known before."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import delete
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col, func, select

from node.errors import Conflict
from node.local.members import ADMINISTRATOR
from node.store.database import Transaction
from node.store.queries.people import ActorLine, line_of
from node.store.tables.actors import Actor
from node.store.tables.follows import Moderator
from node.store.tables.members import Member


@dataclass(frozen=True, slots=True)
class LeftBehind:
    """What would be left. groups: of this node, without a moderator then."""

    groups: tuple[ActorLine, ...]
    last_administrator: bool


async def left_behind(session: AsyncSession, member_id: int, actor: Actor) -> LeftBehind:
    """Return what a member would leave behind."""
    others = select(func.count()).where(
        col(Member.role) == ADMINISTRATOR, col(Member.disabled_at).is_(None), col(Member.id) != member_id
    )
    member = await session.get(Member, member_id)
    alone = (
        select(col(Moderator.group_id))
        .where(
            col(Moderator.group_id).in_(select(Moderator.group_id).where(col(Moderator.actor_id) == actor.id))
        )
        .group_by(col(Moderator.group_id))
        .having(func.count() == 1)
    )
    groups = await session.scalars(
        select(Actor)
        .where(col(Actor.id).in_(alone), col(Actor.peer_id).is_(None), col(Actor.deleted_at).is_(None))
        .order_by(col(Actor.username))
    )
    return LeftBehind(
        groups=tuple(line_of(group) for group in groups),
        last_administrator=member is not None
        and member.role == ADMINISTRATOR
        and not await session.scalar(others),
    )


async def forget(tx: Transaction, member_id: int) -> None:
    """Let an account go whose actor has ended: password, sessions, choices, notifications and what was saved.

    The name stays taken (A86). Raises Conflict for the last administrator.
    """
    member = await tx.session.get_one(Member, member_id)
    actor = await tx.session.get_one(Actor, member.actor_id)
    if (await left_behind(tx.session, member_id, actor)).last_administrator:
        raise Conflict("You are the last administrator of this node. Make somebody else one first.")
    await tx.session.execute(delete(Member).where(col(Member.id) == member_id))
