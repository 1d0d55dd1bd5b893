"""Votes in polls, where the exchanges of tests/federation do not reach: Question, Create, Note."""

from __future__ import annotations

import pytest
from sqlmodel import col, select

from node.activities import polls
from node.activities.gathering_drafts import PollDraft
from node.activities.perform import perform
from node.activitypub.vocabulary import PUBLIC
from node.errors import Forbidden, Gone, NotFound, Refused
from node.store.queries.posts import find_post
from node.store.tables.gatherings import Poll, PollOption, PollVote
from node.store.tables.posts import Post

ANN = "https://far.example/users/ann"


async def asks(scene, *, options="Tea\nCake", **draft):
    """Ben asks a poll in the group; returns its iri."""
    return await scene.ben.asks(scene.group, title="Tea or cake?", options=options, **draft)


def ballot(scene, voter, question, name, **more):
    note = {
        "id": scene.iri(voter, "votes"),
        "type": "Note",
        "attributedTo": voter,
        "inReplyTo": question,
        "name": name,
        "to": [scene.ben.iri],
        **more,
    }
    return scene.carrying("Create", note)


async def counts(scene, iri):
    async with scene.island.node.reading() as session:
        post = await find_post(session, iri)
        poll = await session.get_one(Poll, post.id)
        query = select(PollOption).where(col(PollOption.post_id) == post.id)
        return [
            one.votes for one in await session.scalars(query.order_by(col(PollOption.position)))
        ], poll.voters


async def test_a_vote_is_counted_once_and_is_no_comment(scene):
    """Pitfall 98: a Note with a name and no words."""
    ann, iri = await scene.stranger("ann"), await asks(scene)
    vote = ballot(scene, ann, iri, "Cake")
    before = await scene.leaving()
    await scene.happens(vote)
    await scene.happens(vote)
    await scene.happens(ballot(scene, ann, iri, "Cake"))
    assert await counts(scene, iri) == ([0, 1], 1)
    assert await scene.leaving() == before, "a vote is private: nobody passes it on"
    assert await scene.island.post(vote.object) is None
    assert (await scene.island.post(iri)).comment_count == 0


async def test_a_note_with_words_is_a_comment_whatever_its_name(scene):
    """Pitfall 98"""
    ann, iri = await scene.stranger("ann"), await asks(scene)
    said = {"content": "<p>With cream</p>", "published": "2026-11-03T08:30:00Z", "to": [PUBLIC]}
    note = ballot(scene, ann, iri, "Cake", **said)
    await scene.happens(note)
    assert await counts(scene, iri) == ([0, 0], 0)
    assert (await scene.island.post(note.object)).content == "<p>With cream</p>"


async def test_a_vote_in_what_is_no_poll_is_no_comment_either(scene):
    """I.98: it would stand there without a word."""
    ann, thread = await scene.stranger("ann"), await scene.ben.posts(scene.group, title="Tea or cake?")
    vote = ballot(scene, ann, thread, "Cake")
    with pytest.raises(Refused, match="nothing in this answer"):
        await scene.happens(vote)
    picture = {"type": "Image", "url": "https://far.example/cake.png"}
    await scene.happens(ballot(scene, ann, thread, "Cake", attachment=[picture]))
    assert await scene.ben.notices() != []


async def test_one_choice_or_several(scene):
    ann, bob = await scene.stranger("ann"), await scene.stranger("bob")
    one, several = await asks(scene), await asks(scene, multiple=True)
    await scene.happens(ballot(scene, ann, one, "Cake"))
    with pytest.raises(Refused, match="chooses once"):
        await scene.happens(ballot(scene, ann, one, "Tea"))
    for voter, answer in ((ann, "Cake"), (ann, "Tea"), (bob, "Tea")):
        await scene.happens(ballot(scene, voter, several, answer))
    assert await counts(scene, several) == ([2, 1], 2), "a voter counts once, whatever they choose"


async def test_who_may_vote_in_what(scene):
    """Actor x poll: who has left, the author, another node's poll, a poll that is closed, gone or none."""
    ann, bob, hive = [await scene.stranger(name) for name in ("ann", "bob", "hive")]
    iri, page = await asks(scene), await scene.ben.posts(scene.group, title="No poll")
    theirs = await scene.arrives("Question", author=ann, oneOf=[{"name": "Tea"}])
    followers = await scene.arrives("Question", author=ann, oneOf=[{"name": "Tea"}])
    async with scene.island.node.transaction() as tx:
        (await find_post(tx.session, followers)).visibility = "followers"
    await scene.happens(scene.activity("Delete", bob, bob))
    refused = (
        (ballot(scene, bob, iri, "Tea"), Refused, "has left"),
        (ballot(scene, hive, theirs, "Tea"), Refused, "own node counts"),
        (ballot(scene, ann, theirs, "Tea"), Refused, "own node counts"),
        (ballot(scene, ann, iri, "Beer"), NotFound, "no such answer"),
        (scene.activity("PollVote", ann, page), Refused, "not a poll"),
        (scene.activity("PollVote", ann, "https://far.example/none"), NotFound, "not known"),
    )
    for activity, error, words in refused:
        with pytest.raises(error, match=words):
            await scene.happens(activity)
    async with scene.island.node.transaction() as tx:
        ours = await find_post(tx.session, iri)
        for post_iri, error, words in ((iri, Forbidden, "their own poll"), (followers, Refused, "not open")):
            post = await find_post(tx.session, post_iri)
            (vote,) = await polls.compose(tx, scene.ben.actor, post, [0])
            with pytest.raises(error, match=words):
                await perform(tx, vote)
        for chosen, error in (([], Refused), ([0, 1], Refused), ([7], NotFound)):
            with pytest.raises(error):
                await polls.compose(tx, scene.ben.actor, ours, chosen)
    assert await counts(scene, iri) == ([0, 0], 0)


async def test_nobody_passes_a_vote_on(scene):
    ann, iri = await scene.stranger("ann"), await asks(scene)
    vote = scene.carrying(
        "Create", dict(ballot(scene, ann, iri, "Tea").document.raw), announced_by=scene.group.iri
    )
    with pytest.raises(Forbidden, match="nobody passes it on"):
        await scene.happens(vote)


async def test_a_poll_closes_by_the_clock(scene, sea):
    ann, iri = await scene.stranger("ann"), await asks(scene, lasts="1h")
    await scene.happens(ballot(scene, ann, iri, "Tea"))
    sea.clock.advance(minutes=61)
    with pytest.raises(Gone, match="closed"):
        await scene.happens(ballot(scene, await scene.stranger("bob"), iri, "Tea"))
    await sea.settle()
    document = await scene.island.document(iri)
    assert document["closed"] == document["endTime"]
    assert [one["replies"]["totalItems"] for one in document["oneOf"]] == [1, 0]
    assert ("poll", iri) in await scene.ben.notices()
    async with scene.island.node.transaction() as tx:
        await polls.close(tx, iri)  # a second time changes nothing
        await polls.close(tx, "https://far.example/none")


async def test_a_poll_that_was_given_more_time_stays_open(scene, sea):
    ann = await scene.stranger("ann")
    given = {"oneOf": [{"name": "Tea"}], "endTime": "2026-11-03T10:00:00Z"}
    iri = await scene.arrives("Question", author=ann, **given)
    async with scene.island.node.transaction() as tx:
        post = await find_post(tx.session, iri)
        (await tx.session.get_one(Poll, post.id)).closes_at = tx.now.replace(hour=23)
    sea.clock.advance(hours=2)
    await sea.settle()
    async with scene.island.node.reading() as session:
        assert (await session.get_one(Poll, post.id)).closed_at is None
    sea.clock.advance(hours=24)
    await sea.settle()
    async with scene.island.node.reading() as session:
        assert (await session.get_one(Poll, post.id)).closed_at is not None


async def test_what_a_voter_or_an_author_leaves_behind_is_forgotten(scene):
    ann, iri = await scene.stranger("ann"), await asks(scene)
    await scene.happens(ballot(scene, ann, iri, "Tea"))
    await scene.happens(scene.activity("Delete", ann, ann))
    assert await counts(scene, iri) == ([0, 0], 0)
    await scene.happens(ballot(scene, await scene.stranger("bob"), iri, "Tea"))
    await scene.ben.deletes(iri)
    async with scene.island.node.reading() as session:
        for table in (PollVote, PollOption, Poll):
            assert (await session.scalars(select(table))).all() == []


async def test_a_draft_of_a_poll_is_checked():
    for options, words in (("Tea", "two different"), ("Tea\n Tea ", "two different"),
                           ("\n".join(map(str, range(21))), "at most 20"), (f"a\n{'x' * 101}", "100 characters")):  # fmt: skip
        with pytest.raises(ValueError, match=words):
            PollDraft(title="T", options=options)
    assert PollDraft(title="T", options=" a  b \n\nc\r\n", lasts="open").options == "a b\nc"


async def test_an_edit_of_our_poll_keeps_its_answers_and_votes(scene):
    ann, iri = await scene.stranger("ann"), await asks(scene)
    await scene.happens(ballot(scene, ann, iri, "Tea"))
    await scene.ben.edits(iri, "On Sunday", title="Tea or cake then?")
    assert await counts(scene, iri) == ([1, 0], 1)
    document = await scene.island.document(iri)
    assert document["content"] == "<p>Tea or cake then?</p><p>On Sunday</p>"
    assert (await scene.island.post(iri)).content == "<p>On Sunday</p>"
    assert isinstance(await scene.island.post(iri), Post)
