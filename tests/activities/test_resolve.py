"""Resolve: who closes a report, and how it is found again; actor x role x origin."""

from __future__ import annotations

import pytest
from sqlmodel import col, select

from node.activities import flag, follow, resolve
from node.activities.perform import perform
from node.activitypub.activity import Activity
from node.errors import NotFound, Refused
from node.store.queries.actors import get_actor
from node.store.queries.posts import find_post
from node.store.tables.members import Member, Notification
from node.store.tables.moderation import Report

PUBLIC = "https://www.w3.org/ns/activitystreams#Public"


async def rows(scene, table):
    async with scene.island.node.reading() as session:
        return list(await session.scalars(select(table).order_by(col(table.id))))


async def reported(scene, iri, *, by=None):
    """Ben reports a post, or *by* does; returns the Flag's JSON."""
    async with scene.island.node.transaction() as tx:
        matter = await flag.matter_of_post(tx, await find_post(tx.session, iri))
        if by is None:
            act = await flag.compose(tx, scene.ben.actor, matter, "Rude")
        else:
            raw = {"id": scene.iri(by, "flag"), "type": "Flag", "actor": by, "object": iri, "summary": "Rude"}
            act = Activity(type="Flag", iri=raw["id"], actor=by, object=iri, raw=raw, summary="Rude")
        await perform(tx, act)
    return dict(act.raw)


def resolved(scene, actor, inner, **more):
    act = scene.activity("Resolve", actor, inner.get("id"), **more)
    act.raw.update({"object": inner})
    return act


async def test_who_resolves_a_report(scene):
    """RULE C4: moderators of its group; of a group elsewhere, as that passes it on or as a moderator says it."""
    ann = await scene.stranger("ann")
    hive = await scene.stranger("hive", host="hive.example", kind="Group")
    drone, boss = await scene.island.member("drone"), await scene.island.member("boss")
    await scene.appoint(drone.iri, hive)
    mod, warden = [await scene.stranger(name, host="mods.example") for name in ("mod", "warden")]
    await scene.appoint(mod)
    await scene.appoint(warden, hive)
    async with scene.island.node.transaction() as tx:
        await perform(tx, follow.compose(tx, drone.actor, await get_actor(tx.session, hive)))
        member = await tx.session.scalar(select(Member).where(col(Member.actor_id) == boss.actor.id))
        member.role = "administrator"
    in_hive = scene.object(ann, to=[hive, PUBLIC], audience=hive)
    await scene.happens(scene.carrying("Create", in_hive, audience=hive, announced_by=hive))
    ours = await scene.arrives(author=ann)
    for actor, iri, announcer, allowed in (
        (scene.ben.iri, ours, None, False),
        (ann, ours, None, False),
        (ann, ours, hive, False),
        (mod, ours, None, True),
        (scene.group.founder.iri, ours, None, True),
        (boss.iri, ours, None, True),
        (scene.ben.iri, in_hive["id"], None, False),
        (ann, in_hive["id"], None, False),
        (ann, in_hive["id"], hive, True),
        (warden, in_hive["id"], None, True),
        (warden, ours, None, False),
        (drone.iri, in_hive["id"], None, True),
        (boss.iri, in_hive["id"], None, True),
    ):
        async with scene.island.node.transaction() as tx:
            for report in await tx.session.scalars(select(Report)):
                await tx.session.delete(report)
        inner = await reported(scene, iri)
        act = resolved(scene, actor, inner, announced_by=announcer)
        try:
            await scene.happens(act)
        except Refused:
            assert not allowed, (actor, iri, announcer)
        (report,) = await rows(scene, Report)
        assert (report.resolved_at is not None) == allowed, (actor, iri, announcer)
    told = {one.kind for one in await rows(scene, Notification)}
    assert "resolved" in told, "who reported hears that somebody has looked"


async def test_a_report_made_anew_is_found_by_who_reported_what(scene):
    """Pitfall 75: Lemmy writes the Flag anew, with an id and without the reason."""
    mia, founder = await scene.stranger("mia"), scene.group.founder.iri
    iri = await scene.arrives()
    inner = await reported(scene, iri, by=mia)
    anew = {"id": f"{mia}/anew", "type": "Flag", "actor": mia, "object": iri, "to": [scene.group.iri]}
    other = anew | {"actor": await scene.stranger("moe")}
    for unknown in (other, anew | {"object": "https://far.example/none"}):
        with pytest.raises(NotFound):
            await scene.happens(resolved(scene, founder, unknown))
    await scene.happens(resolved(scene, founder, anew))
    await scene.happens(resolved(scene, founder, inner))
    (report,) = await rows(scene, Report)
    assert report.resolved_by_id == scene.group.founder.actor.id


async def test_a_resolution_embeds_the_report_and_has_one_addressee(scene):
    inner = await reported(scene, await scene.arrives())
    async with scene.island.node.transaction() as tx:
        (report,) = list(await tx.session.scalars(select(Report)))
        act = await resolve.compose(tx, await get_actor(tx.session, scene.group.founder.iri), report)
    assert act.raw["to"] == [scene.group.iri]
    kept = ("id", "type", "actor", "object", "to", "audience", "summary")
    assert {name: act.raw["object"][name] for name in kept} == {name: inner[name] for name in kept}
