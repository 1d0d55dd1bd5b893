"""Connections and units of work."""

from __future__ import annotations

import asyncio
import contextvars
import subprocess
import sys

import pytest
from sqlalchemy import text
from sqlmodel import col, select

from node.errors import Unavailable
from node.store.database import Database
from node.store.tables.peers import Peer
from tests.support.archipelago import CountingIds
from tests.support.clock import ManualClock
from tests.support.databases import drop_database, fresh_database

ASK = """
import asyncio, sys
from sqlalchemy import text
from node.store.database import Database
async def main():
    database = Database(f"sqlite+aiosqlite:///{sys.argv[1]}/a.db")
    async with database.reading() as session:
        for name in ("journal_mode", "synchronous", "foreign_keys"):
            print(await session.scalar(text(f"PRAGMA {name}")))
    await database.dispose()
asyncio.run(main())
"""


@pytest.fixture
async def database(tmp_path):
    database = Database(await fresh_database(tmp_path, "one"))
    yield database
    await database.dispose()
    await drop_database(database.url)


def unit(database):
    return database.transaction(ManualClock(), CountingIds("x"))


def a_peer(tx, host):
    tx.session.add(Peer(host=host, first_seen=tx.now))


async def hosts(database):
    async with database.reading() as session:
        return list(await session.scalars(select(Peer.host).order_by(col(Peer.host))))


def test_what_was_answered_with_2xx_is_on_the_disk(tmp_path):
    """R08: in a process that no test has touched, SQLite waits for the disk at each commit."""
    asked = subprocess.run([sys.executable, "-c", ASK, tmp_path], capture_output=True, text=True, check=True)
    assert asked.stdout.split() == ["wal", "2", "1"]


async def test_a_unit_of_work_is_all_or_nothing(database):
    async with unit(database) as tx:
        a_peer(tx, "kept.example")

    async def failing():
        async with unit(database) as tx:
            a_peer(tx, "lost.example")
            await tx.session.flush()
            raise KeyError

    with pytest.raises(KeyError):
        await failing()
    assert await hosts(database) == ["kept.example"]


async def test_a_unit_of_work_inside_another_is_refused(database):
    """It would wait for itself for ever."""
    async with unit(database):
        with pytest.raises(RuntimeError, match="inside another"):
            async with unit(database):
                pass
    async with unit(database) as tx:
        a_peer(tx, "after.example")
    assert await hosts(database) == ["after.example"]


async def test_two_databases_are_two(database, tmp_path):
    other = Database(await fresh_database(tmp_path, "two"))
    async with unit(database) as tx, unit(other):
        a_peer(tx, "a.example")
    assert await hosts(other) == []
    await other.dispose()
    await drop_database(other.url)


async def test_a_locked_database_is_said_to_be_unavailable(database, monkeypatch):
    """R06: after the wait, in words, and with a time to try again."""
    if not database.is_sqlite:
        return  # writers of PostgreSQL do not lock each other out
    monkeypatch.setattr("node.store.database.BUSY_TIMEOUT_MS", 1)
    impatient = Database(database.url)
    async with unit(database) as holder:
        a_peer(holder, "first.example")
        await holder.session.flush()
        with pytest.raises(Unavailable, match="try again") as caught:
            async with unit(impatient) as tx:
                a_peer(tx, "late.example")
    assert caught.value.retry_after == 5
    await impatient.dispose()


async def test_who_comes_second_with_the_same_is_asked_to_come_again(database):
    """Two processes that meet a new peer at once: one of them tries anew, and finds it."""

    async def twice():
        async with unit(database) as tx:
            a_peer(tx, "same.example")
            a_peer(tx, "same.example")

    with pytest.raises(Unavailable, match="try again"):
        await twice()


async def test_who_finds_every_connection_in_use_is_asked_to_come_again(database, monkeypatch):
    if database.is_sqlite:
        return  # has as many as are asked for
    monkeypatch.setattr("node.store.database.WAIT_FOR_CONNECTION", 0.01)
    narrow = Database(database.url, connections=2)
    async with unit(narrow) as one, narrow.reading() as two:
        await one.session.execute(text("SELECT 1"))
        await two.execute(text("SELECT 1"))
        with pytest.raises(Unavailable, match="try again"):
            async with narrow.reading() as third:
                await third.execute(text("SELECT 1"))

        async def writes():
            async with unit(narrow) as tx:
                await tx.session.execute(text("SELECT 1"))

        with pytest.raises(Unavailable, match="try again"):
            await asyncio.create_task(writes(), context=contextvars.Context())
    await narrow.dispose()
