"""The door. Rows of THREATS 1.1, 1.5, 2.1 and 2.2 are named at each test."""

from __future__ import annotations

import json

import pytest

from node.errors import (
    Forbidden,
    Malformed,
    TooLarge,
    TooMany,
    Unauthenticated,
    Unavailable,
    UnsupportedMedia,
)
from node.local.peers import block
from tests.inbox.conftest import Post
from tests.support import keyshop
from tests.support.dbhash import no_effect

MAX_BODY = 1024 * 1024


def like(actor, number=1, **more):
    home = "/".join(actor.split("/")[:3])
    activity = {
        "@context": "https://www.w3.org/ns/activitystreams",
        "id": f"{home}/likes/{number}",
        "type": "Like",
        "actor": actor,
        "object": "https://us.example/post/1",
    }
    return activity | more


def fetches_of(sea, host):
    return [url for _, url in sea.chart.fetched if host in url]


async def test_a_signed_activity_is_recorded_with_its_signer(us, good, post):
    """V10"""
    alice = good.person("alice")
    assert (await post(like(alice))).state == "accepted"
    (arrival,) = await us.arrivals()
    assert (arrival.signer, arrival.trust, arrival.state) == (alice, "actor", "waiting")


async def test_the_same_request_twice_is_one_arrival(us, good, post):
    """A25, R23"""
    alice = good.person("alice")
    await post(like(alice))
    assert (await post(like(alice))).state == "repeat"
    assert len(await us.arrivals()) == 1


async def test_headers_in_another_order_and_odd_spacing_are_as_good(us, good, post):
    """V11"""
    alice = good.person("alice")
    body = json.dumps(like(alice), indent=7).encode()
    receipt = await post(body, key_id=f"{alice}#main-key", edit=keyshop.reordered)
    assert receipt.state == "accepted"


async def test_an_unsigned_request_is_refused_without_a_fetch(us, good, post, sea):
    """V09, A35"""
    alice = good.person("alice")
    async with no_effect(us.node.database):
        with pytest.raises(Unauthenticated):
            await post(like(alice), edit=lambda headers: keyshop.without(headers, "signature"))
    assert fetches_of(sea, "good") == []


@pytest.mark.parametrize("part", ["(request-target)", "host", "date", "digest"])
async def test_each_part_must_be_covered(us, good, post, sea, part):
    """V07, A28"""
    alice = good.person("alice")
    covered = [one for one in keyshop.COVERED if one != part]
    with pytest.raises(Unauthenticated):
        await post(like(alice), covered=covered)
    assert fetches_of(sea, "good") == []
    assert await us.arrivals() == []


@pytest.mark.parametrize("name", ["host", "date", "digest", "signature"])
async def test_a_doubled_header_is_refused(us, good, post, name):
    """A29"""
    with pytest.raises(Unauthenticated):
        await post(like(good.person("alice")), edit=lambda headers: keyshop.doubled(headers, name))


@pytest.mark.parametrize(("minutes", "taken"), [(-61, False), (-59, True), (4, True), (6, False)])
async def test_the_clock_may_be_off_by_an_hour_back_and_five_minutes_ahead(us, good, post, minutes, taken):
    """A26"""
    alice = good.person("alice")
    now = us.node.clock.now()
    us.node.clock.advance(minutes=-minutes)
    if taken:
        assert (await post(like(alice), now=now)).state == "accepted"
    else:
        with pytest.raises(Unauthenticated):
            await post(like(alice), now=now)


async def test_a_body_changed_after_signing_is_refused_before_any_fetch(us, good, post, sea):
    """V06, A35"""
    alice = good.person("alice")
    changed = json.dumps(like(alice, object="https://us.example/post/2")).encode()
    with pytest.raises(Unauthenticated):
        await post(like(alice), replace_body=changed)
    assert fetches_of(sea, "good") == []


async def test_a_request_for_another_host_is_refused(us, good, post):
    """V07"""
    with pytest.raises(Unauthenticated):
        await post(like(good.person("alice")), change={"host": "other.example"})


async def test_a_corrupt_signature_is_refused(us, good, post):
    """V08"""
    with pytest.raises(Unauthenticated):
        await post(like(good.person("alice")), key="mallory")
    assert await us.arrivals() == []


async def test_an_id_of_another_origin_is_refused_and_does_not_shadow_the_real_one(us, evil, victim, post):
    """V03, V65, A12"""
    mallory, bob = evil.person("mallory", key="mallory"), victim.person("bob", key="bob")
    genuine = like(bob)
    async with no_effect(us.node.database):
        with pytest.raises(Malformed):
            await post(like(mallory) | {"id": genuine["id"]}, key="mallory")
    assert (await post(genuine, key="bob")).state == "accepted"


async def test_a_stranger_who_signs_for_another_is_refused_and_the_id_stays_free(us, evil, victim, post):
    """V05, V25, A20, V65"""
    mallory, bob = evil.person("mallory", key="mallory"), victim.person("bob", key="bob")
    for kind in ("Like", "Follow", "Delete", "Create"):
        with pytest.raises(Unauthenticated):
            await post(like(bob, kind, type=kind), key="mallory", key_id=f"{mallory}#main-key")
    assert await us.arrivals() == []
    assert (await post(like(bob, "Like"), key="bob")).state == "accepted"


async def test_a_neighbour_on_the_same_host_does_not_speak_for_the_actor(us, good, post):
    """A02, A19"""
    alice, bob = good.person("alice"), good.person("bob", key="bob")
    with pytest.raises(Unauthenticated):
        await post(like(bob), key_id=f"{alice}#main-key")
    assert await us.arrivals() == []


async def test_ids_of_ours_from_outside_are_dropped(us, good, post):
    """RULE B5.6, A13"""
    good.person("alice")
    for claim in (
        like("https://us.example/u/ada"),
        like("https://us.example/u/ada") | {"id": "https://us.example/activities/like/1"},
    ):
        async with no_effect(us.node.database):
            assert (await post(claim)).state == "dropped"


@pytest.mark.parametrize("host", ["good.example", "deep.good.example"])
async def test_a_blocked_host_and_those_below_it_are_refused(us, sea, good, post, host):
    """A106"""
    from tests.support.stranger import Stranger

    async with us.node.transaction() as tx:
        await block(tx, "good.example", own="us.example")
    with pytest.raises(Forbidden):
        await post(like(Stranger(sea, host).person("alice")))
    assert fetches_of(sea, "good") == []


async def test_a_blocked_key_host_is_refused(us, sea, good, evil, post):
    async with us.node.transaction() as tx:
        await block(tx, "evil.example", own="us.example")
    with pytest.raises(Forbidden):
        await post(like(good.person("alice")), key_id=f"{evil.person('mallory')}#main-key")


async def test_a_flood_of_farewells_from_strangers_costs_nothing(us, sea, good, post):
    """A36, B.9.4"""
    async with no_effect(us.node.database):
        for number in range(20):
            actor = f"https://good.example/users/gone{number}"
            bye = like(actor, number, type="Delete", object=actor)
            assert (await post(bye)).state == "dropped"
    assert fetches_of(sea, "good") == []


async def test_an_account_that_ended_is_believed_when_its_origin_says_gone(us, good, post, work):
    """B.2.6"""
    alice = good.person("alice")
    await post(like(alice))
    await work()
    good.documents[alice] = 410
    bye = like(alice, 2, type="Delete", object=alice)
    assert (await post(bye, key="bob")).state == "accepted"
    with pytest.raises(Unauthenticated):
        await post(like(alice, 3), key="bob")


async def test_unknown_types_are_answered_and_forgotten(us, good, post):
    """I.34"""
    async with no_effect(us.node.database):
        assert (await post(like(good.person("alice"), type="View"))).state == "dropped"


async def test_too_much_from_one_host_is_turned_away_before_its_key_is_fetched(us, sea, good, post):
    """A62, A35"""
    alice = good.person("alice")
    per_minute = us.node.settings.requests_per_minute
    for number in range(per_minute):
        with pytest.raises(Unauthenticated):
            await post(like(alice, number), edit=lambda headers: keyshop.without(headers, "date"))
    with pytest.raises(TooMany) as caught:
        await post(like(alice))
    assert caught.value.retry_after >= 1
    assert fetches_of(sea, "good") == []
    us.node.clock.advance(minutes=1)
    assert (await post(like(alice))).state == "accepted"


async def test_one_client_does_not_make_us_flood_a_host_with_questions_for_keys(sea):
    """A35, V56: actors of ever new hosts, and keys that are all said to be at one victim."""
    post = Post(await sea.node("us.example", requests_per_minute=10))
    for number in range(15):
        mallory = f"https://host{number}.evil.example/users/mallory"
        with pytest.raises(Unavailable if number < 10 else TooMany):
            await post(like(mallory), key_id=f"https://victim.example/users/{number}#main-key")


@pytest.mark.parametrize(
    ("body", "error"),
    [
        (b"", Malformed),
        (b"[]", Malformed),
        (b'{"id": 1, "id": 2}', Malformed),
        (b'{"a": NaN}', Malformed),
        (b"\xef\xbb\xbf{}", Malformed),
        (b"\xff", Malformed),
        (b'{"a":' * 40 + b"1" + b"}" * 40, Malformed),
        (b"{}", Malformed),
        (b'{"x": "' + b"a" * MAX_BODY + b'"}', TooLarge),
    ],
)
async def test_what_is_no_document_is_refused(us, post, body, error):
    """A53, A54"""
    async with no_effect(us.node.database):
        with pytest.raises(error):
            await post(body, key_id="https://good.example/users/alice#main-key")


@pytest.mark.parametrize("value", [None, 1, "", "x", [], {}, ["a", "b"], {"id": 1}, "ftp://good.example/x"])
@pytest.mark.parametrize("name", ["id", "type", "actor", "object"])
async def test_odd_values_are_refused_or_taken_but_never_break(us, good, post, name, value):
    """A55"""
    alice = good.person("alice")
    try:
        await post(like(alice) | {name: value}, key_id=f"{alice}#main-key")
    except (Malformed, Unauthenticated):
        assert await us.arrivals() == []


@pytest.mark.parametrize("kind", ["text/html", "application/octet-stream", "image/png", ""])
async def test_another_media_type_is_refused(us, good, post, kind):
    """V15"""
    with pytest.raises(UnsupportedMedia):
        await post(like(good.person("alice")), change={"content-type": kind})


@pytest.mark.parametrize(
    "kind",
    ["application/json", "application/ld+json", 'application/activity+json; charset="utf-8"'],
)
async def test_the_three_media_types_are_taken(us, good, post, kind):
    """I.56"""
    assert (await post(like(good.person("alice")), change={"content-type": kind})).state == "accepted"


async def test_a_sender_whose_key_cannot_be_had_is_asked_to_come_back(us, sea, good, post):
    alice = good.person("alice")
    sea.chart.away.add("good.example")
    with pytest.raises(Unavailable):
        await post(like(alice))
    sea.chart.away.clear()
    us.node.clock.advance(minutes=6)
    assert (await post(like(alice))).state == "accepted"
