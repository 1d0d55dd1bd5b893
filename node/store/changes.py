"""What other processes of the same database are told after a commit, and how they hear it.

A commit tells words. ``!outbox`` is a bell: somebody has work (`runtime.Wake`). PostgreSQL carries them with NOTIFY. On
SQLite they are rows of a table, and whoever wants to know looks at ``PRAGMA data_version``, which moves with every
commit of others: that costs 3 microseconds, so it is done ten times a second by a process that has workers.

Nobody may depend on being told: a connection can be lost, a process can die between two commits.
"""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Callable, Collection
from contextlib import AbstractAsyncContextManager, asynccontextmanager, suppress
from typing import Any, Protocol
from uuid import uuid4

import structlog
from sqlalchemy import NullPool, text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import create_async_engine

from node.store.database import Database, Transaction

BELL = "!"  # begins the name of a bell
MARK = "="  # begins the name of the process that told
CHANNEL = "archipel"  # of NOTIFY; a database has its own
PAYLOAD = 7999  # bytes that PostgreSQL carries at most
LOOK_EVERY = 0.1  # seconds between two looks on SQLite
KEPT = 4096  # rows of the table that are kept
LISTEN_AGAIN = 1.0  # seconds after a lost connection
HEARTBEAT = 10.0  # seconds after which a silent connection is asked whether it is still there
ANSWER_WITHIN = 5.0  # seconds that it has for the answer

log = structlog.get_logger(__name__)

# Called with the words that one commit told; None: something was missed, so anything may have changed.
Hearer = Callable[[Collection[str] | None], None]


class Changes(Protocol):
    """How the processes of one database tell each other."""

    async def tell(self, tx: Transaction) -> None:
        """Tell, with the commit of *tx*, whom it wakes. The process itself does not hear it."""

    def listening(self) -> AbstractAsyncContextManager[None]:
        """Return a block inside which the process hears the others."""

    async def close(self) -> None:
        """Let go of the connection."""


def changes_of(database: Database, hear: Hearer) -> Changes:
    """Return what tells and hears in *database*. hear: called for what others tell."""
    return LookedAt(database, hear) if database.is_sqlite else Notified(database, hear)


class LookedAt:
    """SQLite: rows of the table `changes`."""

    def __init__(self, database: Database, hear: Hearer) -> None:
        self._path = database.engine.url.database or ""
        self._hear = hear
        self._mark = MARK + uuid4().hex[:8]
        self._connection: sqlite3.Connection | None = None
        self._version = self._last = 0

    async def tell(self, tx: Transaction) -> None:
        """Write a row, when there is anything to tell."""
        if tx.wakes:
            told = " ".join((self._mark, *(BELL + name for name in sorted(tx.wakes))))
            await tx.session.execute(text("INSERT INTO changes (told) VALUES (:told)"), {"told": told})
            await tx.session.execute(
                text("DELETE FROM changes WHERE id <= (SELECT max(id) FROM changes) - :kept"), {"kept": KEPT}
            )

    def look(self) -> None:
        """Hear what has been committed since the last look; takes microseconds when nothing was.

        The first look hears nothing: what was told before is no news.
        """
        try:
            self._look()
        except sqlite3.Error as error:  # busy, or the disk fails: the next look may do
            log.warning("changes not read", error=str(error))
            self._forget()
            self._hear(None)

    def _look(self) -> None:
        if self._connection is None:
            self._connection = sqlite3.connect(
                self._path, timeout=0.05, isolation_level=None, check_same_thread=False
            )
            self._version = _data_version(self._connection)
            self._last = self._newest()
            return
        version = _data_version(self._connection)
        if version == self._version:
            return
        self._version = version  # before the rows are read: what comes in between is seen the next time
        rows = self._connection.execute(
            "SELECT id, told FROM changes WHERE id > ? ORDER BY id", (self._last,)
        ).fetchall()
        if rows and rows[0][0] != self._last + 1:
            self._hear(None)
        for _, told in rows:
            words = told.split()
            if self._mark not in words:
                self._hear(words)
        self._last = rows[-1][0] if rows else self._last

    def _newest(self) -> int:
        assert self._connection is not None
        newest: int | None = self._connection.execute("SELECT max(id) FROM changes").fetchone()[0]
        return newest or 0

    @asynccontextmanager
    async def listening(self) -> AsyncIterator[None]:
        """Inside the block, look ten times a second."""
        self.look()
        task = asyncio.create_task(self._keep_looking())
        try:
            yield
        finally:
            await _end(task)

    async def _keep_looking(self) -> None:
        while True:
            await asyncio.sleep(LOOK_EVERY)
            self.look()

    def _forget(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    async def close(self) -> None:
        """Close the connection."""
        self._forget()


def _data_version(connection: sqlite3.Connection) -> int:
    version: int = connection.execute("PRAGMA data_version").fetchone()[0]
    return version


class Notified:
    """PostgreSQL: NOTIFY within the transaction, one connection that listens."""

    def __init__(self, database: Database, hear: Hearer) -> None:
        self._engine = create_async_engine(database.engine.url, poolclass=NullPool)
        self._hear = hear
        self._mark = MARK + uuid4().hex[:8]
        self.heard = asyncio.Event()  # set while the connection listens

    async def tell(self, tx: Transaction) -> None:
        """Notify, when there is anything to tell."""
        if tx.wakes:
            told = " ".join((self._mark, *(BELL + name for name in sorted(tx.wakes))))
            await tx.session.execute(
                text("SELECT pg_notify(:channel, :told)"), {"channel": CHANNEL, "told": told[:PAYLOAD]}
            )

    @asynccontextmanager
    async def listening(self) -> AsyncIterator[None]:
        """Inside the block, listen; after a lost connection on a new one."""
        task = asyncio.create_task(self._keep_listening())
        try:
            yield
        finally:
            await _end(task)

    async def _keep_listening(self) -> None:
        while True:
            try:
                await self._listen()
            except (SQLAlchemyError, OSError, TimeoutError) as error:
                log.warning("not listening to the database", error=str(error))
            except Exception:  # whatever the driver raises: nothing is heard until it listens again
                log.exception("not listening to the database")
            self.heard.clear()
            self._hear(None)
            await asyncio.sleep(LISTEN_AGAIN)

    async def _listen(self) -> None:
        """Listen until the connection is lost, which a heartbeat finds out where the network does not say it."""
        lost = asyncio.Event()
        async with self._engine.connect() as connection:
            driver: Any = (await connection.get_raw_connection()).driver_connection
            driver.add_termination_listener(lambda _: lost.set())
            await driver.add_listener(CHANNEL, self._notified)
            self._hear(None)  # what was told before was not heard
            self.heard.set()
            while not lost.is_set():
                with suppress(TimeoutError):
                    async with asyncio.timeout(HEARTBEAT):
                        await lost.wait()
                if not lost.is_set():
                    await asyncio.wait_for(driver.execute("SELECT 1"), ANSWER_WITHIN)
            await connection.invalidate()

    def _notified(self, _connection: Any, _process: int, _channel: str, payload: str) -> None:
        words = payload.split()
        if self._mark not in words:
            self._hear(words)

    async def close(self) -> None:
        """Nothing is held outside `listening`."""
        await self._engine.dispose()


async def _end(task: asyncio.Task[None]) -> None:
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task
