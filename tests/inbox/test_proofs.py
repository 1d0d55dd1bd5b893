"""What an actor signed themselves, whoever brings it: RULE B5.3b, RULE B6b, THREATS.md A38, V01, V26."""

from __future__ import annotations

from datetime import timedelta

import pytest

from node.errors import Unavailable
from node.inbox.proofs import PAUSE, is_proven
from node.network.client import Budget
from node.store.queries.keys import find_key
from tests.inbox.words import announce, page, title_of
from tests.support import keyshop
from tests.support.stranger import PUBLIC


def prover(host, name, *, key="bob", listed=None):
    """An account whose document lists a key for proofs; returns its id and the key's."""
    iri = f"{host.home}/users/{name}"
    method = f"{iri}#ed25519-key"
    shown = [keyshop.multikey(key, method, iri)] if listed is None else listed
    return host.person(name, key=key, assertionMethod=shown), method


def proven(host, activity, *, key="bob", method=None, age=timedelta(), **more):
    method = method or f"{activity['actor']}#ed25519-key"
    return keyshop.prove(key, method, activity, host.sea.clock.now() - age, **more)


def asked(us, iri):
    return us.sea.chart.fetched.count((us.host, iri))


async def test_a_group_passes_on_what_its_author_proves(us, good, victim, hive, work):
    """RULE B6b: nothing is fetched but the author, whose key it is."""
    bob, _ = prover(victim, "bob")
    thread = page(victim, bob, hive, "What bob wrote", serve=False)
    await good.send(us, announce(good, hive, proven(victim, victim.create(thread))))
    await work()
    assert await title_of(us, thread["id"]) == "What bob wrote"
    post = await us.post(thread["id"])
    assert (post.verify_by, asked(us, thread["id"])) == (None, 0)

    edited = {**thread, "name": "Better", "updated": "2026-11-03T09:30:00Z"}
    update = victim.activity("Update", bob, edited, to=[hive, PUBLIC], cc=[])
    await good.send(us, announce(good, hive, proven(victim, update)))
    await good.send(us, announce(good, hive, proven(victim, victim.activity("Like", bob, thread["id"]))))
    await work()
    assert await title_of(us, thread["id"]) == "Better"
    assert (await us.post(thread["id"])).score == 1
    await good.send(us, announce(good, hive, proven(victim, victim.activity("Delete", bob, thread["id"]))))
    await work()
    assert (await us.post(thread["id"])).deleted_at is not None
    assert asked(us, thread["id"]) == 0
    assert asked(us, bob) == 1


@pytest.mark.parametrize(
    "fault", ["forged", "altered", "old", "ahead", "expired", "other key", "other owner"]
)
async def test_a_proof_that_does_not_hold_is_as_none(us, good, victim, evil, hive, work, fault):
    """Then the origin speaks (RULE B6c), and says what the author really wrote."""
    bob, _ = prover(victim, "bob")
    _, eves = prover(evil, "eve", key="mallory")
    prover(victim, "bill", key="alice")
    thread = page(victim, bob, hive, "What bob wrote")
    create = victim.create({**thread, "name": "What bob never wrote"})
    now = us.node.clock.now()
    told = {
        "forged": proven(victim, create, key="mallory"),
        "altered": {**proven(victim, victim.create(thread)), "object": create["object"]},
        "old": proven(victim, create, age=timedelta(days=us.node.settings.arrival_days, minutes=1)),
        "ahead": proven(victim, create, age=-timedelta(minutes=6)),
        "expired": proven(victim, create, expires=(now - timedelta(seconds=1)).isoformat()),
        "other key": proven(victim, create, key="mallory", method=eves),
        "other owner": proven(victim, create, key="alice", method=f"{victim.home}/users/bill#ed25519-key"),
    }[fault]
    await good.send(us, announce(good, hive, told))
    await work()
    assert await title_of(us, thread["id"]) == "What bob wrote"


async def test_what_is_passed_on_with_a_proof_counts_as_its_actors_own(us, good, victim, hive, ada, work):
    """RULE B5.3b, A21: whoever brings it, and nobody here follows who brings it."""
    bob, _ = prover(victim, "bob")
    relay = good.person("relay", key="mallory")
    thread = page(victim, bob, hive, "Relayed", serve=False, cc=[ada.iri])
    create = proven(victim, victim.create(thread))
    assert await good.send(us, create, signer=relay) == 202
    assert await good.send(us, create, signer=relay) == 202, "again: nothing new"
    await work()
    arrivals = [one for one in await us.arrivals() if one.iri == create["id"]]
    assert [(one.trust, one.signer, one.state, one.reason) for one in arrivals] == [
        ("proof", bob, "done", "")
    ]
    assert asked(us, thread["id"]) == 0


async def test_who_passes_on_without_a_proof_that_holds_is_refused(us, good, victim, evil, work):
    """A02, A21, V25: 401, and nothing is written down."""
    bob, _ = prover(victim, "bob")
    relay = good.person("relay", key="mallory")
    thread = page(victim, bob, relay, serve=False)
    create = victim.create(thread)
    follow = victim.activity("Follow", bob, f"https://{us.host}/u/ada")
    for told in (
        create,
        proven(victim, create, key="mallory"),
        {**proven(victim, create), "to": [relay]},
        {
            **create,
            "signature": {"type": "RsaSignature2017", "creator": f"{bob}#main-key", "signatureValue": "x"},
        },
        proven(victim, follow),  # what is between two is brought by its own actor
    ):
        assert await good.send(us, told, signer=relay) == 401
    assert await us.arrivals() == []
    assert asked(us, bob) == 1, "a proof costs one look, then none for a while (B.2.4)"


async def test_a_linked_data_signature_gives_no_authority_and_is_passed_on_whole(sea, us, good, ada, work):
    """V36, A38: ours to keep, not to believe."""
    good.software = "lemmy"  # it hears of activities, not of threads alone
    bees = await us.group("bees", founder=ada)
    alice, zoe = good.person("alice"), good.person("zoe", key="mallory")
    await good.send(us, good.activity("Follow", zoe, bees.iri))
    note = good.note(alice, "Signed by its data", to=[bees.iri, PUBLIC], audience=bees.iri)
    signature = {"type": "RsaSignature2017", "creator": f"{alice}#main-key", "signatureValue": "abc="}
    create = good.create(note) | {"signature": signature}
    assert await good.send(us, create) == 202
    await work()
    (told,) = [one for one in good.got("Announce") if isinstance(one["object"], dict)]
    assert told["object"] == create


async def test_a_key_for_proofs_signs_no_request_and_the_reverse(us, good, work):
    """FEP-521a: each key does the work that it is listed for."""
    alice, method = prover(good, "alice", key="alice")
    follow = good.activity("Follow", alice, f"https://{us.host}/u/ada")
    assert await good.send(us, follow) == 202
    async with us.node.reading() as session:
        assert (await find_key(session, method, "proof")).owner == alice
        assert await find_key(session, method) is None
        assert await find_key(session, f"{alice}#main-key", "proof") is None
    like = keyshop.prove("alice", f"{alice}#main-key", good.activity("Like", alice, "x"), us.node.clock.now())
    assert not await is_proven(us.node, like, alice, Budget(5))


async def test_one_id_may_be_listed_for_both_and_goes_when_it_is_no_longer(us, good):
    iri = f"{good.home}/users/alice"
    key_id = f"{iri}#main-key"
    good.person("alice", assertionMethod=keyshop.multikey("alice", key_id, iri))  # an object, no list
    like = keyshop.prove("alice", key_id, good.activity("Like", iri, "x"), us.node.clock.now())
    assert await is_proven(us.node, like, iri, Budget(5))
    async with us.node.reading() as session:
        rsa, ed25519 = await find_key(session, key_id), await find_key(session, key_id, "proof")
    assert rsa.pem != ed25519.pem
    good.person("alice", assertionMethod=[])
    us.sea.clock.advance(hours=25)
    other = keyshop.prove("bob", key_id, good.activity("Like", iri, "x"), us.node.clock.now())
    assert not await is_proven(us.node, other, iri, Budget(5))
    async with us.node.reading() as session:
        assert await find_key(session, key_id, "proof") is None


async def test_a_key_may_have_an_address_of_its_own(us, good, evil):
    """FEP-521a: claimed both ways, as V01 wants of every key."""
    iri, address = f"{good.home}/users/alice", f"{good.home}/keys/1"
    good.person("alice", assertionMethod=[address])
    good.documents[address] = {"@context": "x", **keyshop.multikey("alice", address, iri)}
    like = keyshop.prove("alice", address, good.activity("Like", iri, "x"), us.node.clock.now())
    assert await is_proven(us.node, like, iri, Budget(5))
    again = keyshop.prove("alice", address, good.activity("Like", iri, "y"), us.node.clock.now())
    assert await is_proven(us.node, again, iri, Budget(0)), "known by now"
    bob = good.person("bob", assertionMethod=[address])
    stolen = keyshop.prove("alice", address, good.activity("Like", bob, "x"), us.node.clock.now())
    assert not await is_proven(us.node, stolen, bob, Budget(5)), "its controller is another"


async def test_a_new_key_under_the_old_id_is_found_once_it_is_looked_for(us, good):
    """RULE B3 as the receiver sees it; no more than one look in five minutes (B.2.4)."""
    alice, method = prover(good, "alice", key="alice")

    async def holds(key):
        like = keyshop.prove(key, method, good.activity("Like", alice, "x"), us.node.clock.now())
        return await is_proven(us.node, like, alice, Budget(5))

    assert await holds("alice")
    prover(good, "alice", key="bob")
    assert not await holds("bob"), "just looked"
    us.sea.clock.advance(minutes=PAUSE.total_seconds() / 60 + 1)
    assert await holds("bob")
    assert not await holds("alice")
    assert asked(us, alice) == 2


async def test_while_the_key_cannot_be_had_the_sender_is_asked_to_come_again(
    us, good, victim, hive, ada, work, sea
):
    bob, _ = prover(victim, "bob")
    relay = good.person("relay", key="mallory")
    create = proven(victim, victim.create(page(victim, bob, hive, serve=False)))
    sea.chart.away.add(victim.host)
    with pytest.raises(Unavailable):
        await is_proven(us.node, create, bob, Budget(5))
    assert await good.send(us, create, signer=relay) == 503
    assert await good.send(us, create, signer=hive) == 202, "from one who is followed it is a hint meanwhile"
    assert (await us.arrivals())[-1].trust == "forwarded"
    sea.chart.away.clear()
    sea.clock.advance(minutes=6)
    assert await good.send(us, create, signer=relay) == 202


async def test_nobody_proves_for_an_actor_of_ours(us, ada, good):
    like = keyshop.prove(
        "alice", f"{ada.iri}#ed25519-key", good.activity("Like", ada.iri, "x"), us.node.clock.now()
    )
    assert not await is_proven(us.node, like, ada.iri, Budget(5))
    assert us.sea.chart.fetched == []
