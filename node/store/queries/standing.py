"""What somebody is to a group and to the node: banned, an administrator, its owner; and whose a list is."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from sqlalchemy import or_
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col, select

from node.store.batches import none_of
from node.store.queries.actors import moderates
from node.store.tables.actors import GROUP_KINDS, Actor
from node.store.tables.follows import Moderator
from node.store.tables.members import Member
from node.store.tables.moderation import Ban, Block
from node.store.tables.posts import Post


@dataclass(frozen=True, slots=True)
class BanNote:
    """Why somebody may not take part. expires_at: None until it is lifted."""

    from_group: bool  # else from a whole node
    reason: str
    expires_at: datetime | None


async def is_banned(session: AsyncSession, actor: Actor, place: Actor | None, now: datetime) -> bool:
    """Tell whether *actor* is banned at *now*: from the place, its node, this node, or by their own node.

    place: a group, or somebody to whom they would speak; None asks for this node and their own alone.
    """
    return await ban_in_force(session, actor, place, now) is not None


async def ban_in_force(
    session: AsyncSession, actor: Actor, place: Actor | None, now: datetime
) -> BanNote | None:
    """Return the ban that keeps *actor* out at *now*, of several the one that ends last; asked as `is_banned`.

    Scopes of nodes end in a slash, however they were written (pitfall 42).
    """
    if none_of(session, Ban, actor.id):
        return None
    scopes = [f"{actor.home}/"] if place is None else [f"{actor.home}/", place.iri, f"{place.home}/"]
    own = select(Actor.iri).where(
        col(Actor.kind) == "Application", col(Actor.path) == "/", col(Actor.sealed_key).is_not(None)
    )
    query = select(Ban).where(
        col(Ban.actor_id) == actor.id,
        or_(col(Ban.scope).in_(scopes), col(Ban.scope).in_(own)),
        or_(col(Ban.expires_at).is_(None), col(Ban.expires_at) > now),
    )
    query = query.order_by(col(Ban.expires_at).is_not(None), col(Ban.expires_at).desc())
    ban: Ban | None = await session.scalar(query.limit(1))
    return BanNote(ban.group_id is not None, ban.reason, ban.expires_at) if ban is not None else None


async def shuns(session: AsyncSession, blocker_id: int | None, blocked_id: int | None) -> bool:
    """Tell whether one person wants nothing to do with the other: a personal block, never a ban."""
    if none_of(session, Block, blocked_id):
        return False
    query = select(Block.id).where(col(Block.blocker_id) == blocker_id, col(Block.blocked_id) == blocked_id)
    return await session.scalar(query) is not None


async def is_administrator(session: AsyncSession, actor: Actor) -> bool:
    """Tell whether *actor* is a member who administers this node. Of other nodes it is never known (I.90)."""
    query = select(Member.id).where(
        col(Member.actor_id) == actor.id,
        col(Member.role) == "administrator",
        col(Member.disabled_at).is_(None),
    )
    return actor.is_local and await session.scalar(query) is not None


async def holds_office(session: AsyncSession, actor: Actor, group: Actor, now: datetime) -> bool:
    """Tell whether *actor* is on the group's list and not banned, or administers the node that hosts it."""
    if actor.deleted_at is not None:
        return False
    if group.is_local and await is_administrator(session, actor):
        return True
    return await moderates(session, actor.id, group.id) and not await is_banned(session, actor, group, now)


@dataclass(frozen=True, slots=True)
class Office:
    """What somebody may do in office in a thread. may_hide: also an administrator, of a group elsewhere.

    ban: what keeps them from taking part at all.
    """

    holds: bool
    may_hide: bool
    ban: BanNote | None = None


async def office_in(session: AsyncSession, thread: Post, viewer: Actor | None, now: datetime) -> Office:
    """Return what the viewer, None for a stranger, may do in office in a thread."""
    if viewer is None:
        return Office(holds=False, may_hide=False)
    group = await session.get(Actor, thread.group_id) if thread.group_id is not None else None
    ban = await ban_in_force(session, viewer, group, now)
    rules = await is_administrator(session, viewer)
    holds = group is not None and await _holds(session, viewer, group, rules=rules, ban=ban)
    return Office(holds, may_hide=holds or rules, ban=ban)


async def office_of(
    session: AsyncSession, viewer: Actor, group: Actor, now: datetime
) -> tuple[bool, BanNote | None]:
    """Tell whether the viewer holds an office in a group, as `holds_office` does, and what keeps them out of it."""
    ban = await ban_in_force(session, viewer, group, now)
    rules = await is_administrator(session, viewer)
    return await _holds(session, viewer, group, rules=rules, ban=ban), ban


async def _holds(
    session: AsyncSession, actor: Actor, group: Actor, *, rules: bool, ban: BanNote | None
) -> bool:
    if actor.deleted_at is not None:
        return False
    if group.is_local and rules:
        return True
    return ban is None and await moderates(session, actor.id, group.id)


async def find_curated(
    session: AsyncSession, collection: str, named: Collection[str]
) -> tuple[Actor, Literal["featured", "moderators"]] | None:
    """Return the one of the *named* groups whose list *collection* is, compared as it stands, and which list."""
    if not collection:
        return None
    query = select(Actor).where(
        col(Actor.iri).in_(named),
        col(Actor.kind).in_(GROUP_KINDS),
        or_(col(Actor.featured) == collection, col(Actor.moderators) == collection),
    )
    group: Actor | None = await session.scalar(query.order_by(col(Actor.id)).limit(1))
    if group is None:
        return None
    return group, "featured" if group.featured == collection else "moderators"


async def owner_of(session: AsyncSession, group: Actor) -> int | None:
    """Return the row number of a group's first moderator, to whom it belongs."""
    query = (
        select(Moderator.actor_id)
        .where(col(Moderator.group_id) == group.id)
        .order_by(col(Moderator.since), col(Moderator.id))
    )
    found: int | None = await session.scalar(query.limit(1))
    return found
