"""Flag: what is reported, by whom, to whom; actor x role x origin."""

from __future__ import annotations

import pytest
from sqlmodel import col, select

from node.activities import flag, follow
from node.activities.perform import perform
from node.activitypub import reading
from node.errors import Conflict, NotFound, Refused
from node.store.queries.actors import get_actor
from node.store.queries.posts import find_post
from node.store.queries.reports import queue
from node.store.tables.log import LogEntry
from node.store.tables.members import Member, Notification
from node.store.tables.messages import Message, MessageRecipient
from node.store.tables.moderation import Report
from node.store.tables.posts import Post

HIVE = "https://hive.example/users/hive"


def flagged(scene, actor, thing, **more):
    """A Flag as the inbox hands it over, `object` in any shape."""
    given = {"id": scene.iri(actor, "flag"), "type": "Flag", "actor": actor, "object": thing} | more
    read = reading.read_activity(given)
    act = scene.activity("Flag", actor, read.object_iri, iri=read.iri, summary=read.summary)
    act.raw.update(given)
    return act


def passed_on(act, group):
    return act.__class__(**{name: getattr(act, name) for name in act.__slots__} | {"announced_by": group})


async def rows(scene, table):
    async with scene.island.node.reading() as session:
        return list(await session.scalars(select(table).order_by(col(table.id))))


async def refusal(scene, act):
    try:
        await scene.happens(act)
    except Refused as error:
        return error
    return None


async def test_every_shape_of_a_report_is_understood(scene):
    """Pitfalls 15, 91: the first known post counts, unknown ids are skipped, a person alone is no group's matter."""
    mia, ann = await scene.stranger("mia"), await scene.stranger("ann", host="ann.example")
    one, two = await scene.arrives(author=ann), await scene.arrives(author=ann)
    server = await scene.stranger("actor", host="masto.example", kind="Application")
    ben, group = scene.ben.iri, (await scene.actor(scene.group.iri)).id
    unknown = "https://ann.example/gone"
    table = [
        (mia, one, {"summary": "<i>Rude</i>"}, one, group, "Rude"),
        (server, [ann, unknown, two], {"content": "Please look"}, two, group, "Please look"),
        (
            await scene.stranger("mb", host="mbin.example"),
            [two, ann],
            {"summary": "A", "content": "B"},
            two,
            group,
            "A",
        ),
        (
            await scene.stranger("pt", host="peertube.example"),
            [{"type": "Video", "id": one}],
            {
                "content": "",
                "tag": [
                    {"type": "Hashtag", "name": "spamOrMisleading"},
                    {"type": "Hashtag", "name": "rights"},
                ],
            },
            one,
            group,
            "spam or misleading, rights",
        ),
        (await scene.stranger("la", host="lone.example"), ben, {"to": [scene.group.iri]}, ben, None, ""),
        (await scene.stranger("lb", host="mute.example"), [unknown, ben], {}, ben, None, ""),
    ]
    for number, (actor, thing, more, about, place, reason) in enumerate(table):
        await scene.happens(flagged(scene, actor, thing, **more))
        report = (await rows(scene, Report))[number]
        post = await scene.island.post(about)
        assert report.post_id == (post.id if post else None), thing
        assert report.subject_id == (post.author_id if post else (await scene.actor(about)).id), thing
        assert (report.group_id, report.reason) == (place, reason), thing
    with pytest.raises(NotFound, match="Nothing of what is reported"):
        await scene.happens(flagged(scene, mia, [unknown, "https://ann.example/else"]))


async def test_who_may_report_what(scene):
    """A05, A20, B6f: it concerns a group or somebody of ours, or the group of the matter passes it on."""
    ann, mia = await scene.stranger("ann"), await scene.stranger("mia", host="mia.example")
    hive = await scene.stranger("hive", host="hive.example", kind="Group")
    in_hive = scene.object(ann, to=[hive, "https://www.w3.org/ns/activitystreams#Public"], audience=hive)
    async with scene.island.node.transaction() as tx:
        await perform(tx, follow.compose(tx, scene.ben.actor, await get_actor(tx.session, hive)))
    await scene.happens(scene.carrying("Create", in_hive, audience=hive, announced_by=hive))
    ours, theirs = await scene.arrives(author=ann), in_hive["id"]
    left = await scene.stranger("left")
    await scene.happens(scene.activity("Delete", left, left))
    for actor, thing, announcer, allowed in (
        (mia, ours, None, True),
        (scene.ben.iri, ours, None, True),
        (scene.ben.iri, theirs, None, True),
        (mia, theirs, None, False),
        (mia, theirs, hive, True),
        (mia, ours, hive, False),
        (mia, ann, None, False),
        (mia, ann, hive, False),
        (scene.ben.iri, ann, None, True),
        (scene.ben.iri, hive, None, True),
        (left, ours, None, False),
    ):
        act = flagged(scene, actor, thing)
        error = await refusal(scene, passed_on(act, announcer) if announcer else act)
        assert (error is None) == allowed, (actor, thing, announcer, error)
    async with scene.island.node.reading() as session:
        lines = {
            (one.server, one.reporter.handle if one.reporter else None) for one in await queue(session, None)
        }
    assert ("mia.example", None) in lines, "who reports by a group's word is known by their server (A20)"
    assert ("beta.example", "@ben@beta.example") in lines


async def test_nobody_reports_what_they_cannot_have_read(scene):
    """V68: a message by its recipients, a post for followers by followers; the answer tells nothing."""
    ben, founder, ann = scene.ben, scene.group.founder, await scene.stranger("ann")
    async with scene.island.node.transaction() as tx:
        author = await get_actor(tx.session, ann)
        message = Message(
            iri=f"{ann}/m/1", token="m1", author_id=author.id, conversation="c", content="<p>psst</p>",
            published=tx.now, received_at=tx.now,
        )  # fmt: skip
        tx.session.add(message)
        await tx.session.flush()
        tx.session.add(MessageRecipient(message_id=message.id, actor_id=ben.actor.id))
    hidden = await scene.arrives(author=ann)
    async with scene.island.node.transaction() as tx:
        (await find_post(tx.session, hidden)).visibility = "followers"
    for person, thing, allowed in (
        (founder.iri, f"{ann}/m/1", False),
        (await scene.stranger("actor", kind="Application"), f"{ann}/m/1", False),
        (ben.iri, f"{ann}/m/1", True),
        (ben.iri, hidden, False),
        (ann, hidden, True),
    ):
        error = await refusal(scene, flagged(scene, person, thing))
        assert (error is None) == allowed, (person, thing)
        assert error is None or "Nothing of what is reported" in str(error)


async def test_a_flood_of_reports_stays_one(scene, monkeypatch):
    """A104: merged by object and server, capped by actor and by server; reasons are kept."""
    monkeypatch.setattr(flag, "A_DAY", 3)
    monkeypatch.setattr(flag, "OPEN_OF_A_SERVER", 4)
    mia, moe = await scene.stranger("mia", host="m.example"), await scene.stranger("moe", host="m.example")
    posts = [await scene.arrives() for _ in range(6)]
    act = flagged(scene, mia, posts[0], summary="Spam")
    for _ in range(2):
        await scene.happens(act)
    for number in range(4):
        await scene.happens(flagged(scene, moe, posts[0], summary=f"Spam {number % 2}"))
    (report,) = await rows(scene, Report)
    assert (report.times, report.reason) == (5, "Spam\nSpam 0\nSpam 1")
    assert len(await rows(scene, Notification)) == 1
    for post in posts[1:3]:
        await scene.happens(flagged(scene, mia, post))
    with pytest.raises(Refused, match="a lot today"):
        await scene.happens(flagged(scene, mia, posts[3]))
    await scene.happens(flagged(scene, moe, posts[3]))
    with pytest.raises(Refused, match="wait here"):
        await scene.happens(flagged(scene, moe, posts[4]))
    async with scene.island.node.transaction() as tx:
        matter = await flag.matter_of_post(tx, await find_post(tx.session, posts[0]))
        await perform(tx, await flag.compose(tx, scene.ben.actor, matter, "Mine"))
        with pytest.raises(Conflict, match="already"):
            await flag.compose(tx, scene.ben.actor, matter, "Mine")


async def test_a_report_is_withdrawn_by_who_made_it(scene):
    """R18: NodeBB sends Undo{Flag}; what others said stays, and so does what was answered."""
    mia, thread = await scene.stranger("mia"), await scene.arrives()
    early = flagged(scene, mia, thread)
    await scene.happens(scene.undo(early))
    await scene.happens(early)
    assert await rows(scene, Report) == []
    first = flagged(scene, mia, thread)
    await scene.happens(first)
    await scene.happens(flagged(scene, await scene.stranger("moe"), thread))
    with pytest.raises(Refused, match="Only who did it"):
        await scene.happens(scene.undo(first, actor=await scene.stranger("moe")))
    await scene.happens(scene.undo(first))
    assert [one.times for one in await rows(scene, Report)] == [1]
    await scene.happens(scene.undo(first))
    assert await rows(scene, Report) == []


async def test_those_who_judge_are_told_and_nobody_else(scene):
    """Moderators here; administrators where there are none. Nothing of it can be fetched."""
    boss, ann = await scene.island.member("boss"), await scene.stranger("ann")
    async with scene.island.node.transaction() as tx:
        member = await tx.session.scalar(select(Member).where(col(Member.actor_id) == boss.actor.id))
        member.role = "administrator"
    thread = await scene.arrives(author=ann)
    before = len(await scene.leaving())
    await scene.happens(flagged(scene, scene.ben.iri, thread, summary="Rude"))
    await scene.happens(flagged(scene, ann, scene.ben.iri))
    members = {one.id: one.actor_id for one in await rows(scene, Member)}
    told = [(members[one.member_id], one.kind) for one in await rows(scene, Notification)]
    assert told == [(scene.group.founder.actor.id, "report"), (boss.actor.id, "report")]
    assert [one.public for one in (await rows(scene, LogEntry))[before:]] == [False] * 2
    assert len(await rows(scene, Post)) == 1
