"""Warn: a moderator's private word; actor x role x origin."""

from __future__ import annotations

import pytest
from sqlmodel import col, select

from node.activities import create, follow, warn
from node.activities.drafts import ThreadDraft
from node.activities.perform import perform
from node.errors import Conflict, Malformed, Refused
from node.store.queries.actors import get_actor
from node.store.queries.posts import find_post
from node.store.tables.members import Notification
from node.store.tables.moderation import Caution, Deed

PUBLIC = "https://www.w3.org/ns/activitystreams#Public"


async def rows(scene, table):
    async with scene.island.node.reading() as session:
        return list(await session.scalars(select(table).order_by(col(table.id))))


async def test_who_warns_whom(scene):
    """C.10: moderators of the post's group, its author, directly; a host alone gives no right (pitfall 90)."""
    ben, bees = scene.ben, scene.group.iri
    hive = await scene.stranger("hive", host="hive.example", kind="Group")
    queen = await scene.stranger("queen", host="queens.example")
    await scene.appoint(queen, hive)
    mod = await scene.stranger("mod", host="mods.example")
    await scene.appoint(mod)
    ann = await scene.stranger("ann")
    mine = await ben.posts(scene.group, title="Mine")
    theirs = await scene.arrives(author=ann)
    async with scene.island.node.transaction() as tx:
        group = await get_actor(tx.session, hive)
        await perform(tx, follow.compose(tx, ben.actor, group))
        there = await create.compose_thread(tx, ben.actor, group, ThreadDraft(title="There"))
        await perform(tx, there)
    away = there.object
    for actor, thing, fields, allowed in (
        (mod, mine, {}, True),
        (scene.group.founder.iri, mine, {}, True),
        (scene.group.founder.iri, theirs, {"to": (ann,)}, True),
        (queen, away, {"audience": hive}, True),
        (mod, theirs, {"to": (ann,)}, False),
        (queen, mine, {}, False),
        (await scene.stranger("root", host="hive.example"), away, {"audience": hive}, False),
        (ann, mine, {}, False),
        (ben.iri, mine, {}, False),
        (mod, mine, {"audience": None}, False),
        (mod, mine, {"audience": hive}, False),
        (mod, mine, {"summary": None}, False),
        (mod, mine, {"to": (ann,)}, False),
        (mod, mine, {"announced_by": bees}, False),
        (mod, "https://far.example/none", {}, False),
    ):
        before = len(await rows(scene, Caution))
        given = {"audience": bees, "summary": "Be kind", "to": (ben.iri,)} | fields
        act = scene.activity("Warn", actor, thing, **given)
        try:
            for _ in range(2):
                await scene.happens(act)
        except Refused:
            assert not allowed, (actor, thing, fields)
        assert (len(await rows(scene, Caution)) - before) == allowed, (actor, thing, fields)
    told = {(one.kind, one.text) for one in await rows(scene, Notification)}
    assert told == {("caution", "Be kind")}
    assert await rows(scene, Deed) == [], "it is between two people"


async def test_a_warning_says_why_and_goes_to_another(scene):
    ben, mine = scene.ben, await scene.ben.posts(scene.group, title="Mine")
    async with scene.island.node.transaction() as tx:
        founder = await get_actor(tx.session, scene.group.founder.iri)
        post = await find_post(tx.session, mine)
        act = await warn.compose(tx, founder, post, "Be kind")
        assert (act.raw["to"], act.raw["audience"], act.raw["summary"]) == (
            [ben.iri], scene.group.iri, "Be kind",
        )  # fmt: skip
        with pytest.raises(Malformed):
            await perform(tx, await warn.compose(tx, founder, post, " "))
        with pytest.raises(Conflict):
            await warn.compose(tx, ben.actor, post, "Me")
