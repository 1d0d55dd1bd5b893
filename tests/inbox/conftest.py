"""Our node, and three hosts in the parts that THREATS gives them."""

from __future__ import annotations

import json

import pytest

from node.activities import follow
from node.activities.perform import perform
from node.activitypub.signatures import SignedRequest
from node.inbox.actors import fetch_actor
from node.inbox.receive import receive
from node.network.client import Budget
from tests.support import keyshop
from tests.support.stranger import Stranger


@pytest.fixture
async def us(sea):
    return await sea.node("us.example")


@pytest.fixture
def good(sea):
    return Stranger(sea, "good.example")


@pytest.fixture
def evil(sea):
    return Stranger(sea, "evil.example")


@pytest.fixture
def victim(sea):
    return Stranger(sea, "victim.example")


class Post:
    """A POST to our inbox in the making."""

    def __init__(self, us):
        self.us = us

    def signed(self, activity, *, key="alice", key_id=None, **how):
        body = activity if isinstance(activity, bytes) else json.dumps(activity).encode()
        actor = "" if isinstance(activity, bytes) else activity.get("actor", "")
        url = f"https://{self.us.host}/inbox"
        now = how.pop("now", self.us.node.clock.now())
        headers = keyshop.sign(key, key_id or f"{actor}#main-key", url, body, now, **how)
        return headers, body

    async def __call__(self, activity, *, edit=lambda headers: headers, replace_body=None, **how):
        headers, body = self.signed(activity, **how)
        request = SignedRequest("POST", "/inbox", tuple(edit(headers)), replace_body or body)
        return await receive(self.us.node, request)


@pytest.fixture
def post(us):
    """Sign an activity and hand it to the door."""
    return Post(us)


@pytest.fixture
def work(us):
    """Run our workers until nothing is due."""

    async def run():
        for _ in range(30):
            if not await us.work():
                return
        raise AssertionError("the workers do not come to rest")

    return run


@pytest.fixture
async def ada(us):
    return await us.member("ada")


@pytest.fixture
async def hive(us, good, ada, work):
    """A group on good.example that ada follows."""
    iri = good.person("hive", key="bees", kind="Group")
    await joined(us, good, ada, iri, work)
    return iri


async def joined(us, host, ada, iri, work):
    actor = await fetch_actor(us.node, iri, Budget(5))
    async with us.node.transaction() as tx:
        await perform(tx, follow.compose(tx, ada.actor, actor))
    await work()
    (request,) = host.got("Follow")
    await host.send(us, host.activity("Accept", iri, request))
    await work()
