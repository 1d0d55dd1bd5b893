"""What is not true has no effect (THREATS 1.1, 1.2, 2.1)."""

from __future__ import annotations

import pytest

from tests.support.dbhash import no_effect
from tests.support.stranger import PUBLIC, Stranger

# What knowing somebody leaves, and what the caches of other processes are told of it.
NOT_EFFECT = ("arrivals", "actors", "peers", "public_keys", "tasks", "marks", "changes")


@pytest.fixture
async def evil(sea):
    server = Stranger(sea, "evil.example")
    server.person("eve", key="bob")
    return server


@pytest.fixture
async def good(sea):
    server = Stranger(sea, "good.example")
    server.person("alice", key="alice")
    return server


EVE = "https://evil.example/users/eve"
ALICE = "https://good.example/users/alice"


async def test_nobody_speaks_for_another(sea, beta, bees, evil, good):
    """V05, A02: valid signature by evil, actor of good."""
    evil.accounts[ALICE] = "bob"
    async with no_effect(beta.node.database, but=NOT_EFFECT):
        assert await evil.send(beta, good.activity("Follow", ALICE, bees.iri), signer=EVE) == 401
        await sea.settle()


async def test_a_post_of_another_is_fetched_where_it_lives(sea, beta, bees, evil, good):
    """A03: a Create by evil that holds a note of good."""
    thread = await bees.founder.posts(bees, title="Swarm season")
    true = good.note(ALICE, "True words", inReplyTo=thread)
    forged = true | {"content": "<p>Forged words</p>"}
    create = evil.activity("Create", EVE, forged, to=[PUBLIC], cc=[])
    await evil.send(beta, create)
    await sea.settle()
    kept = await beta.post(true["id"])
    assert kept is None or kept.content == "<p>True words</p>"


async def test_a_group_cannot_put_words_into_a_mouth(sea, beta, alpha, good):
    """A04, B6: what a group announces of another server's author is fetched from that server."""
    hive = Stranger(sea, "hive.example", software="lemmy")
    group = hive.person("hive", key="bob", kind="Group")
    ada = await alpha.member("ada")
    await follow_stranger(alpha, ada, hive, group)
    await sea.settle()
    true = good.note(ALICE, "True words", type="Page", name="True", to=[PUBLIC, group], audience=group)
    forged = true | {"content": "<p>Forged words</p>"}
    create = good.activity("Create", ALICE, forged, to=[PUBLIC, group], cc=[], audience=group)
    await hive.send(alpha, hive.activity("Announce", group, create, to=[PUBLIC], cc=[f"{group}/followers"]))
    await sea.settle()
    assert (await alpha.post(true["id"])).content == "<p>True words</p>"


async def test_a_forged_deletion_by_a_group_that_is_not_its_own_is_ignored(sea, beta, alpha, bees, good):
    """A05, A11: only the group of a thread speaks for it."""
    hive = Stranger(sea, "hive.example", software="lemmy")
    group = hive.person("hive", key="bob", kind="Group")
    ada = await alpha.member("ada", follows=bees)
    await follow_stranger(alpha, ada, hive, group)
    await sea.settle()
    thread = await bees.founder.posts(bees, title="Swarm season")
    await sea.settle()
    delete = good.activity("Delete", bees.founder.iri, thread, to=[PUBLIC])
    await hive.send(alpha, hive.activity("Announce", group, delete, to=[PUBLIC]))
    await sea.settle()
    assert (await alpha.post(thread)).deleted_at is None
    assert (await alpha.post(thread)).removed_at is None


async def test_an_update_by_another_on_the_same_server_changes_nothing(sea, beta, bees, good):
    """V17, A19"""
    bob = good.person("bob", key="bob")
    thread = await bees.founder.posts(bees, title="Swarm season")
    note = good.note(ALICE, "Mine", inReplyTo=thread, cc=[bees.founder.iri])
    await good.send(beta, good.create(note))
    await sea.settle()
    changed = note | {"content": "<p>Bob's now</p>", "updated": "2026-11-03T09:00:30Z"}
    await good.send(beta, good.activity("Update", bob, changed, to=[PUBLIC]))
    await sea.settle()
    assert (await beta.post(note["id"])).content == "<p>Mine</p>"


async def test_an_id_of_ours_never_comes_from_outside(sea, beta, bees, evil):
    """A13, V28"""
    async with no_effect(beta.node.database, but=NOT_EFFECT):
        note = evil.note(EVE, "Planted", serve=False, cc=[bees.iri]) | {
            "id": "https://beta.example/post/planted"
        }
        await evil.send(beta, evil.activity("Create", EVE, note, to=[PUBLIC], cc=[]))
        await sea.settle()
    assert await beta.post("https://beta.example/post/planted") is None


async def test_an_activity_id_of_another_origin_is_refused(sea, beta, bees, evil, good):
    """V03: and does not shadow the true one."""
    like = good.activity("Like", ALICE, await bees.founder.posts(bees, title="Swarm season"))
    stolen = evil.activity("Like", EVE, like["object"]) | {"id": like["id"]}
    assert await evil.send(beta, stolen) == 400
    assert await good.send(beta, like) == 202
    await sea.settle()
    assert (await beta.post(like["object"])).score == 1


async def follow_stranger(island, person, server, group):
    """Follow a group of a stranger, and let it accept."""
    from node.activities import follow
    from node.activities.perform import perform
    from node.inbox.actors import fetch_actor
    from node.network.client import Budget

    target = await fetch_actor(island.node, group, Budget(5))
    async with island.node.transaction() as tx:
        asked = follow.compose(tx, person.actor, target)
        await perform(tx, asked)
    accept = server.activity("Accept", group, dict(asked.raw))
    assert await server.send(island, accept) == 202
