"""Signed-in browsers. A session is known by the fingerprint of its cookie, never by the cookie (A78)."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import delete, update
from sqlmodel import col

from node.ids import fingerprint
from node.store.database import Transaction
from node.store.tables.members import Member, Session

LASTS = timedelta(days=30)  # since it was last renewed


async def start(tx: Transaction, member: Member, *, instead_of: str = "", browser: str = "") -> str:
    """Open a session and return the cookie's secret; the browser's former one ends with it (A78).

    browser: what its holder will know it by, such as ``Firefox, Linux``.
    """
    if instead_of:
        await end(tx, instead_of)
    secret = tx.ids.secret()
    tx.session.add(
        Session(
            fingerprint=fingerprint(secret),
            member_id=member.id or 0,
            created_at=tx.now,
            last_used=tx.now,
            expires_at=tx.now + LASTS,
            browser=browser[:100],
        )
    )
    member.last_seen = tx.now
    await tx.session.flush()
    return secret


async def renew(tx: Transaction, session_id: int) -> None:
    """Let a session that is in use last longer."""
    await tx.session.execute(
        update(Session)
        .where(col(Session.id) == session_id)
        .values(last_used=tx.now, expires_at=tx.now + LASTS)
    )


async def end(tx: Transaction, secret: str) -> None:
    """End the session that a cookie holds."""
    await tx.session.execute(delete(Session).where(col(Session.fingerprint) == fingerprint(secret)))


async def end_others(tx: Transaction, member_id: int, *, but: int, number: int = 0) -> None:
    """End the member's session of that row number, or with 0 every one; never the one of number *but*."""
    wanted = [col(Session.member_id) == member_id, col(Session.id) != but]
    if number:
        wanted.append(col(Session.id) == number)
    await tx.session.execute(delete(Session).where(*wanted))


async def end_all(tx: Transaction, member_id: int) -> None:
    """End every session of a member, as any change of credentials must (V93)."""
    await tx.session.execute(delete(Session).where(col(Session.member_id) == member_id))
