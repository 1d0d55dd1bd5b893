"""Whose signature is this?"""

from __future__ import annotations

import pytest

from node.errors import Unauthenticated
from node.store.queries.actors import find_actor
from node.store.queries.keys import find_key
from tests.inbox.test_receive import fetches_of, like
from tests.support import keyshop
from tests.support.dbhash import no_effect


async def test_one_fetch_for_many_from_one_actor(us, sea, good, post):
    alice = good.person("alice")
    for number in range(5):
        await post(like(alice, number))
    assert fetches_of(sea, "good") == [alice]


async def test_a_dead_key_id_is_asked_for_once_in_five_minutes(us, sea, good, post):
    """V56"""
    nobody = "https://good.example/users/nobody"
    for number in range(10):
        with pytest.raises(Unauthenticated):
            await post(like(nobody, number))
    assert len(fetches_of(sea, "good")) == 1
    us.node.clock.advance(minutes=6)
    with pytest.raises(Unauthenticated):
        await post(like(nobody, 11))
    assert len(fetches_of(sea, "good")) == 2


@pytest.mark.parametrize(
    "key_id",
    [
        "http://good.example/key",
        "data:text/plain,key",
        "acct:alice@good.example",
        "https://a@good.example/key",
        "https://127.0.0.1/key",
        "https://us.example/u/ada#main-key",
        "https://good.example/" + "x" * 3000,
    ],
)
async def test_a_key_id_that_is_no_public_https_address_is_not_fetched(us, sea, good, post, key_id):
    """A34, V48"""
    with pytest.raises(Unauthenticated):
        await post(like(good.person("alice")), key_id=key_id)
    assert sea.chart.fetched == []


async def test_a_key_is_its_owners_only_when_the_owner_lists_it(us, evil, victim, post):
    """V01, A01"""
    bob = victim.person("bob", key="bob")
    evil.documents["https://evil.example/key"] = {
        "id": "https://evil.example/key",
        "type": "Key",
        "owner": bob,
        "publicKeyPem": keyshop.public_pem("mallory"),
    }
    with pytest.raises(Unauthenticated):
        await post(like(bob), key="mallory", key_id="https://evil.example/key")
    async with us.node.reading() as session:
        assert await find_key(session, "https://evil.example/key") is None


async def _standalone(good, *, listed: str, shown: str, iri="https://good.example/keys/1"):
    alice = good.person("alice")
    good.documents[alice]["publicKey"] = {
        "id": "https://good.example/keys/1",
        "owner": alice,
        "publicKeyPem": keyshop.public_pem(listed),
    }
    good.documents["https://good.example/keys/1"] = {
        "id": iri,
        "type": "CryptographicKey",
        "owner": alice,
        "publicKeyPem": keyshop.public_pem(shown),
    }
    return alice


async def test_a_key_that_stands_alone_and_is_claimed_both_ways_is_good(us, good, post):
    """FEDERATION B.2"""
    alice = await _standalone(good, listed="alice", shown="alice")
    assert (await post(like(alice), key_id="https://good.example/keys/1")).state == "accepted"


async def test_a_key_may_be_listed_by_its_address_alone(us, good, post, sea):
    """FEDERATION B.2.2: object, array or URL; it is claimed both ways all the same."""
    alice = await _standalone(good, listed="alice", shown="alice")
    key_id = "https://good.example/keys/1"
    good.documents[alice]["publicKey"] = [f"{alice}#other-key", key_id]
    assert (await post(like(alice), key_id=key_id)).state == "accepted"
    assert (await post(like(alice, 2), key_id=key_id)).state == "accepted"
    assert len([url for _, url in sea.chart.fetched if url == key_id]) == 1, "then it is known"
    bob = good.person("bob", key="bob")
    good.documents[bob]["publicKey"] = key_id
    with pytest.raises(Unauthenticated):
        await post(like(bob, 9), key_id=key_id)
    good.documents[alice]["publicKey"] = f"{alice}#other-key"
    us.node.clock.advance(minutes=6)
    with pytest.raises(Unauthenticated):
        await post(like(alice, 3), key="bob", key_id=key_id)


async def test_owner_and_key_document_must_show_the_same_key(us, good, post):
    """V01"""
    alice = await _standalone(good, listed="alice", shown="mallory")
    with pytest.raises(Unauthenticated):
        await post(like(alice), key="mallory", key_id="https://good.example/keys/1")


async def test_a_key_document_under_another_id_is_kept_nowhere(us, good, post):
    """V13"""
    alice = await _standalone(good, listed="alice", shown="alice", iri="https://good.example/keys/2")
    async with no_effect(us.node.database):
        with pytest.raises(Unauthenticated):
            await post(like(alice), key_id="https://good.example/keys/1")


async def test_the_stub_that_gotosocial_serves_leads_to_the_actor(us, good, post):
    alice = good.person("alice")
    key_id = f"{alice}/main-key"
    key = {"id": key_id, "owner": alice, "publicKeyPem": keyshop.public_pem("alice")}
    good.documents[alice]["publicKey"] = key
    good.documents[key_id] = {
        "id": alice,
        "type": "Person",
        "preferredUsername": "alice",
        "publicKey": key,
    }
    assert (await post(like(alice), key_id=key_id)).state == "accepted"


async def test_an_actor_document_with_a_foreign_id_is_discarded(us, evil, victim, post):
    """V02, V14, V23, A18"""
    bob = victim.person("bob", key="bob")
    mallory = evil.person("mallory", key="mallory")
    evil.documents[mallory]["id"] = bob
    async with no_effect(us.node.database):
        with pytest.raises(Unauthenticated):
            await post(like(mallory), key="mallory")
    async with us.node.reading() as session:
        assert await find_actor(session, bob) is None


async def test_a_rotated_key_is_taken_from_the_actors_document_once_in_five_minutes(us, sea, good, post):
    """A16, B.2.4"""
    alice = good.person("alice")
    await post(like(alice))
    good.documents[alice]["publicKey"]["publicKeyPem"] = keyshop.public_pem("bob")
    assert (await post(like(alice, 2), key="bob")).state == "accepted"
    for number in range(3, 8):
        with pytest.raises(Unauthenticated):
            await post(like(alice, number), key="alice")
    assert len(fetches_of(sea, "good")) == 2
    assert (await post(like(alice, 9), key="bob")).state == "accepted"


async def test_the_old_key_is_of_no_use_after_a_rotation(us, good, post):
    """R41"""
    alice = good.person("alice")
    await post(like(alice))
    good.documents[alice]["publicKey"]["publicKeyPem"] = keyshop.public_pem("bob")
    await post(like(alice, 2), key="bob")
    us.node.clock.advance(minutes=6)
    with pytest.raises(Unauthenticated):
        await post(like(alice, 3), key="alice")


async def test_an_actor_without_keys_or_with_a_listed_address_only_is_refused(us, good, post):
    alice = good.person("alice")
    good.documents[alice]["publicKey"] = f"{alice}#main-key"
    with pytest.raises(Unauthenticated):
        await post(like(alice))
