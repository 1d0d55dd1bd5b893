"""The connection that answers a statement in one visit to its thread."""

from __future__ import annotations

import sqlite3

import pytest
from sqlalchemy import text

from node.store import sqlite
from node.store.database import Database


@pytest.fixture
async def connection(tmp_path):
    connection = await sqlite.connect(str(tmp_path / "node.db"), isolation_level=None)
    yield connection
    await connection.close()


async def executed(connection, statement, *parameters):
    cursor = await connection.cursor().__aenter__()
    await cursor.execute(statement, parameters)
    return cursor


async def test_a_cursor_keeps_the_rows_and_what_is_told_of_them(connection):
    made = await executed(connection, "CREATE TABLE bees (id INTEGER PRIMARY KEY, name TEXT)")
    assert (made.description, await made.fetchall()) == (None, [])
    many = connection.cursor()
    await many.executemany("INSERT INTO bees (name) VALUES (?)", [("ann",), ("ben",)])
    assert many.rowcount == 2
    told = await executed(connection, "INSERT INTO bees (name) VALUES (?) RETURNING id, name", "cy")
    assert ([one[0] for one in told.description], told.rowcount, told.lastrowid) == (["id", "name"], 1, 3)
    assert await told.fetchall() == [(3, "cy")]
    assert await told.fetchall() == []
    await told.close()


async def test_errors_are_the_drivers_and_leave_the_connection_usable(connection):
    with pytest.raises(sqlite3.OperationalError, match="no such table"):
        await executed(connection, "SELECT * FROM wasps")
    assert await (await executed(connection, "SELECT 1")).fetchall() == [(1,)]
    await connection.close()
    with pytest.raises(ValueError, match="no active connection"):
        await executed(connection, "SELECT 1")


async def test_every_statement_of_a_node_takes_one_visit(tmp_path, monkeypatch):
    visits = []
    visit = sqlite.Connection.visit

    async def counted(self, work):
        visits.append(work)
        await visit(self, work)

    monkeypatch.setattr(sqlite.Connection, "visit", counted)
    database = Database(f"sqlite+aiosqlite:///{tmp_path / 'node.db'}")
    async with database.reading() as session:
        await session.execute(text("SELECT 1"))
        before = len(visits)
        assert [tuple(row) for row in await session.execute(text("SELECT 1 UNION SELECT 2"))] == [(1,), (2,)]
    assert len(visits) - before == 1
    await database.dispose()
