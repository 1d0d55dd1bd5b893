"""Our node and a server on Fedify, over real HTTP: they join ours, we join theirs."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator

import httpx
import pytest
from sqlmodel import col, select

from node.activities import follow
from node.activities.perform import perform
from node.activitypub.webfinger import parse_handle
from node.inbox import actors as remote_actors
from node.inbox.proofs import is_proven
from node.network.client import Budget
from node.store.queries.actors import get_actor, is_follower
from node.store.tables.arrivals import Arrival
from tests.peers.fedify_peer import FedifyPeer
from tests.support.archipelago import Group, Island
from tests.support.harbour import at_rest, harboured

pytestmark = [pytest.mark.peer, pytest.mark.process]

PUBLIC = "https://www.w3.org/ns/activitystreams#Public"


@pytest.fixture
async def ours(tmp_path) -> AsyncIterator[Island]:
    async with harboured(tmp_path) as island:
        yield island


@pytest.fixture
async def bees(ours: Island) -> Group:
    return await ours.group("bees")


@pytest.fixture
async def fay(fedify: FedifyPeer, ours: Island, bees: Group) -> str:
    """A person on the peer who follows our group."""
    iri = await fedify.person("fay")
    sent = await fedify.post("follow", actor=iri, object=bees.iri)
    assert [(one["status"], one["signature"]) for one in sent["deliveries"]] == [(202, "draft-cavage")]
    await at_rest(ours)
    return iri


async def test_they_understand_every_actor_and_post_of_ours(fedify, ours, bees):
    thread = await bees.founder.posts(bees, title="Swarm season", text="When?")
    comment = await bees.founder.answers(thread, "In May")
    for iri, kind in ((bees.iri, "Group"), (bees.founder.iri, "Person"), (thread, "Page"), (comment, "Note")):
        found = await fedify.post("lookup", object=iri)
        assert (found["found"], found["type"], found["id"]) == (True, kind, iri)
    found = await fedify.post("lookup", object=f"@bees@{ours.host}")
    assert (found["found"], found["id"]) == (True, bees.iri)


async def test_their_member_joins_and_is_accepted(fedify, ours, bees, fay):
    (accept,) = await fedify.wait(actor=fay, type="Accept")
    assert (accept["actor"], accept["inner"]) == (bees.iri, "Follow")
    assert (await fedify.get("following", actor=fay))["following"] == {bees.iri: "accepted"}
    async with ours.node.reading() as session:
        follower, group = await get_actor(session, fay), await get_actor(session, bees.iri)
        assert await is_follower(session, follower.id, group.id)


async def test_their_member_gets_the_thread_answers_and_likes(fedify, ours, bees, fay):
    thread = await bees.founder.posts(bees, title="Swarm season", text="When?")
    await at_rest(ours)
    arrived = await fedify.wait(actor=fay, type="Announce", count=2)
    assert [one["inner"] for one in arrived] == ["Create", "Page"], "unknown software gets both forms (D1)"
    reply = await fedify.post(
        "reply", actor=fay, inReplyTo=thread, content="In May", mentions=[bees.founder.iri, bees.iri]
    )
    like = await fedify.post("like", actor=fay, object=thread, to=[bees.founder.iri])
    assert {one["status"] for one in reply["deliveries"] + like["deliveries"]} == {202}
    await at_rest(ours)
    assert (await ours.post(thread)).score == 1
    page = await ours.get(f"/post/{(await ours.post(thread)).token}")
    assert "In May" in page.text
    assert await bees.founder.notices() == [("reply", reply["object"])]
    (announced,) = await fedify.wait(actor=fay, type="Announce", inner="Like")
    assert announced["actor"] == bees.iri


async def test_their_edit_undo_and_deletion_take_effect(fedify, ours, bees, fay):
    thread = await bees.founder.posts(bees, title="Swarm season")
    await at_rest(ours)
    reply = await fedify.post("reply", actor=fay, inReplyTo=thread, content="In May", mentions=[bees.iri])
    like = await fedify.post("like", actor=fay, object=thread, to=[bees.iri])
    await at_rest(ours)
    await fedify.post("update", actor=fay, object=reply["object"], content="In June")
    await fedify.post("undo", actor=fay, activity=like["id"])
    await at_rest(ours)
    assert "In June" in (await ours.post(reply["object"])).content
    assert (await ours.post(thread)).score == 0
    await fedify.post("delete", actor=fay, object=reply["object"])
    await at_rest(ours)
    assert (await ours.post(reply["object"])).deleted_at is not None


async def test_our_edit_and_deletion_reach_them(fedify, ours, bees, fay):
    thread = await bees.founder.posts(bees, title="Swarm saeson")
    await at_rest(ours)
    await bees.founder.edits(thread, "Now spelt right", title="Swarm season")
    await at_rest(ours)
    await fedify.wait(actor=fay, type="Announce", inner="Update")
    await bees.founder.deletes(thread)
    await at_rest(ours)
    await fedify.wait(actor=fay, type="Announce", inner="Delete")
    assert (await fedify.post("lookup", object=thread))["found"] is False, "410, and a Tombstone"


async def test_their_thread_by_naming_our_group(fedify, ours, bees, fay):
    made = await fedify.post(
        "create", actor=fay, group=bees.iri, type="Note", content="<p>Do bees sleep?</p>"
    )
    assert {one["status"] for one in made["deliveries"]} == {202}
    await at_rest(ours)
    assert await bees.founder.reads(bees) == ["Do bees sleep?"]


async def joined(ours: Island, fedify: FedifyPeer, handle: str):
    """A member of ours who has joined the peer's group."""
    ben = await ours.member("ben")
    group = await remote_actors.find_handle(ours.node, parse_handle(handle))
    async with ours.node.transaction() as tx:
        await perform(tx, follow.compose(tx, ben.actor, group))
    await at_rest(ours)
    return ben, Group(ours, group.iri, ben)


async def test_our_member_joins_their_group_and_posts_to_it(fedify, ours):
    hive = await fedify.group("hive")
    host = fedify.url.removeprefix("http://")
    ben, group = await joined(ours, fedify, f"!hive@{host}")
    assert group.iri == hive
    assert (await fedify.get("followers", actor=hive))["followers"] == [ben.iri]
    thread = await ben.posts(group, title="Hello from Archipel", text="We are *here*.")
    await at_rest(ours)
    (post,) = (await fedify.get("group-posts", group=hive))["posts"]
    assert (post["id"], post["type"], post["name"], post["author"]) == (
        thread,
        "Page",
        "Hello from Archipel",
        ben.iri,
    )
    await at_rest(ours)
    assert (await ours.post(thread)).confirmed_at is not None, "the group announced it back"


async def test_what_others_post_to_their_group_reaches_our_member(fedify, ours):
    hive, gil = await fedify.group("hive"), await fedify.person("gil")
    ben, group = await joined(ours, fedify, f"!hive@{fedify.url.removeprefix('http://')}")
    await fedify.post("create", actor=gil, group=hive, type="Page", name="From gil", content="<p>Hi</p>")
    await at_rest(ours)
    assert await ben.reads(group) == ["From gil"]
    (post,) = (await fedify.get("group-posts", group=hive))["posts"]
    await ben.votes(post["id"], 1)
    comment = await ben.answers(post["id"], "Hello gil")
    await at_rest(ours)
    posts = {one["id"]: one for one in (await fedify.get("group-posts", group=hive))["posts"]}
    assert posts[comment]["in_reply_to"] == post["id"]
    assert posts[post["id"]]["likes"] == [ben.iri]


async def test_their_groups_past_comes_with_our_first_member(fedify, ours):
    hive, gil = await fedify.group("hive"), await fedify.person("gil")
    await fedify.post("create", actor=gil, group=hive, type="Page", name="Before you", content="<p>Hi</p>")
    ben, group = await joined(ours, fedify, f"!hive@{fedify.url.removeprefix('http://')}")
    await at_rest(ours)
    assert await ben.reads(group) == ["Before you"]


async def test_a_request_that_is_signed_their_new_way_is_taken_at_once(start_fedify, ours, bees):
    """RFC 9421 as Fedify writes it: no second knock."""
    fedify = await start_fedify(FEDIFY_PEER_FIRST_KNOCK="rfc9421")
    fay = await fedify.person("fay")
    sent = await fedify.post("follow", actor=fay, object=bees.iri)
    assert [(one["status"], one["signature"]) for one in sent["deliveries"]] == [(202, "rfc9421")]


async def test_what_we_sign_in_the_new_way_is_taken_by_them(ours, fedify):
    """RULE B4: remembered as what works here, RFC 9421 is the first form sent, and the only one needed."""
    schemes = ours.node.client.schemes
    schemes.learn(fedify.url, "cavage", last=False, status=401)
    schemes.learn(fedify.url, "rfc9421", last=True, status=202)
    await fedify.group("hive")
    await joined(ours, fedify, f"!hive@{fedify.url.removeprefix('http://')}")
    await at_rest(ours)
    assert schemes.to_try(fedify.url) == ("rfc9421", "cavage"), "a refusal would have turned them round"


async def test_our_proofs_hold_for_them(fedify, ours, bees, fay):
    """FEP-8b32 in both layers of an Announce; a proof opens their inbox without any signature of a request."""
    await bees.founder.posts(bees, title="Swarm season", text="When?")
    await at_rest(ours)
    (arrived,) = await fedify.wait(actor=fay, type="Announce", inner="Create")
    announce, create = arrived["raw"], arrived["raw"]["object"]
    changed = {**create, "object": {**create["object"], "name": "Wasps"}}
    for document, verified in ((announce, True), (create, True), (changed, False)):
        assert await fedify.post("verify", document=document) == {"verified": verified}
    async with httpx.AsyncClient(trust_env=False) as client:
        answers = [await client.post(f"{fay}/inbox", json=document) for document in (changed, create)]
    assert [answer.status_code for answer in answers] == [401, 202]


async def test_their_proofs_hold_for_us(fedify, ours, bees, fay):
    """Fedify proves what it sends with the Ed25519 key of the actor."""
    thread = await bees.founder.posts(bees, title="Swarm season")
    await at_rest(ours)
    reply = await fedify.post("reply", actor=fay, inReplyTo=thread, content="In May", mentions=[bees.iri])
    async with ours.node.reading() as session:
        arrival = (await session.scalars(select(Arrival).where(col(Arrival.iri) == reply["id"]))).one()
    create = json.loads(arrival.body)
    changed = {**create, "object": {**create["object"], "content": "Never"}}
    assert await is_proven(ours.node, create, fay, Budget(4))
    assert not await is_proven(ours.node, changed, fay, Budget(4))
