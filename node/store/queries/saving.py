"""Whether a member keeps a post, and how many."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import func
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col, select

from node.store.tables.actors import Actor
from node.store.tables.members import Member, Saved
from node.store.tables.posts import Post

MOST = 5000  # that one member keeps


async def is_saved(session: AsyncSession, member_id: int, post_id: int | None) -> bool:
    """Tell whether the member keeps the post."""
    query = select(Saved.id).where(col(Saved.member_id) == member_id, col(Saved.post_id) == post_id)
    return await session.scalar(query) is not None


async def saved_among(session: AsyncSession, viewer: Actor | None, tokens: Collection[str]) -> frozenset[str]:
    """Return those of the posts, by token, that the viewer keeps."""
    if viewer is None:
        return frozenset()
    query = (
        select(Post.token)
        .join(Saved, col(Saved.post_id) == col(Post.id))
        .join(Member, col(Member.id) == col(Saved.member_id))
        .where(col(Member.actor_id) == viewer.id, col(Post.token).in_(tokens))
    )
    return frozenset(await session.scalars(query))


async def count_saved(session: AsyncSession, member_id: int) -> int:
    """Return how much the member keeps."""
    return await session.scalar(select(func.count()).where(col(Saved.member_id) == member_id)) or 0
