"""Bans and personal blocks: finding one, and the lists that pages show."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, and_, or_
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col, select

from node.activitypub.activity import Activity
from node.store.queries.people import ActorLine, line_of, lines_of
from node.store.tables.actors import GROUP_KINDS, Actor
from node.store.tables.moderation import Ban, Block
from node.store.tables.posts import Post

BANS_SHOWN = 50  # newest first
BLOCKS_SHOWN = 100  # newest first


@dataclass(frozen=True, slots=True)
class BanLine:
    """A ban as pages show it."""

    id: int
    person: ActorLine
    by: ActorLine | None
    reason: str
    at: datetime
    expires_at: datetime | None
    content_removed: bool


@dataclass(frozen=True, slots=True)
class BlockLine:
    """Somebody whom a member has blocked."""

    id: int
    person: ActorLine
    at: datetime


async def find_ban(session: AsyncSession, actor_id: int | None, scope: str) -> Ban | None:
    """Return the ban of somebody within *scope*, ended or not, or None."""
    found: Ban | None = await session.scalar(
        select(Ban).where(col(Ban.actor_id) == actor_id, col(Ban.scope) == scope)
    )
    return found


async def find_block(session: AsyncSession, blocker_id: int | None, blocked_id: int | None) -> Block | None:
    """Return the personal block of one by the other, or None."""
    found: Block | None = await session.scalar(
        select(Block).where(col(Block.blocker_id) == blocker_id, col(Block.blocked_id) == blocked_id)
    )
    return found


async def find_blocking(session: AsyncSession, iri: str) -> Activity | None:
    """Return the Block of that id, ban or personal, as the activity that it was, or None."""
    ban: Ban | None = await session.scalar(select(Ban).where(col(Ban.iri) == iri).limit(1))
    if ban is not None:
        by, person = ban.by_id, ban.actor_id
    else:
        block: Block | None = await session.scalar(select(Block).where(col(Block.iri) == iri).limit(1))
        if block is None:
            return None
        by, person = block.blocker_id, block.blocked_id
    blocker = await session.get(Actor, by) if by is not None else None
    blocked = await session.get(Actor, person)
    if blocker is None or blocked is None:
        return None
    target = ban.scope if ban is not None else None
    return Activity(type="Block", iri=iri, actor=blocker.iri, object=blocked.iri, raw={}, target=target)


def in_force(now: datetime) -> ColumnElement[bool]:
    """Condition: the ban has not ended."""
    return or_(col(Ban.expires_at).is_(None), col(Ban.expires_at) > now)


def has_ended(now: datetime) -> ColumnElement[bool]:
    """Condition: the ban has ended, and what was hidden with it has not been shown again."""
    return and_(col(Ban.expires_at) <= now, col(Ban.content_removed).is_(True))


async def bans_of(
    session: AsyncSession, scope: str, now: datetime, *, ended: bool = False, before: int | None = None
) -> tuple[BanLine, ...]:
    """Return who is banned from *scope* at *now*, the newest ban first.

    ended: bans that are over but still hide what was written. before: row number of the last line of the page above.
    """
    query = select(Ban).where(col(Ban.scope) == scope, has_ended(now) if ended else in_force(now))
    last = await session.get(Ban, before) if before is not None else None
    if last is not None:
        older = and_(col(Ban.at) == last.at, col(Ban.id) < last.id)
        query = query.where(or_(col(Ban.at) < last.at, older))
    found = await session.scalars(query.order_by(col(Ban.at).desc(), col(Ban.id).desc()).limit(BANS_SHOWN))
    bans = list(found)
    actors = await lines_of(session, [one for ban in bans for one in (ban.actor_id, ban.by_id)])
    return tuple(
        BanLine(
            id=ban.id or 0,
            person=actors[ban.actor_id],
            by=actors.get(ban.by_id or 0),
            reason=ban.reason,
            at=ban.at,
            expires_at=ban.expires_at,
            content_removed=ban.content_removed,
        )
        for ban in bans
    )


async def blocked_by(
    session: AsyncSession, blocker_id: int | None, before: int | None = None
) -> tuple[BlockLine, ...]:
    """Return whom somebody has blocked, the newest first. before: row number of the last line of the page above."""
    query = (
        select(Block, Actor)
        .join(Actor, col(Actor.id) == col(Block.blocked_id))
        .where(col(Block.blocker_id) == blocker_id)
    )
    if before is not None:
        query = query.where(col(Block.id) < before)
    found = await session.execute(query.order_by(col(Block.id).desc()).limit(BLOCKS_SHOWN))
    return tuple(BlockLine(block.id or 0, line_of(actor), block.at) for block, actor in found)


def within(author: Actor, group: Actor | None, home: str, *, is_ours: bool) -> ColumnElement[bool]:
    """Condition: a post of *author* lies within a ban from *group*, or from the whole node at *home*.

    A ban by the author's own node reaches everything (FEDERATION C.8), and so does one of ours (*is_ours*):
    here, where we keep the copies.
    """
    own = col(Post.author_id) == author.id
    if group is not None:
        return own & (col(Post.group_id) == group.id)
    if is_ours or home == author.home:
        return own
    groups = select(Actor.id).where(col(Actor.home) == home, col(Actor.kind).in_(GROUP_KINDS))
    return own & col(Post.group_id).in_(groups)
