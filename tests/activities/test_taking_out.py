"""NodeBB's Remove of a topic from a category: who may, what leaves where, and in which order things come."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from sqlmodel import col, select

from node.activitypub import reading
from node.errors import Forbidden, NotFound, Refused
from node.store.tables.listings import Listing
from node.store.tables.moderation import Deed

PUBLIC = "https://www.w3.org/ns/activitystreams#Public"
SAMPLE = Path(__file__).parents[1] / "wire" / "nodebb" / "remove_topic.json"
HOST = "nodebb.example"


@pytest.fixture
async def forum(scene):
    """A category, the one who runs its forum, and the Remove that the forum sends."""
    wire = json.loads(SAMPLE.read_text())
    category = await scene.stranger("news", host=HOST, kind="Group")
    mod = await scene.stranger("mod", host=HOST)
    sent = reading.read_activity(wire | {"actor": mod, "target": category})
    remove = scene.activity("Remove", mod, sent.object_iri, target=sent.target, to=sent.to, cc=sent.cc)
    return category, mod, remove


async def topic(scene, category, remove, **fields):
    """A thread of the category, passed on by it, with an answer."""
    ann = await scene.stranger("ann")
    document = scene.object(ann, to=[category, PUBLIC], audience=category, context=remove.object, **fields)
    await scene.happens(scene.carrying("Create", document, audience=category, announced_by=category))
    note = scene.object(
        ann, type="Note", name=None, inReplyTo=document["id"], to=[category, PUBLIC], audience=category
    )
    await scene.happens(scene.carrying("Create", note, audience=category, announced_by=category))
    return document["id"], note["id"]


async def groups_of(scene, *iris):
    return [(await scene.island.post(iri)).group_id for iri in iris]


async def test_the_thread_and_its_answers_are_in_no_group_any_more(scene, forum):
    category, _, remove = forum
    iris = await topic(scene, category, remove)
    home = (await scene.actor(category)).id
    ours, thread = await scene.actor(scene.group.iri), await scene.island.post(iris[0])
    async with scene.island.node.transaction() as tx:
        tx.session.add(Listing(group_id=ours.id, post_id=thread.id, at=tx.now))
        (await tx.session.get_one(type(thread), thread.id)).featured_at = tx.now
    assert await groups_of(scene, *iris) == [home, home]
    for _ in range(2):
        await scene.happens(remove)
    assert await groups_of(scene, *iris) == [None, None]
    async with scene.island.node.reading() as session:
        assert list(await session.scalars(select(Listing))) == [], "nor does a sibling of ours show it"
        deeds = list(await session.scalars(select(Deed).where(col(Deed.kind) == "take out")))
    assert [(deed.group_id, deed.post_id) for deed in deeds] == [(home, thread.id)]
    kept = await scene.island.post(iris[0])
    assert (kept.featured_at, kept.title, kept.removed_at) == (None, "Title", None)
    assert await scene.leaving() == []


async def test_a_thread_that_comes_after_it_comes_into_no_group(scene, forum):
    """R22; and the group speaks for it no more."""
    category, _, remove = forum
    await scene.happens(remove)
    with pytest.raises(Forbidden, match="its own threads"):
        await topic(scene, category, remove)
    thread = "https://far.example/users/ann/objects/2"
    assert await groups_of(scene, thread) == [None]


async def test_only_the_groups_own_server_or_the_group_itself_takes_out(scene, forum):
    """A19: actor x group x origin."""
    category, mod, remove = forum
    iris = await topic(scene, category, remove)
    home = (await scene.actor(category)).id
    eve, other = await scene.stranger("eve"), await scene.stranger("other", host=HOST, kind="Group")
    for wrong, error in (
        (replace(remove, actor=eve), Forbidden),
        (replace(remove, actor=scene.ben.iri), Forbidden),
        (replace(remove, actor=eve, announced_by=other), Forbidden),
        (replace(remove, target=other), Refused),  # the thread is not in that one
        (replace(remove, target=scene.group.iri), Refused),
        (replace(remove, actor=scene.group.founder.iri, target=scene.group.iri), Refused),
        (replace(remove, target=mod), Refused),
        (replace(remove, target="https://nodebb.example/category/99"), Refused),
        (replace(remove, actor="https://nobody.example/u/x", target=category), (Forbidden, NotFound)),
    ):
        with pytest.raises(error):
            await scene.happens(wrong)
    assert await groups_of(scene, *iris) == [home, home]
    for right in (replace(remove, actor=category), replace(remove, actor=eve, announced_by=category)):
        await scene.happens(right)
        assert await groups_of(scene, *iris) == [None, None]
