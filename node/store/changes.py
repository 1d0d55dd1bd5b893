"""What a commit tells all processes of its database, and how they hear it.

A commit tells words. ``!outbox`` is a bell: somebody has work (`runtime.Wake`); a process does not hear its own. ``p12`` is
a change: the triggers of the database say which rows are new (`store.triggers`), and every process hears it.

SQLite: words are rows of the table `changes`. Whoever wants to know looks at ``PRAGMA data_version``, which moves with
every commit of others. That costs 3 microseconds, so what is kept in memory is good as of the moment of the look. For the
bells a process with workers looks ten times a second.

PostgreSQL: words travel by NOTIFY, within the transaction, to one connection of each process. A process knows when its own
commits have come back to it, so what it did itself is never hidden by what it keeps; of others' commits it hears a moment
after them. While it does not listen, it knows that it does not know.
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
from node.store.triggers import CHANNEL

BELL = "!"  # begins the name of a bell
MARK = "="  # begins the name of the process that told
LOOK_EVERY = 0.1  # seconds between two looks on SQLite
CATCH_UP_WITHIN = 1.0  # seconds that a reader waits for the commits of its own process to come back
LISTEN_AGAIN = 1.0  # seconds after a lost connection
HEARTBEAT = 10.0  # seconds after which a silent connection is asked whether it is still there
ANSWER_WITHIN = 5.0  # seconds that it has for the answer

log = structlog.get_logger(__name__)

# Called with the words that one commit told; None: something was missed, so anything may have changed.
Hearer = Callable[[Collection[str] | None], None]


class Changes(Protocol):
    """How the processes of one database tell each other."""

    marking: bool  # somebody keeps what the commits of this very process may change

    async def tell(self, tx: Transaction) -> int:
        """Tell, with the commit of *tx*, whom it wakes; return the number by which `committed` knows it."""

    def committed(self, number: int) -> None:
        """Take note that the transaction of that number is committed; of one that is rolled back nothing is said."""

    def is_current(self) -> bool:
        """Tell whether everything has been heard that this process committed; on SQLite, that anybody did."""

    async def catch_up(self) -> bool:
        """Wait a moment until `is_current`, and return whether it is."""

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
        self.marking = False

    async def tell(self, tx: Transaction) -> int:
        """Write a row, when there is anything to tell."""
        if tx.wakes:
            told = " ".join((self._mark, *(BELL + name for name in sorted(tx.wakes))))
            await tx.session.execute(text("INSERT INTO changes (told) VALUES (:told)"), {"told": told})
        return 0

    def committed(self, number: int) -> None:
        """Nothing to note: the next look sees it."""

    def is_current(self) -> bool:
        """Look at what has been committed since the last look; takes microseconds when nothing was.

        False when it cannot be read. The first look hears nothing: what was told before is no news.
        """
        try:
            self._look()
        except sqlite3.Error as error:  # busy, or the disk fails: the next look may do
            log.warning("changes not read", error=str(error))
            self._forget()
            self._hear(None)
            return False
        return True

    async def catch_up(self) -> bool:
        """Look once: waiting helps nothing."""
        return self.is_current()

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
        self.is_current()
        task = asyncio.create_task(self._keep_looking())
        try:
            yield
        finally:
            await _end(task)

    async def _keep_looking(self) -> None:
        while True:
            await asyncio.sleep(LOOK_EVERY)
            self.is_current()

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
        self._mark = f"{MARK}{uuid4().hex[:8]}:"
        self._number = 0  # of the last transaction that told anything
        self._awaited: set[int] = set()  # committed, not come back yet
        self._early: set[int] = set()  # come back before `committed` was called
        self._quiet = asyncio.Event()  # set while nothing is awaited
        self._quiet.set()
        self.is_listening = False
        self.marking = False

    async def tell(self, tx: Transaction) -> int:
        """Notify, when there is anything to tell, or somebody wants to know when it comes back."""
        marked = self.marking and self.is_listening
        if not tx.wakes and not marked:
            return 0
        self._number += marked
        number = self._number if marked else 0
        told = " ".join((f"{self._mark}{number}", *(BELL + name for name in sorted(tx.wakes))))
        await tx.session.execute(
            text("SELECT pg_notify(:channel, :told)"), {"channel": CHANNEL, "told": told}
        )
        return number

    def committed(self, number: int) -> None:
        """Await the word of the transaction, unless it has come already."""
        if number in self._early:
            self._early.discard(number)
        elif number and self.is_listening:
            self._awaited.add(number)
            self._quiet.clear()

    def is_current(self) -> bool:
        """Tell whether it listens and nothing of its own is awaited."""
        return self.is_listening and not self._awaited

    async def catch_up(self) -> bool:
        """Wait until nothing of its own is awaited, or for a second."""
        if self.is_listening:
            with suppress(TimeoutError):
                async with asyncio.timeout(CATCH_UP_WITHIN):
                    await self._quiet.wait()
        return self.is_current()

    @asynccontextmanager
    async def listening(self) -> AsyncIterator[None]:
        """Inside the block, listen; after a lost connection on a new one. Begins when it has been tried once."""
        tried = asyncio.Event()
        task = asyncio.create_task(self._keep_listening(tried))
        await tried.wait()
        try:
            yield
        finally:
            await _end(task)

    async def _keep_listening(self, tried: asyncio.Event) -> None:
        while True:
            try:
                await self._listen(tried)
            except (SQLAlchemyError, OSError, TimeoutError) as error:
                log.warning("not listening to the database", error=str(error))
            except Exception:  # whatever the driver raises: nothing is heard until it listens again
                log.exception("not listening to the database")
            finally:
                self._deaf()
                tried.set()
            await asyncio.sleep(LISTEN_AGAIN)

    def _deaf(self) -> None:
        self.is_listening = False
        self._awaited.clear()
        self._early.clear()
        self._quiet.set()
        self._hear(None)

    async def _listen(self, tried: asyncio.Event) -> None:
        """Listen until the connection is lost, which a heartbeat finds out where the network does not say it."""
        lost = asyncio.Event()
        async with self._engine.connect() as connection:
            driver: Any = (await connection.get_raw_connection()).driver_connection
            driver.add_termination_listener(lambda _: lost.set())
            await driver.add_listener(CHANNEL, self._notified)
            self._hear(None)  # what was told before was not heard
            self.is_listening = True
            tried.set()
            while not lost.is_set():
                with suppress(TimeoutError):
                    async with asyncio.timeout(HEARTBEAT):
                        await lost.wait()
                if not lost.is_set():
                    await asyncio.wait_for(driver.execute("SELECT 1"), ANSWER_WITHIN)
            await connection.invalidate()

    def _notified(self, _connection: Any, _process: int, _channel: str, payload: str) -> None:
        words = payload.split()
        if not words[0].startswith(self._mark):
            self._hear(words)
            return
        number = int(words[0].removeprefix(self._mark))
        if number in self._awaited:
            self._awaited.discard(number)
        elif number:
            self._early.add(number)
        if not self._awaited:
            self._quiet.set()

    async def close(self) -> None:
        """Nothing is held outside `listening`."""
        await self._engine.dispose()


async def _end(task: asyncio.Task[None]) -> None:
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task
