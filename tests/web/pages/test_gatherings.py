"""Polls and events on pages: asked, chosen, planned, joined, decided, and put in a calendar."""

import icalendar
import pytest

from tests.support.dbhash import no_effect

EVENT = {
    "title": "Honey harvest",
    "starts": "2026-12-01T19:00",
    "ends": "2026-12-01T21:00",
    "timezone": "Europe/Paris",
    "place": "Hall",
    "source": "Bring **jars**",
}


@pytest.fixture(autouse=True)
async def _bees(ada):
    await ada.founds("bees")


async def writes(browser, kind, **fields):
    page = await browser.submit(f"/c/bees/write?kind={kind}", fields | {"do": "publish"})
    assert page.status == 303, page.text
    return page.response.headers["location"]


async def test_a_poll_is_asked_chosen_and_shown(ada, bo, stranger):
    path = await writes(ada, "poll", title="Tea or cake?", options="Tea\nCake <b>\n", multiple="")
    assert "Sign in to vote" in (await stranger.get(path)).text
    page = await bo.get(path)
    names = [one["value"] for tag, one in page.elements if tag == "input" and one.get("type") == "radio"]
    assert names == ["0", "1"]
    page = await bo.follow(
        await bo.send(f"{path}/choose", {**page.form(f"{path}/choose").fields, "choice": "1"})
    )
    assert "Cake <b> your choice" in page.text
    assert "1 person voted" in page.text
    assert f"{path}/choose" not in [form.action for form in page.forms], "once"
    again = await bo.send(f"{path}/choose", {"csrf": page.forms[-1].fields["csrf"], "choice": "0"})
    assert again.status == 400
    assert f"{path}/choose" not in [form.action for form in (await ada.get(path)).forms], "not in one's own"


async def test_several_answers_and_what_is_no_answer(ada, bo, beta):
    path = await writes(ada, "poll", title="T", options="a\nb\nc", multiple="yes", lasts="open")
    csrf = (await bo.get(path)).form(f"{path}/choose").fields["csrf"]
    async with no_effect(beta.node.database):
        for fields, status in (({}, 400), ({"choice": "x"}, 400), ({"choice-9": "yes"}, 404)):
            assert (await bo.send(f"{path}/choose", {"csrf": csrf, **fields})).status == status
    page = await bo.send(f"{path}/choose", {"csrf": csrf, "choice-0": "yes", "choice-2": "yes"})
    text = (await bo.follow(page)).text
    assert text.count("your choice") == 2
    assert "1 person voted" in text


@pytest.mark.parametrize(
    ("kind", "fields", "wrong"),
    [
        ("poll", {"title": "T", "options": "one"}, "options-wrong"),
        ("event", EVENT | {"starts": "soon"}, "starts-wrong"),
        ("event", EVENT | {"timezone": "Mars/Olympus"}, "timezone-wrong"),
        ("event", EVENT | {"online_url": "javascript:alert(1)"}, "online_url-wrong"),
        ("event", EVENT | {"capacity": "-1"}, "capacity-wrong"),
        ("event", EVENT | {"ends": "2026-11-01T19:00"}, 'role="alert"'),
        ("event", EVENT | {"join_mode": "external"}, 'role="alert"'),
    ],
)
async def test_what_is_wrong_is_said_and_what_was_typed_is_kept(ada, beta, kind, fields, wrong):
    async with no_effect(beta.node.database):
        page = await ada.submit(f"/c/bees/write?kind={kind}", fields | {"do": "publish"})
    assert page.status == 422
    assert wrong in page.response.text
    assert page.form(f"/c/bees/write?kind={kind}").fields["title"] == fields["title"]


async def test_an_event_in_each_language_and_in_a_calendar(ada, opens, stranger):
    path = await writes(ada, "event", **EVENT, capacity="3")
    text = (await stranger.get(path)).text
    assert "Tuesday, December 1, 2026, 7:00" in text
    assert "Europe/Paris" in text
    assert "Nobody yet, of at most 3" in text
    french = (await opens(**{"accept-language": "fr"}).get(path)).text
    assert "mardi 1er décembre 2026, de 19:00 à 21:00" in french
    answer = await stranger.client.get(f"{path}/event.ics")
    assert answer.headers["content-type"] == "text/calendar; charset=utf-8"
    assert 'filename="Honey-harvest.ics"' in answer.headers["content-disposition"]
    (entry,) = icalendar.Calendar.from_ical(answer.content).walk("VEVENT")
    assert (str(entry["summary"]), str(entry["location"])) == ("Honey harvest", "Hall")
    assert entry.decoded("dtstart").isoformat() == "2026-12-01T19:00:00+01:00"
    thread = await ada.writes("bees", "No event")
    assert (await stranger.get(f"{thread}/event.ics")).status == 404


async def test_asking_to_come_and_being_let_in(ada, bo):
    path = await writes(ada, "event", **EVENT, join_mode="restricted")
    attend = f"{path}/attend"
    await bo.submit(attend, {"do": "join", "message": "With jars"}, on=path)
    assert "has not answered yet" in (await bo.get(path)).text
    page = await ada.get(path)
    assert "With jars" in page.text
    assert "asks to take part" in (await ada.get("/notifications")).text
    (decide,) = [form for form in page.forms if "/attendance/" in form.action]
    await ada.submit(decide.action, {"do": "accept"}, on=path)
    assert "You take part" in (await bo.get(path)).text
    assert (await bo.send(decide.action, {"csrf": (await bo.get(path)).form(attend).fields["csrf"], "do": "decline"})).status == 400  # fmt: skip
    await bo.submit(attend, {"do": "leave"}, on=path)
    assert "Ask to take part" in (await bo.get(path)).text


async def test_inviting_and_calling_off(ada, bo):
    path = await writes(ada, "event", **EVENT, join_mode="invite")
    assert "By invitation only" in (await bo.get(path)).text
    await ada.submit(f"{path}/invite", {"handle": "@bo"}, on=path)
    assert "You are invited" in (await bo.get(path)).text
    await bo.submit(f"{path}/attend", {"do": "accept"}, on=path)
    edit = (await ada.get(f"{path}/edit")).form(f"{path}/edit").fields
    assert (edit["starts"], edit["timezone"]) == ("2026-12-01T19:00", "Europe/Paris")
    page = await ada.send(f"{path}/edit", edit | {"status": "cancelled", "do": "publish"})
    assert page.status == 303, page.text
    assert "does not take place" in (await bo.get(path)).text
    assert "has changed" in (await bo.get("/notifications")).text
