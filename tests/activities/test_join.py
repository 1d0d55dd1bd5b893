"""Join, and its Accept, Reject, Ignore, TentativeAccept and Undo, on an Event and on a Group."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlmodel import col, select

from node.activities import attending
from node.errors import Forbidden, NotFound, Refused
from node.store.queries.actors import get_actor
from node.store.queries.gatherings import find_attendance
from node.store.queries.posts import find_post
from node.store.tables.follows import Follow
from node.store.tables.gatherings import Event
from node.store.tables.log import LogEntry

SOON = "2026-12-01T19:00"


async def plans(scene, **draft):
    return await scene.ben.plans(scene.group, title="Honey harvest", **{"starts": SOON} | draft)


def joins(scene, actor, event, **more):
    return scene.activity("Join", actor, event, **more)


async def state(scene, iri, who):
    async with scene.island.node.reading() as session:
        post = await find_post(session, iri)
        found = await find_attendance(session, post, await get_actor(session, who))
        return found.state if found else ""


async def answers(scene):
    """What was answered so far, in order."""
    async with scene.island.node.reading() as session:
        kinds = ("Accept", "Reject", "Ignore")
        query = select(LogEntry.type).where(col(LogEntry.type).in_(kinds)).order_by(col(LogEntry.id))
        return list(await session.scalars(query))


async def participants(scene, iri):
    async with scene.island.node.reading() as session:
        post = await find_post(session, iri)
        return (await session.get_one(Event, post.id)).participants


async def test_each_way_to_take_part_has_its_answer(scene):
    """FEP-8a8e: whoever keeps no list answers Ignore."""
    ann = await scene.stranger("ann")
    expected = {
        "free": "Accept",
        "restricted": None,
        "invite": "Ignore",
        "external": "Ignore",
        "none": "Ignore",
    }
    for mode, answer in expected.items():
        iri, before = (
            await plans(scene, join_mode=mode, external_url="https://x.example"),
            await answers(scene),
        )
        join = joins(scene, ann, iri)
        for _ in range(2):
            await scene.happens(join)
        assert (await answers(scene))[len(before) :] == ([answer] * 2 if answer else []), mode
        assert await participants(scene, iri) == (1 if mode == "free" else 0), mode
    assert [kind for kind, _ in await scene.ben.notices()] == ["asked"]


async def test_a_join_is_private(scene):
    ann, iri = await scene.stranger("ann"), await plans(scene)
    before = await scene.leaving()
    await scene.happens(joins(scene, ann, iri))
    assert (await scene.leaving())[len(before) :] == ["Accept"], "nothing is announced"
    async with scene.island.node.reading() as session:
        entry = (await session.scalars(select(LogEntry).order_by(col(LogEntry.id).desc()).limit(1))).one()
        assert not entry.public


async def test_no_more_come_than_there_is_room_for(scene):
    people = [await scene.stranger(name) for name in ("ann", "bob", "cat")]
    iri = await plans(scene, capacity="2")
    for one in people:
        await scene.happens(joins(scene, one, iri))
    assert [await state(scene, iri, one) for one in people] == ["accepted", "accepted", "rejected"]
    await scene.happens(joins(scene, people[0], iri))
    assert await participants(scene, iri) == 2, "asked again, it is the same place"
    await scene.happens(scene.activity("Leave", people[0], iri))
    await scene.happens(joins(scene, people[2], iri))
    assert await state(scene, iri, people[2]) == "accepted"


async def test_what_is_over_or_cancelled_takes_nobody(scene, sea):
    ann = await scene.stranger("ann")
    cancelled, past = await plans(scene, status="cancelled"), await plans(scene)
    await scene.happens(joins(scene, ann, cancelled))
    assert await state(scene, cancelled, ann) == "rejected"
    sea.clock.advance(days=60)
    await scene.happens(joins(scene, ann, past))
    assert await state(scene, past, ann) == "rejected"


async def test_the_organiser_decides_and_may_think_again(scene):
    ann, bob = await scene.stranger("ann"), await scene.island.member("bob", follows=scene.group)
    iri = await plans(scene, join_mode="restricted")
    await scene.happens(joins(scene, ann, iri, raw={"participationMessage": " I bring  jars\u0000 "}))
    await bob.joins(iri)
    async with scene.island.node.transaction() as tx:
        post = await find_post(tx.session, iri)
        for who in (ann, bob.iri):
            asked = await find_attendance(tx.session, post, await get_actor(tx.session, who))
            with pytest.raises(Refused, match="Only its organiser"):
                await attending.answer(tx, bob.actor, post, asked, accept=True)
            await attending.answer(tx, scene.ben.actor, post, asked, accept=True)
            assert asked.message == ("I bring jars" if who == ann else "")
    assert await answers(scene) == ["Accept"], "a member of ours needs no letter"
    assert await bob.notices() == [("accepted", iri)]
    async with scene.island.node.transaction() as tx:
        asked = await find_attendance(tx.session, post, await get_actor(tx.session, ann))
        await attending.answer(tx, scene.ben.actor, post, asked, accept=False)
    assert await answers(scene) == ["Accept", "Reject"]
    assert await participants(scene, iri) == 1


async def test_who_may_join_what(scene):
    """Actor x event: who has left, what is no event, another node's, one that is gone."""
    ann, bob = await scene.stranger("ann"), await scene.stranger("bob")
    iri, theirs = await plans(scene), await scene.arrives("Event", author=ann, startTime=f"{SOON}:00Z")
    page, gone = await scene.ben.posts(scene.group, title="No event"), await plans(scene)
    await scene.ben.deletes(gone)
    await scene.happens(scene.activity("Delete", bob, bob))
    for join, error, words in (
        (joins(scene, bob, iri), Refused, "has left"),
        (joins(scene, ann, page), Refused, "not an event"),
        (joins(scene, ann, gone), Refused, "not an event"),
        (joins(scene, ann, theirs), Refused, "own node keeps the list"),
        (joins(scene, ann, "https://far.example/none"), NotFound, "not known"),
        (joins(scene, ann, None), NotFound, "not known"),
    ):
        with pytest.raises(error, match=words):
            await scene.happens(join)


async def test_an_undo_is_a_leave_and_one_that_overtakes_its_join_voids_it(scene):
    """R18"""
    ann, iri = await scene.stranger("ann"), await plans(scene)
    join = joins(scene, ann, iri)
    await scene.happens(join)
    await scene.happens(scene.undo(join))
    assert await participants(scene, iri) == 0
    late = joins(scene, ann, iri)
    await scene.happens(scene.undo(late))
    await scene.happens(late)
    assert await participants(scene, iri) == 0
    await scene.happens(joins(scene, ann, iri))
    assert await participants(scene, iri) == 1


async def test_only_who_organises_an_event_elsewhere_answers(scene):
    """Answer x answerer: its author, its group, a contact; a stranger of the same host and of another."""
    ann, eve = await scene.stranger("ann"), await scene.stranger("eve")
    mal, tom = await scene.stranger("mal", host="else.example"), await scene.stranger("tom")
    iri = await scene.arrives(
        "Event", author=ann, startTime=f"{SOON}:00Z", joinMode="restricted", contacts=[tom, mal]
    )
    await scene.ben.joins(iri)
    async with scene.island.node.reading() as session:
        attendance = await find_attendance(session, await find_post(session, iri), scene.ben.actor)
    join = joins(scene, scene.ben.iri, iri, iri=attendance.iri)

    def answer(kind, who, about=join):
        return scene.activity(kind, who, about.iri, inner=about)

    for who in (eve, mal, scene.group.iri):
        with pytest.raises(Forbidden, match="organises"):
            await scene.happens(answer("Accept", who))
    for about in (replace(join, iri="https://beta.example/other"), replace(join, actor=eve)):
        with pytest.raises(NotFound, match="no such Join"):
            await scene.happens(answer("Accept", ann, about))
    assert await scene.ben.part_in(iri) == "pending"
    for kind, who, expected in (
        ("TentativeAccept", ann, "pending"),
        ("Accept", tom, "accepted"),
        ("Reject", ann, "rejected"),
        ("Ignore", ann, "ignored"),
    ):
        await scene.happens(answer(kind, who))
        assert await scene.ben.part_in(iri) == expected
    assert {kind for kind, _ in await scene.ben.notices()} == {"accepted", "declined"}


async def test_on_mobilizon_whoever_runs_the_group_answers(scene):
    tom, boss = [await scene.stranger(name, host="mobilizon.example") for name in ("tom", "boss")]
    iri = await scene.arrives("Event", author=tom, startTime=f"{SOON}:00Z", joinMode="free")
    await scene.ben.joins(iri)
    async with scene.island.node.transaction() as tx:
        from node.store.queries.actors import ensure_peer

        attendance = await find_attendance(tx.session, await find_post(tx.session, iri), scene.ben.actor)
        (await ensure_peer(tx, boss)).software = "mobilizon"
    join = joins(scene, scene.ben.iri, iri, iri=attendance.iri)
    await scene.happens(scene.activity("Accept", boss, join.iri, inner=join))
    assert await scene.ben.part_in(iri) == "accepted"
    assert await scene.ben.notices() == [], "where anybody may come there is nothing to tell"


async def test_joining_a_group_is_following_it(scene):
    """C.15: Mobilizon's members join; the answer names the Join."""
    tom = await scene.stranger("tom")
    join = joins(scene, tom, scene.group.iri)
    await scene.happens(join)
    async with scene.island.node.reading() as session:
        entry = (await session.scalars(select(LogEntry).order_by(col(LogEntry.id).desc()).limit(1))).one()
        assert f'"id":"{join.iri}"' in entry.body
        assert '"type":"Join"' in entry.body
        edge = (await session.scalars(select(Follow).where(col(Follow.iri) == join.iri))).one()
        assert (edge.state, edge.kind) == ("accepted", "Join")
    await scene.happens(scene.activity("Leave", tom, scene.group.iri))
    await scene.happens(joins(scene, tom, scene.group.iri))
    await scene.happens(scene.undo(join))
    async with scene.island.node.reading() as session:
        assert (await session.scalars(select(Follow).where(col(Follow.kind) == "Join"))).all() == []


async def test_a_follow_takes_no_ignore(scene):
    inner = scene.activity("Follow", scene.ben.iri, scene.group.iri)
    for kind in ("Ignore", "TentativeAccept"):
        with pytest.raises(Refused, match="takes no"):
            await scene.happens(scene.activity(kind, scene.group.iri, inner.iri, inner=inner))
