"""The history of a post: how it read before each edit."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise

from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col, select

from node.store.queries.people import ActorLine, lines_of
from node.store.queries.threads import get_visible, path_of
from node.store.tables.actors import Actor
from node.store.tables.posts import Post
from node.store.tables.readings import Revision
from node.text.clean import text_lines
from node.text.differences import Part, differences


@dataclass(frozen=True, slots=True)
class Version:
    """One version, and what it changed of the one before; the oldest that is kept changes nothing."""

    at: datetime
    title: tuple[Part, ...]  # empty where there is none, or it stayed
    warning: tuple[Part, ...]
    words: tuple[Part, ...]
    is_oldest: bool


@dataclass(frozen=True, slots=True)
class HistoryPage:
    """All versions that are kept, the newest first."""

    path: str
    title: str
    author: ActorLine
    versions: tuple[Version, ...]
    more: int  # older ones that are not kept


@dataclass(frozen=True, slots=True)
class _Read:
    at: datetime
    title: str
    warning: str
    words: str


async def history_page(
    session: AsyncSession, token: str, viewer: Actor | None, *, comment: bool
) -> HistoryPage:
    """Return the history of a post that *viewer* may read. Raises NotFound, or Gone for a deleted one."""
    post = await get_visible(session, token, viewer, comment=comment)
    kept = await session.scalars(
        select(Revision)
        .where(col(Revision.post_id) == post.id)
        .order_by(col(Revision.replaced_at), col(Revision.id))
    )
    texts = [_Read(one.said_at, one.title, one.warning, _plain(one.content)) for one in kept]
    texts.append(_Read(post.updated or post.published, post.title, post.warning, _plain(post.content)))
    author = (await lines_of(session, [post.author_id]))[post.author_id]
    versions = [_first(texts[0]), *(_changed(*pair) for pair in pairwise(texts))]
    return HistoryPage(
        path=path_of(post),
        title=await _title(session, post),
        author=author,
        versions=tuple(reversed(versions)),
        more=max(0, post.edits - len(texts) + 1),
    )


async def _title(session: AsyncSession, post: Post) -> str:
    root = await session.get(Post, post.root_id) if post.root_id is not None else post
    return root.title if root is not None else ""


def _plain(content: str) -> str:
    return "\n".join(text_lines(content))


def _first(text: _Read) -> Version:
    return Version(text.at, _same(text.title), _same(text.warning), _same(text.words), is_oldest=True)


def _same(text: str) -> tuple[Part, ...]:
    return (("same", text),) if text else ()


def _changed(before: _Read, after: _Read) -> Version:
    return Version(
        at=after.at,
        title=_apart(before.title, after.title),
        warning=_apart(before.warning, after.warning),
        words=tuple(differences(before.words, after.words)),
        is_oldest=False,
    )


def _apart(before: str, after: str) -> tuple[Part, ...]:
    return tuple(differences(before, after)) if before != after else ()
