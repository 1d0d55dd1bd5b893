"""Settling a report: the deeds are judged as themselves, all or nothing; judge x group x deed."""

from __future__ import annotations

import pytest
from sqlmodel import col, select

from node.activities import flag, follow
from node.activities.block import BanDraft
from node.activities.perform import perform
from node.activities.settling import Verdict, settle
from node.errors import Conflict, NodeError
from node.store.queries.actors import get_actor
from node.store.queries.posts import find_post
from node.store.tables.members import Member
from node.store.tables.moderation import Ban, Report

PUBLIC = "https://www.w3.org/ns/activitystreams#Public"
BAN = BanDraft()


async def reported(scene, matter_of) -> int:
    """Ben reports something; returns the number of the only report."""
    async with scene.island.node.transaction() as tx:
        for report in await tx.session.scalars(select(Report)):
            await tx.session.delete(report)
        await tx.session.flush()
        await perform(tx, await flag.compose(tx, scene.ben.actor, await matter_of(tx), "Rude"))
        return (await tx.session.scalar(select(Report))).id


def about(iri):
    async def matter(tx):
        return await flag.matter_of_post(tx, await find_post(tx.session, iri))

    return matter


def about_person(iri):
    async def matter(tx):
        return flag.Matter(await get_actor(tx.session, iri))

    return matter


async def settled(scene, judge, number, verdict) -> bool:
    try:
        async with scene.island.node.transaction() as tx:
            report = await tx.session.get_one(Report, number)
            await settle(tx, await get_actor(tx.session, judge), report, verdict)
    except NodeError:
        return False
    return True


async def test_who_does_what_about_a_report(scene):
    """RULE C4, pitfall 90: an administrator hides what a group elsewhere shows here, and judges nobody in its name."""
    ann = await scene.stranger("ann")
    hive = await scene.stranger("hive", host="hive.example", kind="Group")
    drone, boss = await scene.island.member("drone"), await scene.island.member("boss")
    await scene.appoint(drone.iri, hive)
    async with scene.island.node.transaction() as tx:
        await perform(tx, follow.compose(tx, drone.actor, await get_actor(tx.session, hive)))
        member = await tx.session.scalar(select(Member).where(col(Member.actor_id) == boss.actor.id))
        member.role = "administrator"
    founder, ben = scene.group.founder.iri, scene.ben.iri
    removal, word = Verdict(remove=True, reason="x"), Verdict(warn=True, reason="x")
    here, node = Verdict(ban=BAN, reason="x"), Verdict(ban=BAN, from_node=True, reason="x")
    closing = Verdict(note="Seen")
    for group, judge, allowed in (
        (None, founder, (closing, removal, word, here)),
        (None, boss.iri, (closing, removal, word, here, node)),
        (None, drone.iri, ()),
        (None, ben, ()),
        (hive, drone.iri, (closing, removal, word, here)),
        (hive, boss.iri, (closing, removal, node)),
        (hive, founder, ()),
    ):
        for verdict in (closing, removal, word, here, node):
            fields = {"to": [hive, PUBLIC], "audience": hive} if group else {}
            document = scene.object(ann, **fields)
            created = scene.carrying(
                "Create", document, audience=group or scene.group.iri, announced_by=group
            )
            await scene.happens(created)
            number = await reported(scene, about(document["id"]))
            case = (group, judge, verdict)
            assert await settled(scene, judge, number, verdict) == (verdict in allowed), case
            async with scene.island.node.transaction() as tx:
                report = await tx.session.get_one(Report, number)
                post = await find_post(tx.session, document["id"])
                assert (report.resolved_at is not None) == (verdict in allowed), case
                assert (report.outcome, report.note) == (
                    (verdict.outcome, verdict.note) if verdict in allowed else ("", "")
                ), case
                assert (post.removed_at is not None) == (verdict is removal and removal in allowed), case
                for ban in await tx.session.scalars(select(Ban)):
                    assert verdict in allowed, case
                    assert (ban.group_id is None) == verdict.from_node, case
                    await tx.session.delete(ban)


async def test_what_cannot_be_done_is_said_and_nothing_is(scene):
    founder = scene.group.founder.iri
    ann = await scene.stranger("ann")
    async with scene.island.node.transaction() as tx:
        member = await tx.session.scalar(
            select(Member).where(col(Member.actor_id) == scene.group.founder.actor.id)
        )
        member.role = "administrator"
    number = await reported(scene, about_person(ann))
    for verdict, said in (
        (Verdict(remove=True), "about no post"),
        (Verdict(warn=True, reason="x"), "about no post"),
        (Verdict(ban=BAN, reason="x"), "about nobody"),
    ):
        async with scene.island.node.transaction() as tx:
            report, judge = await tx.session.get_one(Report, number), await get_actor(tx.session, founder)
            with pytest.raises(Conflict, match=said):
                await settle(tx, judge, report, verdict)
    assert await settled(scene, founder, number, Verdict(dismiss=True))
    assert not await settled(scene, founder, number, Verdict(dismiss=True)), "closed already"
    assert (Verdict(dismiss=True).outcome, Verdict().outcome) == ("dismissed", "settled")
    both = Verdict(remove=True, warn=True, ban=BAN)
    assert both.outcome == "removed warned banned"


async def test_what_other_judges_have_before_them_stays_open(scene):
    """A thread that moved was reported in the group that it left as well: that is for the moderators there."""
    iri = await scene.arrives()
    number = await reported(scene, about(iri))
    mia = await scene.stranger("mia")
    async with scene.island.node.transaction() as tx:
        first = await tx.session.get_one(Report, number)
        who = await get_actor(tx.session, mia)
        for token, group_id in (("same", first.group_id), ("other", None)):
            fields = {"iri": f"{mia}/{token}", "token": token, "at": tx.now, "reporter_id": who.id}
            tx.session.add(
                Report(group_id=group_id, post_id=first.post_id, subject_id=first.subject_id, **fields)
            )
    assert await settled(scene, scene.group.founder.iri, number, Verdict(note="Seen"))
    async with scene.island.node.reading() as session:
        left = [one.token for one in await session.scalars(select(Report)) if one.resolved_at is None]
    assert left == ["other"]
