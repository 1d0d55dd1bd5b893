"""Both forms of signature on the wire: RFC 9421 taken always, and sent where the draft form is refused (RULE B4)."""

from __future__ import annotations

import json

import httpx
import pytest

from node.activitypub import message_signatures
from node.inbox.actors import fetch_actor
from node.network.client import Budget
from tests.support import keyshop
from tests.support.stranger import Stranger


class Modern(Stranger):
    """A server that takes RFC 9421 alone, of documents and of deliveries."""

    asked: list[tuple[str, bool]]

    async def __call__(self, scope, receive, send):
        names = {name for name, _ in scope["headers"]}
        modern = b"signature-input" in names
        self.asked = [*getattr(self, "asked", []), (scope["method"], modern)]
        open_to_all = scope["path"].startswith(("/.well-known", "/nodeinfo"))
        if modern or open_to_all:
            await super().__call__(scope, receive, send)
            return
        await send({"type": "http.response.start", "status": 401, "headers": []})
        await send({"type": "http.response.body", "body": b""})

    async def send_modern(self, island, activity, *, change=None):
        body = json.dumps(activity).encode()
        url = f"https://{island.host}/inbox"
        headers = message_signatures.sign(
            method="POST",
            url=url,
            body=body,
            key_id=f"{activity['actor']}#main-key",
            private_key=keyshop.private_key(self.accounts[activity["actor"]]),
            now=self.sea.clock.now(),
        )
        request = httpx.Request("POST", url, headers=headers | (change or {}), content=body)
        return await httpx.ASGITransport(app=island.app).handle_async_request(request)


@pytest.fixture
async def modern(sea):
    return Modern(sea, "modern.example")


async def test_a_delivery_signed_by_rfc_9421_is_taken_and_answered_in_kind(sea, beta, bees, modern):
    mia = modern.person("mia")
    response = await modern.send_modern(beta, modern.activity("Follow", mia, bees.iri))
    assert response.status_code == 202
    await sea.settle()
    assert len(modern.got("Accept")) == 1
    thread = await bees.founder.posts(bees, title="One")
    await sea.settle()
    assert [one["object"] for one in modern.got("Announce")] == [thread]
    posts = [by_rfc for method, by_rfc in modern.asked if method == "POST"]
    assert posts == [True] * len(posts), "the fetch of the key had told us already which form it takes"


async def test_the_form_that_worked_is_remembered_and_never_more_than_two_are_tried(sea, beta, modern):
    for name in ("one", "two", "three"):
        await fetch_actor(beta.node, modern.person(name), Budget(3))
    gets = [by_rfc for method, by_rfc in modern.asked if method == "GET"]
    assert gets == [False, True, True, True]


async def test_a_forged_altered_or_unsigned_delivery_is_refused_with_a_challenge(sea, beta, bees, modern):
    mia = modern.person("mia")
    modern.accounts[mia] = "bob"  # whose key its document does not list
    for change in (
        {},
        {"Content-Digest": "sha-256=:AAAA:"},
        {"Signature": "sig1=:AAAA:"},
        {"Signature": "sig1=:AAAA:, sig2=:AAAA:"},  # A30
    ):
        response = await modern.send_modern(beta, modern.activity("Follow", mia, bees.iri), change=change)
        assert response.status_code == 401, change
        assert response.headers["accept-signature"].startswith("sig1=(")
    assert await beta.arrivals() == []
