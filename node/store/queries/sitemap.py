"""What search engines are led to: public threads that were begun here, groups of this node, and people who agree.

Walked by row numbers, in parts of PART of them: no part costs more on a node of a million threads than on a small one.
What lives on other servers is named by them.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import exists, text
from sqlalchemy import select as select_columns
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col, func, select

from node.store.queries.people import line_of
from node.store.tables.actors import GROUP_KINDS, OWN_GROUPS, Actor
from node.store.tables.members import Member
from node.store.tables.posts import OWN_THREAD, Post

PART = 5000  # row numbers of a part, so at most as many addresses
MOST_PARTS = 40_000  # a list of parts may have 50,000

# From one part that has a thread to the next that has one: an index leads there, whatever lies between.
_PARTS = text(
    "WITH RECURSIVE walk(number) AS ("  # noqa: S608 -- of constants
    f" SELECT (SELECT id FROM posts WHERE {OWN_THREAD} AND id > 0 ORDER BY id LIMIT 1) / {PART}"
    f" UNION ALL SELECT (SELECT id FROM posts WHERE {OWN_THREAD} AND id >= (walk.number + 1) * {PART}"
    f" ORDER BY id LIMIT 1) / {PART} FROM walk WHERE walk.number IS NOT NULL)"
    f" SELECT number FROM walk WHERE number IS NOT NULL LIMIT {MOST_PARTS}"
)


@dataclass(frozen=True, slots=True)
class Place:
    """A page. changed: when what it shows last changed; None: not told."""

    path: str
    changed: datetime | None = None


@dataclass(frozen=True, slots=True)
class Parts:
    """The numbers of the parts of which there is something to name."""

    threads: tuple[int, ...]
    people: tuple[int, ...]


async def parts(session: AsyncSession) -> Parts:
    """Return what parts there are."""
    threads = [number for number in await session.scalars(_PARTS) if number is not None]
    newest = await session.scalar(select(func.max(Member.id)))
    return Parts(tuple(threads), tuple(range((newest or 0) // PART + 1)) if newest else ())


async def groups(session: AsyncSession) -> tuple[Place, ...]:
    """Return the pages of the groups of this node that anybody may read, at most PART of them."""
    query = (
        select(Actor)
        .where(
            text(OWN_GROUPS),
            col(Actor.kind).in_(GROUP_KINDS),
            col(Actor.private).is_(False),
            col(Actor.discoverable).is_(True),
            col(Actor.deleted_at).is_(None),
        )
        .order_by(col(Actor.id))
        .limit(PART)
    )
    return tuple(Place(line_of(group).path) for group in await session.scalars(query))


async def threads(session: AsyncSession, number: int) -> tuple[Place, ...]:
    """Return the pages of a part's threads whose authors and groups agree."""
    first = number * PART
    author = exists().where(col(Actor.id) == col(Post.author_id), col(Actor.indexable).is_(True))
    hidden = exists().where(col(Actor.id) == col(Post.group_id), col(Actor.discoverable).is_(False))
    query = (
        select_columns(col(Post.token), col(Post.last_active))
        .where(text(OWN_THREAD), col(Post.id) >= first, col(Post.id) < first + PART, author, ~hidden)
        .order_by(col(Post.id))
    )
    return tuple(Place(f"/post/{token}", at) for token, at in await session.execute(query))


async def people(session: AsyncSession, number: int) -> tuple[Place, ...]:
    """Return the profiles of a part's members who agree and have written something."""
    first = number * PART
    query = (
        select(Actor)
        .join(Member, col(Member.actor_id) == col(Actor.id))
        .where(
            col(Member.id) >= first,
            col(Member.id) < first + PART,
            col(Member.disabled_at).is_(None),
            col(Actor.deleted_at).is_(None),
            col(Actor.discoverable).is_(True),
            col(Actor.indexable).is_(True),
            exists().where(
                col(Post.author_id) == col(Actor.id), col(Post.visibility) == "public"
            ),  # of those who only sign up to be found there is nothing to read
        )
        .order_by(col(Member.id))
    )
    return tuple(Place(line_of(one).path) for one in await session.scalars(query))
