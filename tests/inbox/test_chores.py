"""What comes again by the clock is done by one process of all (R25)."""

from __future__ import annotations

import asyncio
import dataclasses

import pytest

from node.errors import Unavailable
from node.inbox import chores
from node.inbox.chores import CHORES, do_due
from node.store.database import Database


@pytest.fixture
async def twin(quay):
    """Another process of the same node."""
    node = dataclasses.replace(quay.node, database=Database(quay.node.settings.database_url))
    yield node
    await node.database.dispose()


@pytest.fixture
def done(monkeypatch):
    """What was swept, by whom."""
    done = []

    async def work(held):
        done.append(held.node)

    monkeypatch.setitem(CHORES, "sweep", (CHORES["sweep"][0], work))
    return done


async def test_of_two_processes_one_does_it(quay, twin, done):
    for minute in range(62):
        await asyncio.gather(do_due(quay.node), do_due(twin))
        quay.clock.advance(minutes=1)
        assert len(done) == 1 + minute // 60


async def test_one_that_died_in_the_middle_is_followed_when_its_lease_ends(quay, twin, done, monkeypatch):
    started = asyncio.Event()

    async def hangs(held):
        started.set()
        await asyncio.Event().wait()

    with monkeypatch.context() as patch:
        patch.setitem(CHORES, "sweep", (CHORES["sweep"][0], hangs))
        dying = asyncio.create_task(do_due(quay.node))
        await started.wait()
        dying.cancel()
    await do_due(twin)
    assert done == []
    quay.clock.advance(minutes=4)
    await do_due(twin)
    assert done == []
    quay.clock.advance(minutes=2)
    await do_due(twin)
    assert done == [twin]


async def test_one_that_was_slow_finds_that_it_lost_it_and_stops(quay, twin, done, monkeypatch):
    steps = []

    async def slow(held):
        for step in range(10):
            quay.clock.advance(minutes=2 if step < 3 else 6)  # renewed in time, then not
            if step == 3:
                await do_due(twin)
            await held.go_on()
            steps.append(step)

    first, real = slow, CHORES["sweep"][1]

    async def work(held):
        await (first if held.node is quay.node else real)(held)

    monkeypatch.setitem(CHORES, "sweep", (CHORES["sweep"][0], work))
    assert "sweep" not in await do_due(quay.node)
    assert (steps, done) == ([0, 1, 2], [twin])
    assert "sweep" not in await do_due(twin)  # an hour has not gone by since the other was done


async def test_what_failed_is_tried_again_at_the_next_look(quay, twin, done, monkeypatch):
    async def fails(held):
        raise Unavailable("The disk is full.")

    with monkeypatch.context() as patch:
        patch.setitem(CHORES, "sweep", (CHORES["sweep"][0], fails))
        assert "sweep" not in await do_due(quay.node)
    assert "sweep" in await do_due(twin)
    assert done == [twin]


async def test_a_clock_that_was_ten_years_ahead_holds_up_nothing(quay, twin, done):
    quay.clock.advance(days=3650)
    await do_due(quay.node)
    quay.clock.advance(days=-3650)
    await do_due(twin)
    assert done == [quay.node, twin]


async def test_they_are_done_until_the_node_stops(quay, done):
    stopping = asyncio.Event()
    running = asyncio.create_task(chores.run(quay.node, stopping))
    while not done:
        await asyncio.sleep(0)
    stopping.set()
    await running
    assert done == [quay.node]
