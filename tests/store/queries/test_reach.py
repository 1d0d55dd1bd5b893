"""Whom word reaches, found by either of two ways through the followers (R27), on both databases."""

import pytest
from sqlalchemy import event

from node.store.queries.reach import KNOWN_THERE, find_reach
from tests.support.rows import a_follow, a_group, an_actor


@pytest.fixture
async def node(sea):
    return (await sea.node("alpha.example")).node


async def a_crowd(tx, group, host, number, *, state="accepted"):
    """Followers on one server; returns the id of its peer."""
    for one in range(number):
        actor = await an_actor(tx, f"https://{host}/u/p{one}")
        await a_follow(tx, actor, group, state)
    return actor.peer_id


@pytest.mark.parametrize("others", [0, KNOWN_THERE * 2])
async def test_few_followers_and_many_are_found_alike(node, others):
    async with node.transaction() as tx:
        bees, wasps = await a_group(tx), await a_group(tx, "wasps")
        near = await a_crowd(tx, bees, "near.example", 2)
        asking = await a_crowd(tx, bees, "asking.example", 1, state="pending")
        if others:
            await a_crowd(tx, bees, "far.example", others)
        followees = [bees.id, wasps.id]
    asked = []
    event.listen(
        node.database.engine.sync_engine, "before_cursor_execute", lambda *given: asked.append(given[2])
    )
    async with node.reading() as session:
        found = await find_reach(session, [near, asking], followees=followees, actors=[], everyone=False)
    assert found.by_followee == {(near, followees[0]): ["https://near.example/inbox"]}
    assert found.followees == {near: [followees[0]]}
    by_peer = "followee_id + " in asked[-1]
    assert by_peer == bool(others), "a popular group's followers are not all read for a few peers"
