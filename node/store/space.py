"""How much room a node's database takes, table by table, and giving back what is free in it."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import AsyncIterator, Callable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import text
from sqlalchemy.exc import OperationalError
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import SQLModel, func, select

from node.errors import Misconfigured, Unavailable
from node.store.database import Database

HEAVY = {"heavy": True}
AT_A_TIME = (
    64 * 1024 * 1024
)  # bytes that are written anew within the patience of whoever wants to write meanwhile
PROGRESS_STEPS = 1_000_000  # of SQLite's virtual machine between two calls


@dataclass(frozen=True, kw_only=True)
class TableSize:
    """One table. Sizes in bytes, None where the database cannot tell them."""

    table: str
    rows: int | None  # None of what the database itself keeps, such as an index of words
    bytes: int | None
    index_bytes: int | None


@dataclass(frozen=True, kw_only=True)
class Space:
    """All of a database. reclaimable: bytes that `vacuum` would give back, at least; on PostgreSQL estimated."""

    tables: list[TableSize]
    total: int
    reclaimable: int


async def measure(session: AsyncSession, database: Database) -> Space:
    """Return what takes the room, the largest first. Reads every page of an SQLite file."""
    sizes = await (_sqlite_sizes(session) if database.is_sqlite else _postgresql_sizes(session))
    tables = []
    ours = SQLModel.metadata.tables
    for name in sorted({*ours, *sizes}):
        rows = None
        if name in ours:
            counting = select(func.count()).select_from(ours[name])
            rows = await session.scalar(counting, execution_options=HEAVY) or 0
        own, index = sizes.get(name, (None, None))
        tables.append(TableSize(table=name, rows=rows, bytes=own, index_bytes=index))
    tables.sort(key=lambda one: (-((one.bytes or 0) + (one.index_bytes or 0)), -(one.rows or 0), one.table))
    if database.is_sqlite:
        page = await _pragma(session, "page_size")
        total, free = (
            await _pragma(session, "page_count") * page,
            await _pragma(session, "freelist_count") * page,
        )
    else:
        total = await session.scalar(text("SELECT pg_database_size(current_database())")) or 0
        free = await session.scalar(text(DEAD)) or 0
    return Space(tables=tables, total=total, reclaimable=free)


DEAD = """
SELECT coalesce(sum(pg_table_size(relid) * n_dead_tup / nullif(n_live_tup + n_dead_tup, 0)), 0)::bigint
FROM pg_stat_user_tables
"""


async def _pragma(session: AsyncSession, name: str) -> int:
    return int(await session.scalar(text(f"PRAGMA {name}")) or 0)


async def _sqlite_sizes(session: AsyncSession) -> dict[str, tuple[int, int]]:
    query = text(
        "SELECT m.tbl_name, coalesce(sum(s.pgsize) FILTER (WHERE m.type = 'table'), 0),"
        " coalesce(sum(s.pgsize) FILTER (WHERE m.type = 'index'), 0)"
        " FROM dbstat s JOIN sqlite_master m ON m.name = s.name WHERE s.aggregate = 1 GROUP BY m.tbl_name"
    )
    try:
        rows = await session.execute(query, execution_options=HEAVY)
    except OperationalError:  # a library that was built without dbstat
        return {}
    return {name: (own, index) for name, own, index in rows}


async def _postgresql_sizes(session: AsyncSession) -> dict[str, tuple[int, int]]:
    rows = await session.execute(
        text("SELECT relname, pg_table_size(relid), pg_indexes_size(relid) FROM pg_stat_user_tables")
    )
    return {name: (own, index) for name, own, index in rows}


def vacuum_sqlite(file: Path, *, others: bool, anyway: bool, progress: Callable[[], None]) -> tuple[int, int]:
    """Write the file anew without what is free in it; return its size before and after, in bytes. Blocks.

    Whoever wants to write meanwhile waits, and after five seconds is told to come again; who reads does not notice.
    others: whether processes of the node are running. Raises Misconfigured when there is not room for a copy beside the file and
    for the journal of it, or when others run and would wait for longer than they do, unless *anyway*; Unavailable when
    somebody writes all the time.
    """
    before = file.stat().st_size
    free = shutil.disk_usage(file.parent).free
    if free < 2 * before:
        raise Misconfigured(
            f"Not enough room: the copy and its journal may need {2 * before:,} bytes beside {file}, and {free:,} are free."
        )
    if others and before > AT_A_TIME and not anyway:
        raise Misconfigured(
            f"The node is running, and its database is large ({before:,} bytes): while the file is written anew nobody can "
            "write, members and peers would be told to come again. Stop the node first, or add --anyway."
        )
    with closing(sqlite3.connect(file, timeout=30, isolation_level=None)) as connection:
        connection.execute("PRAGMA synchronous=FULL")
        connection.execute("PRAGMA temp_store=FILE")
        connection.execute(f"PRAGMA temp_store_directory='{str(file.parent).replace(chr(39), chr(39) * 2)}'")
        connection.set_progress_handler(progress, PROGRESS_STEPS)
        try:
            connection.execute("VACUUM")
            connection.set_progress_handler(None, 0)
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        except sqlite3.OperationalError as error:
            raise Unavailable(f"The database was not written anew, and is as it was: {error}.") from error
    return before, file.stat().st_size


async def vacuum_postgresql(database: Database) -> AsyncIterator[str]:
    """Free what is dead in every table, and count it anew for the planner; gives the name of each when it is done.

    Nobody waits for it. The files shrink only where free room is at their end; the rest is used again.
    """
    engine = database.engine.execution_options(isolation_level="AUTOCOMMIT")
    for name in sorted(SQLModel.metadata.tables):
        async with engine.connect() as connection:
            await connection.execute(text(f'VACUUM (ANALYZE) "{name}"'))
        yield name
