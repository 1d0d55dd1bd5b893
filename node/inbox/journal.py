"""The journal of arrivals: recorded once, claimed by one worker at a time, closed with a reason.

A 202 means that a row is committed here (P1). Attempts are counted before the work, so an arrival that
kills its worker is parked as well as one that only raises (R17); the count is also the fencing number by
which a worker that lost its lease is told apart from the one that holds it (R25).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Integer, Update, and_, bindparam, or_, update
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.engine import CursorResult
from sqlmodel import SQLModel, col, select

from node.errors import Conflict, Unavailable
from node.inbox.naming import named
from node.runtime import Node
from node.store.columns import UtcDateTime
from node.store.database import Transaction
from node.store.tables.arrivals import Arrival

MAX_ATTEMPTS = 5
LEASE = timedelta(minutes=5)  # longer than the slowest activity: ten fetches of 15 s
# Before the second to the fifth attempt; with the waiting in between, a little over 24 hours in all.
DELAYS = (timedelta(minutes=1), timedelta(minutes=10), timedelta(hours=2), timedelta(hours=22))
REASON_LENGTH = 1000
_NOW = bindparam("now", type_=UtcDateTime)
_THINGS = (
    "id",
    "object",
    "items",
    "orderedItems",
)  # what is done, and to what: not who does it, nor in answer to what
_ARRIVALS = SQLModel.metadata.tables["arrivals"]  # without the mapper, which costs half as much again a row


@dataclass(frozen=True, slots=True, kw_only=True)
class Verified:
    """An activity whose sender is known: all that may enter the journal (V04)."""

    iri: str
    type: str
    actor: str
    signer: str  # owner of the verified key
    trust: str  # "actor"; "proof": passed on with the actor's own; "forwarded": a hint, to be fetched at its origin
    body: str  # the verified bytes
    host: str = ""  # of who delivered it


async def record(tx: Transaction, arrival: Verified) -> bool:
    """Write *arrival* down; return False when its id is there already, which is no error (R23)."""
    return arrival.iri in await record_all(tx, [arrival])


async def record_all(tx: Transaction, arrivals: Sequence[Verified]) -> set[str]:
    """Write down those of *arrivals* whose ids are not there yet, in one statement; return these ids (R23).

    Of several with one id the first counts. On PostgreSQL they go in by the order of their ids: two processes that
    write the same ones then wait for each other rather than both for ever.
    """
    first = {arrival.iri: arrival for arrival in reversed(arrivals)}
    if not first:
        return set()
    postgresql = tx.session.get_bind().dialect.name == "postgresql"
    order = sorted(first) if postgresql else reversed(first)
    insert = postgresql_insert if postgresql else sqlite_insert
    written = await tx.session.scalars(
        insert(_ARRIVALS).on_conflict_do_nothing(index_elements=["iri"]).returning(_ARRIVALS.c.iri),
        [_row(first[iri], tx.now) for iri in order],
    )
    fresh = set(written)
    if fresh:
        tx.wakes.add("inbox")
    return fresh


def _row(arrival: Verified, now: datetime) -> dict[str, object]:
    return {
        "iri": arrival.iri,
        "type": arrival.type[:40],
        "actor": arrival.actor,
        "signer": arrival.signer,
        "trust": arrival.trust,
        "body": arrival.body,
        "received_at": now,
        "state": "waiting",
        "attempts": 0,
        "due_at": now,
        "reason": "",
    }


async def claim(tx: Transaction, limit: int, lease: timedelta = LEASE) -> list[Arrival]:
    """Lease up to *limit* arrivals that were never begun, oldest first, and count the attempt."""
    return await _claim(tx, limit, lease, begun=False)


async def claim_again(tx: Transaction, lease: timedelta = LEASE) -> Arrival | None:
    """Lease one arrival that was begun before, alone: were it poison, it takes no neighbour along."""
    claimed = await _claim(tx, 1, lease, begun=True)
    return claimed[0] if claimed else None


async def _claim(tx: Transaction, limit: int, lease: timedelta, *, begun: bool) -> list[Arrival]:
    values = {"now": tx.now, "until": tx.now + lease, "limit": limit}
    options = {"synchronize_session": False, "populate_existing": True}
    claimed = await tx.session.scalars(_to_claim(begun=begun), values, execution_options=options)
    return sorted(claimed, key=lambda arrival: arrival.id or 0)


@cache  # each turn of a worker asks both, mostly for nothing: to build them took as long as the answer
def _to_claim(*, begun: bool) -> Any:
    again = and_(col(Arrival.attempts) > 0, col(Arrival.attempts) < MAX_ATTEMPTS)
    due = (
        select(Arrival.id)
        .where(
            col(Arrival.state) == "waiting",
            again if begun else col(Arrival.attempts) == 0,
            col(Arrival.due_at) <= _NOW,
            _free(),
        )
        .order_by(col(Arrival.id))
        .limit(bindparam("limit", type_=Integer))
        .with_for_update(skip_locked=True)  # SQLite has one writer at a time and leaves the words out
    )
    return (
        update(Arrival)
        .where(col(Arrival.id).in_(due.scalar_subquery()))
        .values(attempts=col(Arrival.attempts) + 1, leased_until=bindparam("until"))
        .returning(Arrival)
    )


def _free() -> ColumnElement[bool]:
    return or_(col(Arrival.leased_until).is_(None), col(Arrival.leased_until) <= _NOW)


async def hold(tx: Transaction, arrivals: Sequence[Arrival]) -> list[Arrival]:
    """Return those that this worker still holds. Until *tx* ends nobody else can claim them, whatever their lease.

    (SQLite has one writer at a time; on PostgreSQL their rows are locked, and who claims steps over those.)
    """
    query = select(Arrival.id, Arrival.attempts).where(
        col(Arrival.id).in_([one.id for one in arrivals]), col(Arrival.state) == "waiting"
    )
    rows = await tx.session.execute(query.order_by(col(Arrival.id)).with_for_update())
    held = {(row[0], row[1]) for row in rows}
    return [one for one in arrivals if (one.id, one.attempts) in held]


async def take_turns(tx: Transaction, arrivals: Sequence[Arrival]) -> None:
    """Have the things that *arrivals* are about for this unit of work alone; see `Transaction.take_turns`.

    An Undo that sees no vote leaves a mark, and a vote that sees no mark is counted: done at once by two workers, neither
    would see the other (R18, R21).
    """
    await tx.take_turns(one for arrival in arrivals for one in (arrival.iri, *named(arrival.body, _THINGS)))


async def close_all(tx: Transaction, held: Sequence[Arrival]) -> None:
    """End arrivals that were handled, with nothing to say of them. They are held: see `hold`."""
    await tx.session.execute(
        update(Arrival)
        .where(col(Arrival.id).in_([one.id for one in held]))
        .values(state="done", closed_at=tx.now, leased_until=None, reason=""),
        execution_options={"synchronize_session": False},
    )


async def renew(tx: Transaction, arrival: Arrival, lease: timedelta = LEASE) -> None:
    """Hold *arrival* for longer, before long work on it (R26). Raises Conflict as `close` does."""
    await _write(tx, arrival, leased_until=tx.now + lease)


async def close(tx: Transaction, arrival: Arrival, state: str, reason: str = "") -> None:
    """End *arrival* as ``done`` or ``dead``; raise Conflict when another worker holds it by now."""
    await _write(tx, arrival, state=state, closed_at=tx.now, leased_until=None, reason=reason[:REASON_LENGTH])


async def retry(tx: Transaction, arrival: Arrival, reason: str, after: timedelta | None = None) -> None:
    """Let *arrival* wait for another attempt, or park it after the fifth (B.9.11).

    after: at least so long; the arrival's own schedule otherwise. Raises Conflict as `close` does.
    """
    if arrival.attempts >= MAX_ATTEMPTS:
        await close(tx, arrival, "dead", reason)
        return
    pause = max(DELAYS[arrival.attempts - 1], after or timedelta())
    await _write(tx, arrival, due_at=tx.now + pause, leased_until=None, reason=reason[:REASON_LENGTH])


async def put_off(tx: Transaction, arrival: Arrival, error: Exception) -> None:
    """Let *arrival* wait because of *error*, as long as that asks for; see `retry`."""
    wait = error.retry_after if isinstance(error, Unavailable) else None
    await retry(tx, arrival, str(error) or repr(error), timedelta(seconds=wait) if wait else None)


def count_put_off(node: Node, arrival: Arrival) -> None:
    """Count an arrival that was put off, or parked."""
    if is_last_attempt(arrival):
        node.metrics.processed.labels("dead").inc()
    else:
        node.metrics.processed.labels("retried").inc()
        node.metrics.retries.labels("arrival").inc()


def is_last_attempt(arrival: Arrival) -> bool:
    """Tell whether there will be no other attempt after this one."""
    return arrival.attempts >= MAX_ATTEMPTS


async def _write(tx: Transaction, arrival: Arrival, **values: object) -> None:
    done = await tx.session.execute(
        update(Arrival)
        .where(
            col(Arrival.id) == arrival.id,
            col(Arrival.attempts) == arrival.attempts,
            col(Arrival.state) == "waiting",
        )
        .values(**values),
        execution_options={"synchronize_session": False},
    )
    assert isinstance(done, CursorResult)
    if done.rowcount != 1:
        raise Conflict("Another worker holds this arrival by now.", detail=arrival.iri)


async def park(tx: Transaction) -> int:
    """Give up what killed its worker five times; return how many that were (R17)."""
    options = {"synchronize_session": False}
    done = await tx.session.execute(_to_park(), {"now": tx.now}, execution_options=options)
    assert isinstance(done, CursorResult)
    return done.rowcount


@cache
def _to_park() -> Update:
    return (
        update(Arrival)
        .where(col(Arrival.state) == "waiting", col(Arrival.attempts) >= MAX_ATTEMPTS, _free())
        .values(
            state="dead", closed_at=_NOW, leased_until=None, reason="The work on it never came to an end."
        )
    )
