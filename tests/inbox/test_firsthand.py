"""What actors say themselves, and what their origin says."""

from __future__ import annotations

from tests.inbox.words import announce, page, reason_of, title_of
from tests.support.stranger import PUBLIC


async def test_a_create_that_holds_anothers_note_is_refused(us, evil, victim, ada, work):
    """A03, V19"""
    mallory, bob = evil.person("mallory", key="mallory"), victim.person("bob", key="bob")
    note = victim.note(bob, "Forged", serve=False, to=[PUBLIC, ada.iri])
    await evil.send(us, evil.activity("Create", mallory, note, to=[PUBLIC, ada.iri]))
    await work()
    assert await us.post(note["id"]) is None


async def test_an_object_under_our_id_is_refused(us, evil, ada, work):
    """A13, V28"""
    mallory = evil.person("mallory", key="mallory")
    note = evil.note(mallory, "Ours?", serve=False) | {"id": "https://us.example/post/999"}
    await evil.send(us, evil.activity("Create", mallory, note))
    await work()
    assert await us.post("https://us.example/post/999") is None
    assert "ours" in (await reason_of(us))[1]


async def test_only_the_author_updates(us, good, evil, hive, work):
    """A06, V26"""
    alice, mallory = good.person("alice"), evil.person("mallory", key="mallory")
    thread = page(good, alice, hive)
    await good.send(us, announce(good, hive, good.create(thread)))
    await evil.send(
        us, evil.activity("Update", mallory, {**thread, "name": "Taken", "updated": "2030-01-01T00:00:00Z"})
    )
    await work()
    assert await title_of(us, thread["id"]) == "Hello"


async def test_anothers_vote_is_not_undone(us, good, evil, hive, work):
    """A07"""
    alice, mallory = good.person("alice"), evil.person("mallory", key="mallory")
    thread = page(good, alice, hive)
    like = good.activity("Like", alice, thread["id"])
    await good.send(us, announce(good, hive, good.create(thread)))
    await good.send(us, like)
    await evil.send(us, evil.activity("Undo", mallory, like))
    await evil.send(us, evil.activity("Undo", mallory, {**like, "actor": mallory}))
    await evil.send(us, evil.activity("Undo", mallory, like["id"]))
    await work()
    assert (await us.post(thread["id"])).upvotes == 1


async def test_an_undo_may_name_the_vote_by_its_id_alone(us, good, hive, work):
    alice = good.person("alice")
    thread = page(good, alice, hive)
    like = good.activity("Like", alice, thread["id"])
    for activity in (announce(good, hive, good.create(thread)), like):
        await good.send(us, activity)
    await work()
    assert (await us.post(thread["id"])).upvotes == 1
    await good.send(us, good.activity("Undo", alice, like["id"]))
    await work()
    assert (await us.post(thread["id"])).upvotes == 0


async def test_a_forward_from_somebody_followed_is_a_hint_and_the_origin_speaks(
    us, good, victim, ada, hive, work
):
    """A21, RULE B5.3c"""
    bob = victim.person("bob", key="bob")
    alice = good.person("alice")
    thread = page(good, alice, hive)
    await good.send(us, announce(good, hive, good.create(thread)))
    await work()
    answer = victim.note(bob, "What bob wrote", inReplyTo=thread["id"])
    forged = victim.create({**answer, "content": "<p>What bob never wrote</p>"})
    assert await good.send(us, forged, signer=hive) == 202
    await work()
    assert "never" not in (await us.post(answer["id"])).content
    bye = victim.activity("Delete", bob, answer["id"])
    await good.send(us, bye, signer=hive)
    await work()
    assert (await us.post(answer["id"])).deleted_at is None
    # The hint has not taken the activity's own place in the journal.
    assert await victim.send(us, forged) == 202
    assert [one.trust for one in await us.arrivals()][-1] == "actor"
