"""Making actors of our own."""

from __future__ import annotations

import pytest

from node import app as composition
from node.errors import Conflict, Malformed, Misconfigured
from node.local.actors import check_name, ensure_instance_actor, found_group, new_keys, new_person
from tests.support.archipelago import a_key_pair
from tests.support.sea import SeaTransport


async def test_the_node_has_one_actor_however_often_it_starts(sea):
    node = (await sea.node("beta.example")).node
    first, again = await ensure_instance_actor(node), await ensure_instance_actor(node)
    assert first.id == again.id
    assert (first.iri, first.kind, first.username) == ("https://beta.example/", "Application", "beta.example")


async def test_a_database_begun_under_another_address_is_not_opened(sea):
    """Every id in it would be dead; the operator is told both addresses and what to do."""
    node = (await sea.node("beta.example")).node
    moved = node.settings.model_copy(update={"url": "https://gamma.example"})
    with pytest.raises(Misconfigured, match=r"belongs to https://beta\.example.*says https://gamma\.example"):
        await composition.open_node(
            moved, transport=SeaTransport(sea.chart, "gamma.example"), new_key_pair=a_key_pair
        )


async def test_persons_and_groups_share_one_space_of_names(sea):
    """RULE A3"""
    node = (await sea.node("beta.example")).node
    keys = await new_keys(node)
    async with node.transaction() as tx:
        ada = await new_person(tx, node.settings.home, "ada", keys)
        with pytest.raises(Conflict, match="ada is taken"):
            await found_group(tx, node.settings.home, "ada", keys, title="Ada", founder=ada)


@pytest.mark.parametrize("name", ["a", "Ada", "a-b", "a b", "é" * 3, "x" * 51, "admin", "_admin_", "inbox"])
def test_some_names_are_nobodys(name):
    with pytest.raises(Malformed):
        check_name(name)
