"""HTTP: I.55 to I.73 (those that no other test names)."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

import httpx
import pytest

from node.activitypub import signatures
from node.activitypub.vocabulary import ACTIVITY_JSON
from node.errors import Refused
from node.inbox.actors import fetch_actor
from node.inbox.fetching import fetch_object
from node.network.client import Budget
from node.outbox.verdicts import Verdict, judge
from tests.support import keyshop
from tests.support.keyshop import Headers

AT = datetime(2026, 11, 3, 9, tzinfo=UTC)
KEY = "https://b.example/u/x#main-key"


def signed(
    method: str = "POST", url: str = "https://a.example/inbox", body: bytes | None = b"{}"
) -> dict[str, str]:
    return signatures.sign(
        method=method, url=url, body=body, key_id=KEY, private_key=keyshop.private_key("alice"), now=AT
    )


async def test_documents_have_the_one_media_type_that_all_take(beta, bees):
    """I.55, I.57: nothing after it but a charset; and caches keep pages and documents apart."""
    for accept in (
        ACTIVITY_JSON,
        'application/ld+json; profile="https://www.w3.org/ns/activitystreams"',
        "application/ld+json",
    ):
        response = await beta.get("/c/bees", accept=accept)
        assert response.headers["content-type"] in {ACTIVITY_JSON, f"{ACTIVITY_JSON}; charset=utf-8"}
        assert "accept" in response.headers["vary"].lower()
    assert "accept" in (await beta.get("/c/bees")).headers["vary"].lower()


async def test_an_inbox_takes_every_media_type_that_peers_send(sea, beta, bees, masto):
    """I.56, I.59: three of them, answered 202 each."""
    mia = masto.person("mia")
    for number, media_type in enumerate(
        (
            ACTIVITY_JSON,
            'application/ld+json; profile="https://www.w3.org/ns/activitystreams"',
            "application/json",
        )
    ):
        activity = masto.activity("Follow", mia, bees.iri) | {
            "id": f"{mia}#follows/{media_type[:16]}{number}"
        }
        body = json.dumps(activity).encode()
        headers: Headers = keyshop.sign(
            "alice", f"{mia}#main-key", "https://beta.example/inbox", body, sea.clock.now(),
            change={"content-type": media_type},
        )  # fmt: skip
        assert await post(beta, headers, body) == 202


async def post(island, headers, body, *, chunks: int = 1) -> int:
    size = -(-len(body) // chunks)

    async def pieces():
        for start in range(0, len(body), size):
            yield body[start : start + size]

    request = httpx.Request("POST", f"https://{island.host}/inbox", headers=headers, content=pieces())
    response = await httpx.ASGITransport(app=island.app).handle_async_request(request)
    return response.status_code


async def test_a_body_in_pieces_is_a_body(sea, beta, bees, masto):
    """I.71: chunked transfer."""
    mia = masto.person("mia")
    body = json.dumps(masto.activity("Follow", mia, bees.iri)).encode()
    headers = keyshop.sign("alice", f"{mia}#main-key", "https://beta.example/inbox", body, sea.clock.now())
    assert (
        await post(beta, [one for one in headers if one[0].lower() != "content-length"], body, chunks=5)
        == 202
    )


async def test_a_page_in_the_place_of_a_document_is_no_document(sea, beta, masto):
    """I.58: what stands in front of a server may answer for it with a page."""
    iri = f"{masto.home}/users/x/statuses/1"

    class Challenge:
        async def __call__(self, scope, receive, send):
            headers = [(b"content-type", b"text/html")]
            await send({"type": "http.response.start", "status": 200, "headers": headers})
            await send({"type": "http.response.body", "body": b"<html>Are you human?</html>"})

    sea.chart.apps[masto.host] = Challenge()
    with pytest.raises(Refused):
        await fetch_object(beta.node, iri, Budget(3))


async def test_what_is_merely_disliked_is_taken_all_the_same(sea, beta, bees, masto):
    """I.60, I.34: an error would make some drop what they have for us, and others stop."""
    mia = masto.person("mia")
    for kind in ("View", "Listen", "Arrive", "Travel", "SomethingNew"):
        assert await masto.send(beta, masto.activity(kind, mia, bees.iri)) == 202
    stray = masto.note(mia, "To nobody here")
    assert await masto.send(beta, masto.create(stray)) == 202
    await sea.settle()
    assert (await beta.arrivals())[-1].state == "done"


async def test_documents_of_ours_are_served_without_asking_anybody(sea, beta, bees):
    """I.61: an inbox elsewhere waits nine seconds for them; I.97: the node's own actor first of all."""
    thread = await bees.founder.posts(bees, title="One")
    sea.chart.fetched.clear()
    for path in ("/", "/c/bees", "/c/bees/outbox", "/c/bees/moderators", "/c/bees/followers", thread):
        response = await beta.get(path, accept=ACTIVITY_JSON)
        assert response.status_code == 200, path
    assert (await beta.document("https://beta.example/"))["type"] == "Application"
    assert sea.chart.fetched == []


def test_the_digest_is_one_and_spelt_as_all_compare_it():
    """I.63"""
    assert signed()["Digest"].startswith("SHA-256=")
    assert "," not in signed()["Digest"]


def test_the_signature_header_has_no_blanks_and_names_its_algorithm():
    """I.64, I.65: nothing is signed that a proxy changes on the way."""
    header = signed()["Signature"]
    assert '",' in header
    assert '", ' not in header
    assert 'algorithm="rsa-sha256"' in header
    assert "content-length" not in header
    assert 'headers="(request-target) host date digest content-type"' in header
    assert 'headers="(request-target) host date digest"' in signed("GET", body=None)["Signature"]


def test_the_date_is_in_english_and_in_gmt():
    """I.66"""
    assert signed()["Date"] == "Tue, 03 Nov 2026 09:00:00 GMT"
    assert parsedate_to_datetime(signed()["Date"]) == AT


async def test_a_clock_an_hour_away_is_refused(sea, beta, bees, masto):
    """I.67"""
    mia = masto.person("mia")
    body = json.dumps(masto.activity("Follow", mia, bees.iri)).encode()
    for away in (timedelta(hours=2), -timedelta(hours=13)):
        headers = keyshop.sign(
            "alice", f"{mia}#main-key", "https://beta.example/inbox", body, sea.clock.now() + away
        )
        assert await post(beta, headers, body) == 401


def test_request_bodies_are_sent_as_they_are():
    """I.68: nobody promises to take compressed ones, and digests are of what is on the wire."""
    assert "content-encoding" not in {name.lower() for name in signed()}


def test_header_names_are_compared_without_their_case():
    """I.69: HTTP/2 sends them small."""
    headers = signed()
    request = signatures.SignedRequest(
        method="POST",
        target="/inbox",
        headers=tuple((name.lower(), value) for name, value in headers.items()),
        body=b"{}",
    )
    signatures.verify(request, keyshop.public_pem("alice"), now=AT, hosts=["a.example"])


async def test_heads_are_as_their_bodies(beta, bees):
    """I.72: NodeBB looks there for a document before it asks for one."""
    thread = await bees.founder.posts(bees, title="One")
    transport = httpx.ASGITransport(app=beta.app)
    async with httpx.AsyncClient(transport=transport, base_url="https://beta.example") as client:
        for path in ("/", "/c/bees", "/c/bees/outbox", thread, f"{thread}/context", "/u/founder_of_bees"):
            for accept in (ACTIVITY_JSON, "text/html"):
                whole = await client.get(path, headers={"accept": accept})
                head = await client.head(path, headers={"accept": accept})
                assert head.status_code == whole.status_code, (path, accept)
                for name in ("content-type", "vary", "link", "etag"):
                    assert head.headers.get(name) == whole.headers.get(name), (path, accept, name)
    page = await beta.get(thread)
    assert f'<{thread}>; rel="alternate"; type="application/activity+json"' in page.headers["link"]


async def test_we_say_who_asks(sea, beta, masto):
    """I.73: some refuse libraries that do not."""
    seen: list[str] = []
    serve = sea.chart.apps[masto.host]

    async def listening(scope, receive, send):
        seen.extend(value.decode() for name, value in scope["headers"] if name == b"user-agent")
        await serve(scope, receive, send)

    sea.chart.apps[masto.host] = listening
    await fetch_actor(beta.node, masto.person("mia"), Budget(3))
    assert seen
    assert all(agent.startswith("Archipel/") and "+https://beta.example/" in agent for agent in seen)


def test_a_peer_that_takes_nothing_for_good_is_told_from_one_that_cannot_now():
    """I.60, I.106: of one answer nobody is given up."""
    assert judge(202, None).verdict is Verdict.DONE
    assert judge(400, None).verdict is Verdict.DROP
    for status in (408, 500, 502, 503):
        assert judge(status, None).verdict is Verdict.RETRY
    assert judge(410, None).verdict is Verdict.RECHECK
