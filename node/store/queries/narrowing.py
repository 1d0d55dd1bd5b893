"""Part of a list alone: threads of one kind, in one language, with one hashtag."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from sqlalchemy import ColumnElement, and_, exists, or_
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col, select

from node.store.queries.merging import Sources
from node.store.queries.posts import spoken_in
from node.store.tables.gatherings import Event, Poll
from node.store.tables.posts import Post
from node.store.tables.trimmings import PostTag

READ = 1000  # of what is seldom, the newest here: among these the list is sought

What = Literal["", "text", "link", "picture", "poll", "event"]


@dataclass(frozen=True, slots=True)
class Only:
    """What a list is narrowed to; empty: to nothing. lang: BCP 47, without region. tag: as kept, without #."""

    what: What = ""
    lang: str = ""
    tag: str = ""

    def __bool__(self) -> bool:
        """Tell whether it is narrowed at all."""
        return bool(self.what or self.lang or self.tag)


def is_of(only: Only) -> list[ColumnElement[bool]]:
    """Return the conditions on threads."""
    terms: list[ColumnElement[bool]] = []
    if only.what:
        terms.append(_KINDS[only.what]())
    if only.lang:
        terms.append(spoken_in([only.lang]))
    if only.tag:
        carried = exists().where(col(PostTag.post_id) == col(Post.id), col(PostTag.name) == only.tag)
        terms.append(carried.correlate(Post))
    return terms


async def narrowed(
    session: AsyncSession, sources: Sources, only: Only
) -> tuple[Sources, list[ColumnElement[bool]]]:
    """Return where the threads stand, and the conditions on them.

    What is seldom would be walked for in vain: the newest that carry the hashtag, or are polls or events, are looked at
    instead, and asked whether they are of the sources.
    """
    rare: Any = None
    if only.tag:
        rare = (
            select(PostTag.post_id).where(col(PostTag.name) == only.tag).order_by(col(PostTag.post_id).desc())
        )
    elif only.what in _RARE:
        number = col(_RARE[only.what].post_id)
        rare = (
            select(number).where(number > 0).order_by(number.desc())
        )  # all of them; and walked, never sorted
    if rare is None:
        return sources, is_of(only)
    found = list(await session.scalars(rare.limit(READ)))
    return Sources(others=found), [_is_in(sources), *is_of(only)]


def _is_in(sources: Sources) -> ColumnElement[bool]:
    if sources.everybody:
        return col(Post.visibility) == "public"
    return or_(
        *(
            column.in_(ids)
            for column, ids in (
                (col(Post.group_id), sources.groups),
                (col(Post.author_id), sources.authors),
                (col(Post.id), sources.others),
            )
            if ids
        ),
        col(Post.id) == 0,  # of no sources at all there is nothing
    )


def _has(table: Any) -> ColumnElement[bool]:
    return exists().where(col(table.post_id) == col(Post.id)).correlate(Post)


_RARE: dict[str, Any] = {"poll": Poll, "event": Event}
_KINDS: dict[str, Any] = {
    "text": lambda: and_(
        col(Post.link_url).is_(None), col(Post.image_url).is_(None), ~_has(Poll), ~_has(Event)
    ),
    "link": lambda: col(Post.link_url).is_not(None),
    "picture": lambda: col(Post.image_url).is_not(None),
    "poll": lambda: _has(Poll),
    "event": lambda: _has(Event),
}
