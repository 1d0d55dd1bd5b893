"""Invitations: whom a link is from, and the links of a member."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col, select

from node.ids import fingerprint
from node.store.queries.people import ActorLine, line_of, lines_of
from node.store.tables.actors import GROUP_KINDS, Actor
from node.store.tables.follows import Follow
from node.store.tables.members import Invitation, Invited, Member

SHOWN = 50
GROUPS_OFFERED = 100


@dataclass(frozen=True, slots=True)
class InvitationView:
    """What a link invites to. group: followed at once, where there is one."""

    inviter: ActorLine
    group: ActorLine | None
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class InvitationLine:
    """A link of the member's."""

    id: int
    note: str
    uses: int
    used: int
    group: ActorLine | None
    expires_at: datetime
    is_open: bool


async def find_invitation(session: AsyncSession, secret: str, now: datetime) -> InvitationView | None:
    """Return what a link invites to; None when it is used up, has ended or never was."""
    found = (
        await session.execute(
            select(Invitation, Actor)
            .join(Member, col(Member.id) == col(Invitation.member_id))
            .join(Actor, col(Actor.id) == col(Member.actor_id))
            .where(
                col(Invitation.fingerprint) == fingerprint(secret),
                col(Invitation.expires_at) > now,
                col(Invitation.used) < col(Invitation.uses),
                col(Member.disabled_at).is_(None),
                col(Actor.deleted_at).is_(None),
            )
        )
    ).first()
    if found is None:
        return None
    invitation, inviter = found
    groups = await lines_of(session, [invitation.group_id])
    return InvitationView(line_of(inviter), groups.get(invitation.group_id or 0), invitation.expires_at)


async def invitations_of(session: AsyncSession, member_id: int, now: datetime) -> tuple[InvitationLine, ...]:
    """Return the member's links, the newest first."""
    found = list(
        await session.scalars(
            select(Invitation)
            .where(col(Invitation.member_id) == member_id)
            .order_by(col(Invitation.id).desc())
            .limit(SHOWN)
        )
    )
    groups = await lines_of(session, [one.group_id for one in found])
    return tuple(
        InvitationLine(
            id=one.id or 0,
            note=one.note,
            uses=one.uses,
            used=one.used,
            group=groups.get(one.group_id or 0),
            expires_at=one.expires_at,
            is_open=one.expires_at > now and one.used < one.uses,
        )
        for one in found
    )


async def invited_by(session: AsyncSession, member_id: int) -> tuple[ActorLine, ...]:
    """Return whom the member has brought here, the newest first."""
    found = await session.scalars(
        select(Actor)
        .join(Member, col(Member.actor_id) == col(Actor.id))
        .join(Invited, col(Invited.member_id) == col(Member.id))
        .where(col(Invited.inviter_id) == member_id, col(Actor.deleted_at).is_(None))
        .order_by(col(Invited.member_id).desc())
        .limit(SHOWN)
    )
    return tuple(line_of(one) for one in found)


async def groups_to_offer(session: AsyncSession, actor: Actor) -> tuple[ActorLine, ...]:
    """Return the groups of this node that the member follows: those they may invite to."""
    found = await session.scalars(
        select(Actor)
        .join(Follow, col(Follow.followee_id) == col(Actor.id))
        .where(
            col(Follow.follower_id) == actor.id,
            col(Follow.state) == "accepted",
            col(Actor.kind).in_(GROUP_KINDS),
            col(Actor.peer_id).is_(None),
            col(Actor.deleted_at).is_(None),
        )
        .order_by(col(Actor.username))
        .limit(GROUPS_OFFERED)
    )
    return tuple(line_of(one) for one in found)
