"""What a member keeps to find again: threads and comments, in the order in which they were saved."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from sqlalchemy import ColumnElement
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col, select

from node.store.queries.people import ActorLine, lines_of, titles_of
from node.store.queries.posts import visible_to
from node.store.tables.actors import Actor
from node.store.tables.members import Saved
from node.store.tables.posts import Post
from node.text.clean import excerpt

SHOWN = 25
EXCERPT = 240  # characters

Kind = Literal["all", "threads", "comments"]


@dataclass(frozen=True, slots=True)
class SavedLine:
    """Something kept."""

    id: int
    path: str
    is_thread: bool
    title: str  # of the thread
    excerpt: str  # plain text
    author: ActorLine | None
    group: ActorLine | None
    at: datetime  # when it was saved


@dataclass(frozen=True, slots=True)
class SavedPage:
    """What a member keeps, the newest first."""

    lines: tuple[SavedLine, ...]
    kind: Kind
    query: str
    older: int | None  # row number that the next page begins below


async def saved_page(
    session: AsyncSession, member_id: int, viewer: Actor, *, kind: Kind, query: str, before: int | None
) -> SavedPage:
    """Return a page of what the member keeps and may still read. query: words that title or text hold."""
    wanted = [col(Saved.member_id) == member_id, visible_to(viewer), *_of_kind(kind), *_holding(query)]
    if before is not None:
        wanted.append(col(Saved.id) < before)
    found = (
        await session.execute(
            select(Saved, Post)
            .join(Post, col(Post.id) == col(Saved.post_id))
            .where(*wanted)
            .order_by(col(Saved.id).desc())
            .limit(SHOWN + 1)
        )
    ).all()
    shown = found[:SHOWN]
    people = await lines_of(session, [one for _, post in shown for one in (post.author_id, post.group_id)])
    titles = await titles_of(session, [post.root_id for _, post in shown], viewer)
    lines = tuple(
        SavedLine(
            id=saved.id or 0,
            path=f"/post/{post.token}" if post.root_id is None else f"/comment/{post.token}",
            is_thread=post.root_id is None,
            title=post.title if post.root_id is None else titles.get(post.root_id, ""),
            excerpt=excerpt(post.content, EXCERPT),
            author=people.get(post.author_id),
            group=people.get(post.group_id or 0),
            at=saved.at,
        )
        for saved, post in shown
    )
    return SavedPage(lines, kind, query, lines[-1].id if len(found) > SHOWN else None)


def _of_kind(kind: Kind) -> list[ColumnElement[bool]]:
    if kind == "all":
        return []
    return [col(Post.root_id).is_(None) if kind == "threads" else col(Post.root_id).is_not(None)]


def _holding(query: str) -> list[ColumnElement[bool]]:
    """Return the conditions that every word stands in title or text; what is kept is few, so no index."""
    return [
        col(Post.title).icontains(word, autoescape=True) | col(Post.content).icontains(word, autoescape=True)
        for word in query.split()[:8]
    ]
