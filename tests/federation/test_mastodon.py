"""Members who take part from Mastodon (FEDERATION D.1, D.3, D.4)."""

from __future__ import annotations

import pytest

from tests.support.stranger import PUBLIC, Stranger, mention


@pytest.fixture
async def masto(sea):
    return Stranger(sea, "masto.example")


@pytest.fixture
async def mia(sea, masto, beta, bees):
    """Mia of masto.example follows the group."""
    iri = masto.person("mia")
    assert await masto.send(beta, masto.activity("Follow", iri, bees.iri)) == 202
    await sea.settle()
    return iri


async def test_a_follow_is_accepted_with_its_own_id(masto, mia, bees):
    (accept,) = masto.got("Accept")
    assert accept["actor"] == bees.iri
    assert accept["object"]["id"].startswith(f"{mia}#follows/")


async def test_a_new_thread_is_a_boost_and_its_comments_are_not(sea, beta, masto, mia, bees):
    """D1, pitfall 100: MICRO servers get Announce{id} of threads, and nothing else from the group."""
    thread = await bees.founder.posts(bees, title="Swarm season", text="When?")
    await bees.founder.answers(thread, "In May")
    await bees.founder.votes(thread, 1)
    await sea.settle()
    (boost,) = masto.got("Announce")
    assert boost["object"] == thread
    assert PUBLIC in boost["to"]
    assert masto.got("Create") == []
    page = await beta.document(thread)
    assert page["type"] == "Page"
    assert page["summaryMap"] == {"und": "<p>When?</p>"}
    assert "summary" not in page


async def test_naming_the_group_begins_a_thread(sea, beta, alpha, masto, mia, bees):
    """D3: the title is the first line without the group's name."""
    ada = await alpha.member("ada", follows=bees)
    await sea.settle()
    note = masto.note(
        mia,
        '<a href="https://beta.example/c/bees" class="u-url mention">@<span>bees</span></a> Do bees sleep? '
        "I never saw one.",
        cc=[f"{mia}/followers", bees.iri],
        tag=[mention(bees.iri)],
    )
    assert await masto.send(beta, masto.create(note)) == 202
    await sea.settle()
    assert await bees.founder.reads(bees) == ["Do bees sleep?"]
    assert await ada.reads(bees) == ["Do bees sleep?"]
    assert [boost["object"] for boost in masto.got("Announce")] == [note["id"]]


async def test_a_note_that_does_not_name_the_group_is_no_thread(sea, beta, masto, mia, bees):
    note = masto.note(mia, "Just a thought")
    await masto.send(beta, masto.create(note))
    await sea.settle()
    assert await bees.founder.reads(bees) == []
    assert (await beta.arrivals())[-1].reason != ""


async def test_a_note_to_followers_only_is_never_announced(sea, beta, alpha, masto, mia, bees):
    """Pitfall 93"""
    await alpha.member("ada", follows=bees)
    await sea.settle()
    sea.chart.parcels.clear()
    note = masto.note(mia, "For friends", to=[f"{mia}/followers"], cc=[bees.iri], tag=[mention(bees.iri)])
    await masto.send(beta, masto.create(note))
    await sea.settle()
    assert await bees.founder.reads(bees) == []
    assert sea.deliveries(beta, to=alpha) == []


async def test_a_reply_becomes_a_comment_and_is_passed_on(sea, beta, alpha, masto, mia, bees):
    """D4: addressed to the author alone, and still part of the group's thread."""
    ada = await alpha.member("ada", follows=bees)
    await sea.settle()
    thread = await bees.founder.posts(bees, title="Swarm season")
    await sea.settle()
    reply = masto.note(
        mia, "In May, mostly", inReplyTo=thread, cc=[bees.founder.iri], tag=[mention(bees.founder.iri)]
    )
    await masto.send(beta, masto.create(reply))
    await sea.settle()
    assert (await alpha.post(reply["id"])).content == "<p>In May, mostly</p>"
    assert await bees.founder.notices() == [("reply", reply["id"])]
    token = (await beta.post(thread)).token
    assert "In May, mostly" in (await beta.get(f"/post/{token}")).text
    assert ada is not None


async def test_a_favourite_is_a_vote_for_all(sea, beta, alpha, masto, mia, bees):
    await alpha.member("ada", follows=bees)
    await sea.settle()
    thread = await bees.founder.posts(bees, title="Swarm season")
    await sea.settle()
    like = masto.activity("Like", mia, thread)
    await masto.send(beta, like)
    await sea.settle()
    assert (await beta.post(thread)).score == (await alpha.post(thread)).score == 1
    await masto.send(beta, masto.activity("Undo", mia, like))
    await sea.settle()
    assert (await beta.post(thread)).score == (await alpha.post(thread)).score == 0


async def test_a_boost_is_a_share_and_no_distribution(sea, beta, masto, mia, bees):
    thread = await bees.founder.posts(bees, title="Swarm season")
    await sea.settle()
    boost = masto.activity("Announce", mia, thread, to=[PUBLIC])
    await masto.send(beta, boost)
    await sea.settle()
    assert (await beta.post(thread)).shares == 1
    await masto.send(beta, masto.activity("Undo", mia, boost))
    await sea.settle()
    assert (await beta.post(thread)).shares == 0


async def test_edit_and_delete_of_a_reply(sea, beta, alpha, masto, mia, bees):
    await alpha.member("ada", follows=bees)
    await sea.settle()
    thread = await bees.founder.posts(bees, title="Swarm season")
    await sea.settle()
    reply = masto.note(mia, "In May", inReplyTo=thread, cc=[bees.founder.iri])
    await masto.send(beta, masto.create(reply))
    await sea.settle()
    sea.clock.advance(minutes=2)
    edited = reply | {"content": "<p>In June</p>", "updated": "2026-11-03T09:01:00Z"}
    masto.documents[reply["id"]] = {"@context": "https://www.w3.org/ns/activitystreams", **edited}
    await masto.send(beta, masto.activity("Update", mia, edited, to=[PUBLIC]))
    await sea.settle()
    assert (await alpha.post(reply["id"])).content == "<p>In June</p>"
    masto.documents[reply["id"]] = 404
    stone = {"id": reply["id"], "type": "Tombstone"}
    await masto.send(beta, masto.activity("Delete", mia, stone, to=[PUBLIC]))
    await sea.settle()
    assert (await alpha.post(reply["id"])).deleted_at is not None
    assert (await beta.post(thread)).comment_count == 0


async def test_an_account_that_ends_takes_its_words_along(sea, beta, masto, mia, bees):
    thread = await bees.founder.posts(bees, title="Swarm season")
    await sea.settle()
    reply = masto.note(mia, "In May", inReplyTo=thread, cc=[bees.founder.iri])
    await masto.send(beta, masto.create(reply))
    await masto.send(beta, masto.activity("Like", mia, thread))
    await sea.settle()
    await masto.send(beta, masto.activity("Delete", mia, mia, to=[PUBLIC]))
    await sea.settle()
    assert (await beta.post(reply["id"])).content == ""
    assert (await beta.post(thread)).score == 0
    masto.received.clear()
    await bees.founder.posts(bees, title="Nobody hears")
    await sea.settle()
    assert masto.received == []


async def test_a_new_profile_is_read_at_its_origin(sea, beta, masto, mia, bees):
    """A16: what the inbox brings is a hint."""
    masto.documents[mia]["name"] = "Mia of the Hill"
    forged = masto.documents[mia] | {"name": "Not what the server says"}
    await masto.send(beta, masto.activity("Update", mia, forged, to=[PUBLIC]))
    await sea.settle()
    from node.store.queries.actors import get_actor

    async with beta.node.reading() as session:
        assert (await get_actor(session, mia)).name == "Mia of the Hill"


async def test_what_gotosocial_says_reaches_lemmy_in_the_shape_that_it_takes(sea, beta, masto, mia, bees):
    """I.2, I.19: a Lemmy group beside ours drops what has `to` as a string, but for a Note that begins a thread, whose
    Create it takes for a comment's when both `to` and `cc` are arrays; in the outbox, which it reads whole, too."""
    lemmy = Stranger(sea, "lemmy.example", software="lemmy")
    await lemmy.send(beta, lemmy.activity("Follow", lemmy.person("lena"), bees.iri))
    await sea.settle()
    named = {"to": PUBLIC, "tag": mention(bees.iri), "cc": [bees.iri]}
    note = masto.note(mia, "Do bees sleep?", **named)
    sealed = masto.create(masto.note(mia, "Or wasps?", **named), signature={"type": "RsaSignature2017"})
    for create in (masto.create(note), sealed):
        assert await masto.send(beta, create) == 202
    await sea.settle()
    first, second = (one["object"] for one in lemmy.got("Announce") if isinstance(one["object"], dict))
    assert (first["to"], first["object"]["to"]) == (PUBLIC, [PUBLIC])
    assert first["object"]["tag"] == [mention(bees.iri)]
    assert second == sealed
    outbox = await beta.document(f"{bees.iri}/outbox")
    for item in outbox["orderedItems"]:
        create = item["object"]
        assert [create["to"], create["object"]["to"], create["object"]["tag"]] == [
            PUBLIC,
            [PUBLIC],
            [mention(bees.iri)],
        ]
