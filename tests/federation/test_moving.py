"""Moves: of people in and out, of a whole group, of one thread between groups (FEDERATION C.13, G.1)."""

from __future__ import annotations

import pytest
from sqlmodel import col, select

from node.activities import moving_accounts, moving_threads, update
from node.errors import Conflict, Forbidden, Refused
from node.inbox.actors import fetch_actor
from node.network.client import Budget
from node.store.queries.actors import get_actor
from node.store.queries.posts import find_post
from node.store.tables.actors import Actor
from node.store.tables.follows import Follow
from node.store.tables.members import Notification
from tests.support.stranger import PUBLIC, Stranger


async def followed_by(island, iri):
    """Ids of whom the actor of that id follows, as this node knows it."""
    async with island.node.reading() as session:
        follower = await get_actor(session, iri)
        found = await session.scalars(
            select(Actor.iri)
            .join(Follow, col(Follow.followee_id) == col(Actor.id))
            .where(col(Follow.follower_id) == follower.id, col(Follow.state) != "rejected")
            .order_by(col(Follow.id))
        )
        return list(found)


async def follow_person(island, person, iri):
    from node.activities import follow
    from node.activities.perform import perform

    target = await fetch_actor(island.node, iri, Budget(5))
    async with island.node.transaction() as tx:
        await perform(tx, follow.compose(tx, person.actor, await get_actor(tx.session, target.iri)))


@pytest.fixture
async def masto(sea):
    return Stranger(sea, "masto.example")


async def moved(masto, old, new, **more):
    return masto.activity("Move", old, old, target=new, to=[f"{old}/followers"], **more)


async def test_followers_here_go_along_when_somebody_moves_between_servers(sea, alpha, masto):
    ada = await alpha.member("ada")
    other = Stranger(sea, "other.example")
    old, new = masto.person("mia"), other.person("mia")
    await follow_person(alpha, ada, old)
    await sea.settle()
    other.documents[new]["alsoKnownAs"] = [old]
    assert await masto.send(alpha, await moved(masto, old, new)) == 202
    await sea.settle()
    assert await followed_by(alpha, ada.iri) == [new]
    assert [one["object"] for one in other.got("Follow")] == [new]
    assert [one["object"]["object"] for one in masto.got("Undo")] == [old]
    async with alpha.node.reading() as session:
        told = (await session.scalars(select(Notification).where(col(Notification.kind) == "moved"))).one()
    assert told.text == "@mia@masto.example"
    assert (await fetch_actor(alpha.node, old, Budget(1))).moved_to == new


async def test_a_move_to_who_does_not_claim_it_moves_nobody(sea, alpha, masto):
    """The new account's own document decides, as it is at that moment; nobody moves another; none moves twice in 30 days."""
    ada = await alpha.member("ada")
    old, new, third = masto.person("mia"), masto.person("max"), masto.person("moe")
    await follow_person(alpha, ada, old)
    await sea.settle()
    for signer, what in (
        (old, await moved(masto, old, new)),
        (third, masto.activity("Move", third, old, target=third)),
    ):
        await masto.send(alpha, what, signer=signer)
        await sea.settle()
        assert await followed_by(alpha, ada.iri) == [old]
        assert (await alpha.arrivals())[-1].reason != ""
    masto.documents[new]["alsoKnownAs"] = old
    masto.documents[third]["alsoKnownAs"] = [old]
    for target in (new, third):
        await masto.send(alpha, await moved(masto, old, target))
        await sea.settle()
    assert await followed_by(alpha, ada.iri) == [new], "the second came too soon"
    assert "30 days" in (await alpha.arrivals())[-1].reason


async def test_a_member_moves_out_and_their_followers_go_along(sea, alpha, beta, gamma, masto):
    ada, eve = await alpha.member("ada"), await gamma.member("ada")
    ben, cat = await beta.member("ben"), await alpha.member("cat")
    mia = masto.person("mia")
    await masto.send(alpha, masto.activity("Follow", mia, ada.iri))
    for island, person in ((beta, ben), (alpha, cat)):
        await follow_person(island, person, ada.iri)
    await sea.settle()
    with pytest.raises(Forbidden, match="alias"):
        await leave(alpha, ada, eve.iri)
    async with gamma.node.transaction() as tx:
        there = await tx.session.get_one(Actor, eve.actor.id)
        moving_accounts.add_alias(there, ada.iri)
    await leave(alpha, ada, eve.iri)
    await sea.settle()
    assert await followed_by(beta, ben.iri) == [eve.iri]
    assert await followed_by(alpha, cat.iri) == [eve.iri]
    (move,) = masto.got("Move")
    assert (move["actor"], move["object"], move["target"]) == (ada.iri, ada.iri, eve.iri)
    document = await alpha.document(ada.iri)
    assert document["movedTo"] == eve.iri
    assert (await gamma.document(eve.iri))["alsoKnownAs"] == [ada.iri]
    wasps = await alpha.group("wasps")
    with pytest.raises(Forbidden, match="has moved to"):
        await ada.posts(wasps, title="Still here?")
    async with alpha.node.transaction() as tx:
        moving_accounts.come_back(tx, await tx.session.get_one(Actor, ada.actor.id))
    assert await ada.posts(wasps, title="Here again")
    with pytest.raises(Conflict, match="30 days"):
        await leave(alpha, ada, mia)


async def leave(island, person, iri):
    from node.activities.perform import perform

    await fetch_actor(island.node, iri, Budget(5), anew=True)
    async with island.node.transaction() as tx:
        old = await tx.session.get_one(Actor, person.actor.id)
        new = await get_actor(tx.session, iri)
        if old.moved_at is not None and old.iri not in moving_accounts.aliases_of(new):
            new.also_known_as = old.iri
        await perform(tx, await moving_accounts.compose(tx, old, new))
        await perform(tx, update.compose_actor(tx, old))


async def test_a_group_moves_with_its_followers_and_its_threads_stay_readable(
    sea, alpha, beta, gamma, bees, masto
):
    """G.1: ours is the only kind that moves groups; to Mastodon it is an account that moves."""
    ada = await alpha.member("ada", follows=bees)
    mia = masto.person("mia")
    await masto.send(beta, masto.activity("Follow", mia, bees.iri))
    thread = await bees.founder.posts(bees, title="Before the move")
    await sea.settle()
    new = await gamma.group("bees")
    async with gamma.node.transaction() as tx:
        moving_accounts.add_alias(await get_actor(tx.session, new.iri), bees.iri)
    from node.activities.perform import perform

    await fetch_actor(beta.node, new.iri, Budget(5), anew=True)
    async with beta.node.transaction() as tx:
        old, target = await get_actor(tx.session, bees.iri), await get_actor(tx.session, new.iri)
        await perform(tx, await moving_accounts.compose(tx, old, target))
    await sea.settle()
    assert await followed_by(alpha, ada.iri) == [new.iri]
    assert [one["target"] for one in masto.got("Move")] == [new.iri]
    assert await ada.reads(bees) == ["Before the move"]
    assert (await beta.get(thread)).status_code == 200
    with pytest.raises(Refused, match="has moved"):
        await bees.founder.posts(bees, title="After it")


@pytest.fixture
async def two_groups(beta, bees):
    return bees, await beta.group("wasps", founder=bees.founder)


async def test_a_thread_goes_to_another_group_of_the_node_and_peers_hear_of_it(
    sea, alpha, beta, two_groups, masto
):
    """C.13: the group that gives it away announces the Move; the one that takes it shows it to its followers."""
    bees, wasps = two_groups
    ada = await alpha.member("ada", follows=bees)
    await ada.follows(wasps)
    mia = masto.person("mia")
    for group in two_groups:
        await masto.send(beta, masto.activity("Follow", mia, group.iri))
    await sea.settle()
    thread = await ada.posts(bees, title="About wasps")
    await sea.settle()
    answer = await bees.founder.answers(thread, "Not here, please")
    await sea.settle()
    async with beta.node.transaction() as tx:
        post, target = await find_post(tx.session, thread), await get_actor(tx.session, wasps.iri)
        move = await moving_threads.compose(tx, bees.founder.actor, post, target, reason="Wasps")
    await bees.founder.does(move)
    await sea.settle()
    assert await ada.reads(bees) == []
    assert await ada.reads(wasps) == ["About wasps"]
    for island in (alpha, beta):
        async with island.node.reading() as session:
            wasp = await get_actor(session, wasps.iri)
            assert (await find_post(session, answer)).group_id == wasp.id
    assert (await alpha.document(thread))["audience"] == wasps.iri
    later = await bees.founder.answers(thread, "Better")
    await sea.settle()
    assert await alpha.post(later) is not None, "the group that took it passes it on"
    said = [(one["type"], one["actor"]) for one in masto.received if one["type"] in {"Announce", "Undo"}]
    assert said == [("Announce", bees.iri), ("Undo", bees.iri), ("Announce", wasps.iri)]


async def test_who_may_move_a_thread(sea, beta, two_groups, masto):
    """Actor x group: only who moderates both; a third's word, a wrong origin, an unknown target change nothing."""
    bees, wasps = two_groups
    thread = await bees.founder.posts(bees, title="Stay")
    other = await beta.group("ants")  # run by somebody else
    mia = masto.person("mia")
    wild = masto.person("wild", kind="Group")
    await fetch_actor(beta.node, wild, Budget(5))
    for actor, origin, target in (
        (mia, bees.iri, wasps.iri),
        (mia, bees.iri, wild),
        (bees.founder.iri, bees.iri, other.iri),
        (bees.founder.iri, bees.iri, wild),
        (bees.founder.iri, other.iri, wasps.iri),
        (bees.founder.iri, bees.iri, "https://nowhere.example/c/none"),
    ):
        activity = move_of(actor, thread, origin, target)
        if actor == mia:
            await fetch_actor(beta.node, mia, Budget(5))
        async with beta.node.transaction() as tx:
            with pytest.raises(Refused):
                await moving_threads.check(tx, activity)


def move_of(actor, thread, origin, target):
    from node.activitypub.activity import Activity

    return Activity(
        type="Move", iri=f"{actor}#m", actor=actor, object=thread, origin=origin, target=target, raw={}
    )


async def test_nodebb_moves_a_topic_between_its_categories(sea, alpha):
    """The object is the topic's collection, sent bare by a person of that forum."""
    forum = Stranger(sea, "forum.example", software="nodebb")
    mod, ada = forum.person("mod"), await alpha.member("ada")
    first, second = (forum.person(name, kind="Group") for name in ("first", "second"))
    await follow_person(alpha, ada, first)
    await sea.settle()
    (asked,) = forum.got("Follow")
    await forum.send(alpha, forum.activity("Accept", first, asked))
    topic = f"{forum.home}/topic/9"
    note = forum.note(
        mod, "Moving soon", type="Article", name="Topic", audience=first, context=topic, cc=[first]
    )
    await forum.send(alpha, forum.activity("Announce", first, note["id"], to=[PUBLIC]))
    await sea.settle()
    move = forum.activity(
        "Move", mod, {"id": topic, "type": "OrderedCollection"}, origin=first, target=second, to=[PUBLIC]
    )
    await forum.send(alpha, move)
    await sea.settle()
    async with alpha.node.reading() as session:
        assert (await find_post(session, note["id"])).group_id == (await get_actor(session, second)).id
    far = Stranger(sea, "far.example")
    evil = far.person("evil")
    await far.send(alpha, far.activity("Move", evil, topic, origin=second, target=first, to=[PUBLIC]))
    await sea.settle()
    async with alpha.node.reading() as session:
        assert (await find_post(session, note["id"])).group_id == (await get_actor(session, second)).id
