import pytest
from sqlalchemy import select

from node.errors import Gone
from node.local import passes
from node.store.tables.members import Pass


@pytest.fixture
async def beta(sea):
    return await sea.node("beta.example")


async def use(island, secret, purpose=passes.ADMINISTRATOR):
    async with island.node.transaction() as tx:
        await passes.use(tx, secret, purpose)


@pytest.fixture
async def secret(beta):
    async with beta.node.transaction() as tx:
        return await passes.issue(tx, passes.ADMINISTRATOR)


async def test_it_works_once(beta, secret):
    await use(beta, secret)
    with pytest.raises(Gone):
        await use(beta, secret)


async def test_it_is_not_kept_as_it_is(beta, secret):
    async with beta.node.reading() as session:
        assert await session.scalar(select(Pass.fingerprint)) != secret


async def test_it_is_good_for_its_purpose_and_its_time(beta, secret):
    with pytest.raises(Gone):
        await use(beta, secret, "password")
    beta.sea.clock.advance(hours=24)
    with pytest.raises(Gone):
        await use(beta, secret)


async def test_a_failure_after_it_gives_it_back(beta, secret):
    async def fails():
        async with beta.node.transaction() as tx:
            await passes.use(tx, secret, passes.ADMINISTRATOR)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await fails()
    await use(beta, secret)
