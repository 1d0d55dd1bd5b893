"""How fast one worker signs and delivers."""

from __future__ import annotations

import asyncio
from pathlib import Path

from benchmarks import load
from benchmarks.figures import Figure
from benchmarks.floors import signatures_per_second
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
from tests.support.pier import Pier, moored

PEERS = 64
THREADS = 8  # told to each of them


async def measure(folder: Path) -> list[Figure]:
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
    return [
        Figure(
            name="deliver",
            what=f"signed deliveries to {PEERS} peers",
            value=(len(sink.times) - 1) / took,
            unit="a second",
            floor=floor,
            floor_is="RSA-2048 signatures of one core",
            aim=0.5,
        )
    ]


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
