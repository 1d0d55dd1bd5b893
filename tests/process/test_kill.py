"""What was promised holds when the process is killed (THREATS R01 to R04): real processes, real SIGKILL."""

from __future__ import annotations

import asyncio
import json
from collections import Counter
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.support.lighthouse import Lighthouse, lit
from tests.support.pier import Pier, moored

pytestmark = pytest.mark.process


@pytest.fixture
async def peer() -> AsyncIterator[Lighthouse]:
    async with lit() as lighthouse:
        yield lighthouse


@pytest.fixture
async def pier(tmp_path: Path) -> AsyncIterator[Pier]:
    async with moored(tmp_path) as node:
        yield node


async def subscribe(peer: Lighthouse, pier: Pier) -> None:
    """Let alice follow the group, and the node stop well."""
    process = await pier.start("serve")
    follow = {"id": f"{peer.home}/follow", "type": "Follow", "actor": peer.alice, "object": pier.bees}
    assert await peer.send(f"{pier.bees}/inbox", follow) == 202
    await peer.wait_for("Accept")
    await pier.stop(process)


async def test_a_202_outlives_a_kill_and_takes_effect_once(peer: Lighthouse, pier: Pier):
    await subscribe(peer, pier)
    process = await pier.start("serve", "--no-background")
    assert await peer.send(f"{pier.home}/inbox", peer.thread("first", pier.bees)) == 202
    await pier.kill(process)
    assert pier.rows("SELECT state, attempts FROM arrivals WHERE type = 'Create'") == [("waiting", 0)]
    assert pier.rows("SELECT count(*) FROM posts") == [(0,)]

    await pier.start("serve")
    await peer.wait_for("Announce")
    assert await peer.send(f"{pier.home}/inbox", peer.thread("first", pier.bees)) == 202
    # Word leaves in order: when the second thread is told, whatever the repeat did has been told as well.
    assert await peer.send(f"{pier.home}/inbox", peer.thread("second", pier.bees)) == 202
    told = await peer.wait_for("Announce", 2)

    assert [one["object"]["id"] for one in told] == [
        f"{peer.home}/creates/first",
        f"{peer.home}/creates/second",
    ]
    assert pier.rows("SELECT title FROM posts ORDER BY id") == [("first",), ("second",)]
    assert set(Counter(one["id"] for one in peer.activities).values()) == {1}


async def test_a_post_outlives_a_kill_and_is_told_once(peer: Lighthouse, pier: Pier):
    await subscribe(peer, pier)
    web = await pier.start("serve", "--no-background")
    post = await pier.run("post", "create", "bees", "--as", "ada", "--title", "Swarm season")
    await pier.kill(web)

    worker = await pier.start("worker")
    [announce] = await peer.wait_for("Announce")
    await pier.stop(worker)

    assert announce["object"]["object"]["id"] == post
    [(iri, body)] = pier.rows(
        "SELECT iri, body FROM log WHERE type = 'Announce' AND body LIKE '%\"type\":\"Create\"%'"
    )
    assert announce["id"] == iri
    assert peer.got.count(body.encode()) == 1
    assert len(await peer.wait_for("Announce")) == 1


async def test_a_kill_during_delivery_repeats_the_same_bytes_at_most_once(peer: Lighthouse, pier: Pier):
    await subscribe(peer, pier)
    await pier.run("post", "create", "bees", "--as", "ada", "--title", "Swarm season")
    peer.hold = asyncio.Event()
    worker = await pier.start("worker")
    await peer.wait_for("Announce")
    await pier.kill(worker)  # the peer has it, the node does not know
    peer.hold.set()

    pier.rows("UPDATE peers SET leased_until = '2000-01-01 00:00:00.000000'")  # two minutes pass
    worker = await pier.start("worker")
    first, second = await peer.wait_for("Announce", 2)
    await pier.stop(worker)

    assert first["id"] == second["id"]
    announces = [body for body in peer.got if json.loads(body)["type"] == "Announce"]
    assert len(announces) == 2
    assert announces[0] == announces[1]
    [(cursor, told)] = pier.rows(
        f"SELECT cursor, (SELECT id FROM log WHERE iri = '{first['id']}') FROM peers"
    )
    assert cursor >= told
