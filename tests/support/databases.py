"""A fresh, migrated database for each node: an SQLite file, or one on PostgreSQL when that is asked for."""

from __future__ import annotations

import asyncio
import os
import shutil
import tempfile
import uuid
from pathlib import Path

from sqlalchemy import text
from sqlalchemy.engine import make_url
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from node.store import database, schema
from node.store.database import Database

POSTGRES = os.environ.get("ARCHIPEL_TEST_POSTGRES", "")
_template: dict[str, str] = {}


async def fresh_database(folder: Path, name: str) -> str:
    """Return the URL of a new database with every table, for the node called *name*."""
    if POSTGRES:
        return await _fresh_postgres()
    if "sqlite" not in _template:
        path = Path(tempfile.mkdtemp(prefix="archipel-test-")) / "template.db"
        await _migrate(f"sqlite+aiosqlite:///{path}")
        _template["sqlite"] = str(path)
    target = folder / f"{name}.db"
    await asyncio.to_thread(shutil.copy, _template["sqlite"], target)
    return f"sqlite+aiosqlite:///{target}"


def share_statements() -> None:
    """Let all databases of the process use statements that one of them has compiled: each has them only once.

    A node compiles each statement once in its life; nodes of tests live so short that it was a sixth of their time.
    """
    make, first = database._engine, {}

    def made(url: str, connections: int) -> AsyncEngine:
        engine = make(url, connections)
        ours = engine.sync_engine
        known = first.get(ours.driver)
        if known is None or not hasattr(known.dialect, "server_version_info"):
            first[ours.driver] = (
                ours  # from the next on: this one has not asked its database for its version yet
            )
        else:
            ours.dialect, ours._compiled_cache = known.dialect, known._compiled_cache
        return engine

    database._engine = made


async def drop_database(url: str) -> None:
    """Drop a database made by `fresh_database`; SQLite files go with their folder."""
    if url.startswith("postgresql"):
        await _admin(f'DROP DATABASE IF EXISTS "{make_url(url).database}" WITH (FORCE)')


async def _fresh_postgres() -> str:
    base = make_url(POSTGRES).set(drivername="postgresql+asyncpg")
    if "postgres" not in _template:
        name = f"archipel_template_{uuid.uuid4().hex[:12]}"
        await _admin(f'CREATE DATABASE "{name}"')
        await _migrate(base.set(database=name).render_as_string(hide_password=False))
        _template["postgres"] = name
    name = f"archipel_{uuid.uuid4().hex[:12]}"
    await _admin(f'CREATE DATABASE "{name}" TEMPLATE "{_template["postgres"]}" STRATEGY FILE_COPY')
    return base.set(database=name).render_as_string(hide_password=False)


async def _migrate(url: str) -> None:
    database = Database(url)
    await schema.upgrade(database)
    await database.dispose()


async def _admin(statement: str) -> None:
    url = make_url(POSTGRES).set(drivername="postgresql+asyncpg")
    engine = create_async_engine(url, isolation_level="AUTOCOMMIT")
    async with engine.connect() as connection:
        await connection.execute(text(statement))
    await engine.dispose()
