"""Bans, reports and warnings between nodes (FEDERATION C.8 to C.10): Block, Flag, Resolve, Warn."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from sqlmodel import col, select

from node.activities import block, curate, flag, resolve, warn
from node.activities.block import BanDraft
from node.activities.perform import perform
from node.activities.settling import Verdict, settle
from node.errors import Forbidden
from node.store.queries.actors import get_actor
from node.store.queries.bans import bans_of
from node.store.tables.members import Member
from node.store.tables.moderation import Caution, Report
from tests.federation.acts import act
from tests.support.stranger import PUBLIC


async def bans(scope, *islands):
    """Who is banned from the scope, as each node knows it."""
    found = []
    for island in islands:
        async with island.node.reading() as session:
            found.append([one.person.iri for one in await bans_of(session, scope, island.node.clock.now())])
    return found


async def bans_from(person, whom, group, **draft):
    """Ban from a group, or from the person's own node (group None)."""
    await act(person, _on(block.compose, BanDraft(**draft)), whom, *([group] if group else []))


async def lifts(person, whom, group, **options):
    await act(person, _on(block.compose_undo, **options), whom, *([group] if group else []))


def _on(compose, *more, **options):
    def composed(tx, actor, who, place=None):
        return compose(tx, actor, who, place, *more, **options)

    return composed


async def test_a_ban_by_a_moderator_elsewhere_holds_on_every_node_until_it_ends(
    sea, scene, alpha, beta, gamma, bees
):
    """Pitfall 87: nothing is sent when it ends; removal of content and its return go with it (pitfall 88)."""
    ada, carl, masto = scene
    islands = (alpha, beta, gamma)
    thread = await carl.posts(bees, title="Wasps", text="Buy now")
    await sea.settle()
    ends_at = sea.clock.now() + timedelta(hours=2)
    await bans_from(ada, carl.iri, bees.iri, reason="Spam", ends_at=ends_at, remove_content=True)
    await sea.settle()
    assert await bans(bees.iri, *islands) == [[carl.iri]] * 3
    assert [bool((await one.post(thread)).removed_at) for one in islands] == [True] * 3
    assert masto.got("Block") == [], "a microblog would take it for a personal block"
    assert [one["object"]["type"] for one in masto.got("Undo")] == ["Announce"]
    with pytest.raises(Forbidden, match="banned"):
        await carl.posts(bees, title="Again")
    told = json.loads(
        next(one.body for one in sea.deliveries(alpha, to=beta) if one.activity["type"] == "Block")
    )
    assert told["endTime"] == told["expires"]
    assert (await alpha.document(told["id"]))["id"] == told["id"], "a ban is for everybody to read (B.7)"
    sea.chart.parcels.clear()
    sea.clock.advance(hours=3)
    await sea.settle()
    assert [parcel.shape for parcel in sea.deliveries() if "Block" in parcel.shape] == []
    assert await bans(bees.iri, *islands) == [[]] * 3
    await carl.posts(bees, title="Better")
    await sea.settle()
    assert await ada.reads(bees) == ["Better"]
    await bans_from(bees.founder, carl.iri, bees.iri, remove_content=True)
    await sea.settle()
    assert await bans(bees.iri, *islands) == [[carl.iri]] * 3
    await lifts(ada, carl.iri, bees.iri, restore=True)
    await sea.settle()
    assert await bans(bees.iri, *islands) == [[]] * 3
    assert sorted(await ada.reads(bees)) == ["Better", "Wasps"]


async def test_a_ban_from_a_node_goes_to_all_and_names_nobody_who_is_known(
    sea, scene, alpha, beta, gamma, bees
):
    """C.8, V29: a node bans its own people everywhere, and others from its groups."""
    ada, carl, masto = scene
    admin = await _administrator(gamma, "gil")
    await bans_from(admin, carl.iri, None, reason="Spam")
    await sea.settle()
    home = f"https://{gamma.host}/"
    assert await bans(home, alpha, beta, gamma) == [[carl.iri]] * 3
    (sent,) = [one.activity for one in sea.deliveries(gamma, to=beta) if one.activity["type"] == "Block"]
    assert (sent["to"], sent["cc"], sent["target"]) == ([PUBLIC], [], home)
    assert masto.got("Block") == []
    here = await beta.group("wasps")
    with pytest.raises(Forbidden, match="banned"):
        await carl.follows(here)
    await bans_from(await _administrator(beta, "chief"), ada.iri, None)
    await sea.settle()
    with pytest.raises(Forbidden, match="banned"):
        await ada.posts(bees, title="Mine")
    hive = await alpha.group("hive", founder=ada)
    await ada.posts(hive, title="At home")
    await lifts(admin, carl.iri, None)
    await sea.settle()
    await carl.follows(here)


async def test_a_report_reaches_the_moderators_and_the_authors_node_and_nobody_else(
    sea, scene, alpha, beta, gamma, bees
):
    """C.9: with one addressee, never to be fetched, never told to followers; its resolution goes the same way."""
    ada, carl, masto = scene
    delta = await sea.node("delta.example")
    dee = await delta.member("dee", follows=bees)
    eve = await (await sea.node("eve.example")).member("eve", follows=bees)
    await sea.settle()
    thread = await carl.posts(bees, title="Wasps")
    await sea.settle()
    sea.chart.parcels.clear()
    await act(bees.founder, curate.compose_seat, bees.iri, dee.iri, appoint=True)  # not told of her own
    await sea.settle()
    sea.chart.parcels.clear()
    await act(dee, _reporting, thread)
    await sea.settle()
    about = [(one.sender, one.host, one.shape) for one in sea.deliveries() if "Flag" in one.shape]
    assert sorted(about) == [
        ("beta.example", "alpha.example", "Announce{Flag{id}}"),
        ("beta.example", "gamma.example", "Announce{Flag{id}}"),
        ("delta.example", "beta.example", "Flag{id}"),
        ("delta.example", "gamma.example", "Flag{id}"),
    ]
    (sent,) = [one.activity for one in sea.deliveries(delta, to=beta)]
    assert sent["to"] == [bees.iri]
    assert (await delta.get(sent["id"], accept="application/activity+json")).status_code == 404
    announced = next(one.activity for one in sea.deliveries(beta, to=alpha))
    assert (await beta.get(announced["id"], accept="application/activity+json")).status_code == 404
    for path in (f"{bees.iri}/outbox", dee.iri + "/outbox"):
        assert "Flag" not in (await (beta if "beta" in path else delta).get(path)).text
    assert masto.got("Flag") == []
    assert await _open(alpha, beta, gamma, delta, eve.island) == [1, 1, 1, 1, 0]
    sea.chart.parcels.clear()
    async with alpha.node.transaction() as tx:
        (report,) = list(await tx.session.scalars(select(Report)))
        await perform(tx, await resolve.compose(tx, await get_actor(tx.session, ada.iri), report))
    await sea.settle()
    assert await _open(alpha, beta, gamma, delta) == [0, 0, 0, 0]
    assert {one.host for one in sea.deliveries() if "Resolve" in one.shape} == {
        "alpha.example", "beta.example", "delta.example", "gamma.example",
    }  # fmt: skip


async def test_a_verdict_of_a_moderator_elsewhere_holds_on_every_node(sea, scene, alpha, beta, gamma, bees):
    """C.6, C.8 to C.10: removal, warning, ban and Resolve in one go; what came of it and the note never leave."""
    ada, carl, _ = scene
    thread = await carl.posts(bees, title="Wasps", text="Buy now")
    await sea.settle()
    await act(bees.founder, _reporting, thread)
    await sea.settle()
    assert await _open(alpha, beta, gamma) == [1, 1, 1]
    sea.chart.parcels.clear()
    verdict = Verdict(remove=True, warn=True, ban=BanDraft(), reason="No adverts", note="zebrafish")
    async with alpha.node.transaction() as tx:
        report = (await tx.session.scalars(select(Report))).one()
        assert await settle(tx, await get_actor(tx.session, ada.iri), report, verdict) == 1
    await sea.settle()
    assert await _open(alpha, beta, gamma) == [0, 0, 0]
    assert await bans(bees.iri, alpha, beta, gamma) == [[carl.iri]] * 3
    assert [bool((await one.post(thread)).removed_at) for one in (alpha, beta, gamma)] == [True] * 3
    assert ("caution", thread) in await carl.notices()
    assert not [one for one in sea.deliveries() if b"zebrafish" in one.body]
    found = []
    for island in (alpha, beta):
        async with island.node.reading() as session:
            kept = (await session.scalars(select(Report))).one()
            found.append((kept.outcome, kept.note))
    assert found == [("removed warned banned", "zebrafish"), ("", "")]


async def test_a_report_of_mastodons_server_is_taken_and_one_to_it_names_no_reporter(sea, scene, beta, bees):
    """Pitfalls 15, 91, A20: signed by an Application; what goes there is in its own form, from the node itself."""
    _, _, masto = scene
    server = masto.person("actor", key="bob", kind="Application")
    thread = await bees.founder.posts(bees, title="Swarm season")
    flagged = masto.activity("Flag", server, [bees.founder.iri, thread], content="Look", to=bees.founder.iri)
    assert await masto.send(beta, flagged) == 202
    await sea.settle()
    assert await _open(beta) == [1]
    mia = masto.person("mia")
    note = masto.note(mia, "Buy", inReplyTo=thread, cc=[bees.iri, bees.founder.iri])
    await masto.send(beta, masto.create(note))
    await sea.settle()
    await act(bees.founder, _reporting, note["id"])
    await sea.settle()
    (flagged,) = masto.got("Flag")
    assert flagged["object"] == [mia, note["id"]]
    assert flagged["actor"] == "https://beta.example/"
    assert bees.founder.iri not in json.dumps(flagged)


async def test_a_warning_reaches_the_author_alone(sea, scene, alpha, beta, gamma, bees):
    """C.10"""
    ada, carl, _ = scene
    thread = await carl.posts(bees, title="Wasps")
    await sea.settle()
    sea.chart.parcels.clear()
    await act(ada, warn.compose, thread, reason="Be kind")
    await sea.settle()
    assert [(one.host, one.shape) for one in sea.deliveries()] == [("gamma.example", "Warn{id}")]
    async with gamma.node.reading() as session:
        assert [one.reason for one in await session.scalars(select(Caution))] == ["Be kind"]
    assert ("caution", thread) in await carl.notices()
    (sent,) = [one.activity for one in sea.deliveries()]
    assert (await alpha.get(sent["id"], accept="application/activity+json")).status_code == 404


async def test_a_personal_block_is_told_to_microblogs_alone(sea, scene, alpha, beta, bees):
    """Pitfall 86: threaded software would take it for a ban."""
    _, carl, masto = scene
    for whom in (masto.person("mia"), carl.iri):
        await act(bees.founder, block.compose_personal, whom)
    await sea.settle()
    assert [one["object"] for one in masto.got("Block")] == [masto.person("mia")]
    assert "target" not in masto.got("Block")[0]
    assert [one for one in sea.deliveries(beta) if one.host != masto.host] == []
    await act(bees.founder, block.compose_personal_undo, masto.person("mia"))
    await sea.settle()
    assert masto.got("Undo")[-1]["object"]["id"] == masto.got("Block")[0]["id"]
    sent = masto.activity("Block", masto.person("mia"), bees.founder.iri)
    await masto.send(beta, sent)
    await sea.settle()
    thread = await carl.posts(bees, title="Wasps")
    assert await bans(bees.iri, beta) == [[]]
    note = masto.note(masto.person("mia"), "Hello", inReplyTo=thread, cc=[bees.iri, carl.iri])
    await masto.send(beta, masto.create(note))
    await sea.settle()
    assert await beta.post(note["id"]) is not None, "a personal block is no ban"


async def _administrator(island, name):
    person = await island.member(name)
    async with island.node.transaction() as tx:
        member = await tx.session.scalar(select(Member).where(col(Member.actor_id) == person.actor.id))
        member.role = "administrator"
    return person


async def _reporting(tx, actor, post):
    return await flag.compose(tx, actor, await flag.matter_of_post(tx, post), "Rude")


async def _open(*islands):
    found = []
    for island in islands:
        async with island.node.reading() as session:
            query = select(Report).where(col(Report.resolved_at).is_(None))
            found.append(len(list(await session.scalars(query))))
    return found
