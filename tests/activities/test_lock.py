"""Lock: closed threads and comments; by whom, how far it reaches, and in which order things come."""

from __future__ import annotations

import pytest
from sqlmodel import col, select

from node.activities import lock
from node.errors import Forbidden, NotFound
from node.store.tables.moderation import Deed

PUBLIC = "https://www.w3.org/ns/activitystreams#Public"


async def test_a_lock_closes_all_below_it_but_to_moderators(scene):
    """FEDERATION C.3, C.8: Lemmy 1.0 and PieFed lock comments too."""
    boss = scene.group.founder
    thread = await scene.ben.posts(scene.group, title="Ours")
    open_branch = await scene.ben.answers(thread, "first")
    branch = await scene.ben.answers(thread, "second")
    leaf = await scene.ben.answers(branch, "third")
    await _locks(scene, branch)
    for closed in (branch, leaf):
        with pytest.raises(Forbidden, match="locked"):
            await scene.ben.answers(closed, "no")
    await boss.answers(leaf, "a last word")
    await scene.ben.answers(open_branch, "elsewhere goes on")
    await _locks(scene, thread)
    with pytest.raises(Forbidden, match="locked"):
        await scene.ben.answers(open_branch, "no")


async def test_any_moderator_opens_what_another_closed_and_the_log_says_both(scene):
    thread = await scene.arrives()
    mods = [await scene.stranger("mo"), await scene.stranger("mia")]
    for mod in mods:
        await scene.appoint(mod)
    done = scene.activity("Lock", mods[0], thread, summary="settled", audience=scene.group.iri)
    await scene.happens(done)
    await scene.happens(done)
    with pytest.raises(Forbidden):
        await scene.happens(scene.undo(done, actor=await scene.stranger("eve")))
    await scene.happens(scene.undo(done, actor=mods[1]))
    assert (await scene.island.post(thread)).locked_at is None
    await scene.happens(done)  # a repeat of what was undone is void
    assert (await scene.island.post(thread)).locked_at is None
    assert await deeds(scene) == [("lock", "settled", "mo"), ("unlock", "", "mia")]
    assert await scene.leaving() == ["Announce", "Announce", "Announce", "Announce", "Announce", "Announce"]


async def test_a_lock_waits_for_nothing_it_does_not_know(scene):
    with pytest.raises(NotFound):
        await scene.happens(scene.activity("Lock", scene.group.founder.iri, "https://far.example/x"))


async def test_an_undo_that_overtakes_its_lock_leaves_the_thread_open(scene):
    """R18"""
    hive, mod = await scene.stranger("hive", kind="Group"), await scene.stranger("mod")
    ann = await scene.stranger("ann")
    document = scene.object(ann, to=[hive, PUBLIC], audience=hive)
    await scene.happens(scene.carrying("Create", document, audience=hive, announced_by=hive))
    done = scene.activity("Lock", mod, document["id"], announced_by=hive, audience=hive)
    undo = scene.activity("Undo", mod, done.iri, inner=done, announced_by=hive, audience=hive)
    await scene.happens(undo)
    await scene.happens(done)
    assert (await scene.island.post(document["id"])).locked_at is None


async def test_what_a_group_elsewhere_passes_on_its_host_has_judged(scene):
    hive, mod = await scene.stranger("hive", kind="Group"), await scene.stranger("mod")
    ann = await scene.stranger("ann")
    document = scene.object(ann, to=[hive, PUBLIC], audience=hive)
    await scene.happens(scene.carrying("Create", document, audience=hive, announced_by=hive))
    await scene.happens(scene.activity("Lock", mod, document["id"], announced_by=hive, audience=hive))
    answer = scene.object(ann, type="Note", inReplyTo=document["id"], to=[PUBLIC, hive], audience=hive)
    late = {"audience": hive, "announced_by": None}
    with pytest.raises(Forbidden, match="locked"):
        await scene.happens(scene.carrying("Create", answer, **late))
    await scene.happens(scene.carrying("Create", answer, **late | {"announced_by": hive}))
    assert await scene.island.post(answer["id"]) is not None


async def test_a_document_from_the_groups_home_says_whether_it_is_closed(scene):
    """Mbin and PieFed say so in `commentsEnabled`; of another's group it says nothing."""
    hive = await scene.stranger("hive", kind="Group")
    ann = await scene.stranger("ann")
    at_home = scene.object(ann, to=[hive, PUBLIC], audience=hive, commentsEnabled=False, stickied=True)
    await scene.happens(scene.carrying("Create", at_home, audience=hive, announced_by=hive))
    elsewhere = await scene.arrives(commentsEnabled=False, stickied=True)
    home, here = await scene.island.post(at_home["id"]), await scene.island.post(elsewhere)
    assert (home.locked_at is not None, home.featured_at is not None) == (True, True)
    assert (here.locked_at, here.featured_at) == (None, None)


async def test_a_lock_is_written_as_lemmy_reads_it(scene):
    thread = await scene.ben.posts(scene.group, title="Ours")
    async with scene.island.node.transaction() as tx:
        post = await scene.ben._post(tx, thread)
        undo = await lock.compose_undo(tx, scene.group.founder.actor, post)
    assert undo.raw["object"]["type"] == "Lock"
    for document in (undo.raw, undo.raw["object"]):
        assert document["to"] == [scene.group.iri, PUBLIC]
        assert document["cc"] == [scene.group.iri]
        assert document["audience"] == scene.group.iri
    assert undo.raw["object"]["object"] == thread


async def _locks(scene, iri: str) -> None:
    async with scene.island.node.transaction() as tx:
        act = await lock.compose(tx, scene.group.founder.actor, await scene.ben._post(tx, iri))
    await scene.happens(act)


async def deeds(scene) -> list[tuple[str, str, str]]:
    """Kind, reason and doer of each entry of the moderation log."""
    from node.store.tables.actors import Actor

    async with scene.island.node.reading() as session:
        query = (
            select(Deed.kind, Deed.reason, Actor.username)
            .join(Actor, col(Deed.actor_id) == col(Actor.id))
            .order_by(col(Deed.id))
        )
        return [tuple(row) for row in await session.execute(query)]
