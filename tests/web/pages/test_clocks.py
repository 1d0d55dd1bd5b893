"""Moments on pages: by the member's own clock, and by UTC, which then is named, for whoever has not said theirs."""

import pytest

EVENT = {
    "starts": "2026-12-01T19:00",
    "ends": "2026-12-01T21:00",
    "timezone": "Europe/Paris",
    "place": "Hall",
}


@pytest.fixture(name="pages")
async def _pages(ada, bo):
    await ada.founds("bees")
    paths = ["/", "/c/bees", "/c/bees/moderation", "/c/bees/log", "/notifications", "/messages", "/drafts", "/settings/sessions"]  # fmt: skip
    for kind, fields in (("poll", {"options": "a\nb"}), ("event", EVENT)):
        page = await ada.submit(f"/c/bees/write?kind={kind}", {"title": kind, "do": "publish"} | fields)
        paths.append(page.response.headers["location"])
    await bo.submit(f"{paths[-1]}/reply", {"source": "Mine", "do": "publish"}, on=paths[-1])
    await ada.submit("/c/bees/write", {"title": "Later", "source": "x", "publish_at": "2026-12-24T10:00", "do": "plan"})  # fmt: skip
    return paths


async def test_a_member_with_a_zone_is_told_nothing_in_utc(ada, pages, stranger):
    told = [path for path in pages if " UTC" in (await ada.get(path)).response.text]
    assert set(pages[-2:]) <= set(told)
    await ada.submit("/settings/zone", {"zone": "America/Lima"}, on="/settings")
    assert [path for path in pages if " UTC" in (await ada.get(path)).response.text] == []
    assert " UTC" in (await stranger.get(pages[-1])).response.text


async def test_an_event_is_told_by_its_own_clock_and_by_the_readers(ada, pages):
    path = pages[-1]
    assert "By your clock" not in (await ada.get(path)).text
    await ada.submit("/settings/zone", {"zone": "Europe/Paris"}, on="/settings")
    assert "By your clock" not in (await ada.get(path)).text, "the same hour"
    await ada.submit("/settings/zone", {"zone": "America/Lima"}, on="/settings")
    await ada.submit("/settings/language", {"language": "fr"}, on="/settings")
    text = (await ada.get(path)).text
    assert "mardi 1er décembre 2026, de 19:00 à 21:00 Europe/Paris" in text
    assert "À votre heure : mardi 1er décembre 2026, de 13:00 à 15:00" in text
