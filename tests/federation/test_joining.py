"""Following a group that lives elsewhere, and leaving it (FEDERATION C.1)."""

from __future__ import annotations

import hashlib

from sqlmodel import col, select

from node.activities import follow
from node.activities.perform import perform
from node.inbox.actors import fetch_actor
from node.network.client import Budget
from node.outbox.publish import publish
from node.store.queries.actors import get_actor, is_follower
from node.store.tables.follows import Follow
from tests.support.stranger import PUBLIC, Stranger


async def edges(island):
    async with island.node.reading() as session:
        return [edge.state for edge in await session.scalars(select(Follow).order_by(col(Follow.id)))]


async def follows(island, person, group):
    async with island.node.reading() as session:
        follower = await get_actor(session, person.iri)
        return await is_follower(session, follower.id, (await get_actor(session, group.iri)).id)


async def test_a_member_joins_a_group_on_another_node(sea, alpha, beta, bees):
    ada = await alpha.member("ada", follows=bees)
    assert not await follows(alpha, ada, bees), "V67: not before the group has answered"
    await sea.settle()
    assert await follows(alpha, ada, bees)
    assert await follows(beta, ada, bees)
    assert [parcel.shape for parcel in sea.deliveries(alpha, to=beta)] == ["Follow{id}"]
    assert [parcel.shape for parcel in sea.deliveries(beta, to=alpha)] == ["Accept{Follow{id}}"]


async def test_the_accept_repeats_the_follow_with_its_id(sea, alpha, beta, bees):
    await alpha.member("ada", follows=bees)
    await sea.settle()
    asked = sea.deliveries(alpha, to=beta)[0].activity
    answered = sea.deliveries(beta, to=alpha)[0].activity
    assert answered["object"]["id"] == asked["id"]
    assert answered["actor"] == asked["object"] == bees.iri


async def test_following_again_is_answered_again(sea, alpha, beta, bees):
    """C2: the first Accept may have been lost (R35)."""
    ada = await alpha.member("ada", follows=bees)
    await sea.settle()
    await ada.follows(bees)
    await sea.settle()
    assert [parcel.shape for parcel in sea.deliveries(beta, to=alpha)] == ["Accept{Follow{id}}"] * 2
    assert await edges(beta) == ["accepted"] * 2, "the founder's and ada's, no third"


async def test_a_member_leaves(sea, alpha, beta, bees):
    ada = await alpha.member("ada", follows=bees)
    await sea.settle()
    await ada.leaves(bees)
    await sea.settle()
    assert not await follows(alpha, ada, bees)
    assert not await follows(beta, ada, bees)


async def test_a_group_that_asks_first_lets_in_when_a_moderator_says_so(sea, alpha, beta):
    shy = await beta.group("shy", private=True)
    ada = await alpha.member("ada", follows=shy)
    await sea.settle()
    assert not await follows(alpha, ada, shy)
    async with beta.node.transaction() as tx:
        group, asker = await get_actor(tx.session, shy.iri), await get_actor(tx.session, ada.iri)
        await publish(tx, await follow.answer(tx, group, asker, accept=True))
    await sea.settle()
    assert await follows(alpha, ada, shy)


async def test_a_refusal_is_told(sea, alpha, beta):
    shy = await beta.group("shy", private=True)
    ada = await alpha.member("ada", follows=shy)
    await sea.settle()
    async with beta.node.transaction() as tx:
        group, asker = await get_actor(tx.session, shy.iri), await get_actor(tx.session, ada.iri)
        await publish(tx, await follow.answer(tx, group, asker, accept=False))
    await sea.settle()
    assert await edges(alpha) == ["rejected"]


async def test_an_accept_may_name_the_follow_by_its_id_alone(sea, alpha):
    """C.1: the id is the one that we gave it, and who answers is who was asked."""
    gts = Stranger(sea, "gts.example", software="gotosocial")
    club, other = gts.person("club", kind="Group"), gts.person("other")
    ada = await alpha.member("ada")
    target = await fetch_actor(alpha.node, club, Budget(5))
    async with alpha.node.transaction() as tx:
        await perform(tx, follow.compose(tx, ada.actor, await get_actor(tx.session, target.iri)))
    await sea.settle()
    (asked,) = gts.got("Follow")
    for actor, expected in ((other, "pending"), (club, "accepted")):
        await gts.send(alpha, gts.activity("Accept", actor, asked["id"]))
        await sea.settle()
        assert await edges(alpha) == [expected], actor


async def test_an_answer_from_another_than_the_asked_opens_nothing(sea, alpha, beta, gamma):
    """A08, V31: Accept counts only from the followed, for the request that was made."""
    shy = await beta.group("shy", private=True)
    ada = await alpha.member("ada", follows=shy)
    wasps = await gamma.group("wasps")
    await sea.settle()
    asker = await fetch_actor(gamma.node, ada.iri, Budget(5))
    async with gamma.node.transaction() as tx:
        theirs = await get_actor(tx.session, wasps.iri)
        edge = Follow(follower_id=1, followee_id=1, iri="https://alpha.example/x", created_at=tx.now)
        forged = follow.compose_answer(tx, theirs, asker, edge, accept=True)
        forged.raw["object"]["object"] = shy.iri
        await publish(tx, forged)
    await sea.settle()
    assert not await follows(alpha, ada, shy)


async def test_a_follow_of_the_node_itself_is_refused(sea, alpha, beta):
    ada = await alpha.member("ada")
    root = await fetch_actor(alpha.node, "https://beta.example/", Budget(5))
    async with alpha.node.transaction() as tx:
        await perform(tx, follow.compose(tx, ada.actor, root))
    await sea.settle()
    assert [one.reason for one in await beta.arrivals()] != [""]
    assert await edges(beta) == []


async def test_a_group_whose_accept_was_lost_is_joined_by_its_first_announce(sea, alpha):
    """First contact with Lemmy, which drops what it queued before its lane to us began (pitfalls 84, 85).

    Whatever is announced, even what is here already: the follow opens, and its history is fetched as after an Accept.
    """
    lemmy = Stranger(sea, "lemmy.example", software="lemmy")
    hive, lena = lemmy.person("hive", kind="Group"), lemmy.person("lena", key="bob")
    old, new = (
        lemmy.note(lena, "x", type="Page", name=name, to=[hive, PUBLIC], audience=hive)
        for name in ("Old", "New")
    )
    lemmy.collection(
        f"{hive}/outbox", [lemmy.activity("Announce", hive, lemmy.create(old), to=[PUBLIC], cc=[])]
    )
    ada, group = await alpha.member("ada"), await fetch_actor(alpha.node, hive, Budget(9))
    async with alpha.node.transaction() as tx:
        await perform(tx, follow.compose(tx, ada.actor, group))
    await sea.settle()
    assert await edges(alpha) == ["pending"]
    announce = lemmy.activity("Announce", hive, lemmy.create(new), to=[PUBLIC], cc=[])
    assert await lemmy.send(alpha, announce) == 202
    await sea.settle()
    assert await edges(alpha) == ["accepted"]
    assert [bool(await alpha.post(one["id"])) for one in (old, new)] == [True, True]


async def test_half_of_the_accepts_may_be_lost_and_all_follows_open_within_a_day(sea, alpha):
    """R35"""
    far = Stranger(sea, "far.example")
    hive = far.person("hive", kind="Group")
    group = await fetch_actor(alpha.node, hive, Budget(9))
    members = [await alpha.member(f"m{number}") for number in range(8)]
    async with alpha.node.transaction() as tx:
        for one in members:
            await perform(tx, follow.compose(tx, one.actor, group))
    answered, rounds = 0, []
    for _ in range(24):
        await sea.settle()
        for asked in far.got("Follow")[answered:]:
            answered += 1
            if hashlib.sha256(asked["id"].encode()).digest()[0] % 2:
                await far.send(alpha, far.activity("Accept", hive, asked))
        await sea.settle()
        rounds.append((await edges(alpha)).count("pending"))
        if rounds[-1] == 0:
            break
        sea.clock.advance(hours=1)
    assert rounds[0] > rounds[-1] == 0, "some were lost, and none for good"
    sea.clock.advance(days=2)
    await sea.settle()
    assert len(far.got("Follow")) == answered, "who is answered asks no more"
