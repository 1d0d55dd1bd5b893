"""Statements of SQLite: quick ones in the loop's thread, those that may have to wait in the connection's own."""

from __future__ import annotations

import asyncio
import sqlite3
import threading

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError, OperationalError

from node.store import sqlite
from node.store.database import Database
from tests.support.archipelago import CountingIds
from tests.support.clock import ManualClock

# Counts to four hundred thousand: several times the budget, and no row that could be shown before.
LONG = (
    "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 400000) SELECT count(*) FROM n"
)


@pytest.fixture
async def database(tmp_path):
    database = Database(f"sqlite+aiosqlite:///{tmp_path / 'node.db'}")
    async with unit(database) as tx:
        await tx.session.execute(text("CREATE TABLE bees (id INTEGER PRIMARY KEY, name TEXT UNIQUE)"))
    yield database
    await database.dispose()


@pytest.fixture
def visits(monkeypatch):
    """What was done in a connection's own thread, as it comes."""
    visits = []
    patiently = sqlite.Connection._patiently

    def noted(self, work):
        visits.append(threading.current_thread())
        patiently(self, work)

    monkeypatch.setattr(sqlite.Connection, "_patiently", noted)
    return visits


@pytest.fixture
def begun(monkeypatch):
    """Kinds of what was begun in the loop's thread, as it comes."""
    begun = []
    here = sqlite.Connection.here

    def noted(self, kind, work):
        begun.append(kind)
        return here(self, kind, work)

    monkeypatch.setattr(sqlite.Connection, "here", noted)
    return begun


def unit(database):
    return database.transaction(ManualClock(), CountingIds("x"))


async def names(database):
    async with database.reading() as session:
        return list(await session.scalars(text("SELECT name FROM bees ORDER BY id")))


async def hold(session, statement, **values):
    return (await session.execute(text(statement), values)).all()


@pytest.mark.parametrize(
    ("statement", "kind"),
    [
        ("SELECT 1", "read"),
        ("\n select 1", "read"),
        ("WITH n AS (SELECT 1) SELECT * FROM n", "read"),
        ("WITH n AS (SELECT 1) UPDATE bees SET name = 'x'", "write"),
        ("INSERT INTO bees VALUES (1)", "write"),
        ("ROLLBACK TO SAVEPOINT a", "write"),
        ("COMMIT", "slow"),
        ("CREATE TABLE wasps (id)", "slow"),
        ("PRAGMA journal_mode=WAL", "slow"),
        ("", "slow"),
    ],
)
def test_only_reads_may_be_interrupted_and_only_known_words_run_at_once(statement, kind):
    assert sqlite.kind_of(statement) == kind


async def test_reading_needs_no_visit_and_writing_one_for_its_commit(database, visits):
    assert await names(database) == []
    assert visits == []
    async with unit(database) as tx:
        await tx.session.execute(text("INSERT INTO bees (name) VALUES ('ann')"))
        async with tx.session.begin_nested():
            assert await hold(tx.session, "SELECT name FROM bees") == [("ann",)]
        assert visits == []
    assert len(visits) == 1
    assert visits[0] is not threading.current_thread()
    async with unit(database) as tx:  # nothing to wait for the disk with
        await hold(tx.session, "SELECT 1")
    assert len(visits) == 1


async def test_a_long_read_holds_up_nobody(database, visits, begun):
    """It is interrupted, and begun anew in the connection's thread; the next time it begins there."""
    turns = 0

    async def others():
        nonlocal turns
        while True:
            await asyncio.sleep(0)
            turns += 1

    other = asyncio.create_task(others())
    async with database.reading() as session:
        assert await hold(session, LONG) == [(400000,)]
        assert turns > 100
        assert await hold(session, "SELECT 1") == [(1,)]
        other.cancel()
        assert len(visits) == 1
        begun.clear()
        assert await hold(session, LONG) == [(400000,)]
        assert (len(visits), begun) == (2, [])


async def test_an_interrupted_read_leaves_its_transaction_as_it_was(database):
    async with unit(database) as tx:
        await tx.session.execute(text("INSERT INTO bees (name) VALUES ('ann')"))
        assert await hold(tx.session, LONG) == [(400000,)]
        await tx.session.execute(text("INSERT INTO bees (name) VALUES ('ben')"))
    assert await names(database) == ["ann", "ben"]


async def test_a_long_write_is_not_interrupted_and_goes_to_the_thread_from_then_on(database, visits):
    fill = LONG.replace(
        "SELECT count(*) FROM n", "INSERT INTO bees (name) SELECT 'x' || :no || max(i) FROM n"
    )
    async with unit(database) as tx:
        await tx.session.execute(text(fill), {"no": 1})
        assert visits == []
        await tx.session.execute(text(fill), {"no": 2})
        assert len(visits) == 1
    assert await names(database) == ["x1400000", "x2400000"]


async def test_what_is_marked_heavy_goes_to_the_thread_from_the_start(database, visits):
    async with unit(database) as tx:
        heavy = {"heavy": True}
        await tx.session.execute(text("UPDATE bees SET name = 'x'"), execution_options=heavy)
        assert len(visits) == 1
        await tx.session.execute(text("UPDATE bees SET name = 'x'"))
        assert len(visits) == 1


async def test_errors_are_the_same_and_leave_the_transaction_usable(database):
    async with unit(database) as tx:
        await tx.session.execute(text("INSERT INTO bees (name) VALUES ('ann')"))
        with pytest.raises(OperationalError, match="no such table"):
            await hold(tx.session, "SELECT * FROM wasps")
        with pytest.raises(IntegrityError):
            async with tx.session.begin_nested():
                await tx.session.execute(text("INSERT INTO bees (name) VALUES ('cy'), ('ann')"))
        await tx.session.execute(text("INSERT INTO bees (name) VALUES ('ben')"))
    assert await names(database) == ["ann", "ben"]


async def test_a_writer_waits_for_another_process_without_holding_up_the_loop(database, tmp_path, visits):
    """R06: the lock is tried at once; the wait for it is the thread's."""
    other = sqlite3.connect(tmp_path / "node.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")

    async def write():
        async with unit(database) as tx:
            await tx.session.execute(text("INSERT INTO bees (name) VALUES ('ann')"))

    writing = asyncio.create_task(write())
    while not visits:
        await asyncio.sleep(0)
    assert await names(database) == []  # the loop is free meanwhile, and so are readers
    other.execute("COMMIT")
    other.close()
    await writing
    assert await names(database) == ["ann"]


async def test_who_gives_up_waiting_leaves_no_transaction_open(database, tmp_path, visits):
    other = sqlite3.connect(tmp_path / "node.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")

    async def write(name):
        async with unit(database) as tx:
            await tx.session.execute(text("INSERT INTO bees (name) VALUES (:name)"), {"name": name})

    writing = asyncio.create_task(write("ann"))
    while not visits:
        await asyncio.sleep(0)
    writing.cancel()
    await asyncio.sleep(0)
    other.execute("COMMIT")
    other.close()
    with pytest.raises(asyncio.CancelledError):
        await writing
    await write("ben")
    assert await names(database) == ["ben"]


async def test_who_gives_up_a_long_read_leaves_the_connection_usable(database, visits):
    async def read():
        async with database.reading() as session:
            await session.execute(text(LONG), execution_options={"heavy": True})

    reading = asyncio.create_task(read())
    while not visits:
        await asyncio.sleep(0)
    reading.cancel()
    with pytest.raises(asyncio.CancelledError):
        await reading
    assert await names(database) == []


async def test_a_closed_connection_is_said_to_be_closed(tmp_path):
    driver = sqlite.Driver()
    connection = await sqlite.Connection(
        lambda: sqlite3.connect(tmp_path / "a.db", check_same_thread=False), patience=1, pace=driver.pace
    )
    await connection.close()
    with pytest.raises(ValueError, match="no active connection"):
        await connection.visit(lambda raw: None)


async def test_who_waits_for_another_process_knocks_again_and_again(database, monkeypatch):
    """SQLite's own way of waiting comes to look ten times a second: a busy process hardly ever lets it in."""
    other = sqlite3.connect(database.engine.url.database, isolation_level=None, check_same_thread=False)
    other.execute("BEGIN IMMEDIATE")
    knocks = []

    def sleep(seconds):
        knocks.append(seconds)
        if len(knocks) == 3:
            other.execute("COMMIT")

    monkeypatch.setattr(sqlite.time, "sleep", sleep)
    async with unit(database) as tx:
        await tx.session.execute(text("INSERT INTO bees (name) VALUES ('ada')"))
    assert knocks == [sqlite.KNOCK_EVERY] * 3
    other.close()
