"""A group's past comes with the first member who joins it from a node (RULE E3)."""

from __future__ import annotations

from node.inbox.actors import fetch_actor
from node.inbox.backfill import backfill
from node.network.client import Budget
from tests.support.stranger import PUBLIC, Stranger


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


async def test_a_thread_does_not_place_other_posts_in_the_group(sea, tmp_path):
    """A05, B6: `context` and `replies` are the author's word; only the group says which threads it holds."""
    us = await sea.node("us.example")
    good, evil = Stranger(sea, "good.example"), Stranger(sea, "evil.example")
    hive, mallory = good.person("hive", key="bees", kind="Group"), evil.person("mallory", key="mallory")
    aimed = evil.note(mallory, "Aimed at it", type="Page", name="Aimed", to=[hive, PUBLIC])
    unasked = evil.note(mallory, "Unasked", type="Page", name="Unasked")
    elsewhere = evil.note(mallory, "An answer there", inReplyTo=aimed["id"])
    collection = "https://evil.example/context"
    thread = evil.note(mallory, "Listed", type="Page", name="Listed", audience=hive, context=collection)
    answer = evil.note(mallory, "An answer here", inReplyTo=thread["id"])
    evil.documents[collection] = {
        "id": collection,
        "type": "OrderedCollection",
        "orderedItems": [one["id"] for one in (thread, unasked, aimed, elsewhere, answer)],
    }
    good.documents[f"{hive}/outbox"] = {
        "id": f"{hive}/outbox",
        "type": "OrderedCollection",
        "orderedItems": [thread["id"]],
    }
    actor = await fetch_actor(us.node, hive, Budget(5))
    await backfill(us.node, hive, _unreported)
    held = {}
    for one in (thread, answer, unasked, aimed):
        post = await us.post(one["id"])
        held[one["content"]] = (
            post is not None and post.group_id == actor.id and post.confirmed_at is not None
        )
    assert held == {
        "<p>Listed</p>": True,
        "<p>An answer here</p>": True,
        "<p>Unasked</p>": False,
        "<p>Aimed at it</p>": False,
    }


async def _unreported(done):
    del done
