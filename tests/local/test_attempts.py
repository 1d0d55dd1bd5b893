from datetime import timedelta

import pytest

from node.errors import TooMany
from node.local import attempts
from node.local.attempts import Limit

LIMIT = Limit(3, timedelta(minutes=10), "Too often.")


@pytest.fixture
async def beta(sea):
    return await sea.node("beta.example")


async def spend(island, key="account:ada"):
    async with island.node.transaction() as tx:
        await attempts.spend(tx, key, LIMIT)


async def test_the_limit_is_a_boundary(beta):
    for _ in range(3):
        await spend(beta)
    beta.sea.clock.advance(minutes=4)
    with pytest.raises(TooMany) as refused:
        await spend(beta)
    assert refused.value.retry_after == 6 * 60
    await spend(beta, "account:bo")


async def test_the_window_begins_with_the_first_try(beta):
    for _ in range(3):
        await spend(beta)
        beta.sea.clock.advance(minutes=3)
    with pytest.raises(TooMany):
        await spend(beta)
    beta.sea.clock.advance(minutes=1)
    for _ in range(3):
        await spend(beta)


async def test_success_forgets(beta):
    for _ in range(3):
        await spend(beta)
    async with beta.node.transaction() as tx:
        await attempts.forget(tx, "account:ada")
    await spend(beta)
