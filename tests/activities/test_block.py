"""Block: bans from groups and nodes, and personal blocks; actor x role x origin."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlmodel import col, select

from node.activities import block, create, follow
from node.activities.drafts import CommentDraft
from node.activities.perform import perform
from node.errors import Forbidden, NotFound, Refused
from node.store.queries.actors import get_actor
from node.store.queries.bans import bans_of, find_ban
from node.store.queries.posts import find_post
from node.store.tables.follows import Follow, Moderator
from node.store.tables.members import Member, Notification
from node.store.tables.moderation import Ban, Block, Deed

PUBLIC = "https://www.w3.org/ns/activitystreams#Public"
HERE = "https://beta.example/"


@pytest.fixture
async def people(scene):
    """Somebody of each kind, and groups here and elsewhere with their moderators."""
    island = scene.island
    hive = await scene.stranger("hive", host="hive.example", kind="Group")
    found = {
        "owner": scene.group.founder.iri,
        "second": (await island.member("second")).iri,
        "administrator": (await island.member("boss")).iri,
        "member": scene.ben.iri,
        "stranger": await scene.stranger("ann"),
        "of the hive's node": await scene.stranger("yan", host="hive.example"),
        "moderator elsewhere": await scene.stranger("mod", host="mods.example"),
        "moderator of the hive": await scene.stranger("queen", host="queens.example"),
        "local moderator of the hive": (await island.member("drone")).iri,
        "hive": hive,
    }
    async with island.node.transaction() as tx:
        for name, group in (
            ("second", scene.group.iri),
            ("moderator elsewhere", scene.group.iri),
            ("moderator of the hive", hive),
            ("local moderator of the hive", hive),
        ):
            seat = Moderator(
                group_id=(await get_actor(tx.session, group)).id,
                actor_id=(await get_actor(tx.session, found[name])).id,
                since=tx.now + timedelta(seconds=len(name)),
            )
            tx.session.add(seat)
        boss = await get_actor(tx.session, found["administrator"])
        member = (await tx.session.scalars(select(Member).where(col(Member.actor_id) == boss.id))).one()
        member.role = "administrator"
    return found


def banned(scene, actor, person, target, **raw):
    """A Block as the inbox hands it over."""
    act = scene.activity(
        "Block", actor, person, target=target, to=(PUBLIC,), summary=raw.pop("summary", None)
    )
    act.raw.update(raw)
    return act


async def is_out(scene, person, scope):
    async with scene.island.node.reading() as session:
        ban = await find_ban(session, (await get_actor(session, person)).id, scope)
    now = scene.island.sea.clock.now()
    return ban is not None and (ban.expires_at is None or ban.expires_at > now)


async def refusal(scene, activity):
    try:
        await scene.happens(activity)
    except Refused as error:
        return error
    return None


async def test_who_bans_from_a_group(scene, people):
    """RULE C4, B6f; A09, V29: only moderators, in rank, and administrators of its node."""
    bees, hive = scene.group.iri, people["hive"]
    table = [
        ("owner", bees, None, True),
        ("second", bees, None, True),
        ("administrator", bees, None, True),
        ("member", bees, None, False),
        ("stranger", bees, None, False),
        ("moderator elsewhere", bees, None, True),
        ("moderator of the hive", bees, None, False),
        ("hive", bees, None, False),
        ("stranger", bees, "hive", False),
        ("owner", hive, None, False),
        ("administrator", hive, None, False),
        ("local moderator of the hive", hive, None, True),
        ("moderator of the hive", hive, None, False),
        ("of the hive's node", hive, None, False),
        ("stranger", hive, "hive", True),
        ("hive", hive, None, True),
    ]
    for number, (actor, target, announcer, allowed) in enumerate(table):
        victim = await scene.stranger(f"victim{number}")
        act = banned(scene, people[actor], victim, target)
        if announcer is not None:
            act = scene.activity(
                "Block", act.actor, act.object, target=target, announced_by=people[announcer], to=(PUBLIC,)
            )
        error = await refusal(scene, act)
        assert (error is None) == allowed, (actor, target, announcer, error)
        assert await is_out(scene, victim, target) == allowed, (actor, target)


async def test_who_is_banned_by_whom(scene, people):
    """Moderators rank as they were appointed; who runs the node is not banned from its groups."""
    bees = scene.group.iri
    for actor, person, allowed in (
        ("second", "owner", False),
        ("moderator elsewhere", "second", False),
        ("owner", "owner", False),
        ("owner", "administrator", False),
        ("owner", "hive", False),
        ("owner", "second", True),
        ("administrator", "owner", True),
    ):
        error = await refusal(scene, banned(scene, people[actor], people[person], bees))
        assert (error is None) == allowed, (actor, person, error)
    with pytest.raises(Forbidden, match="moderators may do this"):  # and a banned moderator is none
        await scene.happens(banned(scene, people["second"], people["stranger"], bees))


async def test_who_bans_from_a_node(scene, people):
    """V29, pitfalls 42, 86, 90: each from itself alone; here administrators."""
    ann = people["stranger"]
    other = await scene.stranger("oda")
    table = [
        ("administrator", HERE, other, True),
        ("administrator", "https://far.example/", other, False),
        ("owner", HERE, other, False),
        ("administrator", HERE, people["administrator"], False),
        ("stranger", HERE, people["member"], False),
        ("stranger", "https://hive.example/", people["member"], False),
        ("stranger", "https://far.example", other, True),
        ("stranger", "https://far.example/", people["member"], True),
        ("stranger", "https://far.example/unknown", people["member"], False),
        ("stranger", "https://far.example/", ann, False),
    ]
    for actor, target, person, allowed in table:
        error = await refusal(scene, banned(scene, people[actor], person, target))
        assert (error is None) == allowed, (actor, target, error)
    act = banned(scene, ann, people["member"], "https://far.example/")
    passed = scene.activity("Block", ann, act.object, target=act.target, announced_by=people["hive"])
    assert await refusal(scene, passed) is not None, "no group passes on a ban from a node"


async def test_a_ban_closes_every_door_of_the_group(scene, people):
    """RULE C3: here and elsewhere, to members and strangers; leaving and taking one's words back stay open."""
    bees, ann, ben = scene.group.iri, people["stranger"], scene.ben
    thread = await scene.arrives(author=await scene.stranger("zoe"))
    own = await scene.arrives(author=ann)
    comment = scene.object(ann, type="Note", inReplyTo=thread)
    like = scene.activity("Like", ann, thread)
    await scene.happens(like)
    await scene.happens(scene.activity("Follow", ann, bees))
    await scene.happens(banned(scene, people["owner"], ann, bees))
    edited = scene.object(ann, id=own, content="<p>Other</p>", updated="2026-11-03T09:00:00Z")
    doors = [
        scene.carrying("Create", scene.object(ann)),
        scene.carrying("Create", comment),
        scene.carrying("Update", edited),
        scene.activity("Like", ann, thread),
        scene.activity("Dislike", ann, thread),
        scene.activity("EmojiReact", ann, thread),
        scene.activity("Announce", ann, thread),
        scene.activity("Flag", ann, thread),
        scene.activity("Follow", ann, bees),
        scene.undo(like),
    ]
    for act in doors:
        with pytest.raises(Forbidden, match="banned"):
            await scene.happens(act)
    await scene.happens(scene.activity("Delete", ann, own))
    await scene.happens(scene.undo(scene.activity("Follow", ann, bees)))
    await scene.happens(banned(scene, people["owner"], ben.iri, bees))
    async with scene.island.node.transaction() as tx:
        post = await find_post(tx.session, thread)
        with pytest.raises(Forbidden, match="banned"):
            await perform(tx, await create.compose_comment(tx, ben.actor, post, CommentDraft(source="Me")))
        group = await get_actor(tx.session, bees)
        with pytest.raises(Forbidden, match="banned"):
            await perform(tx, follow.compose(tx, ben.actor, group))


async def test_a_ban_ends_by_the_clock_and_says_nothing(scene, people):
    """Pitfall 87: the earlier of endTime and expires; none is for ever, a past one is over."""
    bees, ann, owner = scene.group.iri, people["stranger"], people["owner"]
    clock = scene.island.sea.clock
    soon, late = (clock.now() + timedelta(hours=n) for n in (1, 2))
    act = banned(scene, owner, ann, bees, endTime=late.isoformat(), expires=soon.isoformat())
    await scene.happens(act)
    before = len(await scene.leaving())
    for minutes, allowed in ((59, False), (2, True)):
        clock.advance(minutes=minutes)
        error = await refusal(scene, scene.carrying("Create", scene.object(ann)))
        assert (error is None) == allowed, minutes
    assert "Undo" not in (await scene.leaving())[before:]
    past = banned(scene, owner, ann, bees, expires="2020-01-01T00:00:00Z")
    await scene.happens(past)
    assert not await is_out(scene, ann, bees)
    await scene.happens(banned(scene, owner, ann, bees))
    clock.advance(days=4000)
    assert await refusal(scene, scene.carrying("Create", scene.object(ann))) is not None


async def test_content_is_hidden_with_a_ban_and_shown_again(scene, people):
    """Pitfall 88: `removeData` of the ban hides it, `restoreData` of an Undo, and nothing else, brings it back."""
    bees, ann, owner = scene.group.iri, people["stranger"], people["owner"]
    first, second = await scene.arrives(author=ann), await scene.arrives(author=ann)
    below = scene.object(ann, type="Note", inReplyTo=await scene.arrives(author=await scene.stranger("zoe")))
    await scene.happens(scene.carrying("Create", below))
    await scene.happens(scene.activity("Delete", owner, second, summary="By itself"))
    ban = banned(scene, owner, ann, bees, removeData=True, summary="Spam")
    await scene.happens(ban)
    post = await scene.island.post(first)
    assert (post.removal_reason, post.removal_iri, post.removed_at is None) == ("Spam", ban.iri, False)
    assert (await scene.island.post(below["inReplyTo"])).comment_count == 0
    await scene.happens(scene.undo(banned(scene, owner, ann, bees, removeData=True)))
    assert not await is_out(scene, ann, bees)
    assert (await scene.island.post(first)).removed_at is not None
    await scene.happens(banned(scene, owner, ann, bees, removeData=True))
    await scene.happens(banned(scene, people["second"], ann, bees, summary="Longer"))
    lifted = scene.undo(banned(scene, owner, ann, bees))
    lifted.raw["restoreData"] = True
    await scene.happens(lifted)
    assert (await scene.island.post(first)).removed_at is None
    assert (await scene.island.post(below["inReplyTo"])).comment_count == 1
    assert (await scene.island.post(second)).removed_at is not None, "it was removed for itself"


async def test_a_ban_reaches_as_far_as_who_says_it(scene, people):
    """C.8: a group, a node's groups, or everything of a node's own people."""
    bees, hive, ann = scene.group.iri, people["hive"], people["stranger"]
    yan = people["of the hive's node"]
    async with scene.island.node.transaction() as tx:
        await perform(tx, follow.compose(tx, scene.ben.actor, await get_actor(tx.session, hive)))
    in_hive = {"to": [hive, PUBLIC], "audience": hive}

    async def posts(author):
        here = await scene.arrives(author=author)
        document = scene.object(author, **in_hive)
        await scene.happens(scene.carrying("Create", document, audience=hive, announced_by=hive))
        return here, document["id"]

    for by, person, target, hidden in (
        (yan, ann, "https://hive.example/", (False, True)),
        (yan, yan, "https://hive.example/", None),
        (await scene.stranger("root", host="hive.example"), yan, "https://hive.example", (True, True)),
        (people["administrator"], await scene.stranger("oda"), HERE, (True, True)),
        (people["owner"], await scene.stranger("ugo"), bees, (True, False)),
    ):
        found = await posts(person)
        error = await refusal(scene, banned(scene, by, person, target, removeData=True))
        if hidden is None:
            assert error is not None
            continue
        assert error is None, (target, error)
        seen = tuple([(await scene.island.post(iri)).removed_at is not None for iri in found])
        assert seen == hidden, target


async def test_bans_and_their_undoing_in_any_order(scene, people):
    """R18, R22, pitfall 75: an Undo of the same id voids a late ban; one made anew lifts what there is."""
    bees, ann, owner = scene.group.iri, people["stranger"], people["owner"]
    ban = banned(scene, owner, ann, bees)
    await scene.happens(scene.undo(ban))
    await scene.happens(ban)
    assert not await is_out(scene, ann, bees)
    another = banned(scene, owner, ann, bees)
    for _ in range(2):
        await scene.happens(another)
    for actor, allowed in (("stranger", False), ("moderator elsewhere", True), ("owner", True)):
        anew = banned(scene, people[actor], ann, bees)
        assert (await refusal(scene, scene.undo(anew)) is None) == allowed, actor
        assert await is_out(scene, ann, bees) != allowed, actor
    kinds = [deed.kind for deed in await rows(scene, Deed)]
    assert kinds == ["ban", "unban"]


async def test_a_post_that_a_ban_overtook_is_hidden_where_it_is_kept(scene, people):
    """R22: of a group elsewhere, whose word the post came on."""
    hive, ann = people["hive"], people["stranger"]
    async with scene.island.node.transaction() as tx:
        await perform(tx, follow.compose(tx, scene.ben.actor, await get_actor(tx.session, hive)))
    await scene.happens(banned(scene, hive, ann, hive, removeData=True))
    late = scene.object(ann, to=[hive, PUBLIC], audience=hive)
    await scene.happens(scene.carrying("Create", late, audience=hive, announced_by=hive))
    assert (await scene.island.post(late["id"])).removed_at is not None


async def test_the_banned_hear_of_it(scene, people):
    ben, owner, bees = scene.ben.iri, people["owner"], scene.group.iri
    await scene.happens(banned(scene, owner, ben, bees, summary="<b>Spam</b>"))
    await scene.happens(scene.undo(banned(scene, owner, ben, bees)))
    await scene.happens(banned(scene, people["stranger"], ben, "https://far.example/", summary="No"))
    told = [(one.kind, one.text) for one in await rows(scene, Notification)]
    assert told == [("ban", "Spam"), ("unban", ""), ("ban", "No")]


async def test_a_moderator_elsewhere_tells_a_member_here_of_a_ban(scene, people):
    """C.8: no Announce leads here when nobody here follows the group."""
    hive, ben, queen = people["hive"], scene.ben.iri, people["moderator of the hive"]
    await scene.happens(banned(scene, queen, ben, hive))
    assert await is_out(scene, ben, hive)
    stranger = banned(scene, people["stranger"], people["owner"], hive)
    assert await refusal(scene, stranger) is not None


async def test_a_personal_block_keeps_two_apart(scene, people):
    """Pitfall 86: never a ban; no answers, votes or follows, and the other's posts out of sight."""
    ben, ann, zoe = scene.ben, people["stranger"], await scene.stranger("zoe")
    thread = await ben.posts(scene.group, title="Mine")
    theirs = await scene.arrives(author=ann)
    await scene.happens(scene.activity("Follow", ann, ben.iri))
    async with scene.island.node.transaction() as tx:
        await perform(tx, block.compose_personal(tx, ben.actor, await get_actor(tx.session, ann)))
    edges = [one.follower_id for one in await rows(scene, Follow)]
    assert (await scene.actor(ann)).id not in edges
    assert await rows(scene, Ban) == []
    for act in (
        scene.activity("Like", ann, thread),
        scene.activity("Announce", ann, thread),
        scene.activity("Follow", ann, ben.iri),
        scene.carrying("Create", scene.object(ann, type="Note", inReplyTo=thread)),
    ):
        with pytest.raises(Forbidden, match="nothing to do"):
            await scene.happens(act)
    assert await scene.ben.reads(scene.group) == ["Mine"]
    assert set(await scene.group.founder.reads(scene.group)) == {"Mine", "Title"}
    await scene.happens(scene.carrying("Create", scene.object(zoe, type="Note", inReplyTo=thread)))
    await scene.happens(scene.carrying("Create", scene.object(ann, type="Note", inReplyTo=theirs)))
    async with scene.island.node.transaction() as tx:
        undo = await block.compose_personal_undo(tx, ben.actor, await get_actor(tx.session, ann))
        await perform(tx, undo)
    assert set(await ben.reads(scene.group)) == {"Mine", "Title"}
    await scene.happens(scene.activity("Like", ann, thread))


async def test_who_blocks_whom_for_themselves(scene, people):
    """Actor x origin: oneself alone, and only what concerns somebody here."""
    ann, zoe, ben, owner = people["stranger"], await scene.stranger("zoe"), scene.ben.iri, people["owner"]
    for actor, person, announcer, allowed in (
        (ann, ben, None, True),
        (ben, ann, None, True),
        (ben, owner, None, True),
        (ann, zoe, None, False),
        (ann, ann, None, False),
        (ben, scene.group.iri, None, False),
        (ann, ben, people["hive"], False),
    ):
        act = scene.activity("Block", actor, person, announced_by=announcer)
        assert (await refusal(scene, act) is None) == allowed, (actor, person)
    inner = scene.activity("Block", ann, ben)
    with pytest.raises(Forbidden, match="Only who did it"):
        await scene.happens(scene.undo(inner, actor=zoe))
    assert len(await rows(scene, Block)) == 3
    await scene.happens(scene.undo(inner))
    await scene.happens(inner)
    assert len(await rows(scene, Block)) == 2


async def test_only_what_is_known_is_banned_from(scene, people):
    act = banned(scene, people["stranger"], people["member"], "https://nowhere.example/c/x")
    assert isinstance(await refusal(scene, act), NotFound)
    async with scene.island.node.transaction() as tx:
        ben = await get_actor(tx.session, scene.ben.iri)
        owner = await get_actor(tx.session, people["owner"])
        assert await block.compose_personal_undo(tx, owner, ben) is None
        assert await bans_of(tx.session, scene.group.iri, tx.now) == ()


async def rows(scene, table):
    async with scene.island.node.reading() as session:
        return list(await session.scalars(select(table).order_by(col(table.id))))
