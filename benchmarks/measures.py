"""What is measured: each figure beside a floor that was measured in the same run, so that machines compare."""

from __future__ import annotations

import asyncio
import json
import statistics
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import httpx
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding

from benchmarks import load
from node.activities import create
from node.activities.drafts import ThreadDraft
from node.activities.perform import perform
from node.activitypub import reading
from node.app import open_node
from node.inbox.actors import keep_actor
from node.settings import Settings
from node.store.queries.actors import get_actor
from node.store.tables.follows import Follow
from node.store.tables.peers import Peer
from tests.support import keyshop
from tests.support.lighthouse import Lighthouse, lit
from tests.support.pier import Pier, free_port, moored

ROUNDS = 3
ARRIVALS = 250  # a round
FETCHES = 300  # a round
PEERS = 64
THREADS = 8  # told to each of them
MEDIA = "application/activity+json"


@dataclass(frozen=True)
class Figure:
    """Medians of the rounds, per second."""

    name: str
    what: str
    ours: float
    floor_is: str
    floor: float

    @property
    def ratio(self) -> float:
        return self.ours / self.floor


async def accept(folder: Path) -> Figure:
    """Signed arrivals into one web process, verified and committed before the 202."""
    async with (
        lit() as peer,
        moored(folder, ARCHIPEL_REQUESTS_PER_MINUTE="10000000") as pier,
        bare(folder) as floor,
    ):
        process = await pier.start("serve", "--no-workers")
        ours, floors = [], []
        await _arrive(pier.port, peer, pier, "warm", 50)  # the key is fetched once
        for number in range(ROUNDS):
            ours.append(await _arrive(pier.port, peer, pier, str(number), ARRIVALS))
            floors.append(await _arrive(floor, peer, pier, str(number), ARRIVALS))
        [(kept,)] = pier.rows("SELECT count(*) FROM arrivals")
        assert kept == 50 + ROUNDS * ARRIVALS, "what was answered 202 is not all there"
        await pier.stop(process)
    return Figure(
        "accept",
        "signed arrivals answered 202",
        statistics.median(ours),
        "bare uvicorn answering 202",
        statistics.median(floors),
    )


async def fetch(folder: Path) -> Figure:
    """GETs of one post's document, as other nodes ask for it."""
    async with moored(folder) as pier:
        iri = await pier.run(
            "post", "create", "bees", "--as", "ada", "--title", "Swarm season", "--text", "Words."
        )
        process = await pier.start("serve", "--no-workers")
        async with httpx.AsyncClient(trust_env=False) as client:
            document = (await client.get(iri, headers={"accept": MEDIA})).content
        path, host = iri.removeprefix(pier.home), pier.home.removeprefix("http://")
        requests = [load.get(path, host, MEDIA)] * FETCHES
        async with bare(folder, document) as floor:
            ours, floors = [], []
            for _ in range(ROUNDS):
                ours.append(_all(await load.ask("127.0.0.1", pier.port, requests), 200))
                floors.append(_all(await load.ask("127.0.0.1", floor, requests), 200))
        await pier.stop(process)
    return Figure(
        "fetch",
        "GETs of a post's document",
        statistics.median(ours),
        "bare uvicorn, same bytes",
        statistics.median(floors),
    )


async def deliver(folder: Path) -> Figure:
    """Deliveries of one worker process to 64 peers, each signed anew, every answer recorded."""
    sink = load.Sink()
    server = await sink.open()
    async with moored(folder, ARCHIPEL_DELIVERIES_OPEN=str(PEERS)) as pier:
        await _fill_log(pier, sink.port)
        sink.expected = PEERS * THREADS
        floor = signatures_per_second()
        process = await pier.start("worker")
        async with asyncio.timeout(60):
            await sink.done.wait()
        await pier.stop(process)
    server.close()
    took = sink.times[-1] - sink.times[0]
    return Figure(
        "deliver",
        f"signed deliveries to {PEERS} peers",
        (len(sink.times) - 1) / took,
        "RSA-2048 signatures of one core",
        floor,
    )


def signatures_per_second(span: float = 1.0) -> float:
    """Return how often one core signs what a delivery signs."""
    key, text, count = keyshop.private_key("alice"), b"x" * 250, 0
    began = time.perf_counter()
    while (took := time.perf_counter() - began) < span:
        key.sign(text, padding.PKCS1v15(), hashes.SHA256())
        count += 1
    return count / took


@asynccontextmanager
async def bare(folder: Path, answer: bytes = b"") -> AsyncIterator[int]:
    """Run the floor in a process of its own; gives its port."""
    file, port = folder / "answer", free_port()
    file.write_bytes(answer)
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "benchmarks.floor", str(port), str(file), stdout=asyncio.subprocess.PIPE
    )
    assert process.stdout is not None
    await asyncio.wait_for(process.stdout.readline(), 30)
    try:
        yield port
    finally:
        process.kill()
        await process.wait()


async def _arrive(port: int, peer: Lighthouse, pier: Pier, series: str, count: int) -> float:
    requests = []
    for number in range(count):
        like = {
            "@context": "https://www.w3.org/ns/activitystreams",
            "id": f"{peer.home}/likes/{series}-{number}",
            "type": "Like",
            "actor": peer.alice,
            "object": f"{pier.home}/post/none",
        }
        body = json.dumps(like).encode()
        headers = keyshop.sign(
            "alice", f"{peer.alice}#main-key", f"{pier.home}/inbox", body, datetime.now(UTC)
        )
        requests.append(load.post("/inbox", headers, body))
    return _all(await load.ask("127.0.0.1", port, requests), 202)


def _all(rate: load.Rate, status: int) -> float:
    assert set(rate.statuses) == {status}, f"expected {status} alone, got {rate.statuses}"
    return rate.per_second


async def _fill_log(pier: Pier, port: int) -> None:
    """Let a member on each of the peers follow the group, and threads be written in it."""
    node = await open_node(
        Settings(url=pier.home, development=True, data=pier.folder, keys=pier.folder / "keys")
    )
    async with node.transaction() as tx:
        group = await get_actor(tx.session, pier.bees)
        for number in range(PEERS):
            iri = f"http://127.0.1.{number + 1}:{port}/users/alice"
            document = {"id": iri, "type": "Person", "preferredUsername": "alice", "inbox": f"{iri}/inbox"}
            actor = await keep_actor(tx, reading.read_actor(document))
            (await tx.session.get_one(Peer, actor.peer_id)).dialect = "thread"
            tx.session.add(
                Follow(
                    follower_id=actor.id or 0,
                    followee_id=group.id or 0,
                    iri=f"{iri}/follow",
                    state="accepted",
                    created_at=tx.now,
                )
            )
    for number in range(THREADS):
        async with node.transaction() as tx:
            ada = await get_actor(tx.session, f"{pier.home}/u/ada")
            group = await get_actor(tx.session, pier.bees)
            draft = ThreadDraft(title=f"Thread {number}", source="Words. " * 50)
            await perform(tx, await create.compose_thread(tx, ada, group, draft))
    await node.close()
