"""One report: who may read and decide it, and what follows."""

from __future__ import annotations

import pytest
from sqlmodel import select

from node.store.tables.members import Notification
from node.store.tables.moderation import Ban, Caution, Report
from tests.web.pages.test_bans import raised

PLACE = "/c/bees/moderation/reports"


@pytest.fixture
async def scene(ada, bo, opens):
    """Bo wrote a thread in ada's group, and cy reported it; returns cy, the thread and the report's page."""
    await ada.founds("bees")
    thread = await bo.writes("bees", "Buy now", source="zebrafish")
    cy = await opens().signs_up("cy")
    await cy.submit(f"{thread}/report", {"reason": "Spam, I think"})
    report = next(link for link in (await ada.get(PLACE)).links if link.startswith("/reports/"))
    return cy, thread, report


async def test_who_may_read_and_decide_a_report(ada, bo, opens, stranger, beta, scene):
    """Reports are private: for those in office in the group, and administrators (C.9, A20)."""
    cy, _, report = scene
    token = (await cy.get("/settings/profile")).form("/settings/profile").fields["csrf"]
    for other in (bo, cy):
        assert (await other.get(report)).status == 404
    assert (await cy.send(report, {"csrf": token, "do": "dismiss"})).status == 404
    assert (await stranger.get(report)).status == 303
    assert (await ada.get("/reports/none")).status == 404
    page = await ada.get(report)
    for said in ("zebrafish", "Spam, I think", "reported by cy", "What bo wrote"):
        assert said in page.text, said
    assert PLACE in page.links
    assert "node" not in page.form(report).fields.get("place", "")
    boss = await opens().signs_up("boss")
    await raised(beta, "boss")
    assert "this whole node" in (await boss.get(report)).text
    assert (await boss.get("/reports")).text.count("Buy now") == 1


async def test_all_that_follows_from_a_report_in_one_go(ada, bo, opens, stranger, beta, scene):
    cy, thread, report = scene
    far = await opens().signs_up("dora")
    await far.submit(f"{thread}/report", {"reason": "Me too"})
    assert "Me too" in (await ada.get(report)).text, "what others said of the same"
    chosen = {"do": "settle", "remove": "yes", "warn": "yes", "lasts": "7", "note": "Third time"}
    page = await ada.submit(report, chosen | {"reason": ""})
    assert (page.status, "Say why" in page.text) == (422, True)
    assert page.form(report).fields["note"] == "Third time"
    page = await ada.follow(await ada.submit(report, chosen | {"reason": "No adverts"}))
    assert "Nothing waits" in page.text, "both reports of it are closed"
    assert "zebrafish" not in (await stranger.get(thread)).text
    told = (await bo.get("/notifications")).text
    for said in (
        "removed what you wrote",
        "A word from a moderator",
        "banned you from this group",
        "No adverts",
    ):
        assert said in told, said
    standing = (await bo.get("/settings/standing")).text
    for said in ("Bans in force", "until November 10", "Warnings", "Buy now", "Write to ada"):
        assert said in standing, said
    assert "A moderator has looked" in (await cy.get("/notifications")).text
    closed = await ada.get(f"{PLACE}?resolved=yes")
    for said in ("removed", "author warned", "author banned", "closed by ada", "Third time"):
        assert said in closed.text, said
    again = await ada.get(report)
    assert "Third time" in again.text
    assert not [one for one in again.forms if one.action == report]
    assert "Third time" not in (await stranger.get("/c/bees/log")).text, "a note is for those in office"
    token = (await ada.get("/settings/profile")).form("/settings/profile").fields["csrf"]
    late = await ada.send(report, {"csrf": token, "do": "dismiss"})
    assert "closed this report already" in late.text


async def test_nothing_is_done_when_one_part_is_refused(ada, bo, beta, scene):
    """A verdict is one transaction: a moderator who comes after the author bans nobody, and removes nothing."""
    cy, thread, report = scene
    for who in ("bo", "cy"):
        await ada.submit(
            "/c/bees/moderators", {"who": f"@{who}@beta.example", "do": "appoint"}, on="/c/bees/moderation"
        )
        beta.sea.clock.advance(minutes=1)
    page = await cy.submit(report, {"do": "settle", "remove": "yes", "lasts": "1", "reason": "x"})
    assert (page.status, "came after them" in page.text) == (422, True)
    assert "zebrafish" in (await bo.get(thread)).text
    async with beta.node.reading() as session:
        assert (await session.scalars(select(Ban))).all() == []
        assert (await session.scalar(select(Report))).resolved_at is None
    for given, said in (
        ({"do": "dismiss", "remove": "yes"}, "take back all that is chosen"),
        ({"do": "settle", "hide": "yes"}, "Choose for how long"),
    ):
        page = await ada.submit(report, given)
        assert (page.status, said in page.text) == (422, True)
    assert "about you" in (await bo.get(report)).text
    page = await ada.follow(await ada.submit(report, {"do": "settle", "note": "We talked"}))
    closed = (await ada.get(f"{PLACE}?resolved=yes")).text
    assert all(said in closed for said in ("settled", "We talked"))


async def test_an_administrator_judges_what_is_no_groups_matter(ada, bo, opens, beta, scene):
    cy, _, _ = scene
    boss = await opens().signs_up("boss")
    await raised(beta, "boss")
    await cy.submit("/u/bo/report", {"reason": "A troll"})
    page = await boss.get("/reports")
    report = next(one.action for one in page.forms if one.action.startswith("/reports/"))
    page = await boss.get(report)
    assert "From this whole node" in page.text
    assert "Remove it" not in page.text
    await boss.submit(report, {"do": "settle", "lasts": "forever", "reason": "Enough"})
    assert "You are banned from a whole node" in (await bo.get("/c/bees")).text
    assert "bo" in (await boss.get("/bans")).text


async def test_a_moderator_warns_from_the_post(ada, bo, stranger, beta, scene):
    """C.10: between two people; the thread stays and the log says nothing."""
    cy, thread, _ = scene
    assert f"{thread}/warn" in (await ada.get(thread)).links
    assert "/c/bees/moderation/bans?who=%40bo%40beta.example#ban" in (await ada.get(thread)).links
    assert (await cy.get(f"{thread}/warn")).status == 403
    empty = await ada.submit(f"{thread}/warn", {"reason": ""})
    assert empty.status == 422
    page = await ada.follow(await ada.submit(f"{thread}/warn", {"reason": "Please label adverts"}))
    assert page.response.url.path == thread
    told = await bo.get("/notifications")
    assert "Please label adverts" in told.text
    assert "Change or delete it" in told.text
    assert "Please label adverts" in (await bo.get("/settings/standing")).text
    for other in (cy, stranger, ada):
        assert "Please label adverts" not in (await other.get(thread)).text
        assert "Please label adverts" not in (await other.get("/c/bees/log")).text
    async with beta.node.reading() as session:
        assert len((await session.scalars(select(Caution))).all()) == 1
        kinds = [one.kind for one in await session.scalars(select(Notification))]
    assert kinds.count("caution") == 1
    own = await ada.writes("bees", "Mine")
    assert f"{own}/warn" not in (await ada.get(own)).links
    assert "your own post" in (await ada.submit(f"{own}/warn", {"reason": "x"})).text
