"""Follow and its answers, where the exchanges of tests/federation do not reach."""

from __future__ import annotations

import pytest
from sqlmodel import col, select

from node.activities import follow
from node.activities.perform import perform
from node.errors import Conflict, Forbidden, NotFound, Refused
from node.store.queries.actors import get_actor
from node.store.tables.follows import Follow
from node.store.tables.tasks import Task


async def edges(scene):
    async with scene.island.node.reading() as session:
        return [edge.state for edge in await session.scalars(select(Follow).order_by(col(Follow.id)))][2:]


async def test_nobody_follows_themselves(scene):
    """A22"""
    ann = await scene.stranger("ann")
    with pytest.raises(Refused, match="themselves"):
        await scene.happens(scene.activity("Follow", ann, ann))


async def test_nobody_follows_who_has_left(scene):
    ann, bob = await scene.stranger("ann"), await scene.stranger("bob")
    await scene.happens(scene.activity("Delete", bob, bob))
    with pytest.raises(NotFound, match="has left"):
        await scene.happens(scene.activity("Follow", ann, bob))


async def test_the_node_itself_is_not_followed(scene):
    ann = await scene.stranger("ann")
    with pytest.raises(Forbidden, match="own actor"):
        await scene.happens(scene.activity("Follow", ann, "https://beta.example/"))


async def test_the_id_of_one_follow_is_not_anothers(scene):
    """V31"""
    ann, bob = await scene.stranger("ann"), await scene.stranger("bob")
    one = scene.activity("Follow", ann, scene.group.iri)
    await scene.happens(one)
    with pytest.raises(Conflict, match="another follow"):
        await scene.happens(scene.activity("Follow", bob, scene.group.iri, iri=one.iri))


async def test_undo_is_matched_by_who_and_whom(scene):
    """Pitfall 75: Lemmy makes the inner Follow anew."""
    ann = await scene.stranger("ann")
    await scene.happens(scene.activity("Follow", ann, scene.group.iri))
    assert await edges(scene) == ["accepted"]
    remade = scene.activity("Follow", ann, scene.group.iri)
    await scene.happens(scene.undo(remade))
    assert await edges(scene) == []
    await scene.happens(scene.undo(remade))
    assert await edges(scene) == []


async def test_undo_by_another_is_refused(scene):
    ann, eve = await scene.stranger("ann"), await scene.stranger("eve")
    asked = scene.activity("Follow", ann, scene.group.iri)
    await scene.happens(asked)
    with pytest.raises(Forbidden, match="Only who did it"):
        await scene.happens(scene.undo(asked, actor=eve))
    assert await edges(scene) == ["accepted"]


async def ask(scene, target):
    async with scene.island.node.transaction() as tx:
        asked = follow.compose(tx, scene.ben.actor, await get_actor(tx.session, target))
        await perform(tx, asked)
    return asked


def answer(scene, kind, asked, **fields):
    return scene.activity(kind, fields.pop("actor", asked.object), asked.iri, inner=asked, **fields)


async def test_an_accept_opens_and_brings_the_groups_past(scene):
    hive = await scene.stranger("hive", kind="Group")
    asked = await ask(scene, hive)
    assert await edges(scene) == ["pending"]
    await scene.happens(answer(scene, "Accept", asked))
    await scene.happens(answer(scene, "Accept", asked))
    assert await edges(scene) == ["accepted"]
    async with scene.island.node.reading() as session:
        tasks = list(await session.scalars(select(Task).where(col(Task.kind) == "backfill")))
    assert [task.subject for task in tasks] == [hive]


async def test_an_accept_by_another_opens_nothing(scene):
    """A08"""
    hive, eve = await scene.stranger("hive", kind="Group"), await scene.stranger("eve")
    asked = await ask(scene, hive)
    with pytest.raises(Forbidden, match="the one who was asked"):
        await scene.happens(answer(scene, "Accept", asked, actor=eve))
    assert await edges(scene) == ["pending"]


async def test_an_accept_of_what_nobody_asked_is_ignored(scene):
    hive = await scene.stranger("hive", kind="Group")
    asked = scene.activity("Follow", scene.ben.iri, hive)
    with pytest.raises(NotFound, match="Nobody here asked"):
        await scene.happens(answer(scene, "Accept", asked))


async def test_a_reject_closes_and_asking_again_waits_again(scene):
    hive = await scene.stranger("hive", kind="Group")
    asked = await ask(scene, hive)
    await scene.happens(answer(scene, "Reject", asked))
    assert await edges(scene) == ["rejected"]
    await ask(scene, hive)
    assert await edges(scene) == ["pending"]


async def test_a_local_follow_needs_no_letter(scene):
    wasps = await scene.island.group("wasps", founder=scene.ben)
    dee = await scene.island.member("dee", follows=wasps)
    assert await scene.leaving() == []
    async with scene.island.node.transaction() as tx:
        left = await follow.compose_undo(tx, dee.actor, await get_actor(tx.session, wasps.iri))
        await perform(tx, left)
        assert await follow.compose_undo(tx, dee.actor, await get_actor(tx.session, wasps.iri)) is None


async def test_only_who_has_asked_is_answered(scene):
    ann = await scene.stranger("ann")
    async with scene.island.node.transaction() as tx:
        group, asker = await get_actor(tx.session, scene.group.iri), await get_actor(tx.session, ann)
        with pytest.raises(NotFound, match="has not asked"):
            await follow.answer(tx, group, asker, accept=True)


async def test_an_edge_between_two_strangers_is_none_of_ours(scene):
    """V53, V58: nobody makes us keep, or count for, who follows whom elsewhere."""
    ann, bob = await scene.stranger("ann"), await scene.stranger("bob")
    with pytest.raises(Refused, match="Neither"):
        await scene.happens(scene.activity("Follow", ann, bob))


async def test_who_has_left_follows_nobody(scene):
    """A86"""
    ann = await scene.stranger("ann")
    await scene.happens(scene.activity("Delete", ann, ann))
    with pytest.raises(Refused, match="has left"):
        await scene.happens(scene.activity("Follow", ann, scene.group.iri))
