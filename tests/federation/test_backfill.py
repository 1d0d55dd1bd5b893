"""A group's past comes with the first member who joins it from a node (RULE E3)."""

from __future__ import annotations


async def test_an_old_group_brings_its_threads_and_their_comments(sea, alpha, beta, gamma, bees):
    ada = await alpha.member("ada", follows=bees)
    await sea.settle()
    ours = await bees.founder.posts(bees, title="Ours")
    theirs = await ada.posts(bees, title="From alpha")
    await sea.settle()
    comment = await ada.answers(ours, "A comment from alpha")
    await sea.settle()
    deeper = await bees.founder.answers(comment, "And one below it")
    await sea.settle()
    cy = await gamma.member("cy", follows=bees)
    await sea.settle()
    assert set(await cy.reads(bees)) == {"Ours", "From alpha"}
    assert (await gamma.post(comment)).parent_id == (await gamma.post(ours)).id
    assert (await gamma.post(deeper)).parent_id == (await gamma.post(comment)).id
    assert (await gamma.post(ours)).comment_count == 2
    assert (await gamma.post(theirs)).backfilled
    assert await cy.notices() == []


async def test_what_lives_elsewhere_is_fetched_where_it_lives(sea, alpha, beta, gamma, bees):
    """B6, E3: the group's copy of another node's words is not believed."""
    ada = await alpha.member("ada", follows=bees)
    await sea.settle()
    thread = await ada.posts(bees, title="From alpha")
    await sea.settle()
    await gamma.member("cy", follows=bees)
    await sea.settle()
    assert ("gamma.example", thread) in sea.chart.fetched


async def test_history_is_told_to_nobody(sea, alpha, beta, gamma, bees):
    await bees.founder.posts(bees, title="Old")
    await gamma.member("cy", follows=bees)
    await sea.settle()
    assert [parcel.shape for parcel in sea.deliveries(gamma)] == ["Follow{id}"]
