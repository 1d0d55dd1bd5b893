"""One-time links: made by a command, used once, gone with their use (THREATS V88, V89)."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import delete
from sqlmodel import col

from node.errors import Gone
from node.ids import fingerprint
from node.store.database import Transaction
from node.store.tables.members import Pass

ADMINISTRATOR = "administrator"  # purpose: its visitor signs up, or is raised, as one
LASTS = timedelta(hours=24)


async def issue(tx: Transaction, purpose: str, *, lasts: timedelta = LASTS) -> str:
    """Return the secret of a fresh link, the part after ``/welcome/``. It cannot be read again."""
    secret = tx.ids.secret()
    tx.session.add(
        Pass(fingerprint=fingerprint(secret), purpose=purpose, created_at=tx.now, expires_at=tx.now + lasts)
    )
    await tx.session.flush()
    return secret


async def use(tx: Transaction, secret: str, purpose: str) -> None:
    """Use a link up; raise Gone unless it was good. Of two who try at once, one succeeds."""
    used = await tx.session.scalar(
        delete(Pass)
        .where(
            col(Pass.fingerprint) == fingerprint(secret),
            col(Pass.purpose) == purpose,
            col(Pass.expires_at) > tx.now,
        )
        .returning(col(Pass.id))
    )
    if used is None:
        raise used_up()


def used_up() -> Gone:
    """Return what to say of a link that is no longer good, or never was."""
    return Gone("This link has been used or has expired. Ask whoever runs the node for a new one.")
