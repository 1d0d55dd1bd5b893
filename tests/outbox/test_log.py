from sqlmodel import func, select

from node.outbox import log
from node.outbox.audience import Target
from node.store.queries.log import find_entry, find_public
from node.store.tables.log import LogAudience
from tests.support.rows import a_local_actor, an_actor


async def write(tx, actor, number, *, targets=(), public=True):
    iri = f"https://alpha.example/activities/like/{number}"
    await log.append(
        tx, iri=iri, type="Like", actor=actor, body={"id": iri, "ü": 1}, public=public, targets=targets
    )
    return await find_entry(tx.session, iri)


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
