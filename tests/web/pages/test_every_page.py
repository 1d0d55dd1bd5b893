"""What holds for every page and every form, new ones included: asked of each route that the node has."""

import re

import pytest
from sqlalchemy import select, update

from node.errors import Unavailable
from node.local import passes
from node.store.tables.actors import Actor
from node.store.tables.members import Member
from node.store.tables.posts import Post
from tests.support.browsing import PASSWORD, Browser, Page
from tests.support.counting import asked
from tests.support.dbhash import dbhash, no_effect
from tests.support.walker import Walker

PAYLOADS = [
    "<script>alert(1)</script>",
    "</title><script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "' autofocus onfocus='alert(1)",
    "{{ 7*7 }}${7*7}",
    "<svg/onload=alert(1)>",
    "javascript:alert(1)",
    "[x](javascript:alert(1))",
    "[x](java&#x0A;script:alert(1))",
    "<a href='data:text/html,x'>x</a>",
    "![x](https://evil.example/x.png)",
    '<form action="https://evil.example"><input name=csrf autofocus></form>',
    '<p style="position:fixed" id="csrf" class="x">x</p>',
    "</textarea><script>alert(1)</script>",
    "%(n)s %s %d %",
    "<iframe src=//evil.example></iframe><meta http-equiv=refresh content=0>",
]
INERT = frozenset({"script", "iframe", "object", "embed", "style", "img", "base", "math", "video", "audio"})


@pytest.fixture
async def village(ada, bo, beta):
    """A node with something at every address."""
    await ada.founds("bees", summary="About *bees*.")
    thread = await ada.writes("bees", "Swarm season", source="word0")
    comment = await bo.replies(thread, "word1")
    async with beta.node.transaction() as tx:
        secret = await passes.issue(tx, passes.ADMINISTRATOR)
    return Walker(
        beta.app,
        name=["ada", "bees"],
        token=[thread.rsplit("/", 1)[-1], comment.rsplit("/", 1)[-1]],
        secret=[secret],
    )


def is_page(visit):
    return not re.match(r"/(\.well-known|nodeinfo|inbox|[uc]/{name}/inbox)", visit.route)


async def test_no_form_is_taken_without_its_token(village, ada, stranger, beta):
    tried = 0
    async with no_effect(beta.node.database):
        for visit in village.unsafe():
            if not is_page(visit):
                continue
            for browser in (ada, stranger):
                for token in ({}, {"csrf": ""}, {"csrf": "x" * 43}):
                    page = await browser.send(
                        visit.path, {"name": "x", "follow": "yes", "vote": "up", **token}
                    )
                    assert page.status == 403, visit
                    tried += 1
    assert tried > 60


async def test_no_token_is_good_for_another_browser(village, ada, bo, stranger, beta):
    token = (await ada.get("/settings")).forms[-1].fields["csrf"]
    before = (await stranger.get("/sign-in")).form("/sign-in").fields["csrf"]
    async with no_effect(beta.node.database):
        for browser, foreign in ((bo, token), (bo, before), (stranger, token)):
            page = await browser.send("/sign-out", {"csrf": foreign})
            assert page.status == 403
    await stranger.signs_in("ada")
    assert (await stranger.send("/sign-out", {"csrf": before})).status == 403


@pytest.mark.parametrize(
    "headers",
    [
        {"origin": "https://evil.example"},
        {"origin": "null"},
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site"},
        {"origin": "https://beta.example.evil.example"},
        {"origin": "http://beta.example"},
    ],
)
async def test_no_form_is_taken_from_another_site(village, ada, beta, headers):
    fields = (await ada.get("/settings/profile")).form("/settings/profile").fields
    async with no_effect(beta.node.database):
        assert (await ada.send("/settings/profile", fields, **headers)).status == 403
    for origin in ("https://beta.example", "null"):  # "null": from a page that sends no referrer
        same = {"origin": origin, "sec-fetch-site": "same-origin"}
        assert (await ada.send("/settings/profile", fields, **same)).status == 303


async def test_looking_changes_nothing(village, ada, stranger, beta):
    """But for what a member wants noted of their reading."""
    await ada.submit("/settings/reading", {"view": "tree", "marks": ""})
    before = await dbhash(beta.node.database)
    for visit in village.visits("GET", "HEAD"):
        for browser in (ada, stranger):
            response = await browser.client.request(visit.method, visit.path)
            assert response.status_code < 500, visit
    assert await dbhash(beta.node.database) == before


async def test_every_page_is_well_made_and_kept_from_others(village, ada, stranger):
    seen = 0
    for visit in village.visits("GET"):
        for browser in (ada, stranger):
            page = Page(await browser.client.get(visit.path))
            response = page.response
            if not response.headers.get("content-type", "").startswith("text/html"):
                continue
            seen += 1
            assert page.unbalanced == [], visit
            headings = [tag for tag, _ in page.elements if tag == "h1"]
            assert len(headings) == 1 or visit.route == "/", (visit, headings)
            ids = [one["id"] for _, one in page.elements if "id" in one]
            assert len(ids) == len(set(ids)), (visit, ids)
            assert not [one for tag, one in page.elements if tag == "style" or "style" in one], visit
            scripts = [one for tag, one in page.elements if tag == "script"]
            assert all(one["src"].startswith("/static/") for one in scripts), visit
            policy = response.headers["content-security-policy"]
            assert "default-src 'none'" in policy
            assert "unsafe" not in policy
            if browser is ada or "set-cookie" in response.headers:
                assert response.headers["cache-control"] == "no-store", visit
    assert seen > 40


async def test_every_page_speaks_french(village, opens, ada):
    browser = opens(**{"accept-language": "fr"})
    await ada.submit("/settings/language", {"language": "fr"}, on="/settings")
    for visit in village.visits("GET"):
        for one in (browser, ada):
            page = Page(await one.client.get(visit.path))
            if page.response.headers.get("content-type", "").startswith("text/html"):
                assert page.elements[0] == ("html", {"lang": "fr"}), visit
                assert "Sign in" not in page.text


@pytest.mark.parametrize("payload", PAYLOADS)
async def test_markup_is_inert_wherever_people_write(ada, bo, stranger, beta, payload):
    await ada.founds("bees", title=f"T {payload}"[:100], summary=payload)
    await ada.submit("/settings/profile", {"name": payload[:100], "summary": payload})
    thread = await ada.writes("bees", f"T {payload}", source=payload)
    comment = await bo.replies(thread, f"so {payload}")
    await bo.replies(thread, "@ada@beta.example")
    async with beta.node.transaction() as tx:
        for post in await tx.session.scalars(select(Post)):
            post.content += payload  # even past the cleaning at the door
            post.link_url = payload
            post.image_url = payload
        for actor in await tx.session.scalars(select(Actor).where(Actor.kind == "Group")):
            actor.summary += payload
    paths = ["/", "/?view=node", "/c/bees", thread, comment, "/u/ada", "/explore", "/notifications"]
    paths += [
        "/settings/profile",
        f"{thread}/edit",
        f"{comment}/reply",
        f"{thread}/delete",
        "/about",
        "/continue?intent=follow&object=/c/bees",
        "/continue?intent=follow&object=/u/ada",
        "/settings/data",
        "/saved",
        "/u/ada?show=following",
    ]
    for path in paths:
        inert(await ada.get(path), path)
    for path in ("/search", "/sign-in"):
        page = Page(
            await stranger.client.get(path, params={"q": payload, "handle": payload, "next": payload})
        )
        inert(page, path)
    page = await ada.submit("/c/bees/write", {"title": payload, "source": payload, "do": "preview"})
    inert(page, "preview")
    assert page.form("/c/bees/write").fields["source"] == payload


def inert(page, path):
    assert page.status == 200, (path, page.status)
    for tag, attributes in page.elements:
        assert tag not in INERT or attributes.get("src", "").startswith(("/static/", "/media/")), (path, tag)
        for name, value in attributes.items():
            assert not name.startswith("on"), (path, tag, name)
            assert name not in {"style", "srcdoc", "formaction"}, (path, tag, name)
            if name in {"href", "action", "src"}:
                assert value.startswith(("/", "#", "https://", "http://", "mailto:")), (path, value)
                assert not value.startswith("//"), (path, value)
    assert all(form.action.startswith("/") for form in page.forms), path


async def test_a_secret_word_is_on_no_page_of_an_outsider(village, ada, bo, beta, stranger):
    for path in (await ada.writes("bees", "zebrafish title", source="zebrafish words"),):
        await ada.replies(path, "zebrafish comment")
    async with beta.node.transaction() as tx:
        for post in await tx.session.scalars(select(Post).where(Post.content.like("%zebrafish%"))):
            post.visibility = "followers"
            village.values["token"].append(post.token)
    for visit in village.visits("GET"):
        for browser in (bo, stranger):
            for accept in ("text/html", "application/activity+json", "*/*"):
                response = await browser.client.get(visit.path, headers={"accept": accept})
                assert "zebrafish" not in response.text, (visit, accept)
    for path in ("/search?q=zebrafish", "/?view=node&sort=new", "/c/bees?sort=new", "/u/ada"):
        assert not re.search("zebrafish (title|words|comment)", (await bo.get(path)).text)


class TestErrors:
    async def test_each_says_what_happened_and_what_to_do(self, ada, stranger, beta):
        await ada.founds("bees")
        path = await ada.writes("bees", "T")
        await ada.submit(f"{path}/delete")
        for page, status in (
            (await stranger.get("/nowhere"), 404),
            (await stranger.get("/c/none"), 404),
            (await ada.get(f"{path}/edit"), 410),
            (await stranger.get("/c/bees?sort=x"), 400),
            (Page(await stranger.client.delete("/about")), 405),
            (await stranger.send("/sign-in", {"name": "ada"}), 403),
        ):
            assert page.status == status
            assert page.response.headers["cache-control"] == "no-store"
            assert f"{status} " in page.text
            assert "/" in page.links

    async def test_a_member_is_still_one_on_an_error_page(self, ada):
        assert "/u/ada" in (await ada.get("/nowhere")).links

    async def test_a_mistake_of_ours_says_nothing_of_itself(self, beta, monkeypatch):
        async def broken(*_: object, **__: object) -> None:
            raise RuntimeError("the password is swordfish")

        monkeypatch.setattr("node.web.pages.exploring.directory", broken)
        browser = Browser(beta.app, "https://beta.example")
        browser.client._transport.raise_app_exceptions = False
        async with browser:
            page = await browser.get("/explore")
        assert page.status == 500
        assert "swordfish" not in page.response.text

    async def test_a_database_that_is_away(self, stranger, monkeypatch, beta):
        async def away(*_: object, **__: object) -> None:
            raise Unavailable("Not now.", retry_after=7)

        monkeypatch.setattr("node.web.pages.exploring.directory", away)
        monkeypatch.setattr("node.web.session._account", away)
        page = await stranger.get("/explore")
        assert page.status == 503
        assert page.response.headers["retry-after"] == "7"

    @pytest.mark.parametrize(
        ("body", "kind", "status"),
        [
            (b"name=a&name=b", "application/x-www-form-urlencoded", 400),
            (b"name=%ff", "application/x-www-form-urlencoded", 400),
            (b"name=\xff", "application/x-www-form-urlencoded", 400),
            (b"name=%00", "application/x-www-form-urlencoded", 400),
            (b"&".join(b"f%d=1" % number for number in range(40)), "application/x-www-form-urlencoded", 400),
            (b"name=" + b"x" * 1_100_000, "application/x-www-form-urlencoded", 413),
            (b"{}", "application/json", 415),
            (b"--x\r\n\r\n--x--", "multipart/form-data; boundary=x", 415),
            (b"", "", 415),
        ],
    )
    async def test_a_form_that_is_none(self, stranger, beta, body, kind, status):
        async with no_effect(beta.node.database):
            response = await stranger.client.post("/sign-in", content=body, headers={"content-type": kind})
        assert response.status_code == status


async def test_many_requests_with_a_stale_cookie_are_a_strangers(stranger):
    stranger.client.cookies.set("__Host-sid", "made-up", domain="beta.example")
    page = await stranger.get("/")
    assert "Sign in" in page.text
    page = await stranger.submit("/sign-up", {"name": "ada", "password": PASSWORD})
    assert page.status == 303


async def test_a_longer_list_asks_the_database_no_more_than_a_short_one(ada, opens, beta):
    """Each list is read with a fixed number of statements, however long it is."""
    await ada.founds("bees")
    async with beta.node.transaction() as tx:
        await tx.session.execute(update(Member).values(role="administrator"))
    first = ""

    async def more(names: str) -> str:
        """Let newcomers do all that ends up in some list of ada's."""
        nonlocal first
        for name in names.split():
            one = await opens().signs_up(name)
            await one.founds(f"hive_{name}")
            await one.submit("/c/bees/follow", {"follow": "yes"}, on="/c/bees")
            await ada.submit(f"/c/hive_{name}/follow", {"follow": "yes"}, on=f"/c/hive_{name}")
            thread = await one.writes(
                "bees", f"Thread by {name}", source="@ada@beta.example #honey", link_url="https://x.example/"
            )
            first = first or thread
            comment = await one.replies(first, f"word by {name}")
            await ada.replies(thread, "mine")
            await ada.writes("bees", f"To {name}", source="mine")
            await one.submit("/messages/new", {"to": "@ada@beta.example", "source": "hello"})
            await one.submit(f"{first}/report", {"reason": "x"}) if thread != first else None
            await ada.submit(f"{comment}/report", {"reason": "x"})
            await ada.submit(f"{comment}/moderate", {"do": "lock"}, on=first)
            await ada.submit("/c/bees/moderators", {"who": name, "do": "appoint"}, on="/c/bees/moderation")
            await ada.submit(f"{thread}/warn", {"reason": "x"})
            ban = {"who": name, "reason": "x", "lasts": "1"}
            for place in ("/bans", f"/c/hive_{name}/moderation/bans"):
                await ada.submit(place, ban)
            await ada.submit("/settings/blocks", {"who": name, "do": "block"})
            await ada.submit("/settings/muting", {"kind": "words", "what": f"zzz {name}"})
        return first

    async def counted(paths: list[str]) -> dict[str, int]:
        found = {}
        for path in paths:
            with asked(beta.node.database) as statements:
                assert (await ada.get(path)).status == 200, path
            found[path] = statements.count
        return found

    thread = await more("bo cy")
    paths = [
        "/",
        "/?view=node",
        "/explore",
        "/c/bees",
        thread,
        "/u/ada",
        "/notifications",
        "/messages",
        "/search?q=thread",
    ]
    paths += [
        "/tag/honey",
        "/reports",
        "/bans",
        "/log",
        "/c/bees/log",
        "/c/bees/moderation",
        "/c/bees/moderation/reports",
    ]
    paths += [
        "/c/bees/moderation/bans",
        "/c/bees/requests",
        "/settings/blocks",
        "/settings/muting",
        "/settings/standing",
        "/c/bees/siblings",
    ]
    short = await counted(paths)
    await more("dora eve")
    longer = await counted(paths)
    assert {path: (short[path], count) for path, count in longer.items() if count > short[path]} == {}
