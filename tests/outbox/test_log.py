import pytest
from sqlmodel import col, func, select

from node.outbox import log
from node.outbox.audience import Target
from node.store.queries.log import find_entry, find_public, head
from node.store.tables.log import LogAudience, LogEntry
from tests.support.rows import a_local_actor, a_peer, an_actor


async def write(tx, actor, number, *, targets=(), public=True):
    iri = f"https://alpha.example/activities/like/{number}"
    return await log.append(
        tx, iri=iri, type="Like", actor=actor, body={"id": iri, "ü": 1}, public=public, targets=targets
    )


async def test_an_entry_is_written_once_and_its_audience_with_it(node):
    async with node.transaction() as tx:
        ada, bob = await a_local_actor(tx), await an_actor(tx)
        first = await write(tx, ada, 1, targets=[Target("actor", bob.id), Target("actor", bob.id)])
        again = await write(tx, ada, 1, targets=[Target("everyone")])
        assert again is first
        assert first.body == '{"id":"https://alpha.example/activities/like/1","ü":1}'
        assert await tx.session.scalar(select(func.count()).select_from(LogAudience)) == 1
        assert tx.wakes == {"outbox"}


async def test_what_nobody_is_to_hear_wakes_nobody(node):
    async with node.transaction() as tx:
        await write(tx, await a_local_actor(tx), 1)
        assert tx.wakes == set()


async def test_only_public_entries_are_handed_out(node):
    async with node.transaction() as tx:
        ada = await a_local_actor(tx)
        shown, hidden = await write(tx, ada, 1), await write(tx, ada, 2, public=False)
        assert await find_public(tx.session, shown.iri) is shown
        assert await find_public(tx.session, hidden.iri) is None
        assert await find_public(tx.session, "https://alpha.example/other") is None
        assert await find_entry(tx.session, hidden.iri) is hidden


@pytest.mark.parametrize(
    ("state", "left"),
    [("awake", [4, 5]), ("sleeping", [4, 5]), ("dead", [5]), ("paused", [5]), ("blocked", [5])],
)
async def test_old_entries_go_when_every_lane_in_use_has_passed_them(node, clock, state, left):
    async with node.transaction() as tx:
        ada = await a_local_actor(tx)
        entries = [await write(tx, ada, number, targets=[Target("everyone")]) for number in range(1, 6)]
        await a_peer(tx, "ahead.example", cursor=entries[4].id)
        chosen = {"blocked_at": tx.now} if state == "blocked" else {"state": state}
        await a_peer(tx, "behind.example", cursor=entries[2].id, **chosen)
    ids = [entry.id for entry in entries]
    clock.advance(days=31)
    async with node.transaction() as tx:
        swept = await log.sweep(tx, clock.now())
        kept = list(await tx.session.scalars(select(LogEntry.id).order_by(col(LogEntry.id))))
        assert kept == [ids[number - 1] for number in left]
        assert swept == 5 - len(left)
        rows = list(await tx.session.scalars(select(LogAudience.entry_id)))
        assert set(rows) == set(kept)


async def test_young_entries_stay_and_so_does_the_newest_for_its_number(node, clock):
    async with node.transaction() as tx:
        ada = await a_local_actor(tx)
        await write(tx, ada, 1)
        assert await log.sweep(tx, tx.now) == 0
        newest = await head(tx.session)
    clock.advance(days=31)
    async with node.transaction() as tx:
        assert await log.sweep(tx, clock.now()) == 0
        assert await head(tx.session) == newest
        assert (await write(tx, ada, 2)).id > newest
