"""Finding arrivals: repeats, what is due, and what could not be handled."""

from __future__ import annotations

from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col, select

from node.store.tables.arrivals import Arrival


async def is_recorded(session: AsyncSession, iri: str) -> bool:
    """Tell whether the activity of that id has been taken before (RULE B7)."""
    return await session.scalar(select(Arrival.id).where(col(Arrival.iri) == iri)) is not None


async def dead_letters(session: AsyncSession, *, limit: int = 100) -> list[Arrival]:
    """Return the arrivals that were given up, the newest first: the operator's list."""
    query = select(Arrival).where(col(Arrival.state) == "dead").order_by(col(Arrival.id).desc())
    return list(await session.scalars(query.limit(limit)))
