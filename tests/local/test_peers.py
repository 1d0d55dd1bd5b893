import pytest

from node.errors import Conflict, Malformed, NotFound
from node.local import peers
from node.store.queries.arrivals import is_blocked


@pytest.fixture
async def node(sea):
    return (await sea.node("alpha.example")).node


async def blocked(node, host):
    async with node.reading() as session:
        return await is_blocked(session, [host])


async def test_a_block_holds_for_the_host_and_those_below_until_it_is_lifted(node):
    async with node.transaction() as tx:
        await peers.block(tx, "Spam.example", own="alpha.example", reason="x" * 600)
        await peers.block(tx, "spam.example", own="alpha.example", reason="again")
    assert await blocked(node, "spam.example")
    assert await blocked(node, "deep.spam.example")
    assert not await blocked(node, "notspam.example")
    async with node.transaction() as tx:
        await peers.unblock(tx, "spam.example")
    assert not await blocked(node, "spam.example")


@pytest.mark.parametrize("host", ["alpha.example", "example"])
async def test_a_node_does_not_block_itself(node, host):
    async with node.transaction() as tx:
        with pytest.raises(Conflict):
            await peers.block(tx, host, own="alpha.example")


@pytest.mark.parametrize("host", ["", "not a host", "https://spam.example", "a@b.example"])
async def test_what_is_no_host_is_refused(node, host):
    async with node.transaction() as tx:
        with pytest.raises(Malformed):
            await peers.block(tx, host, own="alpha.example")


async def test_an_unknown_peer_is_not_found(node):
    async with node.transaction() as tx:
        with pytest.raises(NotFound):
            await peers.get_peer(tx, "nowhere.example")
