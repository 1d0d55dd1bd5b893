"""Taking the words of comments into the index of searches: those that came lately, then those from before it was made."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import ColumnElement, exists, func, insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col, select

from node.store.database import Transaction
from node.store.tables.posts import Post
from node.store.tables.search import CommentText

LATE = 5000  # row numbers that are looked at again: what began earlier may have been written later


async def untaken(session: AsyncSession, at_most: int) -> list[tuple[int, str]]:
    """Return comments whose words are not taken in yet, by row number with their HTML: new ones first, the oldest last."""
    newest, oldest = (
        await session.execute(select(func.max(CommentText.post_id), func.min(CommentText.post_id)))
    ).one()
    found = []
    if newest is not None:
        found = await _of(session, at_most, col(Post.id) > newest - LATE, col(Post.id) > oldest)
    if len(found) < at_most:
        before = (col(Post.id) < oldest,) if oldest is not None else ()
        found += await _of(session, at_most - len(found), *before)
    return found


async def _of(session: AsyncSession, at_most: int, *where: ColumnElement[bool]) -> list[tuple[int, str]]:
    taken = exists().where(col(CommentText.post_id) == col(Post.id))
    query = (
        select(Post.id, Post.content)
        .where(
            col(Post.root_id).is_not(None),
            col(Post.deleted_at).is_(None),
            col(Post.content) != "",
            ~taken,
            *where,
        )
        .order_by(col(Post.id).desc())
        .limit(at_most)
    )
    return [(number or 0, content) for number, content in await session.execute(query)]


async def take_in(tx: Transaction, words: Sequence[tuple[int, str]]) -> None:
    """Keep the folded words of comments that are still there and whose words nobody else took in meanwhile."""
    ids = [number for number, _ in words]
    alive = select(Post.id).where(col(Post.id).in_(ids), col(Post.deleted_at).is_(None))
    there = set(await tx.session.scalars(alive.with_for_update(key_share=True)))
    there -= set(
        await tx.session.scalars(select(CommentText.post_id).where(col(CommentText.post_id).in_(ids)))
    )
    # In their order: an index that is filled backwards, row by row, takes twice the room.
    rows = [{"post_id": number, "text": text} for number, text in sorted(words) if number in there]
    if rows:
        await tx.session.execute(insert(CommentText), rows)
