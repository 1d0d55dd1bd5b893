"""What processes of one database tell each other: here two Database values, as two processes have them."""

from __future__ import annotations

import asyncio

import pytest
from sqlalchemy import text

from node.runtime import Node, Wake
from node.store import changes
from node.store.changes import LookedAt, Notified, changes_of
from node.store.database import Database
from node.store.triggers import KEPT, SWEPT_EVERY
from tests.support.archipelago import CountingIds
from tests.support.clock import ManualClock
from tests.support.databases import drop_database, fresh_database
from tests.support.quay import Quay


class Process:
    """One process of a database: what it does in it, and what it hears of it."""

    def __init__(self, url: str) -> None:
        self.database = Database(url)
        self.changes = changes_of(self.database, self.hear)
        self.said: list[set[str] | None] = []
        self.came = asyncio.Event()

    def hear(self, words):
        self.said.append(None if words is None else {one for one in words if not one.startswith("=")})
        self.came.set()

    async def commit(self, *wakes: str) -> None:
        async with self.database.transaction(ManualClock(), CountingIds("x")) as tx:
            tx.wakes.update(wakes)
            told = await self.changes.tell(tx)
        self.changes.committed(told)

    async def hears(self) -> set[str] | None:
        """Wait for the next that it hears, and return it."""
        async with asyncio.timeout(10):
            while not self.said:
                self.came.clear()
                await self.came.wait()
        return self.said.pop(0)

    async def close(self) -> None:
        await self.changes.close()
        await self.database.dispose()


@pytest.fixture
async def two(tmp_path):
    url = await fresh_database(tmp_path, "one")
    here, there = Process(url), Process(url)
    yield here, there
    await here.close()
    await there.close()
    await drop_database(url)


@pytest.fixture
async def listener(two):
    """The second process, listening."""
    _, there = two
    async with there.changes.listening():
        if isinstance(there.changes, Notified):
            assert await there.hears() is None  # what was told before nobody heard
        yield there


async def test_a_bell_rung_in_one_process_rings_in_the_other(two, listener):
    here, _ = two
    await here.commit("inbox", "tasks")
    assert await listener.hears() == {"!inbox", "!tasks"}
    await here.commit("outbox")
    assert await listener.hears() == {"!outbox"}


async def test_a_process_does_not_hear_itself(two, listener):
    """Else a worker that commits would wake itself up for ever."""
    here, _ = two
    await listener.commit("inbox")
    await here.commit("outbox")
    assert await listener.hears() == {"!outbox"}
    assert listener.said == []


async def test_what_was_rolled_back_rings_nowhere(two, listener):
    here, _ = two

    async def failing():
        async with here.database.transaction(ManualClock(), CountingIds("x")) as tx:
            tx.wakes.add("inbox")
            await here.changes.tell(tx)
            raise KeyError

    with pytest.raises(KeyError):
        await failing()
    await here.commit("outbox")
    assert await listener.hears() == {"!outbox"}


async def test_a_commit_that_wakes_nobody_tells_nothing(two, listener):
    here, _ = two
    await here.commit()
    await here.commit("outbox")
    assert await listener.hears() == {"!outbox"}


async def test_who_has_missed_something_is_told_so(two, monkeypatch):
    """SQLite: the table keeps the newest rows alone. PostgreSQL: the connection was lost."""
    monkeypatch.setattr(changes, "LISTEN_AGAIN", 0)
    here, there = two
    if isinstance(there.changes, LookedAt):
        there.changes.is_current()
        async with here.database.transaction(ManualClock(), CountingIds("x")) as tx:
            many = [{"told": f"p{number}"} for number in range(KEPT + 2 * SWEPT_EVERY)]
            await tx.session.execute(text("INSERT INTO changes (told) VALUES (:told)"), many)
        there.changes.is_current()
        assert there.said[0] is None
        assert KEPT <= len(there.said) - 1 < KEPT + SWEPT_EVERY
        return
    async with there.changes.listening():
        assert await there.hears() is None
        async with here.database.engine.connect() as connection:
            await connection.execute(
                text(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE 'LISTEN%'"
                    " AND datname = current_database()"
                )
            )
        assert await there.hears() is None
        assert await there.hears() is None  # lost, and listening again
        await here.commit("inbox")
        assert await there.hears() == {"!inbox"}


async def test_sqlite_looks_by_itself(two, monkeypatch):
    here, there = two
    if not isinstance(there.changes, LookedAt):
        return
    monkeypatch.setattr(changes, "LOOK_EVERY", 0)
    async with there.changes.listening():
        await here.commit("inbox")
        assert await there.hears() == {"!inbox"}


async def test_a_table_that_cannot_be_read_is_something_missed(two, tmp_path):
    here, there = two
    if not isinstance(there.changes, LookedAt):
        return
    there.changes.is_current()
    there.changes._connection.close()
    there.changes.is_current()
    assert there.said == [None]
    await here.commit("inbox")
    there.changes.is_current()  # a new connection: what was told before is no news
    await here.commit("outbox")
    there.changes.is_current()
    assert there.said == [None, {"!outbox"}]


async def test_a_worker_is_woken_by_what_it_hears():
    wake = Wake()
    wake.hear(["=abc", "!outbox", "p1", "!unknown"])
    assert [name for name, bell in wake._bells.items() if bell.is_set()] == ["outbox"]
    wake.hear(None)
    assert all(bell.is_set() for bell in wake._bells.values())


async def test_a_command_wakes_a_worker_that_waits_in_another_process(tmp_path, monkeypatch):
    """Two nodes on one database: what one commits ends the other's wait."""
    monkeypatch.setattr(changes, "LOOK_EVERY", 0)
    serving = await Quay.open(tmp_path)
    command = Node(
        settings=serving.node.settings,
        clock=serving.clock,
        ids=CountingIds("x"),
        database=Database(serving.node.database.engine.url.render_as_string(hide_password=False)),
        client=serving.node.client,
        keyring=serving.node.keyring,
    )
    async with serving.node.listening():
        serving.node.wake._bells["tasks"].clear()
        waiting = asyncio.create_task(serving.node.wake.wait("tasks", at_most=60))
        async with command.transaction() as tx:
            tx.wakes.add("tasks")
        await asyncio.wait_for(waiting, 10)
        assert not command.wake._bells["outbox"].is_set()
    await command.changes.close()
    await command.database.dispose()
    await serving.close()
