"""An SQLite connection that answers a statement in one visit to its thread.

aiosqlite gives every connection a thread. What SQLAlchemy asks of it for one statement, it asks in four visits there:
open a cursor, execute, fetch, close. Each visit hands the interpreter from one thread to the other and back, and
costs more than the statement. Here all four are one visit, and the rows are kept with the cursor.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, Self

import aiosqlite


class Cursor:
    """What SQLAlchemy's adapter uses of a cursor; description, rowcount and lastrowid as in PEP 249."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._rows: list[Any] = []
        self.description: Any = None
        self.rowcount = -1
        self.lastrowid: int | None = None
        self.arraysize = 1

    async def __aenter__(self) -> Self:
        return self

    async def execute(self, statement: str, parameters: Sequence[Any] = ()) -> Self:
        """Execute one statement and keep all its rows."""
        return await self._visit(lambda cursor: cursor.execute(statement, parameters))

    async def executemany(self, statement: str, parameters: Sequence[Sequence[Any]]) -> Self:
        """Execute one statement for each set of parameters."""
        return await self._visit(lambda cursor: cursor.executemany(statement, parameters))

    async def fetchall(self) -> list[Any]:
        """Return the rows that are left."""
        rows, self._rows = self._rows, []
        return rows

    async def close(self) -> None:
        """Forget the rows; the cursor behind was closed when it had been read."""
        self._rows = []

    async def _visit(self, run: Callable[[sqlite3.Cursor], object]) -> Self:
        await self._connection.visit(partial(self._take, run))
        return self

    def _take(self, run: Callable[[sqlite3.Cursor], object], connection: sqlite3.Connection) -> None:
        cursor = connection.cursor()
        try:
            run(cursor)
            self.description = cursor.description
            self._rows = cursor.fetchall() if cursor.description else []
            self.rowcount, self.lastrowid = cursor.rowcount, cursor.lastrowid  # known once all rows are read
        finally:
            cursor.close()


class Connection(aiosqlite.Connection):
    """A connection whose cursors need one visit each."""

    def cursor(self) -> Cursor:  # type: ignore[override]  # one that opens where it is used
        """Return a cursor, opened when it executes."""
        return Cursor(self)

    async def visit(self, work: Callable[[sqlite3.Connection], None]) -> None:
        """Do *work* in the connection's thread. Raises what it raises, and ValueError when the connection is closed."""
        await self._execute(work, self._conn)  # type: ignore[no-untyped-call]


def connect(database: str, **options: Any) -> Connection:
    """Return a connection to be awaited; its thread does not keep the process alive. Options as `sqlite3.connect`."""
    connection = Connection(partial(sqlite3.connect, database, **options), iter_chunk_size=64)
    connection._thread.daemon = True  # noqa: SLF001 -- as SQLAlchemy does with those that it opens itself
    return connection
