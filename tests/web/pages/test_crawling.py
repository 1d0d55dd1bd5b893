"""What search engines find, are told of a page, and are asked to leave alone."""

from __future__ import annotations

import re
from xml.etree import ElementTree as ET

import pytest

from node.store.queries import sitemap
from node.store.tables.members import Member
from node.web.pages.crawling import LEFT_ALONE, WELCOME
from node.web.routes import routes
from tests.support.browsing import Page
from tests.support.quay import HOME, Quay

SITEMAP = "{http://www.sitemaps.org/schemas/sitemap/0.9}"
OTHERS = "https://far.example"


@pytest.fixture
async def ada(quay):
    return await quay.person("ada", summary="<p>Keeps <em>bees</em>.</p>")


@pytest.fixture
async def bees(quay):
    return await quay.group("bees", summary="<p>All about bees &amp; hedges.</p>")


async def head(quay, path):
    """Return what stands in the head of a page by its name: of meta elements the content, of links the address."""
    page = Page(await quay.browser.get(path, headers={"accept": "text/html"}))
    found = {}
    for tag, one in page.elements:
        if tag == "meta" and "content" in one:
            found[one.get("name") or one.get("property") or ""] = one["content"]
        elif tag == "link":
            found[one["rel"]] = one["href"]
    return found


async def named(quay, path):
    answer = await quay.browser.get(path)
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/xml"), path
    return [one.text for one in ET.fromstring(answer.content).iter(f"{SITEMAP}loc")]


async def everything_named(quay):
    return {one for part in await named(quay, "/sitemap.xml") for one in await named(quay, part)}


async def test_a_thread_says_what_it_is(quay, ada, bees):
    words = "Swarms leave the hive in May. " * 20
    await quay.post(ada, bees, token="t1", title="Swarm <season>", content=f"<p>{words}</p>")
    told = await head(quay, "/post/t1")
    assert told["canonical"] == told["og:url"] == f"{HOME}/post/t1"
    assert "robots" not in told
    assert (told["og:title"], told["og:type"], told["og:site_name"]) == ("Swarm <season>", "article", "Quay")
    assert told["description"] == told["og:description"]
    assert 100 < len(told["description"]) <= 160
    assert words.startswith(told["description"].removesuffix("…"))
    assert "og:image" not in told


async def test_groups_people_and_the_front_page_do_too(quay, ada, bees):
    await quay.post(ada, bees)
    for path, words, kind in (
        ("/c/bees", "All about bees & hedges.", "website"),
        ("/u/ada", "Keeps bees.", "profile"),
        ("/", "", "website"),
        ("/about", "", "website"),
    ):
        told = await head(quay, path)
        assert told["canonical"] == HOME + path
        assert (told["og:type"], "robots" in told) == (kind, False)
        assert told["description"] == words if words else len(told["description"]) > 50


async def test_orders_and_periods_are_one_page_and_what_goes_on_is_none(quay, ada, bees):
    for _ in range(30):
        await quay.post(ada, bees)
    told = await head(quay, "/c/bees?sort=top&period=year")
    assert told["canonical"] == f"{HOME}/c/bees"
    assert told["next"].startswith("/c/bees?sort=top&period=year&after=")
    further = await head(quay, told["next"])
    assert (further["robots"], "canonical" in further) == ("noindex", False)


async def test_what_lives_elsewhere_is_named_at_home(quay, bees):
    far = await quay.actor("Person", path="/u/bob", username="bob", home=OTHERS, indexable=True)
    wasps = await quay.actor(
        "Group", path="/c/wasps", username="wasps", home="https://near.example", handle_verified=True
    )
    await quay.post(far, bees, token="f1", url=f"{OTHERS}/threads/1")
    for path, home in (
        ("/post/f1", f"{OTHERS}/threads/1"),
        (f"/c/wasps@{wasps.host}", wasps.iri),
        ("/u/bob@far.example", far.iri),
    ):
        assert (await head(quay, path))["canonical"] == home


async def test_a_comment_belongs_to_its_thread(quay, ada, bees):
    thread = await quay.post(ada, bees, token="t1", content="<p>A question.</p>")
    await quay.post(ada, bees, thread, token="c1", content="<p>An answer.</p>")
    told = await head(quay, "/comment/c1")
    assert (told["canonical"], told["description"]) == (f"{HOME}/post/t1", "An answer.")


@pytest.mark.parametrize(
    "change",
    [{"visibility": "unlisted"}, {"author": {"indexable": False}}, {"group": {"discoverable": False}}],
    ids=lambda change: next(iter(change)),
)
async def test_who_does_not_agree_is_left_out(quay, ada, bees, change):
    post = await quay.post(ada, bees, token="t1")
    for of, row in (("author", ada), ("group", bees)):
        await quay.change(row, **change.get(of, {}))
    if "visibility" in change:
        await quay.change(post, **change)
    told = await head(quay, "/post/t1")
    assert (told["robots"], "canonical" in told) == ("noindex", False)
    assert f"{HOME}/post/t1" not in await everything_named(quay)


async def test_people_and_groups_who_do_not_agree_are_left_out(quay, ada, bees):
    hive = await quay.group("hive", private=True)
    await quay.change(bees, discoverable=False)
    await quay.change(ada, discoverable=False)
    for path in ("/c/hive", "/c/bees", "/u/ada", f"/u/ada?show=threads&x={hive.id}"):
        assert (await head(quay, path))["robots"] == "noindex", path


async def test_of_who_does_not_agree_no_words_are_shown_in_results(quay, ada, bees):
    shy = await quay.person("shy", indexable=False)
    thread = await quay.post(ada, bees, token="t1", content="<p>Loud.</p>")
    await quay.post(shy, bees, thread, content="<p>Quiet.</p>")
    text = (await quay.browser.get("/post/t1", headers={"accept": "text/html"})).text
    assert re.findall(r"<div class=\"prose\"([^>]*)><p>(\w+)\.", text) == [
        (' dir="auto"', "Loud"),
        (' dir="auto" data-nosnippet', "Quiet"),
    ]


async def test_what_is_behind_a_warning_is_not_told_before_it(quay, ada, bees):
    await quay.post(ada, bees, token="t1", warning="Stings", content="<p>Gore.</p>")
    await quay.post(ada, bees, token="t2", sensitive=True, content="<p>Gore.</p>")
    assert (await head(quay, "/post/t1"))["description"] == "Stings"
    assert "Gore" not in (await head(quay, "/post/t2"))["description"]


async def test_pages_keep_themselves_out_unless_they_say_otherwise(quay):
    for path in ("/sign-in", "/search", "/log", "/language"):
        told = await head(quay, path)
        assert (told["robots"], bool(told["description"])) == ("noindex", True), path
    assert (await head(quay, "/c/nothing"))["robots"] == "noindex"


def left_alone(path: str) -> bool:
    """Tell what RFC 9309 says of an address: the longest rule that matches counts."""
    rules = [(rule, False) for rule in WELCOME] + [(rule, True) for rule in LEFT_ALONE]
    matching = [
        (len(rule), not forbids)
        for rule, forbids in rules
        if re.match(re.escape(rule).replace(r"\*", ".*"), path)
    ]
    return bool(matching) and not max(matching)[1]


async def test_robots_are_asked_to_leave_what_acts_or_goes_on_for_ever(quay):
    text = (await quay.browser.get("/robots.txt")).text
    assert f"Sitemap: {HOME}/sitemap.xml" in text
    assert [line for line in text.splitlines() if line.startswith("Disallow")] == [
        f"Disallow: {rule}" for rule in LEFT_ALONE
    ]
    for path in ("/", "/about", "/groups", "/c/bees", "/u/ada", "/post/x", "/comment/x", "/tag/x",
                 "/static/archipel.css?v=1", "/media/x/shown.webp", "/sitemap.xml"):  # fmt: skip
        assert not left_alone(path), path
    for path in ("/?sort=new", "/c/bees?after=5_7", "/search?q=x", "/c/bees/feed.atom"):
        assert left_alone(path), path
    acting = [one.path for one in routes() if "POST" in (getattr(one, "methods", None) or ())]
    both = {"/media"}  # of which files are read
    assert [one for one in acting if not left_alone(one) and one not in both] == []


async def test_a_node_may_keep_itself_out_of_search_engines(tmp_path):
    quay = await Quay.open(tmp_path, search_engines="closed")
    try:
        assert (await quay.browser.get("/robots.txt")).text == "User-agent: *\nDisallow: /\n"
        for path in ("/sitemap.xml", "/sitemap/places.xml"):
            assert (await quay.browser.get(path)).status_code == 404
        told = await head(quay, "/")
        assert (told["robots"], "canonical" in told) == ("noindex", False)
    finally:
        await quay.close()


async def test_the_list_of_pages_names_what_is_at_home_here(quay, ada, bees):
    await quay.add(Member(actor_id=ada.id, created_at=quay.clock.now()))
    silent = await quay.person("silent")
    await quay.add(Member(actor_id=silent.id, created_at=quay.clock.now()))
    far = await quay.actor("Person", path="/u/bob", username="bob", home=OTHERS, indexable=True)
    await quay.group("hive", private=True)
    thread = await quay.post(ada, bees, token="t1")
    await quay.post(ada, bees, thread, token="c1")
    await quay.post(far, bees, token="f1")
    for token, change in (("d1", "deleted_at"), ("r1", "removed_at")):
        await quay.change(await quay.post(ada, bees, token=token), **{change: quay.clock.now()})
    for visibility in ("followers", "direct", "members"):
        await quay.post(ada, bees, visibility=visibility)
    paths = ("/", "/about", "/c/bees", "/u/ada", "/post/t1")
    assert await everything_named(quay) == {HOME + path for path in paths}
    text = (await quay.browser.get("/sitemap/threads-0.xml")).text
    assert f"<lastmod>{thread.last_active:%Y-%m-%dT%H:%M:%SZ}</lastmod>" in text


async def test_its_parts_follow_row_numbers_and_skip_what_is_not_there(quay, ada, bees):
    for number in (1, 2, sitemap.PART + 3, 40 * sitemap.PART):
        await quay.post(ada, bees, id=number, token=f"t{number}")
    names = await named(quay, "/sitemap.xml")
    assert [one.rsplit("/", 1)[1] for one in names] == [
        "places.xml", "threads-0.xml", "threads-1.xml", "threads-40.xml",
    ]  # fmt: skip
    assert await named(quay, names[2]) == [f"{HOME}/post/t{sitemap.PART + 3}"]


async def test_who_has_a_part_already_is_told_so(quay, ada, bees):
    await quay.post(ada, bees)
    for path in ("/sitemap.xml", "/sitemap/threads-0.xml", "/sitemap/places.xml", "/robots.txt"):
        first = await quay.browser.get(path)
        assert first.headers["cache-control"] == "public, max-age=3600"
        again = await quay.browser.get(path, headers={"if-none-match": first.headers["etag"]})
        assert (again.status_code, again.content) == (304, b""), path
    for path in ("/sitemap/none.xml", "/sitemap/threads-01.xml", "/sitemap/threads-.xml"):
        assert (await quay.browser.get(path)).status_code == 404, path
