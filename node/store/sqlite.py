"""SQLite from an event loop: quick statements run where they are asked for, in the loop's own thread.

aiosqlite gives every connection a thread. To hand it a statement and wait for the answer costs several times what the
statement costs, so only what may have to wait goes there: COMMIT, which waits for the disk; BEGIN IMMEDIATE while
another process writes; changes of the schema; statements marked ``heavy``; and reads that turn out to be long, which are
interrupted after BUDGET and begun anew in the thread. A write cannot be interrupted without losing its transaction
(sqlite.org/c3ref/interrupt.html), so one that took longer than that goes to the thread from then on.

Both threads use one connection and take turns: nothing runs here while something is asked of the thread.
"""

from __future__ import annotations

import re
import sqlite3
import time
from collections import OrderedDict, deque
from collections.abc import Callable, Sequence
from functools import lru_cache, partial
from typing import Any, Literal

import aiosqlite
from sqlalchemy.dialects.sqlite.aiosqlite import (
    AsyncAdapt_aiosqlite_connection,
    AsyncAdapt_aiosqlite_dbapi,
)
from sqlalchemy.util.concurrency import await_

BUDGET = 0.01  # seconds that a statement may keep the loop from its other work
LOOK_EVERY = 1000  # virtual machine steps, some 20 microseconds, between two looks at the clock
KNOCK_EVERY = 0.002  # seconds between two tries for the lock of writers; a try takes some 10 microseconds
REMEMBERED = 500  # statements known to be long

# read: may be interrupted and begun anew. write: may not. slow: waits for a lock or a disk, or changes the schema.
Kind = Literal["read", "write", "slow"]
_WRITES = re.compile(r"\b(INSERT|UPDATE|DELETE|REPLACE)\b", re.IGNORECASE)
_QUICK = {"SELECT": "read", "VALUES": "read", "WITH": "read"} | dict.fromkeys(
    ("INSERT", "UPDATE", "DELETE", "REPLACE", "SAVEPOINT", "RELEASE", "ROLLBACK"), "write"
)


@lru_cache(maxsize=4096)
def kind_of(statement: str) -> Kind:
    """Tell what a statement may do to whoever waits for it."""
    first = statement.split(None, 1)[0].upper() if statement.strip() else ""
    if first == "WITH" and _WRITES.search(statement):
        return "write"
    return _QUICK.get(first, "slow")  # type: ignore[return-value]


class Pace:
    """Which statements of a database are long: they are not begun in the loop's thread any more. Bounded."""

    def __init__(self) -> None:
        self._long: OrderedDict[str, None] = OrderedDict()

    def is_long(self, statement: str) -> bool:
        """Tell whether the statement took longer than BUDGET when it last ran."""
        return statement in self._long

    def note(self, statement: str, seconds: float) -> None:
        """Remember how long the statement took."""
        if seconds <= BUDGET:
            self._long.pop(statement, None)
            return
        self._long[statement] = None
        if len(self._long) > REMEMBERED:
            self._long.popitem(last=False)


class Connection(aiosqlite.Connection):
    """A connection that the loop's thread and its own use in turns. patience: milliseconds to wait for a lock."""

    def __init__(self, connector: Callable[[], sqlite3.Connection], *, patience: int, pace: Pace) -> None:
        super().__init__(connector, iter_chunk_size=64)
        self._thread.daemon = True  # as SQLAlchemy does with those that it opens itself
        self._patience, self.pace = patience, pace
        self._asked = self._answered = 0  # of the thread
        self._until: float | None = None  # when what runs here is to be interrupted
        self.has_written = False  # in this transaction

    @property
    def is_free(self) -> bool:
        """Tell whether the thread has answered all that it was asked: a task that was cancelled asks and leaves."""
        return self._running and self._connection is not None and self._asked == self._answered

    @property
    def in_transaction(self) -> bool:
        """Tell whether a transaction is open."""
        return self._conn.in_transaction

    def here(self, kind: Kind, work: Callable[[sqlite3.Connection], None]) -> bool:
        """Do *work* at once; False when it was interrupted or has to wait, and nothing came of it."""
        self._until = time.perf_counter() + BUDGET if kind == "read" else None
        try:
            work(self._conn)
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF in {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_INTERRUPT}:
                return False
            raise
        finally:
            self._until = None
        return True

    async def visit(self, work: Callable[[sqlite3.Connection], None]) -> None:
        """Do *work* in the connection's thread, waiting for locks. Raises what it raises; ValueError when closed."""
        await self._execute(self._patiently, work)

    async def _execute(self, fn: Any, *args: Any, **options: Any) -> Any:
        if not self._running or self._connection is None:
            raise ValueError("no active connection")
        self._asked += 1
        return await super()._execute(self._counted, fn, *args, **options)  # type: ignore[no-untyped-call]

    def _counted(self, fn: Callable[..., Any], *args: Any, **options: Any) -> Any:
        try:
            return fn(*args, **options)
        finally:
            self._answered += 1

    def _patiently(self, work: Callable[[sqlite3.Connection], None]) -> None:
        connection = self._conn
        connection.set_progress_handler(None, 0)
        connection.execute(f"PRAGMA busy_timeout={self._patience}")
        try:
            work(connection)
        finally:
            connection.execute("PRAGMA busy_timeout=0")
            self.watch(connection)

    def take_turns(self, work: Callable[[sqlite3.Connection], None], connection: sqlite3.Connection) -> None:
        """Do *work*, which takes the lock of writers, as soon as no other process has it.

        SQLite itself comes to look every tenth of a second after a while: between two units of work of a busy process
        it then finds the lock free one time in fifty, and who wants to write seldom waits for seconds.
        """
        connection.execute("PRAGMA busy_timeout=0")
        until = time.monotonic() + self._patience / 1000
        while True:
            try:
                work(connection)
            except sqlite3.OperationalError as error:
                if error.sqlite_errorcode != sqlite3.SQLITE_BUSY or time.monotonic() >= until:
                    raise
                time.sleep(KNOCK_EVERY)
            else:
                return

    def watch(self, connection: sqlite3.Connection) -> None:
        """Have a look at the clock while statements run."""
        connection.set_progress_handler(self._is_over, LOOK_EVERY)

    def _is_over(self) -> bool:
        return self._until is not None and time.perf_counter() > self._until


class Cursor:
    """What SQLAlchemy uses of a cursor; description, rowcount, lastrowid and the fetches as in PEP 249.

    heavy: the next statement goes to the connection's thread from the start.
    """

    server_side = False

    def __init__(self, adapted: Adapted) -> None:
        self._adapted = adapted
        self._rows: deque[Any] = deque()
        self.heavy = False
        self.description: Any = None
        self.rowcount = -1
        self.lastrowid: int | None = None
        self.arraysize = 1

    def execute(self, statement: str, parameters: Sequence[Any] | None = None) -> Cursor:
        """Execute one statement and keep all its rows."""
        self._run(statement, lambda cursor: cursor.execute(statement, parameters or ()))
        return self

    def executemany(self, statement: str, parameters: Sequence[Sequence[Any]]) -> Cursor:
        """Execute one statement for each set of parameters."""
        self._run(statement, lambda cursor: cursor.executemany(statement, parameters))
        return self

    def fetchone(self) -> Any:
        """Return the next row, or None."""
        return self._rows.popleft() if self._rows else None

    def fetchmany(self, size: int | None = None) -> list[Any]:
        """Return the next rows, *size* at most."""
        return [self._rows.popleft() for _ in range(min(size or self.arraysize, len(self._rows)))]

    def fetchall(self) -> list[Any]:
        """Return the rows that are left."""
        rows = list(self._rows)
        self._rows.clear()
        return rows

    def setinputsizes(self, *sizes: Any) -> None:
        """Do nothing, as PEP 249 allows."""

    def close(self) -> None:
        """Forget the rows; the cursor behind was closed when it had been read."""
        self._rows.clear()

    async def _async_soft_close(self) -> None:
        """Keep the rows: nothing behind them is open. SQLAlchemy calls it before it hands out a result."""

    def _run(self, statement: str, run: Callable[[sqlite3.Cursor], object]) -> None:
        connection, kind = self._adapted.driver_connection, kind_of(statement)
        work = partial(self._take, run)
        connection.has_written |= kind != "read"
        began = time.perf_counter()
        try:
            may_try = kind != "slow" and not self.heavy and not connection.pace.is_long(statement)
            if may_try and connection.is_free and connection.here(kind, work):
                await_(_nothing())
            else:
                await_(connection.visit(work))
        except Exception as error:  # noqa: BLE001 -- as the adapter: it raises again, translated
            self._adapted._handle_exception(error)  # noqa: SLF001 -- says as the adapter does what went wrong
        if kind != "slow":
            connection.pace.note(statement, time.perf_counter() - began)

    def _take(self, run: Callable[[sqlite3.Cursor], object], connection: sqlite3.Connection) -> None:
        cursor = connection.cursor()
        try:
            run(cursor)
            self.description = cursor.description
            self._rows = deque(cursor.fetchall() if cursor.description else ())
            self.rowcount, self.lastrowid = cursor.rowcount, cursor.lastrowid  # known once all rows are read
        finally:
            cursor.close()


class Adapted(AsyncAdapt_aiosqlite_connection):
    """The face that SQLAlchemy knows: PEP 249, without waiting where there is nothing to wait for."""

    __slots__ = ()
    _cursor_cls = Cursor  # type: ignore[assignment]  # one that opens where it is used

    @property
    def driver_connection(self) -> Connection:
        """The connection behind."""
        return self._connection  # type: ignore[return-value]

    def begin(self, *, reading: bool) -> None:
        """Open a transaction; unless it is for *reading* alone, take the lock of writers, or wait for it."""
        connection = self.driver_connection
        statement = "BEGIN" if reading else "BEGIN IMMEDIATE"

        def work(raw: sqlite3.Connection) -> None:
            raw.execute(statement)

        try:
            if not (connection.is_free and connection.here("write", work)):
                await_(connection.visit(partial(connection.take_turns, work)))
        except Exception as error:  # noqa: BLE001 -- raised again, translated
            self._handle_exception(error)
        connection.has_written = False

    def commit(self) -> None:
        """Commit; what only read ends here, the rest waits for the disk in the connection's thread."""
        self._end(sqlite3.Connection.commit)

    def rollback(self) -> None:
        """Roll back, if there is anything to roll back."""
        self._end(sqlite3.Connection.rollback)

    def _end(self, end: Callable[[sqlite3.Connection], None]) -> None:
        connection = self.driver_connection
        if connection._connection is None:  # noqa: SLF001 -- closed, as the adapter asks it
            return
        if connection.is_free and not connection.in_transaction:
            return
        try:
            if connection.has_written or not (connection.is_free and connection.here("write", end)):
                await_(connection.visit(end))
        except Exception as error:  # noqa: BLE001 -- raised again, translated
            self._handle_exception(error)


class Driver(AsyncAdapt_aiosqlite_dbapi):
    """The driver of one database, for ``create_async_engine(module=...)``."""

    def __init__(self) -> None:
        super().__init__(aiosqlite, sqlite3)
        self.pace = Pace()

    def connect(self, database: str, *, timeout: float, **options: Any) -> Adapted:
        """Open a connection. timeout: seconds to wait for a lock. Options as `sqlite3.connect`."""
        options |= {
            "timeout": 0,
            "isolation_level": None,
            "check_same_thread": False,
        }  # we begin by ourselves
        connection = Connection(
            partial(sqlite3.connect, database, **options), patience=round(timeout * 1000), pace=self.pace
        )
        await_(connection)
        connection.watch(connection._conn)  # noqa: SLF001 -- aiosqlite has no other name for it
        return Adapted(self, connection)  # type: ignore[arg-type]


async def _nothing() -> None:
    """Be awaited: SQLAlchemy takes a statement for which nothing was awaited for a driver that is not asynchronous."""


def mark_heavy(cursor: Cursor, _statement: str, _parameters: object, context: Any) -> None:
    """Obey the execution option ``heavy``: listens to SQLAlchemy's ``do_execute``."""
    cursor.heavy = context is not None and bool(context.execution_options.get("heavy"))
