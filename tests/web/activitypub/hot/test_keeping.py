"""Documents kept in memory: as quick as that, and never a word for the wrong reader."""

from __future__ import annotations

import asyncio

from node.settings import MIB
from tests.support.counting import asked
from tests.support.quay import HOST, Quay
from tests.support.walker import Walker
from tests.web.activitypub.hot.conftest import LD, bare, counted, is_asked, kept_paths, layer_of, shelf_of


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
