"""Private groups: who is let in, who says what there, and what an early answer becomes (FEDERATION C.16)."""

from __future__ import annotations

import pytest
from sqlmodel import col, select

from node.activities import follow
from node.activities.keeping import keep
from node.activitypub import reading
from node.errors import Conflict, Forbidden, Refused
from node.local import actors
from node.outbox.publish import publish
from node.store.queries.actors import get_actor
from node.store.queries.posts import find_post, visible_to
from node.store.tables.actors import Actor
from node.store.tables.follows import Follow
from node.store.tables.members import Notification
from node.store.tables.peers import Peer
from node.store.tables.posts import Post

PUBLIC = "https://www.w3.org/ns/activitystreams#Public"


@pytest.fixture
async def den(scene):
    return await scene.island.group("den", private=True, founder=scene.ben)


@pytest.fixture
async def ann(scene, den) -> str:
    """A member elsewhere."""
    iri = await scene.stranger("ann")
    await scene.happens(scene.activity("Follow", iri, den.iri))
    await answer(scene, den, iri, accept=True)
    return iri


async def answer(scene, den, iri, *, accept) -> None:
    async with scene.island.node.transaction() as tx:
        group, asker = await get_actor(tx.session, den.iri), await get_actor(tx.session, iri)
        await publish(tx, await follow.answer(tx, group, asker, accept=accept))


def among(den, **more):
    return {"to": [den.iri, f"{den.iri}/followers"], "audience": den.iri} | more


async def said(scene, iri) -> Post | None:
    async with scene.island.node.reading() as session:
        return await find_post(session, iri)


async def states(scene) -> dict[str, str]:
    async with scene.island.node.reading() as session:
        rows = await session.execute(
            select(col(Actor.username), col(Follow.state))
            .join(Follow, col(Follow.follower_id) == col(Actor.id))
            .where(col(Actor.peer_id).is_not(None))
        )
        return {row.username: row.state for row in rows}


async def notices(scene) -> list[str]:
    async with scene.island.node.reading() as session:
        return list(await session.scalars(select(Notification.kind)))


async def test_who_asks_waits_and_moderators_are_told(scene, den):
    ann = await scene.stranger("ann")
    ask = scene.activity("Follow", ann, den.iri)
    await scene.happens(ask)
    await scene.happens(ask)
    assert (await states(scene), await notices(scene)) == ({"ann": "pending"}, ["request"])
    assert await scene.leaving() == []
    await answer(scene, den, ann, accept=True)
    assert (await states(scene), await notices(scene)) == ({"ann": "accepted"}, [])
    await answer(scene, den, ann, accept=False)
    assert await states(scene) == {"ann": "rejected"}
    assert await scene.leaving() == ["Accept", "Reject"]


async def test_who_would_not_keep_it_private_is_turned_away(scene, den):
    """C.16: kbin and Mbin know no private groups, and a group that follows would tell its own followers."""
    for number, software in enumerate(("mbin", "kbin")):
        far = await scene.stranger(f"user{number}", host=f"{software}.example")
        async with scene.island.node.transaction() as tx:
            peer = await tx.session.get_one(Peer, (await get_actor(tx.session, far)).peer_id)
            peer.software = software
        await scene.happens(scene.activity("Follow", far, den.iri))
        with pytest.raises(Conflict):
            await answer(scene, den, far, accept=True)
    group = await scene.stranger("wasps", kind="Group")
    await scene.happens(scene.activity("Follow", group, den.iri))
    assert set((await states(scene)).values()) == {"rejected"}
    assert await scene.leaving() == ["Reject"] * 3
    assert await notices(scene) == []


async def test_who_says_what_in_which_group(scene, den, ann):
    """ObjectIsNotPrivate, members alone; and nothing that is not public in a public group."""
    eve = await scene.stranger("eve")
    bees = scene.group.iri
    to_public = {"to": [den.iri, PUBLIC], "audience": den.iri}
    table = [
        ("thread", ann, among(den), "members"),
        ("thread", ann, to_public, None),
        ("thread", ann, among(den, cc=[PUBLIC]), None),
        ("thread", eve, among(den), None),
        ("thread", ann, {"to": [bees, f"{bees}/followers"], "audience": bees}, None),
        ("thread", ann, {"to": [bees, PUBLIC], "audience": bees}, "public"),
        ("comment", ann, among(den, cc=[den.iri]), "members"),
        ("comment", ann, {"to": [den.iri]}, "members"),
        ("comment", ann, {"to": [PUBLIC]}, None),
        ("comment", eve, among(den), None),
        ("comment", eve, {"to": [PUBLIC], "cc": [den.iri]}, None),
    ]
    root = scene.object(ann, **among(den))
    await scene.happens(scene.carrying("Create", root, audience=den.iri))
    for kind, author, fields, expected in table:
        if kind == "thread":
            document = scene.object(author, **fields)
            create = scene.carrying("Create", document, audience=fields["audience"])
        else:
            document = scene.object(author, type="Note", inReplyTo=root["id"], name=None, **fields)
            create = scene.carrying("Create", document, audience=None)
        if expected is None:
            with pytest.raises(Refused):
                await scene.happens(create)
            assert await said(scene, document["id"]) is None, (kind, fields)
        else:
            await scene.happens(create)
            post = await said(scene, document["id"])
            assert post is not None
            assert post.visibility == expected, (kind, fields)


async def test_votes_and_shares_by_members_alone_and_never_shared(scene, den, ann):
    eve = await scene.stranger("eve")
    root = scene.object(ann, **among(den))
    await scene.happens(scene.carrying("Create", root, audience=den.iri))
    await scene.happens(scene.activity("Like", ann, root["id"]))
    for activity in (
        scene.activity("Like", eve, root["id"]),
        scene.activity("Announce", ann, root["id"], to=(PUBLIC,)),
        scene.activity("Announce", eve, root["id"], to=(PUBLIC,)),
    ):
        with pytest.raises(Refused):
            await scene.happens(activity)
    assert (await said(scene, root["id"])).score == 1


async def test_a_deletion_may_name_the_public_and_an_edit_may_not(scene, den, ann):
    """C.16: Lemmy's deletions do."""
    root = scene.object(ann, **among(den))
    await scene.happens(scene.carrying("Create", root, audience=den.iri))
    edit = root | {"content": "<p>New</p>", "updated": "2026-11-03T09:00:00Z", "to": [den.iri, PUBLIC]}
    with pytest.raises(Refused):
        await scene.happens(scene.carrying("Update", edit, audience=den.iri))
    await scene.happens(scene.activity("Delete", ann, root["id"], to=(PUBLIC,), audience=den.iri))
    assert (await said(scene, root["id"])).deleted_at is not None


async def test_an_answer_that_came_first_joins_the_circle_or_stays_its_authors(scene, den, ann):
    """R19, V74: nothing below what members say is for a wider circle."""
    eve = await scene.stranger("eve")
    root = scene.object(ann, **among(den))
    member = scene.object(ann, type="Note", inReplyTo=root["id"], **among(den))
    public = scene.object(ann, type="Note", inReplyTo=root["id"], to=[PUBLIC])
    outsider = scene.object(eve, type="Note", inReplyTo=root["id"], **among(den))
    for document in (member, public, outsider):
        async with scene.island.node.transaction() as tx:
            read = reading.read_object(document)
            author = await get_actor(tx.session, read.attributed_to)
            await keep(tx, read, author=author, group=None)
    await scene.happens(scene.carrying("Create", root, audience=den.iri))
    kept = [(await said(scene, one["id"])).visibility for one in (member, public, outsider)]
    assert kept == ["members", "direct", "direct"]


async def test_who_reads(scene, den, ann):
    """V67: an accepted edge, or office; a request opens nothing."""
    root = scene.object(ann, **among(den))
    await scene.happens(scene.carrying("Create", root, audience=den.iri))
    carl, dora = await scene.island.member("carl", follows=den), await scene.island.member("dora")
    async with scene.island.node.reading() as session:

        async def sees(viewer) -> bool:
            query = select(Post.id).where(col(Post.iri) == root["id"], visible_to(viewer))
            return await session.scalar(query) is not None

        theirs = await get_actor(session, ann)
        assert [await sees(one) for one in (scene.ben.actor, theirs, carl.actor, dora.actor, None)] == [
            True,
            True,
            False,
            False,
            False,
        ]


async def test_a_private_group_in_which_something_was_said_stays_private(scene, den, ann):
    async with scene.island.node.transaction() as tx:
        group = await get_actor(tx.session, den.iri)
        await actors.set_private(tx, group, private=False)
        assert (group.private, group.manually_approves) == (False, False)
        await actors.set_private(tx, group, private=True)
    await scene.happens(scene.carrying("Create", scene.object(ann, **among(den)), audience=den.iri))
    async with scene.island.node.transaction() as tx:
        with pytest.raises(Conflict):
            await actors.set_private(tx, await get_actor(tx.session, den.iri), private=False)


async def test_a_group_that_becomes_private_shows_out_whom_it_must_and_keeps_what_was_public(scene):
    far = await scene.stranger("mo", host="mbin.example")
    await scene.happens(scene.activity("Follow", far, scene.group.iri))
    thread = await scene.arrives()
    async with scene.island.node.transaction() as tx:
        peer = await tx.session.get_one(Peer, (await get_actor(tx.session, far)).peer_id)
        peer.software = "mbin"
        group = await get_actor(tx.session, scene.group.iri)
        await actors.set_private(tx, group, private=True)
        await follow.turn_away_the_open(tx, group)
    assert (await states(scene))["mo"] == "rejected"
    assert (await said(scene, thread)).visibility == "public"
    async with scene.island.node.reading() as session:
        assert await session.scalar(select(Post.id).where(col(Post.iri) == thread, visible_to(None)))
    with pytest.raises(Forbidden):
        await scene.happens(
            scene.carrying("Create", scene.object(await scene.stranger("ann"), **among(scene.group)))
        )
