"""The node in numbers, for NodeInfo: public things alone (A97)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, func
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col, select

from node.store.queries.collections import shown
from node.store.tables.actors import Actor
from node.store.tables.members import Member
from node.store.tables.posts import Post

MONTH = timedelta(days=30)
HALF_YEAR = timedelta(days=180)


@dataclass(frozen=True, slots=True)
class Census:
    """How many members there are, how many of them wrote something lately, and what was written."""

    members: int
    active_month: int
    active_half_year: int
    threads: int
    comments: int


async def take_census(session: AsyncSession, now: datetime) -> Census:
    """Count. Active is who has written something public within the time."""
    members = (
        select(func.count(col(Member.id)))
        .join(Actor, col(Actor.id) == col(Member.actor_id))
        .where(col(Member.disabled_at).is_(None), col(Actor.deleted_at).is_(None))
    )
    return Census(
        members=int(await session.scalar(members) or 0),
        active_month=await _writers(session, now - MONTH),
        active_half_year=await _writers(session, now - HALF_YEAR),
        threads=await _written(session, col(Post.depth) == 0),
        comments=await _written(session, col(Post.depth) > 0),
    )


async def _writers(session: AsyncSession, since: datetime) -> int:
    query = (
        select(func.count(func.distinct(col(Post.author_id))))
        .join(Actor, col(Actor.id) == col(Post.author_id))
        .where(*_ours(), col(Post.published) >= since)
    )
    return int(await session.scalar(query) or 0)


async def _written(session: AsyncSession, condition: ColumnElement[bool]) -> int:
    query = (
        select(func.count(col(Post.id)))
        .join(Actor, col(Actor.id) == col(Post.author_id))
        .where(*_ours(), condition)
    )
    return int(await session.scalar(query) or 0)


def _ours() -> list[ColumnElement[bool]]:
    return [col(Actor.peer_id).is_(None), shown()]
