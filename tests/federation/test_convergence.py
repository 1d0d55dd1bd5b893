"""Nodes that have heard the same show the same, whatever the order and however often (R36)."""

from __future__ import annotations

import pytest
from sqlmodel import col, update

from node.activities import curate, lock
from node.activities.perform import perform
from node.store.queries.actors import get_actor
from node.store.queries.posts import get_post
from node.store.tables.posts import Post
from tests.support.staging import staged
from tests.support.state import differences, public_state


@pytest.fixture
async def talk(sea, alpha, beta, gamma, bees):
    """A thread with answers, votes and a pin; everybody follows the group."""

    async def play():
        ada, cy = await alpha.member("ada", follows=bees), await gamma.member("cy", follows=bees)
        await sea.settle()
        thread = await ada.posts(bees, title="Swarm season", text="*Early* this year")
        await sea.settle()
        answer = await cy.answers(thread, "And loud")
        gone = await cy.answers(thread, "Not meant so")
        await sea.settle()
        await ada.answers(answer, "Very")
        await ada.votes(answer, 1)
        await cy.votes(thread, -1)
        await cy.deletes(gone)
        await sea.settle()
        async with beta.node.transaction() as tx:
            founder = await get_actor(tx.session, bees.founder.iri)
            group, post = await get_actor(tx.session, bees.iri), await get_post(tx.session, thread)
            await perform(tx, curate.compose_pin(tx, founder, group, post, pin=True))
            await perform(tx, await lock.compose(tx, founder, post))
        await sea.settle()

    await staged(sea, play)
    return (await beta.iris_of_posts())[0]


async def states(sea):
    return {host: await public_state(island.node.database) for host, island in sea.nodes.items()}


async def test_nodes_that_heard_all_show_the_same(sea, talk, bees):
    found = await states(sea)
    assert differences(found) == []
    shown = found["gamma.example"]
    assert (len(shown["posts"]), len(shown["hidden"]), len(shown["votes"])) == (3, 1, 2)
    assert (shown["posts"][talk]["locked"], shown["posts"][talk]["comments"]) == (True, 2)
    only = await public_state(sea.nodes["beta.example"].node.database, groups=[])
    assert (only["posts"], only["moderators"]) == ({}, {})


async def test_what_differs_is_named(sea, gamma, talk, bees):
    async with gamma.node.transaction() as tx:
        await tx.session.execute(update(Post).where(col(Post.iri) == talk).values(score=7))
    assert differences(await states(sea)) == [
        f"posts {talk}: alpha.example {{'score': -1}} | beta.example {{'score': -1}} | gamma.example {{'score': 7}}"
    ]
    async with gamma.node.transaction() as tx:
        await tx.session.execute(update(Post).where(col(Post.iri) == talk).values(deleted_at=tx.now))
    assert (
        f"posts {talk}: alpha.example has it | beta.example has it | gamma.example has none"
        in differences(await states(sea))
    )
