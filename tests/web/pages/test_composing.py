"""What a form of words asks while somebody writes, and what a thread's page shows of its link."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from node.inbox import tasks
from node.local.attempts import Limit
from node.store.tables.links import LinkCard
from tests.support.dbhash import no_effect
from tests.support.fakeremote import FakeRemote

PAGE = b"""<html><head><title>plain</title><meta property="og:title" content="Swarms &amp; wax">
<meta property="og:description" content="How bees <b>move</b>."><meta property="og:site_name" content="The Hive">
<meta property="og:image" content="/bee.png"></head><body>Hello</body></html>"""
LINK = "https://paper.example/swarms"


@pytest.fixture
def paper(sea):
    """A newspaper elsewhere."""
    remote = FakeRemote()
    remote.on("/swarms", PAGE, headers={"content-type": "text/html; charset=utf-8"})
    sea.chart.apps["paper.example"] = remote
    return remote


async def token_of(browser):
    return (await browser.get("/settings")).form("/settings/language").fields["csrf"]


async def test_a_link_is_looked_at_and_gives_a_thread_its_title(ada, beta, paper):
    await ada.founds("bees")
    page = await ada.submit("/c/bees/write", {"link_url": LINK, "source": "word1", "do": "look"})
    assert page.status == 200
    fields = page.form("/c/bees/write").fields
    assert (fields["title"], fields["link_url"], fields["source"]) == ("Swarms & wax", LINK, "word1")
    assert "How bees <b>move</b>." in page.text
    page = await ada.send("/c/bees/write", fields | {"title": "Mine", "do": "look"})
    assert page.form("/c/bees/write").fields["title"] == "Mine"


async def test_a_link_that_leads_nowhere_is_told_beside_its_field(ada, beta, paper):
    await ada.founds("bees")
    for link in (
        "",
        "nonsense",
        "https://paper.example/gone",
        "https://away.example/",
        "https://beta.example/",
    ):
        page = await ada.submit("/c/bees/write", {"title": "T", "link_url": link, "do": "look"})
        assert page.status == 422
        assert 'id="link_url-wrong"' in page.response.text
        assert page.form("/c/bees/write").fields["title"] == "T"


async def test_a_script_is_told_what_is_at_a_link(ada, beta, paper):
    answer = await ada.send("/compose/look", {"csrf": await token_of(ada), "link_url": LINK})
    assert answer.response.json() == {
        "address": LINK,
        "host": "paper.example",
        "title": "Swarms & wax",
        "words": "How bees <b>move</b>.",
        "site": "The Hive",
    }
    answer = await ada.send(
        "/compose/look", {"csrf": await token_of(ada), "link_url": "https://away.example/"}
    )
    assert answer.status >= 400
    assert answer.response.json()["error"]


async def test_looking_has_an_end_and_is_for_members(ada, stranger, beta, paper, monkeypatch):
    monkeypatch.setattr("node.local.attempts.PAGES", Limit(1, timedelta(minutes=10), "Enough."))
    token = await token_of(ada)
    statuses = [(await ada.send("/compose/look", {"csrf": token, "link_url": LINK})).status for _ in range(2)]
    assert statuses == [200, 429]
    assert (await stranger.send("/compose/look", {"csrf": "x", "link_url": LINK})).status == 403


async def test_the_page_of_a_thread_shows_what_is_at_its_link(ada, bo, beta, paper):
    await ada.founds("bees")
    thread = await ada.writes("bees", "Look", link_url=LINK)
    assert "How bees" not in (await bo.get(thread)).text
    while await tasks.work_due(beta.node):
        pass
    page = await bo.get(thread)
    assert "The Hive" in page.text
    assert "Swarms & wax" in page.text
    assert "How bees <b>move</b>." in page.text
    pictures = [
        one["src"] for tag, one in page.elements if tag == "img" and "/media/far/l" in one.get("src", "")
    ]
    assert len(pictures) == 1
    await ada.submit(f"{thread}/edit", {"link_url": "https://paper.example/other", "do": "publish"})
    assert "How bees" not in (await bo.get(thread)).text, "it is about another page now"
    await ada.submit(f"{thread}/delete")
    async with beta.node.reading() as session:
        assert [one.title for one in await session.scalars(select(LinkCard))] in ([], ["Swarms & wax"])
    assert (await bo.get(pictures[0])).status == 404


async def test_a_film_is_asked_for_only_when_somebody_plays_it(ada, bo, beta, sea):
    await ada.founds("bees")
    thread = await ada.writes("bees", "Film", link_url="https://youtu.be/dQw4w9WgXcQ")
    page = await bo.get(thread)
    assert f"{thread}/film" in page.links
    assert not [one for tag, one in page.elements if tag == "iframe"]
    assert "frame-src https://www.youtube-nocookie.com" in page.response.headers["content-security-policy"]
    page = await bo.get(f"{thread}/film")
    (frame,) = [one for tag, one in page.elements if tag == "iframe"]
    assert frame["src"] == "https://www.youtube-nocookie.com/embed/dQw4w9WgXcQ"
    plain = await ada.writes("bees", "Plain", link_url="https://example.org/")
    assert "frame-src" not in (await bo.get(plain)).response.headers["content-security-policy"]
    assert (await bo.get(f"{plain}/film")).status == 404


async def test_a_preview_is_cleaned_and_changes_nothing(ada, beta):
    token = await token_of(ada)
    async with no_effect(beta.node.database):
        answer = await ada.send("/compose/preview", {"csrf": token, "source": "**so** <script>x</script>"})
    html = answer.response.json()["html"]
    assert "<strong>so</strong>" in html
    assert "<script" not in html


async def test_names_are_completed_for_members(ada, bo, stranger, beta):
    await ada.founds("bees")
    async with no_effect(beta.node.database):
        found = (await ada.get("/compose/complete?q=@b")).response.json()["found"]
        assert [one["text"] for one in found] == ["@bo@beta.example"]
        found = (await ada.get("/compose/complete?q=!be")).response.json()["found"]
        assert [one["text"] for one in found] == ["!bees@beta.example"]
        assert (await ada.get("/compose/complete?q=!be@alpha")).response.json() == {"found": []}
        found = (await ada.get("/compose/complete?q=:honeyb")).response.json()["found"]
        assert found[0]["text"] == "🐝"
        for nothing in ("", "@", "x", ":", "@%25", "@_"):
            assert (await ada.get(f"/compose/complete?q={nothing}")).response.json() == {"found": []}
    assert (await stranger.get("/compose/complete?q=@b")).status == 303


async def test_the_language_last_written_in_is_offered(ada, beta):
    await ada.founds("bees")
    assert (await ada.get("/c/bees/write")).form("/c/bees/write").fields["language"] == "en"
    await ada.writes("bees", "Essaim", language="fr")
    assert (await ada.get("/c/bees/write")).form("/c/bees/write").fields["language"] == "fr"
