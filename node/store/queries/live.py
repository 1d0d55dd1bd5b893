"""How many comments a reader has not seen since a page was made, asked whenever its thread changes."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import func
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col, select

from node.store.queries.posts import visible_to
from node.store.queries.threads import get_visible
from node.store.tables.actors import Actor
from node.store.tables.posts import Post


@dataclass(frozen=True, slots=True)
class Since:
    """A thread as it stood at a moment."""

    token: str
    root_id: int
    newest: int  # row number of the newest post of all

    @property
    def word(self) -> str:
        """What a commit says that changes the thread (`store.triggers`)."""
        return f"t{self.root_id}"


async def stand(session: AsyncSession, token: str, viewer: Actor | None) -> Since:
    """Return how a thread stands now. Raises NotFound, or Gone."""
    thread = await get_visible(session, token, viewer, comment=False)
    newest = await session.scalar(select(func.max(Post.id))) or 0
    return Since(token, thread.id or 0, newest)


async def count_since(session: AsyncSession, since: Since, viewer: Actor | None) -> int:
    """Count the comments of others that came since. Raises NotFound, or Gone, when the thread is not to be seen now."""
    await get_visible(session, since.token, viewer, comment=False)
    query = (
        select(func.count())
        .select_from(Post)
        .where(
            col(Post.id) > since.newest,
            col(Post.root_id) + 0
            == since.root_id,  # no index: those that came since are few, the thread's are not
            col(Post.confirmed_at).is_not(None),
            visible_to(viewer),
        )
    )
    if viewer is not None:
        query = query.where(col(Post.author_id) != viewer.id)
    return await session.scalar(query) or 0
