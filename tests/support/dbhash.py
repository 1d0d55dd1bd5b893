"""What a store holds, as one hash: "no effect" means that the hash is unchanged (THREATS 0.1)."""

from __future__ import annotations

import hashlib
from collections.abc import AsyncIterator, Collection
from contextlib import asynccontextmanager

from sqlalchemy import select

from node.store.database import Database
from node.store.tables.all import metadata


async def dbhash(database: Database, *, but: Collection[str] = ()) -> str:
    """Hash every table except those named in *but*, row by row."""
    digest = hashlib.sha256()
    async with database.reading() as session:
        for table in metadata.sorted_tables:
            if table.name in but:
                continue
            rows = (await session.execute(select(table))).all()
            digest.update(table.name.encode())
            for row in sorted(map(repr, rows)):
                digest.update(row.encode())
    return digest.hexdigest()


@asynccontextmanager
async def no_effect(database: Database, *, but: Collection[str] = ()) -> AsyncIterator[None]:
    """Fail unless the store is the same after the block as before it."""
    before = await dbhash(database, but=but)
    yield
    assert await dbhash(database, but=but) == before, "the store has changed"
