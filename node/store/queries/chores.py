"""Chores: what comes again by the clock is done by one process of all that share the database (R25)."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import and_, or_, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import CursorResult
from sqlmodel import col

from node.store.database import Transaction
from node.store.tables.tasks import Chore


async def take(tx: Transaction, name: str, *, every: timedelta, lease: timedelta) -> int | None:
    """Take a chore that is due and in nobody's hands; return the number by which it is held, or None.

    A lease or an end that lies further ahead than any clock can have put it is one of a clock that went wrong, and holds
    up nothing (R09).
    """
    insert = postgresql.insert if tx.session.get_bind().dialect.name == "postgresql" else sqlite.insert
    await tx.session.execute(insert(Chore).values(name=name, holder=0).on_conflict_do_nothing())
    held = and_(col(Chore.leased_until) > tx.now, col(Chore.leased_until) <= tx.now + lease)
    done = and_(col(Chore.done_at) > tx.now - every, col(Chore.done_at) <= tx.now)
    taken: int | None = await tx.session.scalar(
        update(Chore)
        .where(
            col(Chore.name) == name,
            or_(col(Chore.leased_until).is_(None), ~held),
            or_(col(Chore.done_at).is_(None), ~done),
        )
        .values(holder=col(Chore.holder) + 1, leased_until=tx.now + lease)
        .returning(col(Chore.holder)),
        execution_options={"synchronize_session": False},
    )
    return taken


async def hold(tx: Transaction, name: str, holder: int, lease: timedelta) -> bool:
    """Hold a chore for longer; return False when somebody else has taken it: then leave it to them."""
    return await _write(tx, name, holder, leased_until=tx.now + lease)


async def finish(tx: Transaction, name: str, holder: int) -> bool:
    """Write down that a chore is done, if it is still held."""
    return await _write(tx, name, holder, leased_until=None, done_at=tx.now)


async def give_back(tx: Transaction, name: str, holder: int) -> bool:
    """Let another process do it, at once."""
    return await _write(tx, name, holder, leased_until=None)


async def _write(tx: Transaction, name: str, holder: int, **values: object) -> bool:
    done = await tx.session.execute(
        update(Chore).where(col(Chore.name) == name, col(Chore.holder) == holder).values(**values),
        execution_options={"synchronize_session": False},
    )
    assert isinstance(done, CursorResult)
    return done.rowcount == 1
