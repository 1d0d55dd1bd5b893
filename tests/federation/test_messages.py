"""Private messages between nodes, and from software that is not ours (FEDERATION C.12)."""

from __future__ import annotations

from node.activities import letters
from node.activities.drafts import CommentDraft
from node.activities.perform import perform
from node.activitypub.webfinger import parse_handle
from node.inbox.actors import find_handle
from node.store.queries.actors import get_actor
from node.store.queries.conversations import conversation_page, conversations
from node.store.queries.messages import find_message
from node.store.queries.underway import Underway
from tests.support.stranger import PUBLIC, Stranger, mention


async def writes(person, handle: str, text: str) -> str:
    node = person.island.node
    found = await find_handle(node, parse_handle(handle))
    async with node.transaction() as tx:
        there = await get_actor(tx.session, found.iri)
        activity = await letters.compose(tx, person.actor, [there], CommentDraft(source=text))
        await perform(tx, activity)
    return activity.object or ""


async def reads(person) -> list[tuple[str, str, bool]]:
    """The messages of the person's one conversation: who, what, whether it is gone."""
    async with person.island.node.reading() as session:
        lines = await conversations(session, person.actor)
        if not lines:
            return []
        talk = await conversation_page(session, lines[0].key, person.actor)
    return [(one.author.iri, one.content, one.gone) for one in talk.messages]


async def test_two_members_write_edit_and_delete_and_nobody_else_hears(sea, alpha, beta, gamma, bees):
    ada, ben = await alpha.member("ada"), await beta.member("ben")
    await gamma.member("eve", follows=bees)
    await sea.settle()
    sea.chart.parcels.clear()
    iri = await writes(ada, "ben@beta.example", "Meet me")
    await sea.settle()
    answer = await writes(ben, "ada@alpha.example", "Where?")
    await sea.settle()
    expected = [(ada.iri, "<p>Meet me</p>", False), (ben.iri, "<p>Where?</p>", False)]
    assert await reads(ada) == await reads(ben) == expected
    sea.clock.advance(minutes=5)
    async with alpha.node.transaction() as tx:
        message = await find_message(tx.session, iri)
        edit = await letters.compose_edit(tx, ada.actor, message, CommentDraft(source="Meet me at nine"))
        await perform(tx, edit)
    async with beta.node.transaction() as tx:
        message = await find_message(tx.session, answer)
        await perform(tx, await letters.compose_delete(tx, ben.actor, message))
    await sea.settle()
    expected = [(ada.iri, "<p>Meet me at nine</p>", False), (ben.iri, "", True)]
    assert await reads(ada) == await reads(ben) == expected
    assert {(one.sender, one.host) for one in sea.deliveries()} == {
        (alpha.host, beta.host),
        (beta.host, alpha.host),
    }
    for parcel in sea.deliveries():
        assert PUBLIC not in parcel.body.decode()
        for door in (parcel.activity["id"], iri, answer):
            island = sea.nodes[door.split("/")[2]]
            for accept in ("application/activity+json", "text/html"):
                assert (await island.get(door, accept=accept)).status_code == 404, door
    outbox = await alpha.document(f"{ada.iri}/outbox")
    assert (outbox["totalItems"], outbox["orderedItems"]) == (0, [])


async def test_notes_and_chats_of_others_are_taken(sea, beta):
    ben = await beta.member("ben")
    masto, pleroma = Stranger(sea, "masto.example"), Stranger(sea, "pleroma.example", software="pleroma")
    mia, pia = masto.person("mia"), pleroma.person("pia")
    note = masto.note(mia, "psst", serve=False, to=[ben.iri], cc=[], tag=[mention(ben.iri)])
    assert await masto.send(beta, masto.create(note)) == 202
    chat = {
        "id": f"{pleroma.home}/objects/2",
        "type": "ChatMessage",
        "actor": pia,
        "content": "Hi!",
        "to": [ben.iri],
        "published": "2026-11-03T08:00:00Z",
    }
    assert await pleroma.send(beta, pleroma.activity("Create", pia, chat, to=[ben.iri])) == 202
    await sea.settle()
    async with beta.node.reading() as session:
        lines = await conversations(session, ben.actor)
    assert {line.excerpt for line in lines} == {"psst", "Hi!"}
    assert [url for _, url in sea.chart.fetched if "statuses" in url or "objects" in url] == []
    gone = masto.activity("Delete", mia, {"id": note["id"], "type": "Tombstone"}, to=[ben.iri])
    assert await masto.send(beta, gone) == 202
    await sea.settle()
    async with beta.node.reading() as session:
        assert {line.excerpt for line in await conversations(session, ben.actor)} == {"Hi!"}


async def test_several_hold_one_conversation_as_in_nodebb(sea, alpha, beta):
    ada, ben = await alpha.member("ada"), await beta.member("ben")
    forum = Stranger(sea, "forum.example", software="nodebb")
    nora = forum.person("nora")
    to = [ada.iri, ben.iri]
    note = forum.note(nora, "All of you", serve=False, to=to, cc=[], tag=[mention(one) for one in to])
    for island in (alpha, beta):
        assert await forum.send(island, forum.create(note)) == 202
    await sea.settle()
    async with beta.node.transaction() as tx:
        message = await find_message(tx.session, note["id"])
        from node.store.queries.messages import people_of

        people = await people_of(tx.session, message)
        activity = await letters.compose(tx, ben.actor, people, CommentDraft(source="Yes?"), answers=message)
        await perform(tx, activity)
    await sea.settle()
    assert await reads(ada) == await reads(ben)
    assert [text for _, text, _ in await reads(ada)] == ["<p>All of you</p>", "<p>Yes?</p>"]
    (sent,) = forum.got("Create")
    assert sorted(sent["to"]) == sorted([nora, ada.iri])


async def test_a_direct_answer_to_a_thread_is_for_whom_it_names(sea, alpha, beta, bees):
    """D.4, pitfall 93: never announced, never on the thread's page."""
    await alpha.member("ada", follows=bees)
    masto = Stranger(sea, "masto.example")
    mia = masto.person("mia")
    await masto.send(beta, masto.activity("Follow", mia, bees.iri))
    thread = await bees.founder.posts(bees, title="Swarm season")
    await sea.settle()
    sea.chart.parcels.clear()
    direct = masto.note(
        mia,
        "between us",
        serve=False,
        inReplyTo=thread,
        to=[bees.founder.iri],
        cc=[],
        tag=[mention(bees.founder.iri)],
    )
    friends = masto.note(
        mia,
        "for friends",
        inReplyTo=thread,
        to=[f"{mia}/followers"],
        cc=[bees.founder.iri],
        tag=[mention(bees.founder.iri)],
    )
    for one in (direct, friends):
        await masto.send(beta, masto.create(one))
    await sea.settle()
    assert sea.deliveries(beta) == []
    assert [text for _, text, _ in await reads(bees.founder)] == ["<p>between us</p>"]
    post = await beta.post(friends["id"])
    assert post is not None
    assert post.visibility == "followers"
    assert await bees.founder.notices() == [("reply", friends["id"])]
    page = (await beta.get(thread)).text
    assert "between us" not in page
    assert "for friends" not in page
    from sqlmodel import col, select

    from node.store.queries.posts import visible_to
    from node.store.tables.posts import Post

    carl = await beta.member("carl")
    async with beta.node.reading() as session:
        for reader, sees in ((bees.founder, True), (carl, False)):
            query = select(Post.id).where(col(Post.iri) == friends["id"], visible_to(reader.actor))
            assert (await session.scalar(query) is not None) is sees


async def test_its_author_sees_which_servers_a_message_has_yet_to_reach(sea, alpha, beta):
    ada, ben = await alpha.member("ada"), await beta.member("ben")

    async def seen():
        async with alpha.node.reading() as session:
            key = (await conversations(session, ada.actor))[0].key
            return [one.underway for one in (await conversation_page(session, key, ada.actor)).messages]

    await writes(ada, "ben@beta.example", "One")
    assert await seen() == [Underway(("beta.example",), in_trouble=False, stopped=False)]
    await sea.settle()
    assert await seen() == [None]
    sea.away(beta)
    sea.clock.advance(seconds=1)
    await writes(ada, "ben@beta.example", "Two")
    await alpha.work()
    assert await seen() == [None, Underway(("beta.example",), in_trouble=True, stopped=False)]
    sea.back(beta)
    sea.clock.advance(hours=1)
    await sea.settle()
    assert await seen() == [None, None]
    assert len(await reads(ben)) == 2
