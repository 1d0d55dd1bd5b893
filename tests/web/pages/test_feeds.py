"""Feeds and calendars: valid, the same for everybody, and with nothing in them that is not for everybody (V69)."""

from __future__ import annotations

from datetime import timedelta
from xml.etree import ElementTree as ET

import icalendar
import pytest

from node.store.queries.syndication import ENTRIES
from node.store.tables.gatherings import Event
from node.store.tables.trimmings import Attachment, PostTag
from tests.support.quay import HOME

ATOM = {"a": "http://www.w3.org/2005/Atom"}


@pytest.fixture
async def ada(quay):
    return await quay.actor("Person", path="/u/ada", username="ada", name="Ada & Co")


@pytest.fixture
async def bees(quay):
    return await quay.group("bees")


async def read(quay, path):
    answer = await quay.browser.get(path)
    assert (answer.status_code, answer.headers["content-type"]) == (
        200,
        "application/atom+xml; charset=utf-8",
    )
    return ET.fromstring(answer.content)


def texts(feed, path):
    return [one.text for one in feed.findall(path, ATOM)]


async def test_a_thread_stands_in_the_feeds_of_its_group_author_tag_and_node(quay, ada, bees):
    post = await quay.post(
        ada, bees, token="t1", title="Swarm <season>", link_url="https://far.example/?a=1&b=2"
    )
    await quay.add(PostTag(post_id=post.id, name="honey"))
    await quay.post(ada, bees, post, token="c1")
    found = {}
    for path in ("/c/bees", "/u/ada", "/tag/honey", ""):
        feed = await read(quay, f"{path}/feed.atom")
        assert texts(feed, "a:id") == [f"{HOME}{path}/feed.atom"]
        assert texts(feed, "a:entry/a:id") == [post.iri]
        links = {one.get("rel"): one.get("href") for one in feed.findall("a:link", ATOM)}
        assert links["self"] == f"{HOME}{path}/feed.atom"
        assert (await quay.browser.get(links["alternate"])).status_code == 200
        found[path] = texts(feed, "a:title")
    assert found == {
        "/c/bees": ["Bees"],
        "/u/ada": ["Ada & Co"],
        "/tag/honey": ["#honey · Quay"],
        "": ["Quay"],
    }


async def test_an_entry_has_what_a_reader_shows(quay, ada, bees):
    post = await quay.post(
        ada,
        bees,
        title="Swarm <season>",
        content="<p>They <em>are</em> out</p><script>alert(1)</script>",
        warning="Stings & venom",
        language="en-GB",
        link_url="https://far.example/?a=1&b=2",
    )
    await quay.add(
        Attachment(
            post_id=post.id,
            position=0,
            kind="image",
            media_type="image/png",
            url="https://far.example/b.png",
            alt="A bee",
        )
    )
    await quay.add(PostTag(post_id=post.id, name="honey"))
    (entry,) = (await read(quay, "/c/bees/feed.atom")).findall("a:entry", ATOM)
    assert entry.get("{http://www.w3.org/XML/1998/namespace}lang") == "en-GB"
    assert texts(entry, "a:title") == ["Swarm <season>"]
    assert (texts(entry, "a:author/a:name"), texts(entry, "a:author/a:uri")) == (
        ["Ada & Co"],
        [f"{HOME}/u/ada"],
    )
    assert texts(entry, "a:published") == texts(entry, "a:updated")
    links = {one.get("rel"): one for one in entry.findall("a:link", ATOM)}
    assert links["alternate"].get("href") == f"{HOME}/post/{post.token}"
    assert links["related"].get("href") == "https://far.example/?a=1&b=2"
    assert (links["enclosure"].get("href"), links["enclosure"].get("title")) == (
        "https://far.example/b.png",
        "A bee",
    )
    assert links["enclosure"].get("type") == "image/png"
    assert [one.get("term") for one in entry.findall("a:category", ATOM)] == ["honey"]
    (content,) = entry.findall("a:content", ATOM)
    assert content.get("type") == "html"
    assert content.text == (
        "<p><strong>⚠ Stings &amp; venom</strong></p><hr><p>They <em>are</em> out</p>"
        '<p><a href="https://far.example/?a=1&amp;b=2">https://far.example/?a=1&amp;b=2</a></p>'
    )


async def test_an_edit_moves_what_was_changed_last(quay, ada, bees):
    await quay.post(ada, bees)
    post = await quay.post(ada, bees)
    await quay.change(post, updated=post.published + timedelta(days=2))
    feed = await read(quay, "/c/bees/feed.atom")
    stamp = (post.published + timedelta(days=2)).strftime("%Y-%m-%dT%H:%M:%SZ")
    assert texts(feed, "a:updated") == [stamp]
    assert texts(feed, "a:entry/a:updated")[0] == stamp


@pytest.mark.parametrize(
    "change",
    [
        {"visibility": "followers"},
        {"visibility": "direct"},
        {"visibility": "members"},
        {"deleted_at": True},
        {"removed_at": True},
    ],
    ids=lambda change: next(iter(change.items()))[0] + str(next(iter(change.values()))),
)
async def test_what_is_not_for_everybody_is_in_no_feed(quay, ada, bees, change):
    seen = await quay.post(ada, bees, title="For all")
    kept = await quay.post(ada, bees, title="Not for all")
    for post in (seen, kept):
        await quay.add(PostTag(post_id=post.id, name="honey"))
    await quay.change(
        kept, **{name: quay.clock.now() if value is True else value for name, value in change.items()}
    )
    for path in ("/c/bees", "/u/ada", "/tag/honey", ""):
        assert texts(await read(quay, f"{path}/feed.atom"), "a:entry/a:title") == ["For all"], path


async def test_a_private_group_has_none_and_says_so(quay, ada):
    await quay.group("hive", private=True)
    for path in ("/c/hive/feed.atom", "/c/hive/calendar.ics"):
        answer = await quay.browser.get(path)
        assert (answer.status_code, "members alone" in answer.text) == (403, True)
    assert "feed.atom" not in (await quay.browser.get("/c/hive")).text


async def test_what_xml_cannot_write_is_left_out_and_spoils_nothing(quay, ada, bees):
    """One such character, and a reader refuses the whole feed."""
    await quay.post(ada, bees, title="A\x01B\x0b\ufffeC \U0001f41d", content="<p>x\x1by</p>")
    feed = await read(quay, "/c/bees/feed.atom")
    assert texts(feed, "a:entry/a:title") == ["ABC \U0001f41d"]


async def test_an_empty_feed_is_one(quay, bees):
    feed = await read(quay, "/c/bees/feed.atom")
    assert (texts(feed, "a:entry"), texts(feed, "a:updated")) == ([], ["1970-01-01T00:00:00Z"])
    assert (await quay.browser.get("/c/wasps/feed.atom")).status_code == 404
    assert (await quay.browser.get("/u/nobody/feed.atom")).status_code == 404


async def test_it_holds_the_newest_and_no_more(quay, ada, bees):
    posts = [await quay.post(ada, bees) for _ in range(ENTRIES + 3)]
    titles = texts(await read(quay, "/c/bees/feed.atom"), "a:entry/a:title")
    assert titles == [post.title for post in reversed(posts)][:ENTRIES]


@pytest.mark.parametrize("path", ["/c/bees/feed.atom", "/feed.atom", "/c/bees/calendar.ics"])
async def test_who_has_it_already_is_told_so_and_anybody_may_keep_it(quay, ada, bees, path):
    post = await quay.post(ada, bees)
    first = await quay.browser.get(path)
    assert first.headers["cache-control"] == "public, max-age=900"
    assert "set-cookie" not in first.headers
    again = await quay.browser.get(path, headers={"if-none-match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    await quay.change(post, title="Changed")
    await quay.add(Event(post_id=post.id, starts_at=quay.clock.now()))
    changed = await quay.browser.get(path, headers={"if-none-match": first.headers["etag"]})
    assert (changed.status_code, b"Changed" in changed.content) == (200, True)


async def test_pages_name_their_feed(quay, ada, bees):
    for page, path in (("/c/bees", "/c/bees"), ("/u/ada", "/u/ada"), ("/tag/honey", "/tag/honey"), ("/", "")):
        text = (await quay.browser.get(page, headers={"accept": "text/html"})).text
        assert '<link rel="alternate" type="application/atom+xml"' in text
        assert text.count(f'href="{path}/feed.atom"') == 2, "for programs, and for people"


async def test_a_calendar_has_the_dates_to_come_and_the_latest(quay, ada, bees):
    now = quay.clock.now()
    for title, days in (("Long ago", -60), ("Lately", -3), ("Soon", 2), ("Later", 90)):
        post = await quay.post(ada, bees, title=title)
        await quay.add(Event(post_id=post.id, starts_at=now + timedelta(days=days), timezone="Europe/Paris"))
    hidden = await quay.post(ada, bees, title="Hidden", visibility="direct")
    await quay.add(Event(post_id=hidden.id, starts_at=now))
    answer = await quay.browser.get("/c/bees/calendar.ics")
    assert answer.headers["content-type"] == "text/calendar; charset=utf-8"
    found = icalendar.Calendar.from_ical(answer.content)
    assert str(found["X-WR-CALNAME"]) == "Bees"
    assert [str(one["SUMMARY"]) for one in found.walk("VEVENT")] == ["Lately", "Soon", "Later"]
    assert len(found.walk("VTIMEZONE")) == 1
