"""Muting from pages: the list in the settings, the buttons, and what is folded in threads."""

import io
import json
import zipfile

import pytest
from sqlmodel import select

from node.store.tables.log import LogEntry
from node.store.tables.mutes import Mute
from tests.support.browsing import PASSWORD


async def kept(beta):
    async with beta.node.reading() as session:
        return [
            (one.kind, one.text or one.key, one.expires_at) for one in await session.scalars(select(Mute))
        ]


async def test_words_are_muted_in_the_settings_and_come_back(ada, bo):
    await bo.founds("bees")
    thread = await bo.writes("bees", "Élections: the count")
    page = await ada.get("/settings/muting")
    assert "You have muted nothing." in page.text
    page = await ada.submit("/settings/muting", {"kind": "words", "what": "elections", "lasts": "week"})
    assert page.status == 303
    page = await ada.get("/settings/muting")
    assert "elections" in page.text
    assert "until" in page.text
    assert thread not in (await ada.get("/?view=node")).links
    assert thread not in (await ada.get("/search?q=count")).links
    assert (await ada.get(thread)).status == 200
    assert thread in (await bo.get("/?view=node")).links, "nobody else's business"
    await ada.submit("/settings/muting/end", on="/settings/muting")
    assert thread in (await ada.get("/?view=node")).links


@pytest.mark.parametrize(
    ("kind", "what", "said"),
    [
        ("words", "!?", "letters and digits are compared"),
        ("words", "x" * 101, "letters and digits are compared"),
        ("words", "", "This is needed."),
        ("person", "@nobody@beta.example", "Nobody was found"),
        ("person", "@ada", "Nobody mutes themselves."),
        ("group", "!nothing@beta.example", "No group was found"),
        ("group", "https://beta.example/u/bo", "No group was found"),
        ("server", "not a host", "This is no server."),
        ("server", "beta.example", "the server that you are on"),
    ],
)
async def test_what_cannot_be_muted_is_said_and_nothing_typed_is_lost(ada, bo, beta, kind, what, said):
    page = await ada.submit("/settings/muting", {"kind": kind, "what": what, "lasts": "day"})
    assert (page.status, said in page.text) == (422, True), page.text
    form = page.form("/settings/muting").fields
    assert (form["what"], form["kind"], form["lasts"]) == (what, kind, "day")
    assert await kept(beta) == []


async def test_a_server_is_muted_however_it_is_written(ada, beta):
    for what in ("Far.Example", "@far.example", "https://far.example/c/bees"):
        await ada.submit("/settings/muting", {"kind": "server", "what": what})
    assert await kept(beta) == [("server", "far.example", None)]


async def test_there_is_room_for_so_much(ada, beta, monkeypatch):
    monkeypatch.setattr("node.local.muting.MOST", 2)
    statuses = [
        (await ada.submit("/settings/muting", {"kind": "words", "what": what})).status
        for what in ("one", "two", "three", "two")
    ]
    assert statuses == [303, 303, 422, 303]


async def test_a_person_is_muted_on_their_page_and_folded_in_threads(ada, bo, opens, beta):
    cy = await opens().signs_up("cy")
    await cy.founds("bees")
    thread = await cy.writes("bees", "Swarm season")
    comment = await bo.replies(thread, "what bo says")
    await cy.replies(comment, "what cy answers @ada@beta.example")
    page = await ada.follow(
        await ada.submit("/settings/muting", {"kind": "person", "lasts": "day"}, on="/u/bo")
    )
    assert page.response.url.path == "/u/bo", "back where it was done"
    assert "You have muted this account" in page.text
    page = await ada.get(thread)
    assert "Muted: by somebody you muted" in page.text
    assert "what cy answers" in page.text, "the tree stays whole"
    assert "Muted" not in (await ada.get(comment)).text.split("what bo says")[0], "looked at alone, as any"
    assert "Muted" not in (await bo.get(thread)).text
    [(kind, _, until)] = await kept(beta)
    assert (kind, until is not None) == ("person", True)
    await ada.submit("/settings/muting/end", on="/u/bo")
    assert "Muted" not in (await ada.get(thread)).text


async def test_moderators_read_what_they_muted(ada, bo):
    await ada.founds("bees")
    thread = await ada.writes("bees", "Swarm season")
    await bo.replies(thread, "what bo says")
    await ada.submit("/settings/muting", {"kind": "person"}, on="/u/bo")
    assert "Muted" not in (await ada.get(thread)).text


async def test_a_group_is_muted_on_its_page(ada, bo):
    await bo.founds("bees")
    thread = await bo.writes("bees", "Swarm season")
    await ada.submit("/c/bees/follow", {"follow": "yes"}, on="/c/bees")
    await ada.submit("/settings/muting", {"kind": "group"}, on="/c/bees")
    assert thread not in (await ada.get("/")).links
    page = await ada.get("/c/bees")
    assert "You have muted this group" in page.text
    assert thread in page.links


async def test_notifications_of_what_is_muted_are_neither_told_nor_counted(ada, bo):
    await ada.founds("bees")
    thread = await ada.writes("bees", "Swarm season")
    await bo.replies(thread, "the election is on")
    assert "the election is on" in (await ada.get("/notifications")).text
    await ada.submit("/settings/muting", {"kind": "words", "what": "election"})
    page = await ada.get("/notifications")
    assert "the election is on" not in page.text
    assert "1 new" not in page.text


async def test_mutes_are_told_to_nobody_and_taken_along(ada, bo, beta):
    await bo.founds("bees")
    async with beta.node.reading() as session:
        before = len((await session.scalars(select(LogEntry))).all())
    for kind, what in (("words", "election"), ("person", "@bo"), ("group", "!bees"), ("server", "x.example")):
        assert (await ada.submit("/settings/muting", {"kind": kind, "what": what})).status == 303
    async with beta.node.reading() as session:
        assert len((await session.scalars(select(LogEntry))).all()) == before
    assert "election" not in (await bo.get("/settings/muting")).text
    page = await ada.submit("/settings/data", {"present": PASSWORD})
    with zipfile.ZipFile(io.BytesIO(page.response.content)) as archive:
        muted = json.loads(archive.read("muted.json"))
    assert [(one["kind"], one["what"]) for one in muted] == [
        ("words", "election"),
        ("person", "https://beta.example/u/bo"),
        ("group", "https://beta.example/c/bees"),
        ("server", "x.example"),
    ]


async def test_nobody_ends_anothers_mute(ada, bo, beta, stranger):
    await ada.submit("/settings/muting", {"kind": "words", "what": "election"})
    await bo.submit("/settings/muting", {"kind": "words", "what": "weather"})
    page = await bo.get("/settings/muting")
    csrf = page.form("/settings/muting/end").fields["csrf"]
    async with beta.node.reading() as session:
        hers = (await session.scalars(select(Mute).where(Mute.text == "election"))).one().id
    await bo.send("/settings/muting/end", {"csrf": csrf, "number": str(hers)})
    assert {text for _, text, _ in await kept(beta)} == {"election", "weather"}
    assert (await stranger.get("/settings/muting")).response.headers["location"].startswith("/sign-in")
