"""Reporting from a page."""

from __future__ import annotations

from sqlmodel import select

from node.store.tables.moderation import Report


async def test_a_member_reports_and_the_moderator_is_told(ada, bo, opens, stranger, beta):
    await ada.founds("bees")
    thread = await ada.writes("bees", "Swarm season")
    comment = await bo.replies(thread, "Buy now")
    assert f"{comment}/report" in (await ada.get(thread)).links
    assert f"{comment}/report" not in (await bo.get(thread)).links
    empty = await bo.submit(f"{thread}/report", {"reason": ""})
    assert (empty.status, "This is needed." in empty.text) == (422, True)
    page = await bo.follow(await bo.submit(f"{thread}/report", {"reason": "Rude"}))
    assert page.status == 200
    again = await bo.submit(f"{thread}/report", {"reason": "Rude"})
    assert "already" in again.text
    assert (await bo.submit("/u/ada/report", {"reason": "A troll"})).status == 303
    cy = await opens().signs_up("cy")
    assert (await cy.submit(f"{comment}/report", {"reason": "Spam"})).status == 303
    assert "Something was reported" in (await ada.get("/notifications")).text
    assert (await stranger.get(f"{thread}/report")).status == 303
    async with beta.node.reading() as session:
        assert [one.reason for one in await session.scalars(select(Report))] == ["Rude", "A troll", "Spam"]
    assert (await cy.get("/c/bees/moderation/reports")).status == 403
    assert (await ada.get("/reports")).status == 403
    place = "/c/bees/moderation/reports"
    page = await ada.get(place)
    assert "Spam" in page.text
    for _ in range(2):
        page = await ada.follow(await ada.submit(place))
    assert "Nothing waits" in page.text
