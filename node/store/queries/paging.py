"""Pages of a list: orders from a fixed set, and cursors that stay put while rows are added (THREATS A95)."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import tuple_
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col
from sqlmodel.sql.expression import SelectOfScalar

from node.errors import Malformed
from node.store.tables.posts import DISPUTED_THREAD, LIVING_THREAD, Post

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)
FARTHEST = 10**18  # no sort value is beyond it, and every database can hold it
_CURSOR = re.compile(r"(-?\d{1,18}(?:\.\d{1,20})?(?:e[+-]?\d{1,3})?)_(\d{1,18})", re.ASCII)


@dataclass(frozen=True, slots=True)
class Position:
    """Where a page ends: the sort value of its last row, and the row's number to tell equals apart."""

    value: float
    id: int


@dataclass(frozen=True, slots=True)
class Order:
    """A descending order of posts."""

    column: Any  # the mapped column
    read: Callable[[Any], float]  # its value as a number
    bind: Callable[[Position], Any]  # and back
    which: str = LIVING_THREAD  # SQL: the threads that are in it at all, as its index has them
    dated: bool = False  # whether it is asked of a period


def _micros(at: datetime) -> int:
    return (at - EPOCH) // MICROSECOND


def _instant(position: Position) -> datetime:
    try:
        return EPOCH + timedelta(microseconds=int(position.value))
    except OverflowError as error:
        raise _senseless() from error


ORDERS: Mapping[str, Order] = {
    "hot": Order(Post.hot, float, lambda at: float(at.value)),
    "new": Order(Post.published, _micros, _instant),
    "top": Order(Post.score, int, lambda at: int(at.value), dated=True),
    "active": Order(Post.last_active, _micros, _instant),
    "commented": Order(Post.comment_count, int, lambda at: int(at.value), dated=True),
    "controversial": Order(
        Post.disputed, float, lambda at: float(at.value), which=DISPUTED_THREAD, dated=True
    ),
}
PERIODS: Mapping[str, timedelta | None] = {
    "day": timedelta(days=1),
    "week": timedelta(days=7),
    "month": timedelta(days=30),
    "year": timedelta(days=365),
    "all": None,
}


def order_of(sort: str) -> Order:
    """Return the order of that name, or raise Malformed."""
    order = ORDERS.get(sort)
    if order is None:
        raise _senseless()
    return order


def read_position(cursor: str | None) -> Position | None:
    """Return the position that a cursor names, None for the first page; raise Malformed otherwise."""
    if not cursor:
        return None
    found = _CURSOR.fullmatch(cursor)
    if found is None:
        raise _senseless()
    text, number = found.groups()
    value = int(text) if text.lstrip("-").isdigit() else float(text)
    if abs(value) > FARTHEST:
        raise _senseless()
    return Position(value, int(number))


def write_position(value: float, number: int) -> str:
    """Return the cursor of a row."""
    return f"{value!r}_{number}"


def within(period: str, now: datetime) -> datetime | None:
    """Return the instant after which a post is of the period; None for all times. Raises Malformed."""
    if period not in PERIODS:
        raise _senseless()
    span = PERIODS[period]
    return None if span is None else now - span


async def cut(
    session: AsyncSession, query: SelectOfScalar[Post], order: Order, after: Position | None, size: int
) -> tuple[list[Post], str | None]:
    """Return a page of posts in that order after a position, and the cursor of the next page or None."""
    if after is not None:
        here = tuple_(
            col(order.column), col(Post.id)
        )  # a pair: an index leads to it, which it would not to an OR
        query = query.where(here < tuple_(order.bind(after), after.id))
    query = query.order_by(col(order.column).desc(), col(Post.id).desc()).limit(size + 1)
    found = list(await session.scalars(query))
    if len(found) <= size:
        return found, None
    last = found[size - 1]
    return found[:size], write_position(order.read(getattr(last, order.column.key)), last.id or 0)


def _senseless() -> Malformed:
    return Malformed("The address of this page has a part that makes no sense here.")
