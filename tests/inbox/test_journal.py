"""The journal: once, by one worker, to an end with a reason."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest
from sqlmodel import select

from node.errors import Conflict
from node.ids import RandomIds
from node.inbox import journal
from node.store.database import Database
from node.store.queries import arrivals
from node.store.tables.all import metadata
from node.store.tables.arrivals import Arrival
from tests.support.clock import ManualClock


class Store:
    """A store of its own, with a clock."""

    def __init__(self, database):
        self.database, self.clock, self.ids = database, ManualClock(), RandomIds()

    def transaction(self):
        return self.database.transaction(self.clock, self.ids)

    async def all(self):
        async with self.database.reading() as session:
            return list(await session.scalars(select(Arrival).order_by(Arrival.id)))

    async def record(self, number=1):
        async with self.transaction() as tx:
            return await journal.record(tx, letter(number))

    async def claim(self, limit=10):
        async with self.transaction() as tx:
            return await journal.claim(tx, limit)

    async def claim_again(self):
        async with self.transaction() as tx:
            return await journal.claim_again(tx)


def letter(number=1):
    iri = f"https://good.example/activities/{number}"
    actor = "https://good.example/u/alice"
    return journal.Verified(iri=iri, type="Like", actor=actor, signer=actor, trust="actor", body="{}")


@pytest.fixture
async def store(tmp_path):
    database = Database(f"sqlite+aiosqlite:///{tmp_path / 'journal.db'}")
    async with database.engine.begin() as connection:
        await connection.run_sync(metadata.create_all)
    yield Store(database)
    await database.dispose()


async def test_a_repeat_is_recorded_once_and_is_no_error(store):
    """R23"""
    assert await store.record()
    assert not await store.record()
    assert len(await store.all()) == 1
    async with store.database.reading() as session:
        assert await arrivals.is_recorded(session, letter().iri)
        assert not await arrivals.is_recorded(session, letter(2).iri)


async def test_recording_wakes_the_worker(store):
    async with store.transaction() as tx:
        await journal.record(tx, letter())
        assert tx.wakes == {"inbox"}


async def test_ten_at_once_record_one(store):
    """R23"""
    outcomes = await asyncio.gather(*(store.record() for _ in range(10)))
    assert sorted(outcomes) == [False] * 9 + [True]


async def test_a_claim_counts_the_attempt_and_leases_in_order(store):
    for number in range(5):
        await store.record(number)
    claimed = await store.claim(limit=3)
    assert [one.iri for one in claimed] == [letter(number).iri for number in range(3)]
    assert [one.attempts for one in claimed] == [1, 1, 1]
    assert [one.attempts for one in await store.all()] == [1, 1, 1, 0, 0]


async def test_two_workers_never_hold_the_same(store):
    """R24"""
    for number in range(20):
        await store.record(number)
    batches = await asyncio.gather(*(store.claim(limit=5) for _ in range(6)))
    held = [one.iri for batch in batches for one in batch]
    assert len(held) == len(set(held)) == 20


async def test_a_lost_lease_is_claimed_again_alone_and_the_late_holder_is_refused(store):
    """R25, R26"""
    await store.record(1)
    await store.record(2)
    (stale, _) = await store.claim()
    assert await store.claim_again() is None
    store.clock.advance(minutes=6)
    assert await store.claim() == []
    again = await store.claim_again()
    assert (again.iri, again.attempts) == (letter(1).iri, 2)
    with pytest.raises(Conflict):
        async with store.transaction() as tx:
            await journal.close(tx, stale, "done")
    async with store.transaction() as tx:
        await journal.close(tx, again, "done", "handled")
    first = (await store.all())[0]
    assert (first.state, first.reason, first.closed_at) == ("done", "handled", store.clock.now())


async def test_five_attempts_over_a_day_then_a_dead_letter_with_its_reason(store):
    """B.9.11, R17"""
    await store.record()
    began = store.clock.now()
    (arrival,) = await store.claim()
    for delay in journal.DELAYS:
        assert not journal.is_last_attempt(arrival)
        async with store.transaction() as tx:
            await journal.retry(tx, arrival, "The peer is away.")
        store.clock.advance(seconds=delay.total_seconds() - 1)
        assert await store.claim_again() is None
        store.clock.advance(seconds=1)
        arrival = await store.claim_again()
    assert journal.is_last_attempt(arrival)
    assert timedelta(hours=24) <= store.clock.now() - began <= timedelta(hours=25)
    async with store.transaction() as tx:
        await journal.retry(tx, arrival, "The peer is away.")
    async with store.database.reading() as session:
        (dead,) = await arrivals.dead_letters(session)
    assert (dead.state, dead.reason, dead.attempts) == ("dead", "The peer is away.", 5)


async def test_a_retry_waits_as_long_as_it_is_told(store):
    await store.record()
    (arrival,) = await store.claim()
    async with store.transaction() as tx:
        await journal.retry(tx, arrival, "", timedelta(hours=3))
    store.clock.advance(hours=2)
    assert await store.claim_again() is None
    store.clock.advance(hours=1)
    assert await store.claim_again() is not None


async def test_what_kills_its_worker_five_times_is_parked_by_the_sweep(store):
    """R17"""
    await store.record()
    await store.claim()
    for _ in range(4):
        store.clock.advance(minutes=6)
        assert await store.claim_again() is not None
    store.clock.advance(minutes=6)
    assert await store.claim_again() is None
    async with store.transaction() as tx:
        assert await journal.park(tx) == 1
    (dead,) = await store.all()
    assert dead.state == "dead"
    assert dead.reason
