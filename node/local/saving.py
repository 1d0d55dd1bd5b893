"""Keeping a thread or comment to find it again: nobody else learns of it."""

from __future__ import annotations

from sqlalchemy import delete
from sqlmodel import col

from node.errors import Conflict
from node.store.database import Transaction
from node.store.queries.saving import MOST, count_saved, is_saved
from node.store.tables.members import Saved
from node.store.tables.posts import Post


async def save(tx: Transaction, member_id: int, post: Post) -> None:
    """Keep a post; again is once. Raises Conflict when the member keeps as much as there is room for."""
    if await is_saved(tx.session, member_id, post.id):
        return
    if await count_saved(tx.session, member_id) >= MOST:
        raise Conflict(
            "You have saved as much as there is room for. Take something off your saved list first."
        )
    tx.session.add(Saved(member_id=member_id, post_id=post.id or 0, at=tx.now))
    await tx.session.flush()


async def let_go(tx: Transaction, member_id: int, post: Post) -> None:
    """Keep it no longer."""
    await tx.session.execute(
        delete(Saved).where(col(Saved.member_id) == member_id, col(Saved.post_id) == post.id)
    )
