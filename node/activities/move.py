"""Move: of an account or a group when it is about its own actor, else of a thread between groups."""

from __future__ import annotations

from node.activities import moving_accounts, moving_threads
from node.activities.handler import Handler
from node.activitypub.activity import Activity
from node.store.database import Transaction


def is_of_account(move: Activity) -> bool:
    """Tell whether an account moves, rather than a thread."""
    return move.object == move.actor


async def check(tx: Transaction, move: Activity) -> None:
    """Judge it by what moves."""
    await (moving_accounts if is_of_account(move) else moving_threads).check(tx, move)


async def apply(tx: Transaction, move: Activity) -> None:
    """Move it."""
    await (moving_accounts if is_of_account(move) else moving_threads).apply(tx, move)


HANDLER = Handler("Move", check=check, apply=apply, needs=("actor", "target"))
