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
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import ARRAY, BigInteger, ColumnElement, Integer, TextClause, bindparam, column, text
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col, select

from node.store.columns import UtcDateTime
from node.store.queries.paging import Order, Position, write_position
from node.store.tables.posts import LIVING_THREAD, Post

SPARE = 8  # looked at beyond what is wanted: some of it is not for the viewer
LOOKS = 7  # each twice as far as the one before; what is beyond is left to the next page


@dataclass(frozen=True, slots=True)
class Sources:
    """Row numbers of the groups and authors whose threads are asked for; *others*: row numbers of more threads."""

    groups: Sequence[int] = ()
    authors: Sequence[int] = ()
    others: Sequence[int] = ()


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which page of the merged list. since: only threads published after that."""

    order: Order
    after: Position | None
    size: int
    since: datetime | None = None


async def merged(
    session: AsyncSession, sources: Sources, wanted: Wanted, *fit: ColumnElement[bool]
) -> tuple[list[Post], str | None]:
    """Return a page of living threads of the sources of which *fit* is true, and the next page's cursor or None.

    A page may be short and yet have one after it, where much in between is not for the viewer.
    """
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
        seen = {post.id or 0: post for post in found}
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


def _cursor(order: Order, post: Post) -> str:
    return write_position(order.read(getattr(post, order.column.key)), post.id or 0)


async def _heads(session: AsyncSession, sources: Sources, look: Wanted) -> list[Position]:
    """Return where the next threads of all sources stand, the first first."""
    found: set[Position] = set()
    for key, ids in (("group_id", sources.groups), ("author_id", sources.authors), ("id", sources.others)):
        if ids:
            found |= set(await _walk(session, key, ids, look))
    return sorted(found, key=lambda head: (head.value, head.id), reverse=True)[: look.size]


async def _walk(session: AsyncSession, key: str, ids: Sequence[int], look: Wanted) -> list[Position]:
    order, is_sqlite = look.order, session.get_bind().dialect.name == "sqlite"
    one_by_one = key == "id" or look.since is not None
    values: dict[str, Any] = {"ids": json.dumps(sorted(ids)) if is_sqlite else sorted(ids), "size": look.size}
    if look.since is not None:
        values["since"] = look.since
    if look.after is not None:
        values |= {"value": order.bind(look.after), "id": look.after.id}
    write = _ranged if one_by_one else _priority_queue if is_sqlite else _laterals
    statement = write(
        key, order.column.key, is_sqlite, later=look.after is not None, dated=look.since is not None
    )
    rows = await session.execute(statement, values)
    return [Position(order.read(value), number) for value, number in rows]


@cache
def _priority_queue(key: str, value: str, is_sqlite: bool, *, later: bool, dated: bool) -> TextClause:
    """SQLite: a recursive query with ORDER BY is a queue that hands out its greatest row first."""
    del is_sqlite, dated

    def greatest(source: str, before: str) -> str:
        return (
            f"p.id = (SELECT q.id FROM posts q WHERE q.{key} = {source} AND {_alive('q')} {before}"  # noqa: S608 -- our own names; values are bound
            f" ORDER BY q.{value} DESC, q.id DESC LIMIT 1)"
        )

    first = f"AND (q.{value}, q.id) < (:value, :id)" if later else ""
    return _typed(
        "WITH RECURSIVE walk(source, value, id) AS ("  # noqa: S608 -- names of our own columns
        f"SELECT s.value, p.{value}, p.id FROM json_each(:ids) s"
        f" CROSS JOIN posts p ON {greatest('s.value', first)}"
        f" UNION ALL SELECT w.source, p.{value}, p.id FROM walk w"
        f" CROSS JOIN posts p ON {greatest('w.source', f'AND (q.{value}, q.id) < (w.value, w.id)')}"
        " ORDER BY 2 DESC, 3 DESC LIMIT :size) SELECT value, id FROM walk",
        value,
        is_sqlite=True,
        later=later,
    )


@cache
def _laterals(key: str, value: str, is_sqlite: bool, *, later: bool, dated: bool) -> TextClause:
    """PostgreSQL: the first of each list, and the first of those."""
    del is_sqlite, dated
    before = f"AND (q.{value}, q.id) < (:value, :id)" if later else ""
    return _typed(
        f"SELECT t.value, t.id FROM unnest(:ids) AS s(id) CROSS JOIN LATERAL (SELECT q.{value} AS value, q.id"  # noqa: S608 -- our own names; values are bound
        f" FROM posts q WHERE q.{key} = s.id AND {_alive('q')} {before}"
        f" ORDER BY q.{value} DESC, q.id DESC LIMIT :size) t ORDER BY 1 DESC, 2 DESC LIMIT :size",
        value,
        is_sqlite=False,
        later=later,
    )


@cache
def _ranged(key: str, value: str, is_sqlite: bool, *, later: bool, dated: bool) -> TextClause:
    """All that the sources have of a period, or all of a few threads that are named, put in order.

    The plus keeps SQLite from walking the order for so long until it meets the period.
    """
    plus = "+" if is_sqlite else ""
    among = "IN (SELECT value FROM json_each(:ids))" if is_sqlite else "= ANY(:ids)"
    before = f"AND (q.{value}, q.id) < (:value, :id)" if later else ""
    since = "AND q.published > :since" if dated else ""
    return _typed(
        f"SELECT q.{value} AS value, q.id FROM posts q WHERE q.{key} {among} AND {_alive('q')} {since} {before}"  # noqa: S608 -- our own names; values are bound
        f" ORDER BY {plus}q.{value} DESC, q.id DESC LIMIT :size",
        value,
        is_sqlite=is_sqlite,
        later=later,
        dated=dated,
    )


def _alive(alias: str) -> str:
    return " AND ".join(f"{alias}.{term}" for term in LIVING_THREAD.split(" AND "))


def _typed(statement: str, value: str, *, is_sqlite: bool, later: bool, dated: bool = False) -> TextClause:
    kind = Post.__table__.c[value].type  # type: ignore[attr-defined]
    binds: list[Any] = [bindparam("size", type_=Integer)]
    if not is_sqlite:
        binds.append(bindparam("ids", type_=ARRAY(BigInteger)))
    if later:
        binds += [bindparam("value", type_=kind), bindparam("id", type_=BigInteger)]
    if dated:
        binds.append(bindparam("since", type_=UtcDateTime()))
    typed: Any = text(statement).bindparams(*binds).columns(column("value", kind), column("id", BigInteger))
    return typed  # type: ignore[no-any-return]
