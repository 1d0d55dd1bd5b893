"""Who asks: `authorized_fetch`, and what stays open under it (FEDERATION B.4)."""

from __future__ import annotations

import pytest

from node.inbox.fetching import instance_signer
from node.local import peers
from tests.support.archipelago import Island

ACTIVITY = "application/activity+json"


@pytest.fixture
async def guarded(sea) -> Island:
    return await sea.node("guarded.example", authorized_fetch=True)


async def signed(asker: Island, url: str) -> dict[str, str]:
    headers = (await instance_signer(asker.node))("GET", url, None)
    return {name.lower(): value for name, value in headers.items()}


async def test_every_document_wants_a_signature_but_those_that_check_one(sea, guarded):
    asker = await sea.node("asker.example")
    bees = await guarded.group("bees")
    thread = await bees.founder.posts(bees, title="Swarm season")
    closed = [
        thread,
        f"{thread}/context",
        f"{thread}/replies",
        f"{bees.iri}/outbox",
        f"{bees.iri}/followers",
        f"{bees.iri}/featured",
        f"{bees.founder.iri}/outbox",
        (await guarded.post(thread)).create_iri,
    ]
    for url in closed:
        assert (await guarded.get(url, accept=ACTIVITY)).status_code == 401, url
        found = await guarded.get(url, accept=ACTIVITY, **await signed(asker, url))
        assert found.status_code == 200, url
        assert found.headers["cache-control"] == "private, no-store", url
    host = "guarded.example"
    for url in (
        "https://guarded.example/",
        f"/.well-known/webfinger?resource=acct:bees@{host}",
        "/.well-known/host-meta",
        "/.well-known/nodeinfo",
        "/nodeinfo/2.1",
    ):
        assert (await guarded.get(url, accept=ACTIVITY)).status_code == 200, url
    for url in (bees.iri, bees.founder.iri):
        stub = (await guarded.get(url, accept=ACTIVITY)).json()
        assert {"id", "type", "preferredUsername", "inbox", "publicKey"} <= set(stub), url
        assert not {"name", "summary", "followers", "outbox"} & set(stub), url
        whole = (await guarded.get(url, accept=ACTIVITY, **await signed(asker, url))).json()
        assert {"followers", "outbox"} <= set(whole), url
    assert (await guarded.get(thread)).status_code == 200  # people read the page


async def test_a_blocked_server_and_a_false_signature_find_nothing(sea, guarded):
    """A39"""
    asker = await sea.node("asker.example")
    bees = await guarded.group("bees")
    url = f"{bees.iri}/outbox"
    headers = await signed(asker, url)
    assert (await guarded.get(url, accept=ACTIVITY, **headers)).status_code == 200
    wrong = headers | {"signature": headers["signature"].replace('signature="', 'signature="AAAA')}
    assert (await guarded.get(url, accept=ACTIVITY, **wrong)).status_code == 401
    async with guarded.node.transaction() as tx:
        await peers.block(tx, "asker.example", own="guarded.example")
    assert (await guarded.get(url, accept=ACTIVITY, **headers)).status_code == 404


async def test_a_false_signature_on_a_public_document_is_no_trouble(sea):
    """B.4: an anonymous reader is as welcome."""
    open_node, asker = await sea.node("open.example"), await sea.node("asker.example")
    bees = await open_node.group("bees")
    headers = await signed(asker, f"{bees.iri}/elsewhere")
    found = await open_node.get(bees.iri, accept=ACTIVITY, **headers)
    assert found.status_code == 200
    assert "public" in found.headers["cache-control"]


async def test_two_guarded_nodes_join_each_other(sea, guarded):
    """Neither could check the other's first signature if keys were behind signatures too."""
    other = await sea.node("other.example", authorized_fetch=True)
    bees = await guarded.group("bees")
    ada = await other.member("ada", follows=bees)
    await bees.founder.posts(bees, title="Swarm season")
    await sea.settle()
    await ada.posts(bees, title="From afar")
    await sea.settle()
    assert (
        sorted(await ada.reads(bees))
        == sorted(await bees.founder.reads(bees))
        == ["From afar", "Swarm season"]
    )
