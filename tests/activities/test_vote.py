"""Like and Dislike, where the exchanges of tests/federation do not reach."""

from __future__ import annotations

import pytest

from node.activities.standing import dispute, rank
from node.activitypub.activity import Activity
from node.errors import Forbidden, NotFound, Refused, Unavailable

PUBLIC = "https://www.w3.org/ns/activitystreams#Public"
ANN = "https://far.example/users/ann"


async def score(scene, iri):
    post = await scene.island.post(iri)
    return post.upvotes, post.downvotes, post.score


async def test_a_vote_counts_once_and_is_replaced_by_the_next(scene):
    iri = await scene.arrives()
    like = scene.activity("Like", ANN, iri, audience=scene.group.iri)
    await scene.happens(like)
    await scene.happens(like)
    assert await score(scene, iri) == (1, 0, 1)
    await scene.happens(scene.activity("Dislike", ANN, iri))
    assert await score(scene, iri) == (0, 1, -1)


async def test_an_undo_of_another_kind_clears_the_vote_of_software_that_remakes_ids(scene):
    """Pitfall 76"""
    iri = await scene.arrives()
    async with scene.island.node.transaction() as tx:
        from node.store.queries.actors import ensure_peer

        (await ensure_peer(tx, ANN)).software = "lemmy"
    await scene.happens(scene.activity("Dislike", ANN, iri))
    await scene.happens(scene.undo(scene.activity("Like", ANN, iri)))
    assert await score(scene, iri) == (0, 0, 0)


async def test_an_undo_that_overtakes_its_vote_voids_it(scene):
    """R18"""
    iri = await scene.arrives()
    like = scene.activity("Like", ANN, iri)
    await scene.happens(scene.undo(like))
    await scene.happens(scene.undo(like))
    await scene.happens(like)
    assert await score(scene, iri) == (0, 0, 0)


@pytest.mark.parametrize("hearsay", [False, True])
async def test_an_undo_voids_its_vote_though_neither_the_vote_nor_the_post_has_come(scene, hearsay):
    """R18: on a group's word for what that group passes on alone."""
    await scene.stranger("ann")
    hive = await scene.stranger("hive", kind="Group")
    document = scene.object(ANN, to=[hive, PUBLIC], audience=hive)
    passed = {"announced_by": hive, "audience": hive}
    vote = scene.activity("Like", ANN, document["id"], hearsay=hearsay, **passed)
    undo = scene.activity("Undo", ANN, vote.iri, inner=vote, hearsay=hearsay, **passed)
    await scene.happens(undo)
    await scene.happens(scene.carrying("Create", document, **passed))
    await scene.happens(vote)
    assert await score(scene, document["id"]) == (0, 0, 0)
    other = scene.activity("Like", ANN, document["id"], iri=vote.iri)
    await scene.happens(other)
    assert await score(scene, document["id"]) == ((1, 0, 1) if hearsay else (0, 0, 0))


async def test_a_vote_on_an_answer_without_its_place_counts_when_its_actor_can_be_seen_to_have_cast_it(scene):
    """R19, A05: which group may speak for the answer is known when what it answers has come."""
    await scene.stranger("ann")
    hive, wasps = await scene.stranger("hive", kind="Group"), await scene.stranger("wasps", kind="Group")
    thread = scene.object(ANN, to=[hive, PUBLIC], audience=hive)
    answer = scene.object(ANN, type="Note", inReplyTo=thread["id"], audience=hive)
    below = scene.object(ANN, type="Note", inReplyTo=answer["id"], audience=hive)
    for document in (answer, below):
        await scene.happens(scene.carrying("Create", document, announced_by=hive))
    own = scene.activity("Like", ANN, below["id"], announced_by=hive)
    told = [
        scene.activity("Dislike", ANN, answer["id"], announced_by=one, hearsay=True) for one in (hive, wasps)
    ]
    await scene.happens(own)
    for vote in told:
        with pytest.raises(Unavailable, match="waits for what it answers"):
            await scene.happens(vote)
    await scene.happens(scene.carrying("Create", thread, audience=hive, announced_by=hive))
    await scene.happens(told[0])
    with pytest.raises(Forbidden, match="only for its own"):
        await scene.happens(told[1])
    assert await score(scene, below["id"]) == (1, 0, 1)
    assert await score(scene, answer["id"]) == (0, 1, -1)


async def test_only_living_posts_take_votes(scene):
    iri = await scene.arrives()
    await scene.happens(scene.activity("Delete", ANN, iri))
    with pytest.raises(Refused, match="takes no votes"):
        await scene.happens(scene.activity("Like", ANN, iri))
    with pytest.raises(NotFound):
        await scene.happens(scene.activity("Like", ANN, "https://far.example/objects/none"))


async def test_a_group_vouches_for_votes_on_its_own_posts_alone(scene):
    """A05"""
    iri = await scene.arrives()
    hive = await scene.stranger("hive", kind="Group")
    like = scene.activity("Like", ANN, iri, announced_by=hive)
    with pytest.raises(Forbidden, match="only for its own"):
        await scene.happens(like)
    with pytest.raises(Forbidden, match="only for its own"):
        await scene.happens(scene.activity("Undo", ANN, like.iri, inner=like))


async def test_who_has_left_votes_no_more(scene):
    iri = await scene.arrives()
    bob = await scene.stranger("bob")
    await scene.happens(scene.activity("Delete", bob, bob))
    with pytest.raises(Refused, match="has left"):
        await scene.happens(scene.activity("Like", bob, iri))


def test_hot_is_younger_or_better():
    from datetime import UTC, datetime, timedelta

    now = datetime(2026, 11, 3, tzinfo=UTC)
    assert rank(10, now) > rank(1, now) > rank(-10, now)
    assert rank(0, now) > rank(9, now - timedelta(hours=13))
    assert rank(100, now - timedelta(hours=12)) > rank(0, now)


async def test_an_opinion_told_twice_is_taken_back_with_its_last_id(scene):
    """R18: whichever of the two Undos comes first."""
    iri = await scene.arrives()
    first, second = scene.activity("Like", ANN, iri), scene.activity("Like", ANN, iri)
    await scene.happens(second)
    await scene.happens(first)
    await scene.happens(scene.undo(second))
    assert await score(scene, iri) == (1, 0, 1)
    await scene.happens(scene.undo(first))
    assert await score(scene, iri) == (0, 0, 0)


async def test_an_undo_that_names_no_id_takes_back_what_there_is(scene):
    iri = await scene.arrives()
    await scene.happens(scene.activity("Like", ANN, iri))
    unnamed = Activity(type="Like", iri="", actor=ANN, object=iri, raw={})
    await scene.happens(scene.undo(unnamed))
    assert await score(scene, iri) == (0, 0, 0)
    await scene.happens(scene.undo(unnamed))
    await scene.happens(scene.activity("Like", ANN, iri))
    assert await score(scene, iri) == (1, 0, 1), "an Undo that named nothing voids nothing to come"


async def test_a_vote_is_announced_by_the_group_of_its_post_whatever_it_says(scene):
    iri = await scene.arrives()
    before = len(await scene.leaving())
    await scene.happens(scene.activity("Like", ANN, iri, audience="https://far.example/c/other"))
    assert (await scene.leaving())[before:] == ["Announce"]


def test_controversial_is_many_and_even():
    assert dispute(9, 0) == dispute(0, 9) == dispute(0, 0) == 0
    assert dispute(10, 10) > dispute(10, 5) == dispute(5, 10) > dispute(100, 5) > 0


async def test_votes_for_and_against_make_a_dispute(scene):
    iri = await scene.arrives()
    against = scene.activity("Dislike", ANN, iri, audience=scene.group.iri)
    await scene.happens(against)
    assert (await scene.island.post(iri)).disputed == 0
    await scene.happens(scene.activity("Like", await scene.stranger("ben"), iri))
    assert (await scene.island.post(iri)).disputed == dispute(1, 1)
    await scene.happens(scene.undo(against))
    assert (await scene.island.post(iri)).disputed == 0
