"""Connections and transactions. The only module that opens a session.

SQLite: WAL with ``synchronous=FULL`` (a 2xx means committed, R08), writers take the lock at once with
``BEGIN IMMEDIATE`` and wait for each other here rather than in busy loops. PostgreSQL: as it comes.
"""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Iterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import blake2b
from typing import Any, cast

from sqlalchemy import Connection, QueuePool, event, text
from sqlalchemy.exc import DBAPIError, IntegrityError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.ext.asyncio import (
    AsyncEngine,
    AsyncSession,
    async_sessionmaker,  # noqa: TID251 -- this module owns sessions
    create_async_engine,
)

from node.clock import Clock
from node.errors import Unavailable
from node.faults import Point
from node.ids import Ids
from node.store import sqlite
from node.store.batches import LOG_LOCK, BatchSession
from node.store.relying import watch

# SQLSTATE of PostgreSQL: connection lost, serialisation failure and deadlock, resources short, shut down, locked.
_PASSING = ("08", "40", "53", "57P", "55P03")
_TURNS = text("SELECT pg_advisory_xact_lock(key) FROM unnest(CAST(:keys AS bigint[])) AS key")
BUSY_TIMEOUT_MS = 5000
CONNECTIONS = 10
WAIT_FOR_CONNECTION = (
    5  # seconds until one of the pool must have come back, as long as for SQLite's lock (R06)
)
SYNCHRONOUS = "FULL"  # tests that do not cut the power spare themselves the waiting
# The units of work that the running task stands in, its own or its parent's: opening a second one of the
# same database inside the first would wait for itself for ever.
_units: ContextVar[tuple[_Unit, ...]] = ContextVar("units", default=())


@dataclass(eq=False)
class _Unit:
    database: Database
    is_open: bool = True


def _unproven(actor: Any, document: Mapping[str, Any]) -> dict[str, Any]:
    del actor
    return dict(document)


async def _pass(point: Point) -> None:
    del point


@dataclass
class Transaction:
    """One unit of work: one session, one instant. It has no network, and nobody else can commit it."""

    session: AsyncSession
    now: datetime
    ids: Ids
    wakes: set[str] = field(default_factory=set)  # workers to wake after the commit: inbox, outbox, tasks
    # Returns a document with a local actor's proof on it; set by the node, which has the keys.
    prove: Callable[[Any, Mapping[str, Any]], dict[str, Any]] = _unproven
    reach: Callable[[Point], Awaitable[None]] = _pass  # as `Node.reach`; set by it
    _turns: set[str] = field(default_factory=set)

    async def take_turns(self, things: Iterable[str]) -> None:
        """Have *things*, ids of posts or of activities, for this unit of work alone, in whatever process it is.

        What is looked for and not found may be written by another at the same time, and neither sees the other's.
        On SQLite there is one writer at a time. Taking them again in the same unit of work costs nothing.
        """
        if self.session.get_bind().dialect.name != "postgresql":
            return
        fresh = set(things) - self._turns
        if fresh:
            self._turns |= fresh
            keys = (blake2b(one.encode(), digest_size=8).digest() for one in fresh)
            ordered = sorted(int.from_bytes(key, signed=True) for key in keys)  # nobody waits in a circle
            await self.session.execute(_TURNS, {"keys": ordered})

    async def lock_log(self) -> None:
        """Order appends to the log: ids become visible in their own order, so no cursor steps over one."""
        if self.session.get_bind().dialect.name == "postgresql":
            await self.session.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": LOG_LOCK})


class Database:
    """The store of one node. connections: most to PostgreSQL at a time; SQLite has as many as it needs."""

    def __init__(self, url: str, *, connections: int = CONNECTIONS) -> None:
        self.url = url
        self.engine = _engine(url, connections)
        self.is_sqlite = self.engine.dialect.name == "sqlite"
        self._writing = asyncio.Lock() if self.is_sqlite else None
        self._write = async_sessionmaker(self.engine, expire_on_commit=False)
        self._batch = async_sessionmaker(self.engine, class_=BatchSession, expire_on_commit=False)
        self._read = async_sessionmaker(
            self.engine.execution_options(reading=True), expire_on_commit=False, autoflush=False
        )

    @asynccontextmanager
    async def transaction(self, clock: Clock, ids: Ids, *, batch: bool = False) -> AsyncIterator[Transaction]:
        """Open a unit of work; commit at the end, roll back if anything is raised.

        batch: for many things at once; its session is a `BatchSession`.
        Raises Unavailable when the database is locked or gone, or another process has just written the same;
        RuntimeError inside another unit of work.
        """
        async with AsyncExitStack() as stack:
            stack.enter_context(self._alone())
            if self._writing is not None:
                await stack.enter_async_context(self._writing)
            session = await stack.enter_async_context(self._batch() if batch else self._write())
            tx = Transaction(session, clock.now(), ids)
            try:
                async with session.begin():
                    yield tx
                    if isinstance(session, BatchSession):
                        await session.write()
            except (DBAPIError, ConnectionError, PoolTimeout) as error:
                if not passes(error):
                    raise
                raise _unavailable(error) from error

    @contextmanager
    def _alone(self) -> Iterator[None]:
        if any(unit.is_open and unit.database is self for unit in _units.get()):
            raise RuntimeError("A unit of work was opened inside another: finish the first, or pass it on.")
        unit = _Unit(self)
        token = _units.set((*_units.get(), unit))
        try:
            yield
        finally:
            unit.is_open = False
            _units.reset(token)

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[AsyncSession]:
        """Open a session for reading; it never commits and never blocks a writer."""
        async with self._read() as session:
            watch(session.sync_session)
            try:
                yield session
            except PoolTimeout as error:  # every connection is in use
                raise _unavailable(error) from error
            finally:
                session.expunge_all()  # what was read stays readable: a roll-back would expire it
                await session.rollback()

    def connections_in_use(self) -> int:
        """Return how many connections of the pool somebody holds."""
        return cast("QueuePool", self.engine.pool).checkedout()

    async def dispose(self) -> None:
        """Close every connection."""
        await self.engine.dispose()


def _unavailable(error: Exception) -> Unavailable:
    return Unavailable(
        "The node's database cannot take this right now. Please try again in a moment.",
        detail=str(getattr(error, "orig", error)),
        retry_after=5,
    )


def passes(error: Exception) -> bool:
    """Tell whether the same may work the next time: the database is locked or gone, or another was faster (R06, R07)."""
    if not isinstance(error, DBAPIError):
        return True  # no connection is free, or nobody listens where the database should be
    if isinstance(error, (IntegrityError, OperationalError)) or error.connection_invalidated:
        return True
    return str(getattr(error.orig, "sqlstate", None) or "").startswith(_PASSING)


def _engine(url: str, connections: int) -> AsyncEngine:
    if not url.startswith("sqlite"):
        return create_async_engine(
            url, pool_size=connections, max_overflow=0, pool_timeout=WAIT_FOR_CONNECTION, pool_pre_ping=True
        )
    arguments = {"timeout": BUSY_TIMEOUT_MS / 1000}
    engine = create_async_engine(url, module=sqlite.Driver(), connect_args=arguments, pool_size=8)
    event.listen(engine.sync_engine, "connect", _prepare_sqlite)
    event.listen(engine.sync_engine, "begin", _begin_sqlite)
    event.listen(engine.sync_engine, "do_execute", sqlite.mark_heavy)
    event.listen(engine.sync_engine, "do_executemany", sqlite.mark_heavy)
    return engine


def _prepare_sqlite(connection: Any, _record: object) -> None:
    cursor = connection.cursor()
    for pragma in (
        "journal_mode=WAL",
        f"synchronous={SYNCHRONOUS}",
        "foreign_keys=ON",
        "cache_size=-8000",
        "temp_store=MEMORY",
    ):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    reading = connection.get_execution_options().get("reading", False)
    adapted = cast("sqlite.Adapted", connection.connection.dbapi_connection)
    try:
        adapted.begin(reading=reading)
    except sqlite3.OperationalError as error:  # SQLAlchemy translates errors of statements, not these
        raise OperationalError("BEGIN", (), error) from error
