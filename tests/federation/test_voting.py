"""Votes between nodes (FEDERATION C.4)."""

from __future__ import annotations

import itertools

import pytest

from tests.support.stranger import Stranger


async def scores(thread, *islands):
    return [
        (post.upvotes, post.downvotes, post.score) for post in [await one.post(thread) for one in islands]
    ]


async def test_a_vote_is_counted_by_every_node_once(sea, alpha, beta, gamma, bees, thread):
    await bees.founder.votes(thread, 1)
    dee = await gamma.member("dee", follows=bees)
    await sea.settle()
    await dee.votes(thread, 1)
    await sea.settle()
    assert await scores(thread, alpha, beta, gamma) == [(2, 0, 2)] * 3


async def test_a_dislike_replaces_a_like(sea, alpha, beta, gamma, bees, thread):
    await bees.founder.votes(thread, 1)
    await sea.settle()
    await bees.founder.votes(thread, -1)
    await sea.settle()
    assert await scores(thread, alpha, beta, gamma) == [(0, 1, -1)] * 3


async def test_a_vote_is_taken_back(sea, alpha, beta, gamma, bees, thread):
    dee = await gamma.member("dee", follows=bees)
    await sea.settle()
    await dee.votes(thread, 1)
    await sea.settle()
    await dee.votes(thread, 0)
    await sea.settle()
    assert await scores(thread, alpha, beta, gamma) == [(0, 0, 0)] * 3


async def test_voting_the_same_again_says_nothing(sea, beta, bees, thread):
    await bees.founder.votes(thread, 1)
    await sea.settle()
    before = len(sea.deliveries(beta))
    await bees.founder.votes(thread, 1)
    await sea.settle()
    assert len(sea.deliveries(beta)) == before


async def test_one_group_announces_a_vote_and_the_voter_does_not(sea, alpha, beta, gamma, bees, thread):
    dee = await gamma.member("dee", follows=bees)
    await sea.settle()
    sea.chart.parcels.clear()
    await dee.votes(thread, 1)
    await sea.settle()
    assert [parcel.shape for parcel in sea.deliveries(gamma, to=beta)] == ["Like{id}"]
    assert [parcel.shape for parcel in sea.deliveries(beta, to=alpha)] == ["Announce{Like{id}}"]


@pytest.mark.parametrize("order", list(itertools.permutations(range(3))), ids=str)
async def test_like_undo_and_like_again_in_any_order(sea, beta, bees, thread, order):
    """R18: the score is exact, whatever overtakes what."""
    masto = Stranger(sea, "masto.example")
    mia = masto.person("mia")
    first = masto.activity("Like", mia, thread)
    undone = masto.activity("Undo", mia, {key: first[key] for key in ("id", "type", "actor", "object")})
    second = masto.activity("Like", mia, thread)
    activities = [first, undone, second]
    for index in order:
        assert await masto.send(beta, activities[index]) == 202
        await sea.settle()
    assert await scores(thread, beta) == [(1, 0, 1)]


async def test_an_undo_of_anothers_vote_changes_nothing(sea, beta, bees, thread):
    """A07"""
    masto = Stranger(sea, "masto.example")
    mia, eve = masto.person("mia"), masto.person("eve", key="bob")
    like = masto.activity("Like", mia, thread)
    await masto.send(beta, like)
    await sea.settle()
    await masto.send(beta, masto.activity("Undo", eve, like))
    await sea.settle()
    assert await scores(thread, beta) == [(1, 0, 1)]
