"""Add and Remove: pinned threads and moderators; whose list it is, who may, who hears of it."""

from __future__ import annotations

import pytest
from sqlmodel import col, select

from node.errors import Conflict, Forbidden, Refused
from node.store.queries.actors import get_actor, moderates
from node.store.tables.members import Member, Notification
from node.store.tables.tasks import Task

PUBLIC = "https://www.w3.org/ns/activitystreams#Public"


async def test_a_moderator_pins_the_groups_threads_and_no_other_posts(scene):
    thread = await scene.arrives()
    comment = await scene.ben.answers(thread, "words")
    wasps = await scene.island.group("wasps")
    other = await wasps.founder.posts(wasps, title="Theirs")
    pin = await _change(scene, "Add", thread, "featured")
    await scene.happens(pin)
    await scene.happens(pin)
    assert (await scene.island.post(thread)).featured_at is not None
    for wrong in (comment, other):
        with pytest.raises(Forbidden, match="own threads"):
            await scene.happens(await _change(scene, "Add", wrong, "featured"))
    with pytest.raises(Forbidden, match="moderators"):
        await scene.happens(await _change(scene, "Remove", thread, "featured", actor=scene.ben.iri))
    await scene.happens(await _change(scene, "Remove", thread, "featured"))
    assert (await scene.island.post(thread)).featured_at is None


async def test_a_list_is_compared_as_it_stands(scene):
    """Pitfall 43; NodeBB's Add of a topic to a category is none of ours (FEDERATION C.8)."""
    thread = await scene.arrives()
    group = await scene.actor(scene.group.iri)
    for target in (
        None,
        group.featured + "/",
        group.featured.upper(),
        group.iri,
        "https://nodebb.example/category/1",
    ):
        change = scene.activity("Add", scene.group.founder.iri, thread, target=target, audience=group.iri)
        with pytest.raises(Refused, match="no list"):
            await scene.happens(change)


async def test_moderators_are_appointed_and_dismissed_by_rank_and_hear_of_it(scene):
    founder, ann = scene.group.founder.iri, await scene.stranger("ann")
    await scene.happens(await _change(scene, "Add", scene.ben.iri, "moderators"))
    await scene.happens(await _change(scene, "Add", ann, "moderators", actor=scene.ben.iri))
    for actor in (ann, scene.ben.iri):
        with pytest.raises(Forbidden, match="after them"):
            await scene.happens(await _change(scene, "Remove", founder, "moderators", actor=actor))
    await scene.happens(await _change(scene, "Remove", ann, "moderators", actor=ann))  # steps down
    await scene.happens(await _change(scene, "Remove", scene.ben.iri, "moderators"))
    with pytest.raises(Conflict, match="at least one"):
        await scene.happens(await _change(scene, "Remove", founder, "moderators"))
    with pytest.raises(Forbidden, match="Only the group's moderators"):
        await scene.happens(await _change(scene, "Add", ann, "moderators", actor=scene.ben.iri))
    assert await told(scene) == ["appointed", "dismissed"]
    assert await _listed(scene, scene.group.iri) == {founder}


async def test_a_group_does_not_moderate(scene):
    hive = await scene.stranger("hive", kind="Group")
    with pytest.raises(Refused, match="Only people"):
        await scene.happens(await _change(scene, "Add", hive, "moderators"))


async def test_a_group_elsewhere_changes_its_list_and_is_asked_for_all_of_it(scene):
    """Pitfall 89, A10: its own list is the authority; a direct word is a hint, and only about one of ours."""
    lists = {
        "featured": "https://far.example//hive/featured",
        "attributedTo": "https://far.example/hive/mods",
    }
    hive = await scene.stranger("hive", kind="Group", **lists)
    mod, eve = await scene.stranger("mod"), await scene.stranger("eve", host="evil.example")
    about = {"target": lists["attributedTo"], "audience": hive}
    with pytest.raises(Forbidden):
        await scene.happens(scene.activity("Add", eve, eve, **about))
    await scene.happens(scene.activity("Add", eve, scene.ben.iri, **about))
    assert await _listed(scene, hive) == set()
    assert await _tasks(scene, "moderators") == [hive]
    await scene.happens(scene.activity("Add", mod, scene.ben.iri, announced_by=hive, **about))
    await scene.happens(scene.activity("Add", mod, mod, announced_by=hive, **about))
    await scene.happens(scene.activity("Remove", mod, mod, announced_by=hive, **about))
    assert await _listed(scene, hive) == {scene.ben.iri}
    assert await told(scene) == ["appointed"]
    assert await _tasks(scene, "moderators") == [hive]


async def _change(scene, kind: str, thing: str, collection: str, *, actor: str | None = None):
    group = await scene.actor(scene.group.iri)
    return scene.activity(
        kind,
        actor or scene.group.founder.iri,
        thing,
        target=getattr(group, collection),
        audience=group.iri,
        to=(group.iri, PUBLIC),
    )


async def _listed(scene, iri: str) -> set[str]:
    from node.store.tables.actors import Actor

    async with scene.island.node.reading() as session:
        group = await get_actor(session, iri)
        everyone = await session.scalars(select(Actor))
        return {one.iri for one in everyone if await moderates(session, one.id, group.id)}


async def told(scene) -> list[str]:
    async with scene.island.node.reading() as session:
        query = (
            select(Notification.kind)
            .join(Member, col(Notification.member_id) == col(Member.id))
            .where(col(Member.actor_id) == scene.ben.actor.id)
            .order_by(col(Notification.id))
        )
        return list(await session.scalars(query))


async def _tasks(scene, kind: str) -> list[str]:
    async with scene.island.node.reading() as session:
        return list(await session.scalars(select(Task.subject).where(col(Task.kind) == kind)))
