"""What a page says of a post beside its words: whether it is gone, what it waits for, how the viewer voted."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import select as select_columns
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from node.store.queries.people import ActorLine
from node.store.tables.actors import Actor
from node.store.tables.posts import Post, Vote


def how_gone(post: Post) -> str:
    """Return deleted or removed; empty for a post that is there."""
    if post.deleted_at is not None:
        return "deleted"
    return "removed" if post.removed_at is not None else ""


def waiting_for(post: Post, group: ActorLine | None) -> str:
    """Return the host whose word is awaited; empty when the post is in. group: of its thread."""
    return "" if post.confirmed_at is not None or group is None or group.is_local else group.host


async def votes_of(
    session: AsyncSession, ids: Collection[int | None], viewer: Actor | None
) -> dict[int, int]:
    """Return how *viewer* voted on posts, by row number: 1 or -1."""
    if viewer is None or not ids:
        return {}
    found = await session.execute(
        select_columns(col(Vote.post_id), col(Vote.value)).where(
            col(Vote.actor_id) == viewer.id, col(Vote.post_id).in_(ids)
        )
    )
    return {row.post_id: row.value for row in found}
