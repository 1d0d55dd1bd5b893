"""Groups that follow groups: NodeBB's category sync in both roles, a service where only persons may follow (G.3, G.4)."""

from __future__ import annotations

import pytest
from sqlmodel import col, select

from node.activities import delete
from node.errors import NotFound
from node.inbox.actors import fetch_actor
from node.inbox.linking import link, unlink
from node.network.client import Budget
from node.store.queries.actors import get_actor
from node.store.queries.groups import group_page
from node.store.queries.listings import unlist
from node.store.queries.lists import Listing
from node.store.queries.posts import find_post
from node.store.tables.actors import Actor
from tests.support.stranger import PUBLIC, Stranger


async def shown(island, name):
    """Titles on the page of the group, as a stranger reads it."""
    async with island.node.reading() as session:
        page = await group_page(
            session, name, island.host, viewer=None, listing=Listing(sort="new"), now=island.node.clock.now()
        )
    return [line.title for line in page.threads]


async def joined(island, group, iri):
    other = await fetch_actor(island.node, iri, Budget(8))
    async with island.node.reading() as session:
        ours = await get_actor(session, group.iri)
    await link(island.node, ours, other)


async def test_two_groups_of_ours_show_each_others_threads_and_each_thread_keeps_its_home(
    sea, alpha, beta, bees
):
    """G.3.2, RULE G1 to G4: cross-listed, never copied; answers go home; no loops, no doubles."""
    hive = await alpha.group("hive")
    old = await bees.founder.posts(bees, title="Old one")
    await joined(alpha, hive, bees.iri)
    await joined(beta, bees, hive.iri)
    await sea.settle()
    here = await hive.founder.posts(hive, title="From alpha")
    there = await bees.founder.posts(bees, title="From beta")
    await sea.settle()
    assert sorted(await shown(alpha, "hive")) == ["From alpha", "From beta", "Old one"]
    assert sorted(await shown(beta, "bees")) == ["From alpha", "From beta", "Old one"]
    answer = await hive.founder.answers(there, "From the other side")
    await sea.settle()
    assert await beta.post(answer) is not None, "RULE G4: it went to its home"
    for island, iri, group in ((alpha, there, bees), (beta, here, hive), (alpha, old, bees)):
        async with island.node.reading() as session:
            home = await session.get(Actor, (await find_post(session, iri)).group_id)
            assert home.iri == group.iri
    said = [
        one.activity["object"]["id"] for one in sea.deliveries() if one.shape.startswith("Announce{Create")
    ]
    assert len(said) == len(set(said)), "nothing is announced twice to one node"


async def test_a_sibling_is_unlisted_and_parted_from_here_alone(sea, alpha, beta, bees):
    hive = await alpha.group("hive")
    await joined(alpha, hive, bees.iri)
    await sea.settle()
    threads = [await bees.founder.posts(bees, title=title) for title in ("One", "Two")]
    await sea.settle()
    async with alpha.node.transaction() as tx:
        ours = await get_actor(tx.session, hive.iri)
        assert await unlist(tx, ours, await find_post(tx.session, threads[0]))
    assert await shown(alpha, "hive") == ["Two"]
    async with alpha.node.transaction() as tx:
        await unlink(tx, await get_actor(tx.session, hive.iri), bees.iri)
    await sea.settle()
    assert await shown(alpha, "hive") == []
    assert await shown(beta, "bees") == ["Two", "One"]
    await bees.founder.posts(bees, title="Three")
    await sea.settle()
    assert await shown(alpha, "hive") == []
    with pytest.raises(NotFound):
        async with alpha.node.transaction() as tx:
            await unlink(tx, await get_actor(tx.session, hive.iri), bees.iri)


async def test_a_nodebb_category_follows_ours_and_gets_what_it_needs(sea, beta, bees):
    """As followed: Accept at once, then Announce{Create} of every thread and comment to its shared inbox."""
    forum = Stranger(sea, "forum.example", software="nodebb")
    category = forum.person("general", kind="Group")
    asked = forum.activity("Follow", category, bees.iri, to=[bees.iri])
    asked["id"] = f"{forum.home}/cid/7#activity/follow/x/1793620800000"  # not under the actor's path
    assert await forum.send(beta, asked) == 202
    await sea.settle()
    (accept,) = forum.got("Accept")
    assert accept["object"]["id"] == asked["id"]
    assert accept["object"]["actor"] == category
    thread = await bees.founder.posts(bees, title="Swarm")
    await bees.founder.answers(thread, "Here")
    await sea.settle()
    kinds = [
        one["object"]["object"]["type"] for one in forum.got("Announce") if isinstance(one["object"], dict)
    ]
    assert kinds == ["Page", "Note"]


async def test_ours_follows_a_nodebb_category_and_a_person(sea, alpha):
    """As follower: the topic is filed under its own category and shown in ours; a person's posts belong here too."""
    hive = await alpha.group("hive")
    forum = Stranger(sea, "forum.example", software="nodebb")
    category, uma = forum.person("general", kind="Group"), forum.person("uma")
    await joined(alpha, hive, category)
    await joined(alpha, hive, uma)
    await sea.settle()
    follows = forum.got("Follow")
    assert [one["actor"] for one in follows] == [hive.iri] * 2
    for asked in follows:
        await forum.send(alpha, forum.activity("Accept", asked["object"], asked))
    topic = forum.note(uma, "A topic", type="Article", name="Topic", audience=category, cc=[category])
    await forum.send(alpha, forum.activity("Announce", category, topic, to=[PUBLIC]))
    alone = forum.note(uma, "To nobody in particular", type="Article", name="Alone")
    await forum.send(alpha, forum.create(alone))
    await sea.settle()
    assert sorted(await shown(alpha, "hive")) == ["Alone", "Topic"]


async def test_a_service_follows_groups_that_take_only_persons(sea, alpha):
    """RULE G2: Lemmy, PieFed and Mbin refuse a Group as follower, or deliver nothing to it."""
    hive = await alpha.group("hive")
    lemmy = Stranger(sea, "lemmy.example", software="lemmy")
    garden, ripley = lemmy.person("garden", kind="Group"), lemmy.person("ripley")
    await fetch_actor(alpha.node, garden, Budget(8))
    await sea.settle()
    await joined(alpha, hive, garden)
    await sea.settle()
    (asked,) = lemmy.got("Follow")
    assert asked["actor"] == "https://alpha.example/u/hive_relay"
    assert (await alpha.document(asked["actor"]))["type"] == "Service"
    await lemmy.send(alpha, lemmy.activity("Accept", garden, asked))
    page = lemmy.note(ripley, "Roses", type="Page", name="Roses", audience=garden, to=[garden, PUBLIC], cc=[])
    await lemmy.send(alpha, lemmy.activity("Announce", garden, lemmy.create(page), to=[garden, PUBLIC]))
    await sea.settle()
    assert await shown(alpha, "hive") == ["Roses"]
    async with alpha.node.reading() as session:
        relays = list(await session.scalars(select(Actor).where(col(Actor.represents_id).is_not(None))))
    assert len(relays) == 1


async def test_a_blog_that_posts_in_its_own_name_is_followed_as_a_group(sea, alpha):
    """C.18: WordPress blogs and other channels whose author is the group itself."""
    blog = Stranger(sea, "blog.example", software="wordpress")
    news = blog.person("news", kind="Group")
    ada = await alpha.member("ada")
    from tests.federation.test_moving import follow_person

    await follow_person(alpha, ada, news)
    await sea.settle()
    (asked,) = blog.got("Follow")
    await blog.send(alpha, blog.activity("Accept", news, asked))
    await blog.send(alpha, blog.create(blog.note(news, "First words", type="Article", name="Hello")))
    await sea.settle()
    assert await shown(alpha, "news@blog.example") == ["Hello"]


async def test_a_bridge_boosts_siblings_threads_where_that_is_legitimate_and_goes_in_no_circle(
    sea, alpha, beta, gamma, bees
):
    """RULE G3: microblogs and groups of NodeBB and Archipel get Announce{id}, Lemmy nothing; the home stays the home."""
    hive, comb = await alpha.group("hive"), await gamma.group("comb")
    await joined(alpha, hive, bees.iri)
    await joined(gamma, comb, hive.iri)
    await joined(beta, bees, comb.iri)  # the circle: bees shows what comb shows, which shows what hive shows
    masto, lemmy = Stranger(sea, "masto.example"), Stranger(sea, "lemmy.example", software="lemmy")
    for server in (masto, lemmy):
        await server.send(alpha, server.activity("Follow", server.person("mia"), hive.iri))
    await sea.settle()
    await bees.founder.posts(bees, title="Kept to itself")
    await sea.settle()
    assert masto.got("Announce") == []
    for group in (hive, comb):
        async with group.home.node.transaction() as tx:
            (await get_actor(tx.session, group.iri)).bridges = True
    sea.chart.parcels.clear()
    thread = await bees.founder.posts(bees, title="From beta")
    await bees.founder.answers(thread, "An answer stays at home")
    await sea.settle()
    (boost,) = masto.got("Announce")
    assert (boost["actor"], boost["object"], PUBLIC in boost["to"]) == (hive.iri, thread, True)
    assert lemmy.got("Announce") == []
    assert (await alpha.document(boost["id"]))["object"] == thread
    assert await shown(gamma, "comb") == ["From beta"]
    async with gamma.node.reading() as session:
        post = await find_post(session, thread)
        assert (await session.get(Actor, post.group_id)).iri == bees.iri, (
            "pitfall 81: audience, not the announcer"
        )
        assert post.confirmed_at is not None
    assert await shown(gamma, "hive@alpha.example") == ["From beta"]
    said = [one.activity["actor"] for one in sea.deliveries() if one.shape.startswith("Announce{id")]
    assert set(said) == {hive.iri}, "comb had it from hive, and hive is not its home"

    ben = await beta.member("ben", follows=bees)
    later = await ben.posts(bees, title="Off topic")
    await sea.settle()
    for gone, reason in ((thread, ""), (later, "Off topic")):  # by its author, by a moderator
        async with beta.node.transaction() as tx:
            post = await find_post(tx.session, gone)
            removal = await delete.compose(tx, bees.founder.actor, post, reason=reason)
        await bees.founder.does(removal)
        await sea.settle()
        undo, boost = (
            masto.got("Undo")[-1],
            next(one for one in masto.got("Announce") if one["object"] == gone),
        )
        assert (undo["actor"], undo["object"]["id"]) == (hive.iri, boost["id"])
    assert (len(masto.got("Announce")), len(masto.got("Undo"))) == (2, 2)


async def test_who_shows_a_thread_of_ours_or_of_nobody_puts_it_nowhere(sea, alpha, bees, beta):
    """A sibling says nothing of what is in a group of ours, nor passes on answers of another's threads."""
    far = Stranger(sea, "far.example")
    hive, ann = far.person("hive", kind="Group"), far.person("ann", key="bob")
    other = far.person("other", kind="Group")
    await joined(beta, bees, hive)
    await sea.settle()
    await far.send(beta, far.activity("Accept", hive, far.got("Follow")[0]))
    claims = far.note(ann, "x", type="Page", name="Not sent", to=[bees.iri, PUBLIC], audience=bees.iri)
    answer = far.note(ann, "y", inReplyTo=f"{ann}/statuses/99", audience=other)
    for one in (claims, answer):
        await far.send(beta, far.activity("Announce", hive, one["id"], to=[PUBLIC]))
    await sea.settle()
    assert [await beta.post(one["id"]) for one in (claims, answer)] == [None, None]
    assert await shown(beta, "bees") == []
