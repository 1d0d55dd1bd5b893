"""The POST endpoint: bounds, raw targets, answers."""

from __future__ import annotations

import asyncio
import json

import httpx
import pytest

from tests.inbox.test_receive import like
from tests.support import keyshop
from tests.support.stranger import Stranger


@pytest.fixture
async def us(sea):
    return await sea.node("us.example")


@pytest.fixture
def good(sea):
    return Stranger(sea, "good.example")


async def post(us, path, body, headers):
    transport = httpx.ASGITransport(app=us.app)
    async with httpx.AsyncClient(transport=transport, base_url=f"https://{us.host}") as client:
        return await client.post(path, content=body, headers=headers)


def signed(us, good, path, *, target=None, number=1):
    alice = good.person("alice")
    body = json.dumps(like(alice, number)).encode()
    url = f"https://us.example{path}"
    now = us.node.clock.now()
    return body, keyshop.sign("alice", f"{alice}#main-key", url, body, now, target=target)


async def test_each_inbox_answers_202_without_a_body(us, good):
    await us.group("bees", founder=await us.member("ada"))
    for number, path in enumerate(("/inbox", "/u/ada/inbox", "/c/bees/inbox", "/inbox?x=1&y=%2F")):
        answer = await post(us, path, *signed(us, good, path, number=number))
        assert (answer.status_code, answer.content) == (202, b"")
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert "no-store" in answer.headers["cache-control"]
    assert len(await us.arrivals()) == 4


@pytest.mark.parametrize("path", ["/inbox", "/u/ada/inbox", "/c/bees/inbox"])
async def test_an_unsigned_post_is_refused_at_every_inbox(us, good, path):
    """V09"""
    await us.group("bees", founder=await us.member("ada"))
    body, headers = signed(us, good, path)
    answer = await post(us, path, body, keyshop.without(headers, "signature"))
    assert answer.status_code == 401
    assert answer.headers["content-type"].startswith("application/problem+json")
    assert "not signed" in answer.json()["detail"]


async def test_the_target_is_compared_as_it_was_sent(us, good):
    """A33"""
    for target in ("/u/ada/../../inbox", "/%69nbox", "/inbox/"):
        answer = await post(us, "/inbox", *signed(us, good, "/inbox", target=target))
        assert answer.status_code == 401


async def test_an_inbox_of_nobody_is_not_found(us, good):
    answer = await post(us, "/u/nobody/inbox", *signed(us, good, "/u/nobody/inbox"))
    assert answer.status_code == 404


@pytest.mark.parametrize("stated", [True, False])
async def test_a_body_is_counted_while_it_comes_in(us, stated):
    """V54, A53: N+1 bytes, stated or not"""
    limit = us.node.settings.max_body
    read = 0

    async def chunks():
        nonlocal read
        for _ in range(64):
            read += limit // 16
            yield b"x" * (limit // 16)

    headers = {"content-type": "application/activity+json"}
    body = b"x" * (limit + 1) if stated else chunks()
    answer = await post(us, "/inbox", body, headers)
    assert answer.status_code == 413
    if not stated:
        assert read <= limit * 64 // 16


async def test_a_request_that_trickles_in_is_ended(sea):
    """A58"""
    us = await sea.node("slow.example", inbox_timeout=0.05)
    sent = []

    async def receive():
        await asyncio.Event().wait()

    async def send(message):
        sent.append(message)

    scope = {
        "type": "http",
        "method": "POST",
        "path": "/inbox",
        "raw_path": b"/inbox",
        "query_string": b"",
        "headers": [(b"host", b"slow.example"), (b"content-type", b"application/activity+json")],
        "client": ("203.0.113.1", 1),
        "server": ("slow.example", 443),
        "scheme": "https",
        "http_version": "1.1",
        "asgi": {"version": "3.0"},
        "root_path": "",
    }
    await us.app(scope, receive, send)
    assert sent[0]["status"] == 503
    assert (b"retry-after", b"60") in sent[0]["headers"]


async def test_a_sender_that_hangs_up_leaves_nothing_behind(us):
    """R28"""
    sent = []

    async def receive():
        return {"type": "http.disconnect"}

    async def send(message):
        sent.append(message)

    scope = {
        "type": "http",
        "method": "POST",
        "path": "/inbox",
        "query_string": b"",
        "headers": [(b"host", b"us.example")],
        "client": None,
        "server": ("us.example", 443),
        "scheme": "https",
        "http_version": "1.1",
        "asgi": {"version": "3.0"},
        "root_path": "",
    }
    await us.app(scope, receive, send)
    assert sent[0]["status"] == 400
    assert await us.arrivals() == []


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE"])
async def test_inboxes_take_posts_alone(us, method):
    transport = httpx.ASGITransport(app=us.app)
    async with httpx.AsyncClient(transport=transport, base_url="https://us.example") as client:
        assert (await client.request(method, "/inbox")).status_code == 405


async def test_too_many_are_told_when_to_come_back(sea, good):
    us = await sea.node("small.example", requests_per_minute=1)
    alice = good.person("alice")
    url = "https://small.example/inbox"
    for number, status in ((1, 202), (2, 429)):
        body = json.dumps(like(alice, number)).encode()
        headers = keyshop.sign("alice", f"{alice}#main-key", url, body, us.node.clock.now())
        answer = await post(us, "/inbox", body, headers)
        assert answer.status_code == status
    assert int(answer.headers["retry-after"]) >= 1
