"""Private messages: who takes them from whom, and that they are nothing but messages (FEDERATION C.12)."""

from __future__ import annotations

import pytest
from sqlmodel import col, select

from node.activities import letters, messages
from node.activities.drafts import CommentDraft
from node.activities.perform import perform
from node.activitypub import reading
from node.errors import Forbidden, Gone, Refused
from node.inbox.housekeeping import sweep
from node.store.queries.actors import get_actor
from node.store.queries.conversations import conversation_page, conversations
from node.store.queries.messages import conversation_of, takes_messages
from node.store.tables.actors import Actor
from node.store.tables.follows import Follow
from node.store.tables.members import Member, Notification
from node.store.tables.messages import Message, MessageRecipient
from node.store.tables.moderation import Ban, Block
from node.store.tables.peers import Peer
from node.store.tables.posts import Post

PUBLIC = "https://www.w3.org/ns/activitystreams#Public"


def note(scene, author, to, **fields):
    return {
        "id": scene.iri(author, "private"),
        "type": "Note",
        "attributedTo": author,
        "content": "<p>For your eyes</p>",
        "to": to,
        "cc": [],
        "published": "2026-11-03T08:00:00Z",
    } | fields


def carrying(scene, kind, document, **fields):
    return scene.carrying(kind, document, audience=None, **fields)


async def kept(scene) -> list[Message]:
    async with scene.island.node.reading() as session:
        return list(await session.scalars(select(Message).order_by(col(Message.id))))


async def add(scene, row) -> None:
    async with scene.island.node.transaction() as tx:
        tx.session.add(row)


@pytest.fixture
async def ann(scene) -> str:
    return await scene.stranger("ann")


async def test_what_is_a_message_and_what_is_not(scene, ann):
    """Pitfalls 92, 98: no public, no collection, no group, somebody here, words."""
    ben, group = scene.ben.iri, scene.group.iri
    table = [
        ({"to": [ben]}, True),
        ({"to": [ben], "cc": ["https://far.example/users/unknown"]}, True),
        ({"to": [], "cc": [ben]}, True),
        ({"to": [ben], "type": "ChatMessage"}, True),
        ({"to": ["https://far.example/users/unknown"], "type": "ChatMessage"}, True),
        ({"to": [ben], "cc": [PUBLIC]}, False),
        ({"to": [ben], "cc": [f"{ann}/followers"]}, False),
        ({"to": [ben, f"{group}/followers"]}, False),
        ({"to": [ben, group]}, False),
        ({"to": ["https://far.example/users/unknown"]}, False),
        ({"to": [ben], "type": "Page"}, False),
        ({"to": [ben], "name": "Yes", "content": None}, False),
    ]
    async with scene.island.node.reading() as session:
        author = await get_actor(session, ann)
        for fields, expected in table:
            document = reading.read_object(note(scene, ann, [ben]) | fields)
            assert await messages.is_message(session, document, author) is expected, fields


async def test_a_message_is_kept_apart_and_told_once(scene, ann):
    document = note(scene, ann, [scene.ben.iri], summary="careful")
    create = carrying(scene, "Create", document)
    await scene.happens(create)
    await scene.happens(create)
    (message,) = await kept(scene)
    assert (message.content, message.warning) == ("<p>For your eyes</p>", "careful")
    assert message.conversation == conversation_of([ann, scene.ben.iri])
    assert await scene.leaving() == []
    async with scene.island.node.reading() as session:
        assert (await session.scalars(select(Post))).all() == []
        (notice,) = (await session.scalars(select(Notification))).all()
        assert (notice.kind, notice.text, notice.post_id) == ("message", "careful", None)
        (line,) = await conversations(session, scene.ben.actor)
        assert (line.unread, line.people[0].iri) == (1, ann)
        ann_there = await get_actor(session, ann)
        outsider = await get_actor(session, scene.group.founder.iri)
        assert await conversations(session, outsider) == ()
        assert (await conversation_page(session, message.conversation, ann_there)).messages
        with pytest.raises(Refused):
            await conversation_page(session, message.conversation, outsider)
    async with scene.island.node.transaction() as tx:
        await messages.mark_read(tx, scene.ben.actor, message.conversation)
    async with scene.island.node.reading() as session:
        assert (await session.scalars(select(Notification))).all() == []


async def test_nobody_passes_a_message_on_or_says_it_for_another(scene, ann):
    document = note(scene, ann, [scene.ben.iri])
    other = await scene.stranger("eve")
    for change in ({"announced_by": scene.group.iri}, {"actor": other}):
        with pytest.raises(Forbidden):
            await scene.happens(carrying(scene, "Create", document, **change))
    for to, kind in (([], "ChatMessage"), (["https://far.example/users/unknown"], "Note")):
        with pytest.raises(Refused):
            await scene.happens(carrying(scene, "Create", note(scene, ann, to, type=kind)))
    thread = await scene.arrives()
    for_nobody = note(scene, ann, ["https://far.example/users/unknown"], inReplyTo=thread)
    with pytest.raises(Refused):
        await scene.happens(carrying(scene, "Create", for_nobody))
    assert await kept(scene) == []


async def test_who_may_write_to_whom(scene, ann):
    """Blocks, bans from the node, and the member's own choice."""
    ben = scene.ben.actor
    async with scene.island.node.reading() as session:
        theirs = await get_actor(session, ann)
    home = scene.island.node.settings.home

    async def taken() -> bool:
        try:
            await scene.happens(carrying(scene, "Create", note(scene, ann, [ben.iri])))
        except Forbidden:
            return False
        return True

    async def choose(whom: str) -> None:
        async with scene.island.node.transaction() as tx:
            member = (await tx.session.scalars(select(Member).where(col(Member.actor_id) == ben.id))).one()
            member.messages_from = whom

    now = scene.island.node.clock.now()
    assert await taken()
    await choose("nobody")
    assert not await taken()
    await choose("followed")
    assert not await taken()
    await add(
        scene,
        Follow(follower_id=ben.id, followee_id=theirs.id, iri="https://x/1", state="pending", created_at=now),
    )
    assert not await taken()
    async with scene.island.node.transaction() as tx:
        (
            await tx.session.scalars(select(Follow).where(col(Follow.followee_id) == theirs.id))
        ).one().state = "accepted"
    assert await taken()
    await choose("everyone")
    await add(
        scene,
        Ban(
            actor_id=theirs.id,
            scope=f"{home}/",
            iri="https://x/2",
            at=now,
            expires_at=scene.island.node.clock.now(),
        ),
    )
    assert await taken()  # it has expired
    await add(scene, Block(blocker_id=ben.id, blocked_id=theirs.id, iri="https://x/3", at=now))
    assert not await taken()


async def test_bans_from_either_node_and_blocked_servers_keep_people_apart(scene, ann):
    """A106, pitfall 42: the same judgement as for posts; a ban from a group is about that group alone."""
    ours, theirs = scene.island.node.settings.home, "https://far.example"
    now = scene.island.node.clock.now()
    ben = scene.ben.actor
    stranger = await scene.actor(ann)
    for writer, reader in ((stranger, ben), (ben, stranger)):
        for scope, kept_out in (
            (f"{ours}/", True),
            (f"{theirs}/", True),
            ("https://third.example/", False),
            (scene.group.iri, False),
        ):
            async with scene.island.node.transaction() as tx:
                assert await takes_messages(tx.session, reader, writer, now)
                ban = Ban(actor_id=writer.id, scope=scope, iri="https://x/2", at=now)
                tx.session.add(ban)
                await tx.session.flush()
                taken = await takes_messages(tx.session, reader, writer, now)
                assert taken != kept_out, (writer.iri, scope)
                assert await takes_messages(tx.session, writer, reader, now), "the other one is not banned"
                await tx.session.delete(ban)
    async with scene.island.node.transaction() as tx:
        tx.session.add(Peer(host="example", first_seen=now, blocked_at=now))  # and all hosts below it
    async with scene.island.node.reading() as session:
        for writer, reader in ((stranger, ben), (ben, stranger)):
            assert not await takes_messages(session, reader, writer, now)
    with pytest.raises(Forbidden, match="takes no messages"):
        await scene.happens(carrying(scene, "Create", note(scene, ann, [ben.iri])))


async def test_who_was_written_to_may_answer(scene, ann):
    async with scene.island.node.transaction() as tx:
        member = (
            await tx.session.scalars(select(Member).where(col(Member.actor_id) == scene.ben.actor.id))
        ).one()
        member.messages_from = "followed"
        theirs = await get_actor(tx.session, ann)
        await perform(tx, await letters.compose(tx, scene.ben.actor, [theirs], CommentDraft(source="Hello")))
    await scene.happens(carrying(scene, "Create", note(scene, ann, [scene.ben.iri])))
    assert len(await kept(scene)) == 2


async def test_edits_and_deletions_are_its_authors_alone(scene, ann):
    eve = await scene.stranger("eve")
    document = note(scene, ann, [scene.ben.iri])
    await scene.happens(carrying(scene, "Create", document))
    later = document | {"content": "<p>Better</p>", "updated": "2026-11-03T08:30:00Z"}
    await scene.happens(carrying(scene, "Update", later))
    assert (await kept(scene))[0].content == "<p>Better</p>"
    await scene.happens(carrying(scene, "Update", document))
    assert (await kept(scene))[0].content == "<p>Better</p>"  # an older version has no effect
    with pytest.raises(Forbidden):
        await scene.happens(carrying(scene, "Update", later | {"attributedTo": eve}))
    gone = scene.activity("Delete", ann, document["id"])
    with pytest.raises(Forbidden):
        await scene.happens(scene.activity("Delete", eve, document["id"]))
    await scene.happens(gone)
    assert (await kept(scene))[0].deleted_at is not None
    with pytest.raises(Forbidden):
        await scene.happens(scene.undo(scene.activity("Delete", eve, document["id"])))
    await scene.happens(scene.undo(gone))
    message = (await kept(scene))[0]
    assert (message.deleted_at, message.content) == (None, "<p>Better</p>")
    await scene.happens(gone)
    scene.island.sea.clock.advance(days=31)
    await sweep(scene.island.node)
    assert (await kept(scene))[0].content == ""
    await scene.happens(scene.undo(gone))
    assert (await kept(scene))[0].deleted_at is not None  # there is nothing left to bring back


async def test_out_of_order_an_update_creates_and_a_delete_prevents(scene, ann):
    first, second = note(scene, ann, [scene.ben.iri]), note(scene, ann, [scene.ben.iri])
    await scene.happens(carrying(scene, "Update", first))
    assert len(await kept(scene)) == 1
    await scene.happens(scene.activity("Delete", ann, second["id"]))
    with pytest.raises(Gone):
        await scene.happens(carrying(scene, "Create", second))


async def test_who_leaves_takes_their_words_along(scene, ann):
    await scene.happens(carrying(scene, "Create", note(scene, ann, [scene.ben.iri])))
    await scene.happens(scene.activity("Delete", ann, ann))
    (message,) = await kept(scene)
    assert (message.content, message.deleted_at is not None) == ("", True)


async def test_the_type_is_the_one_that_the_recipients_server_reads(scene, ann):
    """RULE C5: ChatMessage for Lemmy before 0.20 and for Mbin, a Note for all others and for several people."""
    other = await scene.stranger("olga", host="else.example")
    table = [
        ("lemmy", "0.19.5", "ChatMessage"),
        ("lemmy", "0.20.0", "Note"),
        ("lemmy", "1.0.0-alpha.5", "Note"),
        ("lemmy", "unknown", "Note"),
        ("mbin", "1.8.0", "ChatMessage"),
        ("mastodon", "4.4.0", "Note"),
        (None, None, "Note"),
    ]
    for software, version, expected in table:
        async with scene.island.node.transaction() as tx:
            theirs, olga = await get_actor(tx.session, ann), await get_actor(tx.session, other)
            peer = await tx.session.get_one(Peer, theirs.peer_id)
            peer.software, peer.version = software, version
            draft = CommentDraft(source="Hello **you**")
            raw = (await letters.compose(tx, scene.ben.actor, [theirs], draft)).raw
            both = (await letters.compose(tx, scene.ben.actor, [theirs, olga], draft)).raw
        assert (raw["object"]["type"], both["object"]["type"]) == (expected, "Note"), software
        assert (raw["to"], raw["cc"]) == (raw["object"]["to"], raw["object"]["cc"]) == ([ann], [])
        assert raw["object"]["tag"] == [{"type": "Mention", "href": ann, "name": "@ann@far.example"}]
        assert raw["object"]["source"]["content"] == "Hello **you**"
        assert both["to"] == [ann, other]
        assert "inReplyTo" not in raw["object"]


async def test_groups_and_nobody_are_not_written_to(scene):
    async with scene.island.node.transaction() as tx:
        group = await get_actor(tx.session, scene.group.iri)
        draft = CommentDraft(source="Hello")
        for whom in ([group], [], [scene.ben.actor]):
            with pytest.raises(Refused):
                await letters.compose(tx, scene.ben.actor, whom, draft)


async def test_of_several_only_those_who_take_it_get_it(scene, ann):
    carl = await scene.island.member("carl")
    async with scene.island.node.reading() as session:
        theirs: Actor = await get_actor(session, ann)
    now = scene.island.node.clock.now()
    await add(scene, Block(blocker_id=carl.actor.id, blocked_id=theirs.id, iri="https://x/3", at=now))
    await scene.happens(carrying(scene, "Create", note(scene, ann, [scene.ben.iri, carl.iri])))
    async with scene.island.node.reading() as session:
        ids = (await session.scalars(select(MessageRecipient.actor_id))).all()
    assert ids == [scene.ben.actor.id]
