"""Nodes that are away, arrivals out of order and arrivals told twice (R02, R19-R23)."""

from __future__ import annotations

import pytest

from tests.support.archipelago import Archipelago
from tests.support.staging import staged


@pytest.fixture
async def people(sea: Archipelago, alpha, beta, gamma, bees):
    async def play():
        await alpha.member("ada", follows=bees)
        await gamma.member("cy", follows=bees)
        await sea.settle()
        sea.chart.parcels.clear()

    await staged(sea, play)
    return await alpha.person("ada"), await gamma.person("cy")


async def test_a_node_that_was_away_hears_everything_in_order(sea, alpha, beta, gamma, bees, people):
    ada, cy = people
    sea.away(gamma)
    thread = await ada.posts(bees, title="While you slept")
    await sea.settle()
    comment = await ada.answers(thread, "first")
    await sea.settle()
    sea.clock.advance(minutes=1)
    await ada.edits(comment, "second thoughts")
    await sea.settle()
    await bees.founder.votes(thread, 1)
    await sea.settle()
    assert sea.deliveries(beta, to=gamma) == []
    sea.back(gamma)
    sea.clock.advance(hours=2)
    await sea.settle()
    shapes = [parcel.shape for parcel in sea.deliveries(beta, to=gamma)]
    assert shapes[0] == "Announce{Create{Page}}"
    assert sorted(shapes[1:]) == ["Announce{Create{Note}}", "Announce{Like{id}}", "Announce{Update{Note}}"]
    assert shapes.index("Announce{Create{Note}}") < shapes.index("Announce{Update{Note}}")
    assert await cy.reads(bees) == ["While you slept"]
    assert (await gamma.post(comment)).source == "second thoughts"
    assert (await gamma.post(thread)).score == 1


async def test_a_node_that_is_away_does_not_hold_the_others(sea, alpha, beta, gamma, bees, people):
    """P5: a host can only slow itself."""
    ada, _ = people
    sea.away(gamma)
    await bees.founder.posts(bees, title="For those who are here")
    await sea.settle()
    assert await ada.reads(bees) == ["For those who are here"]


async def test_a_groups_node_that_was_away_takes_what_waited_for_it(sea, alpha, beta, gamma, bees, people):
    ada, cy = people
    sea.away(beta)
    await ada.posts(bees, title="Is anybody home?")
    await sea.settle()
    assert await cy.reads(bees) == []
    sea.back(beta)
    sea.clock.advance(hours=2)
    await sea.settle()
    assert await cy.reads(bees) == ["Is anybody home?"]


async def test_everything_told_twice_happens_once(sea, alpha, beta, gamma, bees, people):
    """R23: and the second telling is answered as the first was."""
    ada, cy = people
    sea.chart.doubled.update(sea.nodes)
    thread = await ada.posts(bees, title="Echo")
    await sea.settle()
    await cy.answers(thread, "echo")
    await cy.votes(thread, 1)
    await sea.settle()
    for island in (alpha, beta, gamma):
        post = await island.post(thread)
        assert (post.comment_count, post.score) == (1, 1)
    assert len(await ada.notices()) == 1
    assert {parcel.status for parcel in sea.deliveries()} == {202}
    announced = [p.activity["id"] for p in sea.deliveries(beta, to=gamma)]
    assert len(set(announced)) * 2 == len(announced)


async def test_a_history_that_arrives_backwards_ends_the_same(sea, alpha, beta, gamma, bees, people):
    """R19-R21: replies before parents, edits before posts, deletions before what they delete."""
    ada, cy = people
    sea.chart.held["gamma.example"] = []
    thread = await ada.posts(bees, title="Backwards")
    await sea.settle()
    kept = await ada.answers(thread, "stays")
    await sea.settle()
    below = await ada.answers(kept, "below")
    gone = await ada.answers(thread, "goes")
    await sea.settle()
    sea.clock.advance(minutes=1)
    await ada.edits(kept, "stays, edited")
    await ada.deletes(gone)
    await sea.settle()
    await sea.chart.release("gamma.example", backwards=True)
    await sea.settle()
    sea.clock.advance(hours=1)
    await sea.settle()
    assert await cy.reads(bees) == ["Backwards"]
    top, answer = await gamma.post(thread), await gamma.post(kept)
    assert (answer.source, answer.parent_id) == ("stays, edited", top.id)
    assert (await gamma.post(below)).parent_id == answer.id
    late = await gamma.post(gone)
    assert late is None or late.deleted_at is not None
    assert top.comment_count == 2


async def test_the_last_follower_has_left_and_nothing_more_is_sent(sea, alpha, beta, gamma, bees, people):
    """A98: who may receive is asked when it is sent."""
    ada, cy = people
    await cy.leaves(bees)
    await sea.settle()
    sea.chart.parcels.clear()
    await ada.posts(bees, title="After you left")
    await sea.settle()
    assert sea.deliveries(beta, to=gamma) == []
