"""Counting what may be tried only so often, where every process sees it (THREATS V90, A81, A105)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import case, delete
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import col

from node.errors import TooMany
from node.store.database import Transaction
from node.store.tables.members import Attempt


@dataclass(frozen=True, slots=True)
class Limit:
    """So many tries within a window that the first of them opens."""

    count: int
    window: timedelta
    message: str


SIGN_INS_OF_ACCOUNT = Limit(
    10,
    timedelta(minutes=15),
    "Too many tries to sign in to this account. Wait a quarter of an hour, then try again.",
)
SIGN_INS_FROM_ADDRESS = Limit(
    50,
    timedelta(minutes=15),
    "Too many tries to sign in from your network. Wait a quarter of an hour, then try again.",
)
SIGN_UPS_FROM_NETWORK = Limit(
    10, timedelta(days=1), "Too many accounts were made from your network today. Come back tomorrow."
)
FOUNDINGS = Limit(5, timedelta(days=1), "You have founded five groups today. Come back tomorrow.")
LOOK_UPS = Limit(
    30, timedelta(minutes=10), "You have looked up a lot in the last minutes. Wait a little, then try again."
)
EXPORTS = Limit(
    5, timedelta(hours=1), "You have asked for your data several times in the last hour. Wait a while."
)
PAGES = Limit(
    60,
    timedelta(minutes=10),
    "You have had many pages looked at in the last minutes. Wait a little, or type the title.",
)
LISTS = Limit(
    10, timedelta(hours=1), "You have brought many lists in the last hour. Wait a while, then go on."
)
VISITORS_LOOK_UPS = Limit(
    20,
    timedelta(minutes=10),
    "Many servers were asked for your network in the last minutes. Wait a little, or copy the address.",
)
MESSAGES = Limit(
    60, timedelta(hours=1), "You have written a lot of messages in the last hour. Wait a while, then go on."
)
REPAIRS = Limit(
    20,
    timedelta(hours=1),
    "You have had many threads repaired in the last hour. Wait a while, then try again.",
)
REPAIRS_OF_THREAD = Limit(
    4, timedelta(hours=1), "This thread was repaired a moment ago. Wait an hour, then try again."
)
HISTORIES = Limit(
    10,
    timedelta(hours=1),
    "You have asked for many older threads in the last hour. Wait a while, then try again.",
)
HISTORIES_OF_GROUP = Limit(
    4,
    timedelta(hours=1),
    "Older threads of this group were fetched a moment ago. Wait an hour, then try again.",
)


async def spend(tx: Transaction, key: str, limit: Limit) -> None:
    """Count one try before it is made; raise TooMany when the window has no room left.

    key: ``account:<name>``, ``address:<subnet>``, ``signup:<network>`` or ``lookup:<member>``. Commit the
    count also when the try fails: whoever refuses must not roll it back.
    """
    insert = postgresql.insert if tx.session.get_bind().dialect.name == "postgresql" else sqlite.insert
    over = col(Attempt.window_ends) <= tx.now
    statement = insert(Attempt).values(key=key[:120], count=1, window_ends=tx.now + limit.window)
    counted = await tx.session.execute(
        statement.on_conflict_do_update(
            index_elements=["key"],
            set_={
                "count": case((over, 1), else_=col(Attempt.count) + 1),
                "window_ends": case((over, tx.now + limit.window), else_=col(Attempt.window_ends)),
            },
        ).returning(col(Attempt.count), col(Attempt.window_ends))
    )
    count, ends = counted.one()
    if count > limit.count:
        raise TooMany(limit.message, detail=key, retry_after=max(1, int((ends - tx.now).total_seconds())))


async def forget(tx: Transaction, key: str) -> None:
    """Forget the tries of a key: the last one succeeded."""
    await tx.session.execute(delete(Attempt).where(col(Attempt.key) == key[:120]))
