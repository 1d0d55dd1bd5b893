"""Taking the words of comments into the index of searches: those that changed, that came lately, and those from before it was made."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import ColumnElement, exists, func, insert, text, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col, select

from node.store.database import Transaction
from node.store.tables.posts import Post
from node.store.tables.search import CommentText

LATE = 5000  # row numbers that are looked at again: what began earlier may have been written later


async def untaken(session: AsyncSession, at_most: int) -> list[tuple[int, str]]:
    """Return comments whose words are not taken in yet, by row number with their HTML.

    What was changed comes first, then what is new, the oldest last.
    """
    stale = select(CommentText.post_id).where(text("stale")).order_by(col(CommentText.post_id)).limit(at_most)
    changed = list(await session.scalars(stale))
    found = []
    if changed:
        query = select(Post.id, Post.content).where(col(Post.id).in_(changed))
        found = [(number or 0, content) for number, content in await session.execute(query)]
    newest, oldest = (
        await session.execute(select(func.max(CommentText.post_id), func.min(CommentText.post_id)))
    ).one()
    if newest is not None and len(found) < at_most:
        new = (col(Post.id) > newest - LATE, col(Post.id) > oldest)
        found += await _lacking(session, at_most - len(found), *new)
    if len(found) < at_most:
        before = (col(Post.id) < oldest,) if oldest is not None else ()
        found += await _lacking(session, at_most - len(found), *before)
    return found


async def _lacking(session: AsyncSession, at_most: int, *where: ColumnElement[bool]) -> list[tuple[int, str]]:
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


async def take_in(tx: Transaction, comments: Sequence[tuple[int, str, str]]) -> None:
    """Keep the words of comments: row number, HTML, folded words. What was changed meanwhile has its turn later."""
    ids = [number for number, _, _ in comments]
    alive = select(Post.id, Post.content).where(col(Post.id).in_(ids), col(Post.deleted_at).is_(None))
    rows = await tx.session.execute(alive.with_for_update(key_share=True))
    as_read = {(number, content) for number, content in rows}
    known = set(
        await tx.session.scalars(select(CommentText.post_id).where(col(CommentText.post_id).in_(ids)))
    )
    new = []
    for number, content, words in sorted(comments):  # an index that is filled backwards takes twice the room
        if (number, content) not in as_read:
            continue
        if number in known:
            anew = update(CommentText).where(col(CommentText.post_id) == number)
            await tx.session.execute(anew.values(text=words, stale=False))
        else:
            new.append({"post_id": number, "text": words, "stale": False})
    if new:
        await tx.session.execute(insert(CommentText), new)
