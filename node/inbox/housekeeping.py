"""What is swept away once it has served: nothing that a peer makes us keep grows for ever (A63, V58)."""

from __future__ import annotations

from datetime import timedelta

from sqlmodel import col, delete

from node.activities.messages import forget_deleted
from node.inbox import journal
from node.local import attempts, passes, sessions
from node.outbox import log
from node.runtime import Node
from node.store.tables.moderation import Ban
from node.store.tables.posts import Mark

SWEEP_EVERY = timedelta(hours=1)
MARKS_KEPT = timedelta(days=30)  # a Create that comes later than that after its Delete is no race (R21)


async def sweep(node: Node) -> None:
    """Forget arrivals, told activities, marks, bans that have ended, sessions and links that are past their time.

    Each in a unit of work of its own: a long one holds up no arrival for the others' sake.
    """
    settings = node.settings
    async with node.transaction() as tx:
        await journal.sweep(tx, days=settings.arrival_days)
    async with node.transaction() as tx:
        await log.sweep(tx, tx.now - timedelta(days=settings.activity_days))
    async with node.transaction() as tx:
        await forget_deleted(tx, tx.now - MARKS_KEPT)
        await tx.session.execute(delete(Mark).where(col(Mark.at) < tx.now - MARKS_KEPT))
        ended = col(Ban.expires_at) < tx.now
        await tx.session.execute(delete(Ban).where(ended, col(Ban.content_removed).is_(False)))
        await sessions.sweep(tx)
        await passes.sweep(tx)
        await attempts.sweep(tx)
