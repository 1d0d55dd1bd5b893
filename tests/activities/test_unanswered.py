"""Follows that nobody answers: asked again, and answered by what a group sends."""

from __future__ import annotations

import json

from sqlmodel import col, select

from node.activities import follow, unanswered
from node.activities.perform import perform
from node.inbox.tasks import work_due
from node.store.queries.actors import get_actor
from node.store.tables.follows import Follow
from node.store.tables.log import LogEntry
from node.store.tables.peers import Peer
from node.store.tables.tasks import Task


async def asks(scene, target):
    async with scene.island.node.transaction() as tx:
        asked = follow.compose(tx, scene.ben.actor, await get_actor(tx.session, target))
        await perform(tx, asked)
    return asked


async def follows_sent(scene):
    async with scene.island.node.reading() as session:
        rows = select(LogEntry).where(col(LogEntry.type) == "Follow").order_by(col(LogEntry.id))
        return [json.loads(one.body) for one in await session.scalars(rows)]


async def state(scene, asked):
    async with scene.island.node.reading() as session:
        return await session.scalar(select(Follow.state).where(col(Follow.iri) == asked.iri))


async def hours_pass(scene, hours, step=1):
    for _ in range(0, hours, step):
        scene.island.sea.clock.advance(hours=step)
        while await work_due(scene.island.node):
            pass


async def tasks(scene):
    async with scene.island.node.reading() as session:
        return list(
            await session.scalars(select(Task.kind).where(col(Task.kind).in_(["follow", "backfill"])))
        )


async def test_a_follow_is_asked_again_by_the_hour_then_by_the_day_for_a_week(scene):
    """R35; each time under another id, since Lemmy answers 400 to one that it has had, and answers nothing then."""
    asked = await asks(scene, await scene.stranger("hive", kind="Group"))
    await hours_pass(scene, 24)
    assert len(await follows_sent(scene)) == 1 + 24
    await hours_pass(scene, 10 * 24, step=12)
    sent = await follows_sent(scene)
    assert len(sent) == 1 + 24 + 5
    assert len({one["id"] for one in sent}) == len(sent)
    assert {(one["actor"], one["object"]) for one in sent} == {(asked.actor, asked.object)}
    assert (await state(scene, asked), await tasks(scene)) == ("pending", []), "it waits, and says so"


async def test_whom_a_person_lets_in_asks_by_the_day_alone(scene):
    hive = await scene.stranger("hive", kind="Group", manuallyApprovesFollowers=True)
    await asks(scene, hive)
    await hours_pass(scene, 48)
    assert len(await follows_sent(scene)) == 1 + 2


async def test_an_answer_to_any_of_them_ends_the_asking_and_brings_the_past(scene):
    """A08: an id that we never gave answers nothing."""
    asked = await asks(scene, await scene.stranger("hive", kind="Group"))
    await hours_pass(scene, 2)
    again = (await follows_sent(scene))[1]
    inner = scene.activity("Follow", asked.actor, asked.object, iri=again["id"])
    await scene.happens(scene.activity("Accept", asked.object, again["id"], inner=inner))
    assert await state(scene, asked) == "accepted"
    assert sorted(await tasks(scene)) == ["backfill", "follow"]
    await hours_pass(scene, 3)
    assert len(await follows_sent(scene)) == 3
    assert "follow" not in await tasks(scene)


async def test_a_follow_taken_back_or_refused_is_not_asked_again(scene):
    hives = [await scene.stranger(name, kind="Group") for name in ("one", "two", "gone")]
    first, second, third = [await asks(scene, hive) for hive in hives]
    async with scene.island.node.transaction() as tx:
        undo = await follow.compose_undo(tx, scene.ben.actor, await get_actor(tx.session, hives[0]))
        await perform(tx, undo)
    await scene.happens(scene.activity("Reject", hives[1], second.iri, inner=second))
    async with scene.island.node.transaction() as tx:
        (await get_actor(tx.session, hives[2])).deleted_at = tx.now
    await hours_pass(scene, 3)
    assert len(await follows_sent(scene)) == 3
    assert await state(scene, first) is None
    assert (await state(scene, second), await state(scene, third)) == ("rejected", "pending")
    await asks(scene, hives[1])
    await hours_pass(scene, 1)
    assert len(await follows_sent(scene)) == 5, "asked anew, its week begins anew"


async def test_nothing_is_added_for_a_peer_out_of_reach(scene):
    asked = await asks(scene, await scene.stranger("hive", kind="Group"))
    async with scene.island.node.transaction() as tx:
        peer = await tx.session.scalar(select(Peer).where(col(Peer.host) == "far.example"))
        peer.failures = 1
    await hours_pass(scene, 3)
    assert len(await follows_sent(scene)) == 1
    async with scene.island.node.transaction() as tx:
        (await tx.session.get_one(Peer, peer.id)).failures = 0
    await hours_pass(scene, 1)
    assert [one["id"] for one in await follows_sent(scene)] == [asked.iri, f"{asked.iri}-5"]


async def test_what_a_group_sends_answers_for_it_where_no_person_decides(scene):
    """Pitfall 85; the private one's Accept says more than that others here are members."""
    asked = []
    for name, slow in (("hive", False), ("shy", True)):
        hive = await scene.stranger(name, kind="Group", manuallyApprovesFollowers=slow)
        asked.append(await asks(scene, hive))
        async with scene.island.node.transaction() as tx:
            for _ in range(2):
                await unanswered.take_as_answered(tx, await get_actor(tx.session, hive))
    assert [await state(scene, one) for one in asked] == ["accepted", "pending"]
    assert (await tasks(scene)).count("backfill") == 1
