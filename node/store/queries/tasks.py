"""Background work: asked for here, done by the worker in `inbox.tasks`."""

from __future__ import annotations

from datetime import datetime

from sqlmodel import col, select

from node.store.database import Transaction
from node.store.tables.tasks import Task


async def ask_for(tx: Transaction, kind: str, subject: str, *, due_at: datetime | None = None) -> None:
    """Ask for a piece of work once; asking again while it waits changes nothing.

    kind: ``backfill`` (subject: group iri), ``nodeinfo`` (host), ``verify`` (post iri), ``refresh`` (iri).
    """
    known = await tx.session.scalar(
        select(Task.id).where(col(Task.kind) == kind, col(Task.subject) == subject)
    )
    if known is None:
        tx.session.add(Task(kind=kind, subject=subject, created_at=tx.now, due_at=due_at or tx.now))
        await tx.session.flush()
    tx.wakes.add("tasks")
