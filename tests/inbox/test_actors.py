"""Actors of other nodes: fetched, kept, refreshed; handles that lead back."""

from __future__ import annotations

import pytest

from node.activitypub.webfinger import Handle
from node.errors import NotFound, Refused, Unavailable
from node.inbox.actors import fetch_actor, find_handle
from node.inbox.lookup import find_url
from node.network.client import Budget
from node.store.queries.actors import find_actor
from node.store.tables.actors import Actor
from node.store.tables.posts import Post
from tests.inbox.test_authenticate import fetches_of


async def kept(us, iri):
    async with us.node.reading() as session:
        return await find_actor(session, iri)


async def test_an_actor_is_fetched_once_a_day(us, sea, good):
    alice = good.person("alice")
    for hours in (0, 23, 2):
        us.node.clock.advance(hours=hours)
        await fetch_actor(us.node, alice, Budget(3))
    assert fetches_of(sea, "good") == [alice, alice]


async def test_a_known_actor_serves_while_its_origin_is_away(us, sea, good):
    alice = good.person("alice")
    await fetch_actor(us.node, alice, Budget(3))
    us.node.clock.advance(hours=25)
    sea.chart.away.add("good.example")
    assert (await fetch_actor(us.node, alice, Budget(3))).iri == alice
    with pytest.raises(Unavailable):
        await fetch_actor(us.node, alice, Budget(3), anew=True)


async def test_an_actor_that_cannot_be_had_is_not_asked_for_again_at_once(us, sea, good):
    """FEDERATION F"""
    for _ in range(3):
        with pytest.raises(NotFound):
            await fetch_actor(us.node, f"{good.home}/users/nobody", Budget(3))
    assert len(fetches_of(sea, "good")) == 1


async def test_nobody_of_ours_is_fetched(us):
    """V28, A52"""
    with pytest.raises(NotFound):
        await fetch_actor(us.node, "https://us.example/u/nobody", Budget(3))


async def test_boxes_on_other_hosts_are_left_out(us, good):
    """V49"""
    alice = good.person("alice", outbox="https://victim.example/outbox")
    good.documents[alice]["inbox"] = "https://10.0.0.5/"
    good.documents[alice]["endpoints"] = {"sharedInbox": "https://victim.example/inbox"}
    actor = await fetch_actor(us.node, alice, Budget(3))
    assert (actor.inbox, actor.shared_inbox, actor.outbox) == (None, None, None)


async def test_a_person_does_not_become_a_group(us, good):
    """A17"""
    alice = good.person("alice")
    await fetch_actor(us.node, alice, Budget(3))
    good.documents[alice]["type"] = "Group"
    assert (await fetch_actor(us.node, alice, Budget(3), anew=True)).kind == "Person"
    good.documents[alice]["type"] = "Service"
    assert (await fetch_actor(us.node, alice, Budget(3), anew=True)).kind == "Service"


async def test_texts_are_cleaned(us, good):
    alice = good.person("alice", summary="<p onclick='x()'>Hi<script>1</script></p>")
    good.documents[alice]["name"] = "Al\u202eice\u200b"
    actor = await fetch_actor(us.node, alice, Budget(3))
    assert "script" not in actor.summary
    assert "onclick" not in actor.summary
    assert actor.name == "Alice"


async def test_a_handle_is_looked_up_and_leads_back(us, good):
    alice = good.person("alice")
    actor = await find_handle(us.node, Handle("alice", "good.example"))
    assert (actor.iri, actor.handle_verified) == (alice, True)
    assert (await find_handle(us.node, Handle("alice", "good.example"), group=False)).iri == alice


async def test_the_handle_of_an_actor_that_came_by_itself_is_verified_later(us, good, work):
    """V20"""
    alice = good.person("alice")
    assert not (await fetch_actor(us.node, alice, Budget(3))).handle_verified
    await work()
    assert (await kept(us, alice)).handle_verified


async def test_a_handle_that_leads_elsewhere_is_not_shown(us, good, work):
    """V20, A23"""
    admin = good.person("files/admin", preferredUsername="admin")
    good.person("admin", key="bob")
    await fetch_actor(us.node, admin, Budget(3))
    await work()
    assert not (await kept(us, admin)).handle_verified


async def test_a_host_does_not_grant_the_names_of_another(us, evil, victim, monkeypatch):
    """V24, A23"""
    bob = victim.person("bob", key="bob")
    links = [{"rel": "self", "type": "application/activity+json", "href": bob}]
    jrd = {"subject": "acct:nobody@victim.example", "links": links}
    monkeypatch.setattr(evil, "_webfinger", lambda resource: (200, "application/jrd+json", jrd))
    with pytest.raises(NotFound):
        await find_handle(us.node, Handle("a", "evil.example"))
    monkeypatch.setattr(
        evil,
        "_webfinger",
        lambda resource: (200, "application/jrd+json", jrd | {"subject": "acct:a@evil.example"}),
    )
    actor = await find_handle(us.node, Handle("a", "evil.example"))
    assert (actor.host, actor.username) == ("victim.example", "bob")


async def test_nobody_is_found_where_nobody_is(us, good):
    for handle in (Handle("nobody", "good.example"), Handle("nobody", "us.example")):
        with pytest.raises(NotFound):
            await find_handle(us.node, handle)


async def test_an_address_finds_actors_and_posts(us, good):
    alice = good.person("alice")
    note = good.note(alice, "Found")
    post = await find_url(us.node, note["id"])
    assert isinstance(post, Post)
    assert post.backfilled
    assert (await find_url(us.node, note["url"])).id == post.id
    actor = await find_url(us.node, alice)
    assert isinstance(actor, Actor)
    assert await find_url(us.node, "https://us.example/post/none") is None
    assert await find_url(us.node, "https://good.example/nothing") is None


async def test_a_found_answer_brings_what_it_answers(us, good):
    """E4"""
    alice = good.person("alice")
    root = good.note(alice, "Root")
    middle = good.note(alice, "Middle", inReplyTo=root["id"])
    leaf = await find_url(us.node, good.note(alice, "Leaf", inReplyTo=middle["id"])["id"])
    assert leaf.depth == 2


async def test_a_post_whose_author_lives_elsewhere_is_refused(us, good, victim):
    """V19"""
    bob = victim.person("bob")
    good.documents["https://good.example/forged"] = {
        "id": "https://good.example/forged",
        "type": "Note",
        "attributedTo": bob,
        "content": "x",
        "to": ["https://www.w3.org/ns/activitystreams#Public"],
    }
    with pytest.raises(Refused):
        await find_url(us.node, "https://good.example/forged")
