import pytest
from sqlalchemy import select

from node.ids import fingerprint
from node.local import sessions
from node.store.queries.members import find_account
from node.store.tables.members import Member, Session


@pytest.fixture
async def beta(sea):
    island = await sea.node("beta.example")
    await island.member("ada")
    return island


async def start(island, **given):
    async with island.node.transaction() as tx:
        return await sessions.start(tx, await tx.session.get_one(Member, 1), **given)


async def whose(island, secret):
    async with island.node.reading() as session:
        found = await find_account(session, secret, island.sea.clock.now())
        return found.name if found else None


async def test_only_the_fingerprint_is_kept(beta):
    secret = await start(beta)
    async with beta.node.reading() as session:
        kept = await session.scalar(select(Session.fingerprint))
    assert kept == fingerprint(secret)
    assert await whose(beta, secret) == "ada"
    assert await whose(beta, kept) is None


async def test_a_new_one_replaces_the_browsers_former_one(beta):
    first = await start(beta)
    other = await start(beta)
    second = await start(beta, instead_of=first)
    assert [await whose(beta, one) for one in (first, other, second)] == [None, "ada", "ada"]


async def test_it_ends_in_every_way(beta):
    first, second = await start(beta), await start(beta)
    async with beta.node.transaction() as tx:
        await sessions.end(tx, first)
    assert await whose(beta, first) is None
    async with beta.node.transaction() as tx:
        await sessions.end_all(tx, 1)
    assert await whose(beta, second) is None
    third = await start(beta)
    beta.sea.clock.advance(days=30)
    assert await whose(beta, third) is None
