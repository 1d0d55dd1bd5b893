"""The browsers in which a member is signed in."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col, select

from node.store.tables.members import Session

SHOWN = 100


@dataclass(frozen=True, slots=True)
class SessionLine:
    """A signed-in browser."""

    id: int
    browser: str  # empty when it is not known
    since: datetime
    last_used: datetime
    is_this: bool


async def sessions_of(
    session: AsyncSession, member_id: int, this: int, now: datetime
) -> tuple[SessionLine, ...]:
    """Return the member's sessions, the last used first. this: the one that asks."""
    found = await session.scalars(
        select(Session)
        .where(col(Session.member_id) == member_id, col(Session.expires_at) > now)
        .order_by(col(Session.last_used).desc(), col(Session.id).desc())
        .limit(SHOWN)
    )
    return tuple(
        SessionLine(one.id or 0, one.browser, one.created_at, one.last_used, one.id == this) for one in found
    )
