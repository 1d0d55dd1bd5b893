"""Who somebody is, in every shape (FEDERATION.md section I): offices, keys, names, wishes."""

import pytest

from node.activitypub import reading
from node.errors import Malformed
from tests.activitypub.least import ALICE, GROUP, actor


def test_moderators_and_owners_are_told_apart():
    group = {"type": "Group", "id": GROUP, "inbox": f"{GROUP}/inbox"}
    read = reading.read_actor
    assert read({**group, "attributedTo": f"{GROUP}/mods"}).moderators == f"{GROUP}/mods"
    assert read({**group, "moderators": f"{GROUP}/mods"}).moderators == f"{GROUP}/mods"
    assert (
        read({**group, "attributedTo": {"type": "Collection", "id": f"{GROUP}/mods"}}).moderators
        == f"{GROUP}/mods"
    )
    channel = read({**group, "attributedTo": [{"type": "Person", "id": ALICE}]})
    assert (channel.owners, channel.moderators) == ((ALICE,), None)
    several = read({**group, "attributedTo": [ALICE, "https://a.example/u/b"]})
    assert (several.owners, several.moderators) == ((ALICE, "https://a.example/u/b"), None)
    bot = actor(attributedTo="https://a.example/u/owner")
    assert (bot.owners, bot.moderators) == (("https://a.example/u/owner",), None)
    with pytest.raises(Malformed):
        read({**group, "attributedTo": 1})


def test_keys_of_others_are_left_out():
    def key(**changed):
        return {"id": f"{ALICE}#main-key", "owner": ALICE, "publicKeyPem": "PEM", **changed}

    assert [one.pem for one in actor(publicKey=key()).public_keys] == ["PEM"]
    assert actor(publicKey=[key(), key(id=f"{ALICE}#2")]).public_keys[1].iri == f"{ALICE}#2"
    assert actor(publicKey=f"{ALICE}#main-key").public_keys[0].pem == ""
    assert actor(publicKey=key(owner=None)).public_keys[0].owner == ALICE
    for bad in (
        key(owner="https://victim.example/u"),
        key(id=None),
        key(publicKeyPem=None),
        key(publicKeyPem="x" * 9000),
        5,
        {},
        [],
    ):
        assert actor(publicKey=bad).public_keys == ()


def test_keys_stand_alone_or_in_a_stub():
    alone = {"id": f"{ALICE}/key", "owner": ALICE, "publicKeyPem": "PEM"}
    assert reading.read_key(alone).owner == ALICE
    assert (
        reading.read_key(
            {"id": f"{ALICE}/key", "controller": ALICE, "type": "Key", "publicKeyPem": "PEM"}
        ).pem
        == "PEM"
    )
    stub = {
        "id": ALICE,
        "type": "Person",
        "publicKey": {"id": f"{ALICE}/key", "owner": ALICE, "publicKeyPem": "PEM"},
    }
    assert reading.read_key(stub).iri == f"{ALICE}/key"
    for bad in (
        {**alone, "owner": 5},
        {**alone, "owner": None},
        {**alone, "id": None},
        {**alone, "publicKeyPem": ""},
        {**stub, "publicKey": f"{ALICE}/key"},
        {**stub, "publicKey": []},
    ):
        with pytest.raises(Malformed):
            reading.read_key(bad)


def test_a_username_is_usable_or_empty():
    assert actor(preferredUsername="Bob.the_builder-1").preferred_username == "Bob.the_builder-1"
    for bad in (None, 5, "", "a b", "a@b", "a/b", "<b>", "a\u202eb", "x" * 101, []):
        assert actor(preferredUsername=bad).preferred_username == ""


def test_actors_say_what_they_want_or_what_is_usual():
    usual = actor()
    assert (usual.discoverable, usual.indexable, usual.sensitive, usual.manually_approves_followers) == (
        True,
        False,
        False,
        False,
    )
    assert (
        actor(endpoints={"sharedInbox": "https://a.example/inbox"}).shared_inbox == "https://a.example/inbox"
    )
    assert actor(sharedInbox="https://a.example/inbox").shared_inbox == "https://a.example/inbox"
    assert actor(endpoints=[]).shared_inbox is None
    assert actor(alsoKnownAs="https://old.example/u").also_known_as == ("https://old.example/u",)
    assert actor(content="<p>c</p>").summary == "<p>c</p>"
    assert actor(movedTo={"id": "https://new.example/u"}).moved_to == "https://new.example/u"
