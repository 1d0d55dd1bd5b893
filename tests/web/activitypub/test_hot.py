"""Documents kept in memory: as quick as that, as true as the database, and never a word for the wrong reader."""

from __future__ import annotations

import asyncio

import httpx
import pytest
from starlette.applications import Starlette

from node.settings import MIB
from node.store.database import Database
from node.store.tables.gatherings import Event, Poll, PollOption
from node.store.tables.posts import Post
from node.store.tables.trimmings import Attachment, Emoji, Permission
from node.web.activitypub.hot import Answer, Hot, Shelf
from node.web.errors import exception_handlers
from node.web.headers import middleware
from node.web.routes import routes
from tests.support.archipelago import CountingIds
from tests.support.counting import asked
from tests.support.quay import HOME, HOST, Quay
from tests.support.walker import Walker

LD = 'application/ld+json; profile="https://www.w3.org/ns/activitystreams"'


@pytest.fixture
async def quay(tmp_path):
    opened = await Quay.open(tmp_path)
    layer_of(opened)  # as the first event of a server does
    async with opened.node.listening():
        yield opened
    await opened.close()


@pytest.fixture
async def alice(quay):
    return await quay.person("alice")


@pytest.fixture
async def bees(quay):
    return await quay.group("bees")


@pytest.fixture
async def thread(quay, alice, bees):
    return await quay.post(alice, bees, token="t1", title="Swarm season")


def layer_of(quay: Quay) -> Hot:
    if quay.app.middleware_stack is None:
        quay.app.middleware_stack = quay.app.build_middleware_stack()
    layer = quay.app.middleware_stack
    while not isinstance(layer, Hot):
        layer = layer.app
    return layer


def shelf_of(quay: Quay) -> Shelf:
    return layer_of(quay).shelf


def counted(quay: Quay, result: str) -> float:
    return quay.node.metrics.registry.get_sample_value(
        "archipel_cache_lookups_total", {"cache": "documents", "result": result}
    )


def bare(quay: Quay) -> httpx.AsyncClient:
    """The same node without memory."""
    app = Starlette(
        routes=routes(), middleware=middleware(quay.node), exception_handlers=dict(exception_handlers())
    )
    app.state.node = quay.node
    return httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url=HOME)


async def is_asked(quay: Quay, path: str, **headers: str) -> tuple[httpx.Response, int]:
    """Ask, and count the statements that this costs."""
    with asked(quay.node.database) as statements:
        answer = await quay.get(path, **headers)
    return answer, statements.count


async def test_the_second_who_asks_costs_the_database_nothing(quay, thread):
    first, cost = await is_asked(quay, "/post/t1")
    assert (first.status_code, cost > 0) == (200, True)
    second, cost = await is_asked(quay, "/post/t1")
    assert cost == 0
    assert second.content == first.content
    assert second.headers == first.headers
    assert (counted(quay, "miss"), counted(quay, "hit")) == (1, 1)
    assert shelf_of(quay).most == 16 * MIB


async def test_a_hit_is_counted_like_any_answer(quay, thread):
    for _ in range(3):
        await quay.get("/post/t1")
    await quay.get("/post/t1", **{"if-none-match": "*"})
    value = quay.node.metrics.registry.get_sample_value
    assert value("archipel_request_seconds_count", {"route": "/post/{token}", "kind": "activity"}) == 4
    assert value("archipel_answers_total", {"status": "2xx"}) == 3
    assert value("archipel_answers_total", {"status": "3xx"}) == 1


async def test_who_has_it_is_told_so(quay, thread):
    etag = (await quay.get("/post/t1")).headers["etag"]
    async with bare(quay) as fresh:
        for known in (etag, f"W/{etag}", f'"other", {etag}', "*", '"other"', ""):
            given = {"accept": "application/activity+json", "if-none-match": known}
            answer, cost = await is_asked(quay, "/post/t1", **given)
            expected = await fresh.get("/post/t1", headers=given)
            assert (answer.status_code, answer.content) == (expected.status_code, expected.content), known
            assert answer.headers == expected.headers, known
            assert cost == 0


async def test_a_304_fills_the_shelf_as_well(quay, thread):
    async with bare(quay) as fresh:
        expected = await fresh.get("/post/t1", headers={"accept": LD})
    first = await quay.get("/post/t1", **{"if-none-match": expected.headers["etag"]})
    assert first.status_code == 304
    second, cost = await is_asked(quay, "/post/t1")
    assert (second.status_code, second.content, cost) == (200, expected.content, 0)
    assert second.headers == expected.headers


async def test_head_has_the_headers_alone(quay, thread):
    async with bare(quay) as fresh:
        expected = await fresh.head("/post/t1", headers={"accept": LD})
    cold = await quay.browser.head("/post/t1", headers={"accept": LD})
    await quay.get("/post/t1")
    warm = await quay.browser.head("/post/t1", headers={"accept": LD})
    for answer in (cold, warm):
        assert (answer.status_code, answer.content, answer.headers) == (200, b"", expected.headers)


ACCEPTED = [
    ("application/activity+json", "application/activity+json"),
    (LD, "application/activity+json"),
    ("application/ld+json", "application/activity+json"),
    (f"{LD}, text/html;q=0.5", "application/activity+json"),
    ("text/html", "text/html; charset=utf-8"),
    ("text/html, application/activity+json;q=0.9", "text/html; charset=utf-8"),
    ("*/*", "text/html; charset=utf-8"),
    ("", "text/html; charset=utf-8"),
    ("application/activity+json\x7f", "text/html; charset=utf-8"),
    ("x" * 2000 + ", application/activity+json", "text/html; charset=utf-8"),
]


async def test_pages_and_documents_are_never_mixed(quay, thread):
    """A74: whichever was asked for first."""
    for accept, kind in ACCEPTED:
        for before in ("application/activity+json", "text/html"):
            await quay.browser.get("/post/t1", headers={"accept": before})
            answer = await quay.browser.get("/post/t1", headers={"accept": accept})
            assert (answer.status_code, answer.headers["content-type"]) == (200, kind)
            assert "accept" in answer.headers["vary"].lower()


async def test_two_hundred_who_ask_at_once_have_it_written_once(quay, thread):
    """R15."""
    with asked(quay.node.database) as one:
        await quay.get("/post/t1")
    shelf_of(quay).hear(None)
    with asked(quay.node.database) as all_of_them:
        answers = await asyncio.gather(*(quay.get("/post/t1") for _ in range(200)))
    assert {(answer.status_code, answer.content) for answer in answers} == {(200, answers[0].content)}
    assert all_of_them.count == one.count


async def test_who_waited_for_what_is_not_kept_gets_an_answer_of_their_own(quay, alice, bees):
    answers = await asyncio.gather(*(quay.get("/post/never") for _ in range(20)))
    assert {answer.status_code for answer in answers} == {404}
    assert len(shelf_of(quay)) == 0


async def test_what_changes_while_it_is_written_is_not_kept(quay, thread, monkeypatch):
    """Who asks after the commit gets the new text, even if they waited for an answer begun before it."""
    begun, go_on = asyncio.Event(), asyncio.Event()

    async def held(scope, receive, send):
        await app(scope, receive, send)
        begun.set()
        await go_on.wait()

    layer = layer_of(quay)
    app, layer.app = layer.app, held
    first = asyncio.create_task(quay.get("/post/t1"))
    await begun.wait()
    await quay.change(thread, title="Late season")
    second = asyncio.create_task(quay.get("/post/t1"))
    await asyncio.sleep(0)
    go_on.set()
    assert (await first).json()["name"] == "Swarm season"
    assert (await second).json()["name"] == "Late season"
    layer.app = app
    assert (await quay.get("/post/t1")).json()["name"] == "Late season"


async def test_who_leads_and_hangs_up_leaves_the_others_an_answer(quay, thread):
    layer = layer_of(quay)
    app, begun, never = layer.app, asyncio.Event(), asyncio.Event()

    async def hanging(scope, receive, send):
        layer.app = app
        begun.set()
        await never.wait()

    layer.app = hanging
    first = asyncio.create_task(quay.get("/post/t1"))
    await begun.wait()
    second = asyncio.create_task(quay.get("/post/t1"))
    await asyncio.sleep(0)
    first.cancel()
    assert (await second).status_code == 200
    assert shelf_of(quay).flights == {}


async def test_who_leads_and_reads_nothing_holds_up_nobody(quay, thread):
    layer, never = layer_of(quay), asyncio.Event()
    scope = {
        "type": "http", "method": "GET", "path": "/post/t1", "raw_path": b"/post/t1", "query_string": b"",
        "headers": [(b"host", HOST.encode()), (b"accept", LD.encode())], "app": quay.app, "root_path": "",
    }  # fmt: skip

    async def receive():
        await never.wait()

    async def blocked(message):
        await never.wait()

    first = asyncio.create_task(layer(scope, receive, blocked))
    answers = await asyncio.wait_for(asyncio.gather(*(quay.get("/post/t1") for _ in range(5))), 10)
    assert {answer.status_code for answer in answers} == {200}
    assert not first.done()
    first.cancel()


async def test_an_endpoint_that_breaks_is_said_to_be_broken(quay, thread, monkeypatch):
    async def broken(*_args, **_more):
        raise KeyError

    monkeypatch.setattr("node.web.activitypub.objects.object_document", broken)
    answers = await asyncio.gather(
        *(quay.visitor(raises=False).get("/post/t1", headers={"accept": LD}) for _ in range(3))
    )
    assert {answer.status_code for answer in answers} == {500}
    monkeypatch.undo()
    assert (await quay.get("/post/t1")).status_code == 200


async def kept_paths(quay: Quay, *paths: str) -> None:
    for path in paths:
        await quay.get(path)
        _, cost = await is_asked(quay, path)
        assert cost == 0, f"{path} is not kept"


async def test_an_edit_is_seen_at_once(quay, alice, bees, thread):
    await kept_paths(quay, "/post/t1", "/c/bees/outbox", "/u/alice/outbox", "/post/t1/context")
    await quay.change(thread, title="Late season")
    for path in ("/post/t1", "/c/bees/outbox", "/u/alice/outbox", "/post/t1/context"):
        answer = await quay.get(path)
        assert "Late season" in answer.text, path
        assert "Swarm season" not in answer.text, path


@pytest.mark.parametrize("how", ["deleted_at", "removed_at"])
async def test_a_deleted_post_is_a_tombstone_at_once_and_may_come_back(quay, alice, bees, thread, how):
    await quay.post(alice, bees, thread, token="t2")
    await kept_paths(quay, "/post/t1", "/c/bees/outbox", "/comment/t2")
    await quay.change(thread, **{how: quay.clock.now()})
    answer = await quay.get("/post/t1")
    assert (answer.status_code, answer.json()["type"]) == (410, "Tombstone")
    assert (await quay.json("/c/bees/outbox"))["totalItems"] == 0
    assert (await quay.get("/comment/t2")).status_code == (200 if how == "deleted_at" else 404)
    again, cost = await is_asked(quay, "/post/t1")
    assert (again.status_code, again.json()["type"], cost) == (410, "Tombstone", 0)
    await quay.change(thread, **{how: None})
    assert (await quay.json("/post/t1"))["name"] == "Swarm season"
    assert (await quay.get("/comment/t2")).status_code == 200


@pytest.mark.parametrize("visibility", ["followers", "direct", "members"])
async def test_what_is_no_longer_public_is_gone_at_once(quay, bees, thread, visibility):
    paths = ("/post/t1", "/post/t1/context", "/post/t1/replies", "/post/t1/likes", "/post/t1/shares")
    await kept_paths(quay, *paths)
    await quay.change(bees, private=visibility == "members")
    await quay.change(thread, visibility=visibility)
    for path in paths:
        assert (await quay.get(path)).status_code == 404, path
    assert len(shelf_of(quay)) == 0


async def test_a_group_that_closes_shows_its_lists_to_nobody(quay, bees, thread):
    paths = ("/c/bees/outbox", "/c/bees/followers", "/c/bees/featured")
    await kept_paths(quay, *paths)
    await quay.change(bees, private=True)
    for path in paths:
        assert (await quay.get(path)).status_code == 404, path


async def test_what_is_said_in_a_private_group_is_never_kept(quay, alice):
    hive = await quay.group("hive", private=True)
    await quay.post(alice, hive, token="s1", visibility="members", title="Secret")
    for path in ("/post/s1", "/post/s1/context", "/c/hive/outbox", "/c/hive/followers"):
        for _ in range(2):
            assert (await quay.get(path)).status_code == 404, path
    assert "/c/hive" not in shelf_of(quay)._answers
    assert len(shelf_of(quay)) == 0


async def test_an_account_that_is_deleted_is_gone_at_once(quay, alice, bees, thread):
    await kept_paths(quay, "/u/alice", "/u/alice/outbox", "/u/alice/followers")
    await quay.change(alice, deleted_at=quay.clock.now())
    for path in ("/u/alice", "/u/alice/outbox", "/u/alice/followers"):
        assert (await quay.get(path)).status_code == 410, path


async def test_what_stands_in_lists_and_counts_is_told_at_once(quay, alice, bees, thread):
    bob = await quay.person("bob")
    comment = await quay.post(alice, bees, thread, token="t2")
    paths = ("/post/t1", "/post/t1/replies", "/post/t1/context", "/post/t1/likes", "/post/t1/shares",
             "/c/bees/followers", "/c/bees/moderators", "/u/bob/following", "/c/bees/featured")  # fmt: skip
    await kept_paths(quay, *paths)

    deeper = await quay.post(alice, bees, comment, token="t3")
    assert deeper.iri in (await quay.get("/post/t1/context")).text
    assert deeper.iri in (await quay.get("/comment/t2")).text
    await quay.change(thread, upvotes=7, shares=3)
    assert (await quay.json("/post/t1/likes"))["totalItems"] == 7
    assert (await quay.json("/post/t1/shares"))["totalItems"] == 3
    await quay.follows(bob, bees)
    assert (await quay.json("/c/bees/followers"))["totalItems"] == 1
    assert (await quay.json("/u/bob/following"))["totalItems"] == 1
    await quay.moderates(bob, bees)
    assert bob.iri in (await quay.get("/c/bees/moderators")).text
    await quay.change(bob, deleted_at=quay.clock.now())
    assert bob.iri not in (await quay.get("/c/bees/moderators")).text
    await quay.change(thread, featured_at=quay.clock.now())
    assert "Swarm season" in (await quay.get("/c/bees/featured")).text
    await quay.change(comment, removed_at=quay.clock.now())
    assert comment.iri not in (await quay.get("/post/t1/replies")).text


async def test_what_hangs_on_a_post_is_told_at_once(quay, alice, bees):
    now = quay.clock.now()
    post = await quay.post(alice, bees, token="t1", kind="Question", source="See :bee: and @rob@a.example")
    await quay.add(Poll(post_id=post.id))
    option = await quay.add(PollOption(post_id=post.id, position=0, name="Clover"))
    await kept_paths(quay, "/post/t1")

    async def says(text: str) -> bool:
        return text in (await quay.get("/post/t1")).text

    assert not await says("https://a.example/u/rob")
    await quay.actor("Person", path="/u/rob", username="rob", home="https://a.example")
    assert await says("https://a.example/u/rob")
    await quay.add(Emoji(host=HOST, shortcode="bee", url=f"{HOME}/bee.png"))
    assert await says("/bee.png")
    await quay.add(Attachment(post_id=post.id, position=0, kind="image", url=f"{HOME}/hive.png"))
    assert await says("/hive.png")
    await quay.change(option, name="Heather")
    assert await says("Heather")
    event = await quay.post(alice, bees, token="e1", kind="Event")
    await quay.add(Event(post_id=event.id, starts_at=now, participants=3))
    assert (await quay.json("/post/e1/attendees"))["totalItems"] == 3
    async with quay.node.transaction() as tx:
        (await tx.session.get_one(Event, event.id)).participants = 4
    assert (await quay.json("/post/e1/attendees"))["totalItems"] == 4


async def test_who_is_asked_for_by_webfinger_is_kept_by_what_was_asked(quay, alice, bees):
    """It has no other face, so it does not matter what is accepted."""
    ask = "/.well-known/webfinger?resource="
    handle, address = f"{ask}acct:alice@{HOST}", f"{ask}{HOME}/u/alice"
    async with bare(quay) as fresh:
        for path in (handle, address, f"{ask}acct:bees@{HOST}", f"{ask}acct%3Aalice%40{HOST}"):
            for accept in ("application/jrd+json", "*/*"):
                expected = await fresh.get(path, headers={"accept": accept})
                await quay.get(path, accept=accept)
                answer, cost = await is_asked(quay, path, accept=accept)
                assert (answer.content, answer.headers, cost) == (expected.content, expected.headers, 0), path
        kept = len(shelf_of(quay))
        for path in (f"{handle}&rel=self", f"{ask}&resource=acct:alice@{HOST}", f"{ask}acct:nobody@{HOST}",
                     "/.well-known/webfinger", f"{ask}{'x' * 400}"):  # fmt: skip
            expected = await fresh.get(path, headers={"accept": LD})
            answer = await quay.get(path)
            assert (answer.status_code, answer.content) == (expected.status_code, expected.content), path
        assert len(shelf_of(quay)) == kept
    await quay.change(alice, deleted_at=quay.clock.now())
    assert [(await quay.get(path)).status_code for path in (handle, address)] == [410, 410]


async def test_a_stamp_is_worth_nothing_once_it_is_taken_back(quay, alice, bees, thread):
    stamp = f"{HOME}/stamps/s1"
    given = {"kind": "quote", "token": "s1", "stamp": stamp, "post_id": thread.id, "actor_id": alice.id}
    asked_by = {"request_iri": f"{HOME}/r", "interaction": f"{HOME}/q", "state": "granted"}
    leave = await quay.add(Permission(**given, **asked_by, at=quay.clock.now()))
    await kept_paths(quay, "/stamps/s1")
    await quay.change(leave, state="revoked")
    assert (await quay.get("/stamps/s1")).status_code == 404


async def test_what_another_process_commits_is_seen_as_well(quay, thread, tmp_path):
    """SQLite: by the next request. PostgreSQL: when its word has come, which is waited for here."""
    await kept_paths(quay, "/post/t1")
    came = asyncio.Event()
    quay.node.hearers.append(lambda words: came.set())
    other = Database(quay.node.settings.database_url)
    async with other.transaction(quay.clock, CountingIds("x")) as tx:
        (await tx.session.get_one(Post, thread.id)).title = "Late season"
    if not other.is_sqlite:
        await asyncio.wait_for(came.wait(), 10)
    assert (await quay.json("/post/t1"))["name"] == "Late season"
    await other.dispose()


async def test_while_nobody_hears_nothing_is_kept(quay, thread, monkeypatch):
    await kept_paths(quay, "/post/t1")

    async def never():
        return False

    monkeypatch.setattr(quay.node.changes, "is_current", lambda: False)
    monkeypatch.setattr(quay.node.changes, "catch_up", never)
    for _ in range(2):
        _, cost = await is_asked(quay, "/post/t1")
        assert cost > 0


NOT_PLAIN = [
    {"cookie": "__Host-sid=abc"},
    {"authorization": "Bearer abc"},
    {"host": "other.example"},
    {"host": f"{HOST}:443"},
    {"host": HOST.upper()},
    {"host": "h.example\x00"},
    {"host": ""},
]


async def test_what_is_not_plain_passes_by(quay, thread):
    await kept_paths(quay, "/post/t1")
    async with bare(quay) as fresh:
        for headers in NOT_PLAIN:
            given = {"accept": LD} | headers
            answer, cost = await is_asked(quay, "/post/t1", **given)
            expected = await fresh.get("/post/t1", headers=given)
            assert (answer.status_code, answer.content) == (expected.status_code, expected.content)
            assert cost > 0 or answer.status_code in {400, 421}
    assert counted(quay, "hit") == 1


SPELLINGS = [
    "/post/t1?",
    "/post/t1?a=1",
    "/post/t1?b=2&a=1",
    "/post/%74%31",
    "/post/t1%2Freplies",
    "/post/t1/",
    "//post/t1",
    "/post/./t1",
    "/post/t1%00",
    "/post/t1%0d%0aSet-Cookie:%20a=b",
    "/POST/t1",
    "/post/t%C3%A9",
]


async def test_no_other_spelling_of_an_address_is_kept_or_answered_otherwise(quay, thread):
    await kept_paths(quay, "/post/t1")
    async with bare(quay) as fresh:
        for path in (*SPELLINGS, *SPELLINGS):
            answer = await quay.get(path)
            expected = await fresh.get(path, headers={"accept": LD})
            assert (answer.status_code, answer.content) == (expected.status_code, expected.content), path
            assert answer.headers == expected.headers, path
    assert list(shelf_of(quay)._answers) == ["/post/t1"]


async def test_two_hosts_are_none(quay, thread):
    await kept_paths(quay, "/post/t1")
    given = [("host", HOST), ("host", HOST), ("accept", LD)]
    assert (await quay.browser.get("/post/t1", headers=given)).status_code == 400


async def test_a_range_is_answered_whole_as_ever(quay, thread):
    await kept_paths(quay, "/post/t1")
    answer = await quay.get("/post/t1", range="bytes=0-3")
    assert (answer.status_code, answer.json()["name"]) == (200, "Swarm season")


async def test_nothing_is_kept_where_everybody_must_sign(tmp_path):
    """What is blocked there is refused at each request (A39)."""
    quay = await Quay.open(tmp_path, authorized_fetch=True)
    await quay.person("alice")
    for _ in range(2):
        _, cost = await is_asked(quay, "/")
        assert cost > 0
    assert quay.node.hearers == []
    await quay.close()


async def test_a_cache_of_nothing_is_none(tmp_path):
    quay = await Quay.open(tmp_path, document_cache=0)
    for _ in range(2):
        _, cost = await is_asked(quay, "/")
        assert cost > 0
    assert counted(quay, "miss") == 0
    await quay.close()


async def test_of_all_addresses_only_documents_for_everybody_are_kept(quay, alice, bees, thread):
    """A74, over every route: pages, sign-in, feeds of members, lists that ask who asks."""
    await quay.post(alice, bees, thread, token="t2")
    await quay.group("hive", private=True)
    shelf = shelf_of(quay)
    walker = Walker(quay.app, name=["alice", "bees", "hive"], token=["t1", "t2"], number=["1"])
    for visit in walker.visits("GET"):
        if visit.route != "/metrics":
            quay.browser.cookies.clear()  # of a form that was opened before
            await quay.get(visit.path)
    kept = list(shelf._answers)
    assert {path for path in kept if "hive" in path} == {"/c/hive", "/c/hive/following", "/c/hive/moderators"}
    documents = ("/c/bees", "/u/alice", "/post/t1", "/comment/t2", "/site_outbox", "/c/hive")
    assert [path for path in kept if path != "/" and not path.startswith(documents)] == []
    for path in kept:
        answer = await quay.get(path)
        assert answer.headers["content-type"] == "application/activity+json", path
        assert answer.headers["cache-control"] == "public, max-age=180", path
        assert "set-cookie" not in answer.headers, path


def an_answer(size: int, *words: str) -> Answer:
    return Answer(200, [], b"x" * size, b'"e"', frozenset(words), timing=None)


def test_the_shelf_keeps_within_its_bound_and_drops_the_longest_unused():
    shelf = Shelf(20_000)
    for number in range(100):
        shelf.put(f"/{number}", an_answer(500, f"p{number}"))
        shelf.find("/0")
        assert shelf.size <= 20_000
    assert shelf.find("/0") is not None
    assert shelf.find("/1") is None
    assert shelf.find("/99") is not None
    assert shelf.size == sum(answer.size for answer in shelf._answers.values())
    assert set(shelf._relying) == {word for answer in shelf._answers.values() for word in answer.words}
    shelf.hear(None)
    assert (len(shelf), shelf.size, shelf._relying) == (0, 0, {})


def test_what_would_push_out_everything_is_not_kept():
    shelf = Shelf(20_000)
    shelf.put("/small", an_answer(10, "p1"))
    shelf.put("/large", an_answer(5_000, "p2"))
    assert shelf.find("/large") is None
    assert shelf.find("/small") is not None
