"""Who may vouch at all. Strangers with keys of their own send; our node is real."""

from __future__ import annotations

from node.store.queries.posts import find_post
from tests.inbox.words import announce, page, reason_of
from tests.support.dbhash import no_effect


async def test_an_arrival_without_a_signer_takes_no_effect(us, good, work):
    """V10"""
    from node.inbox import journal

    alice = good.person("alice")
    async with us.node.transaction() as tx:
        nobodys = journal.Verified(
            iri="https://good.example/1", type="Like", actor=alice, signer="", trust="actor", body="{}"
        )
        await journal.record(tx, nobodys)
    async with no_effect(us.node.database, but={"arrivals"}):
        await work()
    assert (await reason_of(us))[1].startswith("Nobody is known")


async def test_a_signer_who_is_not_the_actor_takes_no_effect(us, good, work):
    """V10, A02"""
    import json

    from node.inbox import journal

    alice, bob = good.person("alice"), good.person("bob", key="bob")
    body = json.dumps(good.activity("Like", alice, "https://us.example/post/1"))
    async with us.node.transaction() as tx:
        swapped = journal.Verified(
            iri="https://good.example/1", type="Like", actor=alice, signer=bob, trust="actor", body=body
        )
        await journal.record(tx, swapped)
    async with no_effect(us.node.database, but={"arrivals"}):
        await work()


async def test_posts_are_found_by_their_own_ids_alone(us, good, evil, hive, work):
    """A12, A43: a redirect or a document of another origin never fills a foreign id."""
    mallory = evil.person("mallory", key="mallory")
    alice = good.person("alice")
    note = page(good, alice, hive, serve=False)
    evil.documents["https://evil.example/x"] = {**note}
    await good.send(us, announce(good, hive, "https://evil.example/x"))
    await work()
    async with us.node.reading() as session:
        assert await find_post(session, note["id"]) is None
    assert mallory


async def test_what_a_user_announces_is_a_boost_and_no_group_post(us, good, hive, work):
    """A11, RULE B6.8"""
    alice = good.person("alice")
    thread = page(good, alice, hive)
    await good.send(us, announce(good, alice, good.create(thread)))
    await work()
    assert await us.post(thread["id"]) is None
