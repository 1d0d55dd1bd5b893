"""Threads of many groups and authors in one order, at a cost that does not grow with what they hold.

Each group's threads stand in an index in the order that is asked for. The lists are merged from their heads: the
next thread is the greatest of the heads, and only its list moves on. So a page costs one step for each list and one
for each thread, however long the lists are. Who may see what is asked of the few that come out; when too many of
those are not for the viewer, the walk goes on from where it stopped.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from sqlalchemy import (
    ARRAY,
    BigInteger,
    ColumnElement,
    Integer,
    Text,
    TextClause,
    bindparam,
    column,
    func,
    text,
)
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col, select

from node.store.columns import UtcDateTime
from node.store.queries.muting import NOTHING, Muting
from node.store.queries.paging import Order, Position, write_position
from node.store.tables.posts import Post

SPARE = 8  # looked at beyond what is wanted: some of it is not for the viewer
# Of a longer period the order is walked, and what is older is passed over: to sort all of it would take longer.
LONG = timedelta(days=10)
LOOKS = 7  # each twice as far as the one before; what is beyond is left to the next page


@dataclass(frozen=True, slots=True)
class Sources:
    """Row numbers of the groups and authors whose threads are asked for; *others*: row numbers of more threads.

    everybody: all public threads that are here, whosever they are.
    """

    groups: Sequence[int] = ()
    authors: Sequence[int] = ()
    others: Sequence[int] = ()
    everybody: bool = False


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which page of the merged list. since: only threads published after that. now: what the period is counted from."""

    order: Order
    after: Position | None
    size: int
    since: datetime | None = None
    now: datetime | None = None

    @property
    def is_long(self) -> bool:
        """Whether the period, if there is one, holds much of everything."""
        return self.since is None or (self.now is not None and self.now - self.since > LONG)


async def merged(
    session: AsyncSession,
    sources: Sources,
    wanted: Wanted,
    *fit: ColumnElement[bool],
    muting: Muting = NOTHING,
) -> tuple[list[Post], str | None]:
    """Return a page of living threads of the sources of which *fit* is true, and the next page's cursor or None.

    muting: what the viewer does not want to come upon. A page may be short and yet have one after it, where much in
    between is not for the viewer.
    """
    fit = (*fit, *muting.fit())
    kept: dict[int, Post] = {}
    look = replace(wanted, size=wanted.size + 1 + SPARE)
    last: Position | None = None
    for _ in range(LOOKS):
        heads = await _heads(session, sources, look)
        ids = [head.id for head in heads]
        if not ids:
            last = None
            break
        found = await session.scalars(select(Post).where(col(Post.id).in_(ids), *fit))
        seen = {post.id or 0: post for post in found if not muting.silences(post)}
        kept |= {number: seen[number] for number in ids if number in seen}
        last = heads[-1] if len(heads) == look.size else None
        if len(kept) > wanted.size or last is None:
            break
        look = replace(look, after=last, size=look.size * 2)
    page = list(kept.values())
    if len(page) > wanted.size:
        page = page[: wanted.size]
        return page, _cursor(wanted.order, page[-1])
    return page, write_position(last.value, last.id) if last is not None else None


async def count_merged(
    session: AsyncSession,
    sources: Sources,
    wanted: Wanted,
    *fit: ColumnElement[bool],
    muting: Muting = NOTHING,
) -> int:
    """Return how many of the first threads of the sources, as many as *wanted* has room for, are for the viewer."""
    ids = [head.id for head in await _heads(session, sources, wanted)]
    which = (col(Post.id).in_(ids), *fit, *muting.fit())
    if not ids:
        return 0
    if muting.has_words:
        return sum(not muting.silences(post) for post in await session.scalars(select(Post).where(*which)))
    return await session.scalar(select(func.count()).select_from(Post).where(*which)) or 0


def _cursor(order: Order, post: Post) -> str:
    return write_position(order.read(getattr(post, order.column.key)), post.id or 0)


async def _heads(session: AsyncSession, sources: Sources, look: Wanted) -> list[Position]:
    """Return where the next threads of all sources stand, the first first."""
    found: set[Position] = set()
    public = ("public",) if sources.everybody else ()
    asked: tuple[tuple[str, Sequence[int] | Sequence[str]], ...] = (
        ("group_id", sources.groups),
        ("author_id", sources.authors),
        ("id", sources.others),
        ("visibility", public),
    )
    for key, ids in asked:
        if ids:
            found |= set(await _walk(session, key, ids, look))
    return sorted(found, key=lambda head: (head.value, head.id), reverse=True)[: look.size]


async def _walk(
    session: AsyncSession, key: str, ids: Sequence[int] | Sequence[str], look: Wanted
) -> list[Position]:
    order, is_sqlite = look.order, session.get_bind().dialect.name == "sqlite"
    is_dated = look.since is not None
    values: dict[str, Any] = {"ids": json.dumps(sorted(ids)) if is_sqlite else sorted(ids), "size": look.size}
    if is_dated:
        values["since"] = look.since
    if look.after is not None:
        values |= {"value": order.bind(look.after), "id": look.after.id}
    is_walked = order.column.key == "published" or (key == "visibility" and look.is_long)
    is_ranged = key == "id" or (is_dated and not is_walked)
    write = _ranged if is_ranged else _priority_queue if is_sqlite else _laterals
    asked = _Asked(key, order.column.key, order.which, is_sqlite, look.after is not None, is_dated)
    rows = await session.execute(write(asked), values)
    return [Position(order.read(value), number) for value, number in rows]


@dataclass(frozen=True, slots=True)
class _Asked:
    """What a statement is written for. key: column of the sources. value: column of the order.

    which: SQL, of the threads in it. later: after a position. dated: of a period.
    """

    key: str
    value: str
    which: str
    is_sqlite: bool
    later: bool
    dated: bool

    @property
    def terms(self) -> str:
        """The threads that are asked for, called q."""
        return " AND ".join(f"q.{term}" for term in self.which.split(" AND "))

    @property
    def before(self) -> str:
        """Where the page before ends."""
        return f"AND (q.{self.value}, q.id) < (:value, :id)" if self.later else ""


@cache
def _priority_queue(asked: _Asked) -> TextClause:
    """SQLite: a recursive query with ORDER BY is a queue that hands out its greatest row first.

    The plus keeps it from looking for the period in another index than that of the order; in that of "new" the period is
    where the list ends.
    """
    value, plus = asked.value, "" if asked.value == "published" else "+"
    since = f"AND {plus}q.published > :since" if asked.dated else ""

    def greatest(source: str, before: str) -> str:
        return (
            f"p.id = (SELECT q.id FROM posts q WHERE q.{asked.key} = {source} AND {asked.terms} {since} {before}"  # noqa: S608 -- our own names; values are bound
            f" ORDER BY q.{value} DESC, q.id DESC LIMIT 1)"
        )

    return _typed(
        "WITH RECURSIVE walk(source, value, id) AS ("  # noqa: S608 -- names of our own columns
        f"SELECT s.value, p.{value}, p.id FROM json_each(:ids) s"
        f" CROSS JOIN posts p ON {greatest('s.value', asked.before)}"
        f" UNION ALL SELECT w.source, p.{value}, p.id FROM walk w"
        f" CROSS JOIN posts p ON {greatest('w.source', f'AND (q.{value}, q.id) < (w.value, w.id)')}"
        " ORDER BY 2 DESC, 3 DESC LIMIT :size) SELECT value, id FROM walk",
        asked,
    )


@cache
def _laterals(asked: _Asked) -> TextClause:
    """PostgreSQL: the first of each list, and the first of those."""
    value, since = asked.value, "AND q.published > :since" if asked.dated else ""
    return _typed(
        f"SELECT t.value, t.id FROM unnest(:ids) AS s(id) CROSS JOIN LATERAL (SELECT q.{value} AS value, q.id"  # noqa: S608 -- our own names; values are bound
        f" FROM posts q WHERE q.{asked.key} = s.id AND {asked.terms} {since} {asked.before}"
        f" ORDER BY q.{value} DESC, q.id DESC LIMIT :size) t ORDER BY 1 DESC, 2 DESC LIMIT :size",
        asked,
    )


@cache
def _ranged(asked: _Asked) -> TextClause:
    """All that the sources have of a period, or all of a few threads that are named, put in order.

    The plus keeps SQLite from walking the order for so long until it meets the period.
    """
    plus = "+" if asked.is_sqlite else ""
    among = "IN (SELECT value FROM json_each(:ids))" if asked.is_sqlite else "= ANY(:ids)"
    since = "AND q.published > :since" if asked.dated else ""
    return _typed(
        f"SELECT q.{asked.value} AS value, q.id FROM posts q"  # noqa: S608 -- our own names; values are bound
        f" WHERE q.{asked.key} {among} AND {asked.terms} {since} {asked.before}"
        f" ORDER BY {plus}q.{asked.value} DESC, q.id DESC LIMIT :size",
        asked,
    )


def _typed(statement: str, asked: _Asked) -> TextClause:
    kind = Post.__table__.c[asked.value].type  # type: ignore[attr-defined]
    binds: list[Any] = [bindparam("size", type_=Integer)]
    if not asked.is_sqlite:
        binds.append(bindparam("ids", type_=ARRAY(Text if asked.key == "visibility" else BigInteger)))
    if asked.later:
        binds += [bindparam("value", type_=kind), bindparam("id", type_=BigInteger)]
    if asked.dated:
        binds.append(bindparam("since", type_=UtcDateTime()))
    typed: Any = text(statement).bindparams(*binds).columns(column("value", kind), column("id", BigInteger))
    return typed  # type: ignore[no-any-return]
