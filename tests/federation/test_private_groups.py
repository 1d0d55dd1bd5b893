"""Private groups: who is let in, what leaves, and that nothing leaves to anybody else (FEDERATION C.16)."""

from __future__ import annotations

import json

import pytest

from node.activities import follow
from node.inbox.fetching import instance_signer
from node.network.client import DOCUMENT
from node.outbox.publish import publish
from node.store.queries.actors import get_actor
from tests.support.archipelago import Archipelago, Group, Island, Person

PUBLIC = "https://www.w3.org/ns/activitystreams#Public"
SECRET = "honeyguide"
WORD = "chatterer"  # beside it, so that an echo of what was looked for is no leak


async def answer(group: Group, iri: str, *, accept: bool) -> None:
    async with group.home.node.transaction() as tx:
        ours, asker = await get_actor(tx.session, group.iri), await get_actor(tx.session, iri)
        await publish(tx, await follow.answer(tx, ours, asker, accept=accept))


async def joined(sea: Archipelago, island: Island, name: str, group: Group) -> Person:
    person = await island.member(name, follows=group)
    await sea.settle()
    await answer(group, person.iri, accept=True)
    await sea.settle()
    return person


async def signed_get(island: Island, url: str) -> int:
    """The status that *island*'s own actor gets at *url*."""
    from node.errors import NodeError

    try:
        await island.node.client.get(url, accept=DOCUMENT, signer=await instance_signer(island.node))
    except NodeError as error:
        return error.status
    return 200


@pytest.fixture
async def den(beta: Island) -> Group:
    return await beta.group("den", private=True)


async def test_members_of_two_nodes_talk_and_no_public_is_named(sea, alpha, beta, gamma, den):
    """C.16: to is the group and its followers, in every activity and object, there and back."""
    ada = await joined(sea, alpha, "ada", den)
    eve = await gamma.member("eve", follows=den)
    await sea.settle()
    thread = await den.founder.posts(den, title=f"The {SECRET} sings", text="Tell nobody")
    await sea.settle()
    comment = await ada.answers(thread, "I heard it")
    await ada.votes(thread, 1)
    await sea.settle()
    await den.founder.answers(comment, "Where?")
    await den.founder.edits(thread, "Tell nobody at all", title=f"The {SECRET} sang")
    await ada.edits(comment, "I did hear it")
    await sea.settle()
    for island in (alpha, beta):
        post = await island.post(thread)
        assert (post.visibility, post.title, post.score) == ("members", f"The {SECRET} sang", 1)
        assert post.comment_count == 2
        assert (await island.post(comment)).visibility == "members"
        assert "did hear" in (await island.post(comment)).content
    assert await ada.reads(den) == await den.founder.reads(den) == [f"The {SECRET} sang"]
    assert await eve.reads(den) == []
    assert {kind for kind, _ in await ada.notices()} == {"reply"}
    for parcel in sea.deliveries():
        assert PUBLIC not in parcel.body.decode(), parcel.shape
        assert parcel.host != gamma.host, parcel.shape
    followers = f"{den.iri}/followers"
    for parcel in sea.deliveries(beta, to=alpha):
        if parcel.activity["type"] == "Announce":
            assert parcel.activity["to"] == [den.iri, followers]
    (create,) = [one.activity for one in sea.deliveries(alpha, to=beta) if one.shape == "Create{Note}"]
    assert create["to"] == create["object"]["to"] == [den.iri, followers]


async def test_deletion_and_removal_stay_among_members(sea, alpha, beta, gamma, den):
    ada = await joined(sea, alpha, "ada", den)
    await gamma.member("eve", follows=den)
    mine = await ada.posts(den, title="Mine")
    theirs = await den.founder.posts(den, title="Theirs")
    await sea.settle()
    assert sorted(await den.founder.reads(den)) == ["Mine", "Theirs"]
    await den.founder.deletes(mine, reason="off topic")
    await den.founder.deletes(theirs)
    await sea.settle()
    assert await ada.reads(den) == []
    assert [one.host for one in sea.deliveries(beta) if "Delete" in one.shape] == [alpha.host] * 2
    assert all(PUBLIC not in one.body.decode() for one in sea.deliveries())


async def test_who_leaves_or_is_shown_out_gets_nothing_more(sea, alpha, beta, den):
    """A98: who follows is asked when a thing is sent."""
    ada = await joined(sea, alpha, "ada", den)
    await answer(den, ada.iri, accept=False)
    await sea.settle()
    sea.chart.parcels.clear()
    await den.founder.posts(den, title=SECRET)
    await sea.settle()
    assert sea.deliveries(beta) == []
    assert await signed_get(alpha, f"{den.iri}/outbox") == 403


async def test_every_door_is_shut_to_all_but_servers_of_members(sea, alpha, beta, gamma, den):
    """V69 to V72, A96, A97: stranger, signed outsider and local non-member see nothing; a member's server does."""
    ada = await joined(sea, alpha, "ada", den)
    ben = await beta.member("ben")
    thread = await den.founder.posts(den, title=f"The {SECRET} {WORD}", text=f"{SECRET} {WORD}")
    comment = await den.founder.answers(thread, f"{SECRET} {WORD} again")
    await den.founder.posts(await beta.group("open"), title="Public")
    await sea.settle()
    create = (await beta.post(thread)).create_iri
    announce = next(one.activity["id"] for one in sea.deliveries(beta, to=alpha) if "Page" in one.shape)
    doors = [
        thread,
        comment,
        create,
        announce,
        f"{den.iri}/outbox",
        f"{den.iri}/featured",
        f"{den.iri}/followers",
        f"{den.iri}/followers_synchronization",
        *(f"{thread}/{name}" for name in ("context", "replies", "likes", "shares")),
        *(f"{comment}/{name}" for name in ("replies", "likes")),
    ]
    for door in doors:
        assert (await beta.get(door, accept="application/activity+json")).status_code == 404, door
        assert await signed_get(gamma, door) == 403, door
        assert await signed_get(alpha, door) == 200, door
    assert await signed_get(alpha, f"{den.iri}/followers?is_follower={ada.iri}") == 200
    assert await signed_get(alpha, f"{den.iri}/followers?is_follower=https://gamma.example/") == 404
    pages = [
        "/",
        "/?view=node&sort=new",
        "/?view=all&sort=new",
        "/explore",
        "/about",
        f"/search?q={SECRET}",
        "/c/den",
        "/u/founder_of_den",
    ]
    pages += [thread, comment, "/u/founder_of_den/outbox", "/nodeinfo/2.1", "/site_outbox"]
    for page in pages:
        for accept in ("text/html", "application/activity+json", "application/json"):
            answer_ = await beta.get(page, accept=accept)
            assert WORD not in answer_.text, page
    sea.clock.advance(minutes=6)  # NodeInfo counts every five
    usage = (await beta.get("/nodeinfo/2.1", accept="application/json")).json()["usage"]
    assert (usage["localPosts"], usage["localComments"]) == (1, 0)
    assert json.loads((await beta.get("/u/founder_of_den/outbox")).text)["totalItems"] == 1
    assert await ben.reads(den) == []


async def test_what_members_get_is_kept_in_no_shared_cache(sea, alpha, beta, den):
    await joined(sea, alpha, "ada", den)
    thread = await den.founder.posts(den, title=SECRET)
    url = f"{thread}"
    signer = await instance_signer(alpha.node)
    headers = {name.lower(): value for name, value in signer("GET", url, None).items()}
    found = await beta.get(url, accept="application/activity+json", **headers)
    assert found.status_code == 200
    assert found.headers["cache-control"] == "private, no-store"
    assert {"Accept", "Signature"} <= set(found.headers["vary"].split(", "))
    assert "access-control-allow-origin" not in found.headers
    assert PUBLIC not in found.text


async def test_a_comment_of_ours_in_a_group_elsewhere_is_for_whom_its_host_names(
    sea, alpha, beta, gamma, den
):
    """B.4: the group's host is asked `?is_follower=` and its word is believed."""
    ada = await joined(sea, alpha, "ada", den)
    await joined(sea, gamma, "cat", den)
    delta = await sea.node("delta.example")
    thread = await den.founder.posts(den, title=SECRET)
    await sea.settle()
    comment = await ada.answers(thread, SECRET)
    await sea.settle()
    assert (await gamma.post(comment)).visibility == "members"  # it was fetched from alpha, which asked beta
    assert (
        "alpha.example",
        f"{den.iri}/followers?is_follower=https%3A%2F%2Fgamma.example%2F",
    ) in sea.chart.fetched
    assert await signed_get(delta, comment) == 403
    assert (await alpha.get(comment, accept="application/activity+json")).status_code == 404
    assert (
        await signed_get(gamma, f"{alpha.node.settings.home}/post/{(await alpha.post(thread)).token}") == 404
    )


async def test_strangers_and_the_public_have_no_word_in_a_private_group(sea, alpha, beta, gamma, den):
    """ObjectIsNotPrivate; only members write."""
    ada = await joined(sea, alpha, "ada", den)
    eve = await gamma.member("eve", follows=den)
    await sea.settle()
    from node.errors import Forbidden

    with pytest.raises(Forbidden):
        await eve.posts(den, title="Let me in")
    async with gamma.node.transaction() as tx:  # a node that does not care about the rule
        (await get_actor(tx.session, den.iri)).private = False
    await eve.posts(den, title="To everybody")
    await sea.settle()
    async with alpha.node.transaction() as tx:
        (await get_actor(tx.session, den.iri)).private = False
    await ada.posts(den, title="To everybody, by a member")
    await sea.settle()
    assert await den.founder.reads(den) == []
    reasons = [one.reason for one in await beta.arrivals() if one.type == "Create"]
    assert all("not to the public" in one for one in reasons), reasons


async def test_history_comes_to_who_was_let_in(sea, alpha, beta, den):
    await den.founder.posts(den, title="Before")
    ada = await joined(sea, alpha, "ada", den)
    carl = await alpha.member("carl", follows=den)
    await sea.settle()
    assert await ada.reads(den) == ["Before"]
    assert await carl.reads(den) == []
    await den.founder.posts(den, title="After")
    await sea.settle()
    assert await carl.reads(den) == []  # another's Announce is no Accept
    assert sorted(await ada.reads(den)) == ["After", "Before"]


async def test_two_servers_agree_on_who_follows(sea, alpha, beta, den):
    """FEP-8fcf: the group's list decides, both ways, and a lost Accept is found again."""
    from sqlmodel import col, select

    from node.store.tables.actors import Actor
    from node.store.tables.follows import Follow

    names = ("ada", "bob", "cleo", "dan")
    people = [await joined(sea, alpha, name, den) for name in names]
    ada, bob, cleo, dan = people

    async def edge(island, person) -> Follow | None:
        async with island.node.reading() as session:
            query = (
                select(Follow)
                .join(Actor, col(Actor.id) == col(Follow.follower_id))
                .where(col(Actor.iri) == person.iri)
            )
            return await session.scalar(query)

    async with beta.node.transaction() as tx:
        await tx.session.delete(await tx.session.get_one(Follow, (await edge(beta, bob)).id))
    async with alpha.node.transaction() as tx:
        await tx.session.delete(await tx.session.get_one(Follow, (await edge(alpha, cleo)).id))
        (await tx.session.get_one(Follow, (await edge(alpha, dan)).id)).state = "pending"
    await den.founder.posts(den, title=SECRET)
    await sea.settle()
    assert (await edge(alpha, ada)).state == (await edge(beta, ada)).state == "accepted"
    assert await edge(alpha, bob) is None  # the group knows him not: he reads no more
    assert await edge(beta, cleo) is None  # she is taken off the group's list
    assert (await edge(alpha, dan)).state == "accepted"
    assert await bob.reads(den) == []
    fetched = [url for _, url in sea.chart.fetched if url.endswith("followers_synchronization")]
    assert len(fetched) == 1
    await den.founder.posts(den, title="Again")
    await sea.settle()
    assert [url for _, url in sea.chart.fetched if url.endswith("followers_synchronization")] == fetched
