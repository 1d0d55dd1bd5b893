"""Ids and addresses: I.39 to I.54."""

from __future__ import annotations

import json

import pytest

from node.activities import create, vote
from node.activities.drafts import CommentDraft
from node.activitypub import reading
from node.activitypub.origin import host_of, parse_iri, same_identity, same_origin
from node.errors import Malformed
from node.outbox.verdicts import Verdict, judge
from node.store.queries.posts import find_post
from tests.activitypub.least import ACTOR, LIKE
from tests.support import keyshop


def test_ids_with_fragments_are_ids():
    """I.39: legal, and not to be fetched as such."""
    for iri in ("https://a.example/post/9#activity/create/17", "https://a.example/f/1#accept"):
        assert reading.read_activity({**LIKE, "id": iri}).iri == iri


async def test_an_activity_of_another_host_than_its_actor_is_refused(sea, beta, bees, masto):
    """I.40"""
    mia = masto.person("mia")
    activity = masto.activity("Follow", mia, bees.iri) | {"id": "https://other.example/follow/1"}
    assert await masto.send(beta, activity) in {400, 401, 403}
    assert await beta.arrivals() == []


def test_a_subdomain_is_another_host():
    """I.41"""
    assert not same_origin("https://a.example/x", "https://www.a.example/x")
    assert not same_origin("https://a.example/x", "https://b.a.example/x")


def test_a_last_slash_matters_except_of_a_node_itself():
    """I.42"""
    assert same_identity("https://a.example", "https://a.example/")
    assert not same_identity("https://a.example/u/x", "https://a.example/u/x/")


def test_addresses_are_kept_as_they_are_written():
    """I.43, I.44: double slashes and capitals are part of the id."""
    odd = "https://a.example/C/x//Featured"
    assert reading.read_actor({**ACTOR, "featured": odd}).featured == odd
    assert reading.id_of(odd) == odd
    assert not same_identity("https://a.example/u/Ada", "https://a.example/u/ada")


def test_a_host_is_compared_by_its_a_label():
    """I.45"""
    assert parse_iri("https://b\u00fccher.example/u/x").host == "xn--bcher-kva.example"
    assert host_of("https://xn--bcher-kva.example/u/x") == "xn--bcher-kva.example"


@pytest.mark.parametrize(
    "iri",
    ["https://a.example:8443/u/x", "https://127.0.0.1/u/x", "https://[::1]/u/x", "http://a.example/u/x"],
)
def test_ports_and_addresses_are_no_hosts_in_production(iri):
    """I.46"""
    with pytest.raises(Malformed):
        parse_iri(iri)


def test_the_host_is_signed_as_it_is_sent():
    """I.47: with the port only where it is not the scheme's own."""
    from datetime import UTC, datetime

    from node.activitypub import signatures

    for url, host in (
        ("https://a.example/inbox", "a.example"),
        ("https://a.example:443/inbox", "a.example"),
        ("http://a.example:8001/inbox", "a.example:8001"),
    ):
        headers = signatures.sign(
            method="POST",
            url=url,
            body=b"{}",
            key_id="https://b.example/u/x#main-key",
            private_key=keyshop.private_key("alice"),
            now=datetime(2026, 11, 3, tzinfo=UTC),
        )
        assert headers["Host"] == host


def test_a_last_dot_hides_no_host():
    """I.48: it would pass by a list of blocked hosts."""
    with pytest.raises(Malformed):
        parse_iri("https://a.example./u/x")


async def test_ids_of_ours_have_no_query_no_fragment_no_capital_and_are_short(scene):
    """I.49, I.53, I.54: PieFed cuts ids at 100 characters, and guesses by /post/ and /comment/."""
    thread = await scene.ben.posts(scene.group, title="Here")
    async with scene.island.node.transaction() as tx:
        post = await find_post(tx.session, thread)
        comment = await create.compose_comment(tx, scene.ben.actor, post, CommentDraft(source="x"))
        liked = await vote.compose(tx, scene.ben.actor, post, 1)
    for iri in (post.iri, comment.object, comment.iri, liked.iri, scene.group.iri):
        assert len(iri) <= 100
        assert not set("?#") & set(iri)
        assert iri == iri.lower()
    assert "/comment/" not in post.iri
    assert "/post/" in post.iri
    assert "/comment/" in comment.object
    assert "/post/" not in comment.object


def test_a_request_target_is_signed_as_it_is_sent():
    """I.50: percent signs are not encoded again."""
    from node.activitypub.signatures import _target

    assert _target("https://a.example/u/%C3%A9?x=%20") == "/u/%C3%A9?x=%20"


def test_an_inbox_that_redirects_is_looked_up_anew_and_never_followed():
    """I.51"""
    for status in (301, 302, 307, 308):
        assert judge(status, None).verdict is Verdict.RECHECK


async def test_a_document_has_the_id_at_which_it_was_asked_for(sea, beta, bees, masto):
    """I.52: another address of the same thing leads to the id, and never shows the document under another."""
    thread = await bees.founder.posts(bees, title="One")
    mia = masto.person("mia")
    note = masto.note(mia, "Hi", type="Page", name="Hi", to=[bees.iri, "as:Public"], audience=bees.iri)
    await masto.send(beta, masto.create(note))
    await sea.settle()
    remote = await beta.post(note["id"])
    for path, expected in ((thread, thread), (f"/post/{remote.token}", note["id"])):
        response = await beta.get(path, accept="application/activity+json")
        if response.status_code == 200:
            assert json.loads(response.text)["id"] == expected
        else:
            assert response.status_code in {301, 308}
            assert response.headers["location"] == expected
    assert (
        await beta.get(thread.replace("/post/", "/comment/"), accept="application/activity+json")
    ).status_code == 404
