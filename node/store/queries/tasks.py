"""Background work: asked for here, done by the worker in `inbox.tasks`."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import cache
from typing import Any

from sqlalchemy import Integer, bindparam, delete, or_, update
from sqlmodel import col, select

from node.store.columns import UtcDateTime
from node.store.database import Transaction
from node.store.tables.tasks import Task


async def ask_for(tx: Transaction, kind: str, subject: str, *, due_at: datetime | None = None) -> None:
    """Ask for a piece of work once; asking again while it waits changes nothing.

    kind: ``backfill`` (subject: group iri), ``nodeinfo`` (host), ``verify``, ``repair`` and ``pass_on`` (post
    iri), ``stamps`` (post iri), ``refresh``, ``handle``, ``carry`` and ``feed`` (actor iri), ``moderators`` (group iri), ``restore``, ``card``
    and ``tally`` (post iri), ``follow`` (the id of one that waits for its answer), ``followers`` (group iri, a blank, and where its list of our followers is),
    ``starter`` (iri of a member who brought a list), ``redeliver`` (id of a log entry, a blank, and an inbox).
    """
    known = await tx.session.scalar(
        select(Task.id).where(col(Task.kind) == kind, col(Task.subject) == subject)
    )
    if known is None:
        tx.session.add(Task(kind=kind, subject=subject, created_at=tx.now, due_at=due_at or tx.now))
        await tx.session.flush()
    tx.wakes.add("tasks")


async def schedule(tx: Transaction, kind: str, subject: str, due_at: datetime) -> None:
    """Ask for a piece of work at *due_at*, earlier or later than it was asked for before.

    kind: ``close`` (a poll's iri), ``profile`` (a person's iri), ``draft`` (its token).
    """
    known = await tx.session.scalar(select(Task).where(col(Task.kind) == kind, col(Task.subject) == subject))
    if known is not None:
        known.due_at = due_at
        await tx.session.flush()
    else:
        await ask_for(tx, kind, subject, due_at=due_at)


async def claim_tasks(tx: Transaction, limit: int, lease: timedelta) -> list[Task]:
    """Lease up to *limit* tasks that are due, and count the attempt before the work."""
    values = {"now": tx.now, "until": tx.now + lease, "limit": limit}
    options = {"synchronize_session": False, "populate_existing": True}
    claimed = await tx.session.scalars(_to_claim(), values, execution_options=options)
    return sorted(claimed, key=lambda task: task.id or 0)


@cache  # a worker that finds nothing asks every two seconds, and each time it is woken
def _to_claim() -> Any:
    now = bindparam("now", type_=UtcDateTime)
    due = (
        select(Task.id)
        .where(
            col(Task.due_at) <= now,
            or_(col(Task.leased_until).is_(None), col(Task.leased_until) <= now),
        )
        .order_by(col(Task.due_at), col(Task.id))
        .limit(bindparam("limit", type_=Integer))
        .with_for_update(skip_locked=True)
    )
    return (
        update(Task)
        .where(col(Task.id).in_(due.scalar_subquery()))
        .values(attempts=col(Task.attempts) + 1, leased_until=bindparam("until"))
        .returning(Task)
    )


async def note_progress(tx: Transaction, task: Task, progress: int, lease: timedelta) -> None:
    """Write how far a task has come, and hold it for longer."""
    await _held(tx, task, progress=progress, leased_until=tx.now + lease)


async def put_off(tx: Transaction, task: Task, error: str, due_at: datetime) -> None:
    """Let a task wait for another attempt."""
    await _held(tx, task, last_error=error[:500], due_at=due_at, leased_until=None)


async def end_task(tx: Transaction, task: Task) -> None:
    """Forget a task that is done or given up, if it is still held by the same attempt."""
    await tx.session.execute(delete(Task).where(col(Task.id) == task.id, col(Task.attempts) == task.attempts))


async def _held(tx: Transaction, task: Task, **values: object) -> None:
    await tx.session.execute(
        update(Task).where(col(Task.id) == task.id, col(Task.attempts) == task.attempts).values(**values),
        execution_options={"synchronize_session": False},
    )
