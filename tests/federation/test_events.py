"""Events between nodes: Join, Leave, Invite and their answers Accept, Reject and Ignore, as Mobilizon speaks (C.15)."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from node.activities import attending, follow, invite, update
from node.activities.gathering_drafts import EventDraft
from node.activities.perform import perform
from node.activitypub.webfinger import parse_handle
from node.inbox.actors import find_handle
from node.store.queries.actors import get_actor
from node.store.queries.gatherings import find_attendance, gathering_of
from node.store.queries.posts import find_post
from tests.support.stranger import PUBLIC, Stranger

WIRE = Path(__file__).parent.parent / "wire"
SOON = {"starts": "2026-12-01T19:00", "ends": "2026-12-01T21:00", "timezone": "Europe/Paris", "place": "Hall"}


async def event(island, iri):
    async with island.node.reading() as session:
        return await gathering_of(session, await find_post(session, iri))


async def test_an_event_of_ours_with_guests_from_elsewhere(sea, alpha, beta, bees):
    """Joined, full, left, moved, cancelled: each side knows as much as the other."""
    ada, cem = await alpha.member("ada", follows=bees), await alpha.member("cem", follows=bees)
    await sea.settle()
    iri = await bees.founder.plans(bees, title="Honey harvest", capacity="1", **SOON)
    await sea.settle()
    assert (await event(alpha, iri)).timezone == "Europe/Paris"
    assert (await alpha.post(iri)).title == "Honey harvest"
    await ada.joins(iri)
    assert await ada.part_in(iri) == "pending"
    await sea.settle()
    await cem.joins(iri)
    await sea.settle()
    assert [await one.part_in(iri) for one in (ada, cem)] == ["accepted", "rejected"]
    sea.clock.advance(minutes=2)
    await sea.settle()
    assert (await event(alpha, iri)).participants == 1, "an Update tells how many"
    document = await beta.document(f"{iri}/attendees")
    assert (document["totalItems"], document["items"]) == (1, []), "how many, not who"

    async with beta.node.transaction() as tx:
        draft = EventDraft(title="Honey harvest", **SOON | {"place": "Barn"}, capacity="1")
        post = await find_post(tx.session, iri)
        await perform(tx, await update.compose(tx, bees.founder.actor, post, draft))
    await sea.settle()
    assert (await event(alpha, iri)).place == "Barn"
    assert await ada.notices() == [("event", iri)]

    await ada.does_not_come(iri)
    await sea.settle()
    await cem.joins(iri)
    await sea.settle()
    assert [await one.part_in(iri) for one in (ada, cem)] == ["", "accepted"]


async def test_the_organiser_invites_and_answers_across_nodes(sea, alpha, beta, bees):
    ada, cem = await alpha.member("ada", follows=bees), await alpha.member("cem", follows=bees)
    await sea.settle()
    iri = await bees.founder.plans(bees, title="Honey harvest", join_mode="restricted", **SOON)
    await sea.settle()
    await ada.joins(iri, "I bring jars")
    found = await find_handle(beta.node, parse_handle("@cem@alpha.example"))
    async with beta.node.transaction() as tx:
        post = await find_post(tx.session, iri)
        await perform(
            tx, invite.compose(tx, bees.founder.actor, post, await get_actor(tx.session, found.iri))
        )
    await sea.settle()
    assert [await one.part_in(iri) for one in (ada, cem)] == ["pending", "pending"]
    assert await cem.notices() == [("invite", iri)]
    async with alpha.node.transaction() as tx:
        post = await find_post(tx.session, iri)
        await perform(tx, await invite.compose_answer(tx, cem.actor, post, accept=True))
    async with beta.node.transaction() as tx:
        post = await find_post(tx.session, iri)
        asked = await find_attendance(tx.session, post, await get_actor(tx.session, ada.iri))
        assert asked.message == "I bring jars"
        await attending.answer(tx, bees.founder.actor, post, asked, accept=True)
    await sea.settle()
    assert [await one.part_in(iri) for one in (ada, cem)] == ["accepted", "accepted"]
    assert (await event(beta, iri)).participants == 2
    assert {kind for kind, _ in await bees.founder.notices()} == {"asked", "guest-accepted"}


@pytest.fixture
def tom(sea):
    """Tom of a Mobilizon, whose group has an event."""
    mobilizon = Stranger(sea, "mobilizon.example", software="mobilizon")
    return mobilizon, mobilizon.person("tom"), mobilizon.person("dancers", kind="Group")


async def test_an_event_of_mobilizon_that_a_member_joins(sea, alpha, tom):
    """Attributed to its group, with its organiser as `actor`; passed on by the group as an id."""
    mobilizon, organiser, dancers = tom
    ada = await alpha.member("ada")
    found = await find_handle(alpha.node, parse_handle("!dancers@mobilizon.example"))
    async with alpha.node.transaction() as tx:
        asking = follow.compose(tx, ada.actor, await get_actor(tx.session, found.iri))
        await perform(tx, asking)
    await sea.settle()
    await mobilizon.send(alpha, mobilizon.activity("Accept", dancers, dict(asking.raw)))
    document = json.loads((WIRE / "mobilizon/event.json").read_text())
    iri = f"{mobilizon.home}/events/b81c"
    document |= {"id": iri, "actor": organiser, "attributedTo": dancers, "contacts": [organiser], "url": iri}
    mobilizon.documents[iri] = document
    await mobilizon.send(alpha, mobilizon.activity("Announce", dancers, iri, to=[PUBLIC]))
    await sea.settle()
    post = await alpha.post(iri)
    assert (post.kind, post.title) == ("Event", "Reels for beginners")
    async with alpha.node.reading() as session:
        assert (await get_actor(session, organiser)).id == post.author_id
        assert (await get_actor(session, dancers)).id == post.group_id
    await ada.joins(iri, "Hello")
    await sea.settle()
    (join,) = mobilizon.got("Join")
    assert (join["to"], join["participationMessage"]) == ([organiser], "Hello")
    for kind, expected in (("Accept", "accepted"), ("Reject", "rejected"), ("Ignore", "ignored")):
        said = {name: join[name] for name in ("id", "type", "actor", "object")}
        await mobilizon.send(alpha, mobilizon.activity(kind, organiser, said, to=[ada.iri]))
        await sea.settle()
        assert await ada.part_in(iri) == expected
    await ada.joins(iri)
    await sea.settle()
    again = mobilizon.got("Join")[-1]
    await mobilizon.send(alpha, mobilizon.activity("Accept", organiser, again["id"], to=[ada.iri]))
    await sea.settle()
    assert await ada.part_in(iri) == "accepted", "named by its id alone"
    await ada.does_not_come(iri)
    await sea.settle()
    assert [one["object"] for one in mobilizon.got("Leave")] == [iri]


async def test_mobilizon_at_an_event_and_in_a_group_of_ours(sea, beta, bees, tom):
    mobilizon, organiser, _ = tom
    iri = await bees.founder.plans(bees, title="Honey harvest", **SOON)
    await sea.settle()
    join = mobilizon.activity("Join", organiser, iri, to=[bees.founder.iri])
    await mobilizon.send(beta, join)
    await sea.settle()
    (accept,) = mobilizon.got("Accept")
    assert (accept["actor"], accept["object"]["id"], accept["object"]["type"]) == (
        bees.founder.iri,
        join["id"],
        "Join",
    )
    await mobilizon.send(beta, mobilizon.activity("Leave", organiser, iri, to=[bees.founder.iri]))
    await sea.settle()
    assert (await event(beta, iri)).participants == 0
    member = mobilizon.activity("Join", organiser, bees.iri, to=[bees.iri])
    await mobilizon.send(beta, member)
    await sea.settle()
    accept = mobilizon.got("Accept")[-1]
    assert (accept["actor"], accept["object"]["type"]) == (bees.iri, "Join")
