"""People and groups elsewhere of whom nothing is left here: no post, no vote, no follow, no ban, nothing that names them.

They came with a thread that has been swept, or to be asked for a key once. Their home still has them, and they are read
there again when they are met again. Looked at a part at a time: a table of a million is through in two days.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from functools import cache
from typing import Any, cast

from sqlalchemy import Column, ColumnElement, CursorResult, and_, delete, exists, func
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import SQLModel, col, select

from node.store.tables import all as _all  # noqa: F401 -- every table that may name an actor is known then
from node.store.tables.actors import Actor, PublicKey

LOOKED_AT = 20_000  # row numbers in one sweep: about a second
_HOUR = 3600  # seconds
MADE = frozenset({"directory", "trends"})  # made of what is here, and go with it: they hold nobody


@cache
def naming() -> tuple[Column[Any], ...]:
    """Return every column that names an actor by a foreign key."""
    return tuple(
        column
        for table in SQLModel.metadata.sorted_tables
        if table.name not in MADE
        for column in table.columns
        if any(key.column.table.name == "actors" for key in column.foreign_keys)
    )


async def part(session: AsyncSession, now: datetime) -> tuple[int, int]:
    """Return the row numbers whose turn it is in this hour: beyond the first, up to the second."""
    last = await session.scalar(select(func.max(Actor.id))) or 0
    parts = -(-last // LOOKED_AT) or 1
    turn = int(now.timestamp()) // _HOUR % parts
    return turn * LOOKED_AT, min((turn + 1) * LOOKED_AT, last)


def nothing_left_of(before: datetime) -> ColumnElement[bool]:
    """Condition on actors elsewhere, last read at their home before that, whom nothing here names."""
    read = func.coalesce(col(Actor.fetched_at), col(Actor.published))
    return and_(col(Actor.peer_id).is_not(None), read < before, *_named_nowhere())


@cache  # one for each column that names somebody: some milliseconds to put together
def _named_nowhere() -> tuple[ColumnElement[bool], ...]:
    return tuple(~_is_in(column) for column in naming())


def _is_in(column: Column[Any]) -> ColumnElement[bool]:
    naming_them = column.table.alias()
    return exists().where(naming_them.c[column.name] == col(Actor.id))


async def remove(session: AsyncSession, ids: Sequence[int], which: ColumnElement[bool]) -> int:
    """Remove those with their keys, if nothing names them by now; return how many.

    Whoever would name one meanwhile waits, finds nobody, and asks their home.
    """
    locked = select(Actor.id).where(col(Actor.id).in_(ids)).order_by(col(Actor.id)).with_for_update()
    await session.execute(locked)
    going = (await session.execute(select(Actor.id, Actor.iri).where(col(Actor.id).in_(ids), which))).all()
    if not going:
        return 0
    plainly = {"synchronize_session": False}
    keys = delete(PublicKey).where(col(PublicKey.owner).in_([iri for _, iri in going]))
    await session.execute(keys, execution_options=plainly)
    people = delete(Actor).where(col(Actor.id).in_([number for number, _ in going]))
    return cast("CursorResult[Any]", await session.execute(people, execution_options=plainly)).rowcount
