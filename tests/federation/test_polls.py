"""Polls between nodes: a Question of ours and of others, PollVote, Notes that are votes, counts from home (C.14)."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from sqlmodel import col, select

from node.activitypub import reading
from node.inbox.actors import keep_actor
from node.store.queries.gatherings import gathering_of
from node.store.queries.posts import find_post
from node.store.tables.log import LogEntry
from tests.support.archipelago import Group
from tests.support.stranger import PUBLIC, Stranger, mention

WIRE = Path(__file__).parent.parent / "wire"


@pytest.fixture
async def masto(sea):
    return Stranger(sea, "masto.example")


async def seen(island, iri):
    """Counts, voters and end of a poll, as a node has them."""
    async with island.node.reading() as session:
        poll = await gathering_of(session, await find_post(session, iri))
        return [one.votes for one in poll.options], poll.voters, poll.closed


def vote(masto, voter, question, author, name):
    """What Mastodon sends for a choice."""
    masto.serial += 1
    iri = f"{voter}#votes/{masto.serial}"
    note = {
        "id": iri,
        "type": "Note",
        "name": name,
        "attributedTo": voter,
        "to": author,
        "inReplyTo": question,
    }
    return masto.activity("Create", voter, note, to=author) | {"id": f"{iri}/activity"}


async def test_a_poll_of_a_member_elsewhere_in_our_group(sea, alpha, beta, gamma, bees, masto):
    """The author's node counts, the group passes counts on, votes go to the author and nobody else."""
    ada, cem = await alpha.member("ada", follows=bees), await gamma.member("cem", follows=bees)
    mia = masto.person("mia")
    await masto.send(beta, masto.activity("Follow", mia, bees.iri))
    await sea.settle()
    iri = await ada.asks(bees, title="Tea or cake?", source="On Sunday", options="Tea\nCake", lasts="1h")
    await sea.settle()
    assert [await one.reads(bees) for one in (ada, cem, bees.founder)] == [["Tea or cake?"]] * 3
    assert [one["object"] for one in masto.got("Announce")] == [iri]
    assert (await alpha.document(iri))["type"] == "Question", "the same type, whoever asks (D2)"
    assert (await gamma.post(iri)).content == "<p>On Sunday</p>"

    sea.chart.parcels.clear()
    await cem.chooses(iri, 1)
    await bees.founder.chooses(iri, 0)
    await masto.send(alpha, vote(masto, mia, iri, ada.iri, "Cake"))
    await sea.settle()
    assert await seen(alpha, iri) == ([1, 2], 3, False)
    assert await seen(gamma, iri) == ([0, 0], 0, False), "counts come from home"
    votes = [json.loads(one.body) for one in sea.deliveries() if b"#votes" in one.body]
    assert {(one["type"], tuple(one["to"])) for one in votes} == {("Create", (ada.iri,))}
    assert all("content" not in one["object"] and "published" not in one["object"] for one in votes)
    async with gamma.node.reading() as session:
        (entry,) = await session.scalars(select(LogEntry).where(col(LogEntry.iri).contains("#votes")))
        assert not entry.public

    masto.received.clear()
    sea.clock.advance(minutes=2)
    await sea.settle()
    assert await seen(gamma, iri) == await seen(beta, iri) == ([1, 2], 3, False)
    (tally,) = masto.got("Update")
    assert tally["object"]["votersCount"] == 3
    assert "updated" not in tally["object"], "counts alone"
    assert not any("mia" in one for one in tally["to"] + tally["cc"])

    sea.clock.advance(minutes=60)
    await sea.settle()
    assert await seen(gamma, iri) == await seen(alpha, iri) == ([1, 2], 3, True)
    assert masto.got("Update")[-1]["object"]["closed"]
    for who in (ada, cem, bees.founder):
        assert await who.notices() == [("poll", iri)]


async def test_a_poll_from_mastodon_in_our_group(sea, alpha, beta, bees, masto):
    """D3: named in a Question. Members vote at its author; an Update without `updated` brings the counts."""
    ada = await alpha.member("ada", follows=bees)
    mia = masto.person("mia")
    await masto.send(beta, masto.activity("Follow", mia, bees.iri))
    await sea.settle()
    option = {"type": "Note", "replies": {"type": "Collection", "totalItems": 0}}
    question = masto.note(
        mia,
        '<a href="https://beta.example/c/bees" class="u-url mention">@<span>bees</span></a> Honey or wax?',
        type="Question",
        cc=[f"{mia}/followers", bees.iri],
        tag=[mention(bees.iri)],
        anyOf=[option | {"name": "Honey"}, option | {"name": "Wax &amp; more"}],
        endTime="2026-11-04T09:00:00Z",
        votersCount=0,
    )
    assert await masto.send(beta, masto.create(question)) == 202
    await sea.settle()
    assert await ada.reads(bees) == ["Honey or wax?"]
    await ada.chooses(question["id"], 0, 1)
    await sea.settle()
    assert [one["object"]["name"] for one in masto.got("Create")] == ["Honey", "Wax &amp; more"], "exactly"
    told = question | {"votersCount": 1, "content": "<p>Never mind</p>"}
    told["anyOf"] = [one | {"replies": {"type": "Collection", "totalItems": 1}} for one in question["anyOf"]]
    masto.documents[question["id"]] = {"@context": "https://www.w3.org/ns/activitystreams", **told}
    await masto.send(beta, masto.activity("Update", mia, told, to=[PUBLIC]))
    await sea.settle()
    for island in (alpha, beta):
        assert await seen(island, question["id"]) == ([1, 1], 1, False)
        assert "Honey or wax?" in (await island.post(question["id"])).content
    sea.clock.advance(days=2)
    await sea.settle()
    assert await ada.notices() == [("poll", question["id"])]


async def test_piefeds_votes_come_directly_or_from_its_groups(sea, alpha, beta, bees):
    """PollVote from a member to our group, and announced by a group of PieFed to the author of a poll in it."""
    piefed = Stranger(sea, "piefed.example", software="piefed")
    rimu, zed = piefed.person("rimu"), piefed.person("zed")
    garden = piefed.person("gardening", kind="Group", key="alice")
    iri = await bees.founder.asks(bees, title="When?", options="May\nJune", lasts="open")
    ballot = json.loads((WIRE / "piefed/poll_vote.json").read_text()) | {"object": iri, "actor": rimu}
    ballot |= {"id": f"{rimu}/pollvote/1", "choice_text": "June"}
    await piefed.send(beta, ballot)
    await sea.settle()
    assert await seen(beta, iri) == ([0, 1], 1, False)

    foreign = {**ballot, "actor": zed, "id": f"{zed}/pollvote/2"}
    await piefed.send(beta, piefed.activity("Announce", garden, foreign, to=[PUBLIC]))
    await sea.settle()
    assert await seen(beta, iri) == ([0, 1], 1, False), "no thread of that group"

    ada = await alpha.member("ada")
    async with alpha.node.transaction() as tx:
        await keep_actor(tx, reading.read_actor(piefed.documents[garden]))
    theirs = await ada.asks(Group(alpha, garden, ada), title="When?", options="May\nJune", lasts="open")
    await sea.settle()
    announced = {**ballot, "object": theirs, "audience": garden, "id": f"{rimu}/pollvote/3"}
    for _ in range(2):
        await piefed.send(alpha, piefed.activity("Announce", garden, announced, to=[PUBLIC]))
    await sea.settle()
    assert await seen(alpha, theirs) == ([0, 1], 1, False)


async def test_a_vote_from_piefed_in_our_group_reaches_the_home_of_the_poll_and_nobody_else(
    sea, alpha, beta, gamma, bees, masto
):
    """C.14: PieFed sends it to the group. What is read from an announcement alone goes to the author's node by one."""
    piefed, third = (Stranger(sea, f"{name}.example", software="piefed") for name in ("piefed", "third"))
    rimu, zed, mia = piefed.person("rimu"), third.person("zed", key="bob"), masto.person("mia")
    ada, _ = await alpha.member("ada", follows=bees), await gamma.member("cem", follows=bees)
    for server, who in ((piefed, rimu), (third, zed), (masto, mia)):
        await server.send(beta, server.activity("Follow", who, bees.iri))
    await sea.settle()
    ours = await ada.asks(bees, title="When?", options="May\nJune", lasts="open")
    option = {"type": "Note", "replies": {"type": "Collection", "totalItems": 0}}
    theirs = [
        server.note(
            who, "<p>When?</p>", type="Question", name="When?", to=[bees.iri, PUBLIC], cc=[bees.iri],
            audience=bees.iri, tag=[mention(bees.iri)], oneOf=[option | {"name": "May"}, option | {"name": "June"}],
        )
        for server, who in ((third, zed), (masto, mia))
    ]  # fmt: skip
    for server, question in zip((third, masto), theirs, strict=True):
        await server.send(beta, server.create(question))
    await sea.settle()
    sea.chart.parcels.clear()
    for server in (piefed, third, masto):
        server.received.clear()
    polls = (ours, *(one["id"] for one in theirs))
    ballots = [piefed.activity("PollVote", rimu, iri, choice_text="June", audience=bees.iri) for iri in polls]
    wrong = piefed.activity("PollVote", rimu, ours, choice_text="August", audience=bees.iri)
    for ballot in (*ballots, ballots[0], wrong):
        await piefed.send(beta, ballot)
    await sea.settle()
    assert await seen(alpha, ours) == ([0, 1], 1, False)
    (handed,) = third.got("Announce")
    assert (handed["object"]["choice_text"], handed["object"]["actor"]) == ("June", rimu)
    assert (handed["actor"], handed["to"], handed["cc"]) == (bees.iri, [zed], [])
    assert masto.got("Announce") == piefed.got("Announce") == []
    assert not any(b"PollVote" in one.body for one in sea.deliveries(beta, to=gamma))
    assert (await beta.get(handed["id"], accept="application/activity+json")).status_code == 404
    assert await seen(beta, ours) == ([0, 0], 0, False), "counts come from home"
    sea.clock.advance(minutes=2)
    await sea.settle()
    assert await seen(beta, ours) == await seen(gamma, ours) == ([0, 1], 1, False)

    sea.chart.parcels.clear()
    await bees.founder.chooses(theirs[0]["id"], 0)
    await sea.settle()
    (vote_sent,) = third.got("Create")
    assert (vote_sent["object"]["name"], vote_sent["object"]["inReplyTo"]) == ("May", theirs[0]["id"])
    assert "published" not in vote_sent["object"], "PieFed takes one with a date for a comment (pitfall 98)"
