"""Reporting from a page, and the queues of those who judge."""

from __future__ import annotations

import pytest
from sqlmodel import select

from node.store.queries.actors import get_actor
from node.store.tables.moderation import Report
from tests.support import rows
from tests.support.counting import asked
from tests.web.pages.test_bans import raised

PLACE = "/c/bees/moderation/reports"


@pytest.fixture
async def thread(ada):
    await ada.founds("bees")
    return await ada.writes("bees", "Swarm season")


async def test_a_member_reports_and_the_moderator_is_told(ada, bo, opens, stranger, beta, thread):
    comment = await bo.replies(thread, "Buy now")
    assert f"{comment}/report" in (await ada.get(thread)).links
    assert f"{comment}/report" not in (await bo.get(thread)).links
    empty = await bo.submit(f"{thread}/report", {"reason": ""})
    assert (empty.status, "This is needed." in empty.text) == (422, True)
    page = await bo.follow(await bo.submit(f"{thread}/report", {"reason": "Rude"}))
    assert page.status == 200
    again = await bo.submit(f"{thread}/report", {"reason": "Rude"})
    assert "already" in again.text
    assert "/u/ada/report" in (await bo.get("/u/ada")).links
    assert (await bo.submit("/u/ada/report", {"reason": "A troll"})).status == 303
    assert "/c/bees/report" in (await bo.get("/c/bees")).links
    assert (await bo.submit("/c/bees/report", {"reason": "All of it"})).status == 303
    cy = await opens().signs_up("cy")
    assert (await cy.submit(f"{comment}/report", {"reason": "Spam"})).status == 303
    told = await ada.get("/notifications")
    assert "Something was reported" in told.text
    assert PLACE in told.links
    assert (await stranger.get(f"{thread}/report")).status == 303
    async with beta.node.reading() as session:
        kept = [one.reason for one in await session.scalars(select(Report))]
    assert kept == ["Rude", "A troll", "All of it", "Spam"]
    assert (await cy.get(PLACE)).status == 403
    assert (await ada.get("/reports")).status == 403
    assert "2 reports wait" in (await ada.get("/c/bees")).text
    assert "2 reports wait" in (await ada.get("/c/bees/moderation")).text
    assert "reports wait" not in (await cy.get("/c/bees")).text
    page = await ada.get(PLACE)
    assert "Spam" in page.text
    assert "A troll" not in page.text, "what is about no group's matter is for administrators"
    for form in [one for one in page.forms if one.action.startswith("/reports/")]:
        left = await ada.follow(await ada.send(form.action, form.fields | {"do": "dismiss"}))
    assert "Nothing waits" in left.text
    closed = await ada.get(f"{PLACE}?resolved=yes")
    assert closed.text.count("dismissed") == 2
    assert "closed by ada" in closed.text


async def test_a_private_message_is_reported_by_who_got_it_and_read_by_administrators(
    ada, bo, opens, stranger, beta
):
    """A96: nobody else learns that there is such a message."""
    boss = await opens().signs_up("boss")
    await raised(beta, "boss")
    sent = await bo.submit("/messages/new", {"to": "@ada@beta.example", "source": "Buy zebrafish"})
    talk = sent.response.headers["location"].partition("#")[0]
    link = next(one for one in (await ada.get(talk)).links if one.endswith("/report"))
    assert not [one for one in (await bo.get(talk)).links if one.endswith("/report")], "one's own"
    for other in (bo, boss):
        assert (await other.get(link)).status == 404
    assert (await stranger.get(link)).status == 303
    page = await ada.get(link)
    assert "Buy zebrafish" in page.text
    assert "and this message with it" in page.text
    back = await ada.follow(await ada.submit(link, {"reason": "Spam"}))
    assert back.response.url.path == talk
    page = await boss.get("/reports")
    assert "A private message" in page.text
    assert "Buy zebrafish" in page.text
    assert "/reports" in (await boss.get("/notifications")).links


async def test_who_reports_reads_which_server_hears_of_it_if_another_does(ada, bo, beta, thread):
    async with beta.node.transaction() as tx:
        await rows.an_actor(tx, "https://far.example/u/troll", handle_verified=True)
    page = await bo.get(f"{thread}/report")
    assert "The moderators of Bees read it. Nobody else does." in page.text
    page = await bo.get("/u/troll@far.example/report")
    assert "The administrators of this node read it." in page.text
    assert "So does the server far.example. Nobody else does." in page.text


async def test_a_long_queue_is_cut_into_pages_and_asks_no_more_than_a_short_one(ada, bo, beta, thread):
    await bo.submit(f"{thread}/report", {"reason": "Rude"})
    with asked(beta.node.database) as short:
        await ada.get(PLACE)
    async with beta.node.transaction() as tx:
        group = await get_actor(tx.session, "https://beta.example/c/bees")
        for number in range(60):
            who = await rows.an_actor(tx, f"https://far.example/u/who{number}", handle_verified=True)
            fields = {
                "iri": f"https://far.example/f/{number}",
                "token": f"far{number}",
                "reason": f"no. {number}.",
            }
            tx.session.add(
                Report(reporter_id=who.id, subject_id=who.id, group_id=group.id, at=tx.now, **fields)
            )
    with asked(beta.node.database) as long:
        page = await ada.get(PLACE)
    assert long.count == short.count
    rest = await ada.get(next(link for link in page.links if "before=" in link))
    assert all(f"no. {number}." in page.text + rest.text for number in range(60))
    assert "no. 0." not in page.text
