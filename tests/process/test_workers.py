"""Two workers share a database, one of them is killed in the middle: all work is done, and done once (R01, R24, R34).

On SQLite, and on PostgreSQL when ARCHIPEL_TEST_POSTGRES names one.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlmodel import insert

from node.activities import create
from node.activities.drafts import ThreadDraft
from node.activities.perform import perform
from node.activitypub import reading
from node.app import open_node
from node.inbox.actors import keep_actor
from node.runtime import Node
from node.store.queries.actors import get_actor
from node.store.queries.counters import counters, drifted, newest_post
from node.store.tables.arrivals import Arrival
from node.store.tables.follows import Follow
from tests.support.databases import POSTGRES, drop_database, fresh_database
from tests.support.pier import Pier, moored

pytestmark = pytest.mark.process
VOTERS, POSTS = 10, 8
NOBODY = 9  # the port of `discard`, where nobody listens


@pytest.fixture
async def pier(tmp_path: Path) -> AsyncIterator[Pier]:
    url = await fresh_database(tmp_path, "shared") if POSTGRES else ""
    async with moored(tmp_path, **({"ARCHIPEL_DATABASE": url} if url else {})) as pier:
        yield pier
    if url:
        await drop_database(url)


@pytest.fixture
async def node(pier: Pier) -> AsyncIterator[Node]:
    """The node, opened beside its processes."""
    node = await open_node(pier.settings)
    yield node
    await node.close()


async def let_vote(node: Node, pier: Pier) -> None:
    """Put a vote of everybody for every post into the journal; one of the voters follows the group."""
    posts, voters = [], []
    async with node.transaction() as tx:
        ada, group = await get_actor(tx.session, f"{pier.home}/u/ada"), await get_actor(tx.session, pier.bees)
        for number in range(POSTS):
            draft = ThreadDraft(title=f"Thread {number}", source="Words")
            activity = await create.compose_thread(tx, ada, group, draft)
            await perform(tx, activity)
            posts.append(activity.object)
        for number in range(VOTERS):
            iri = f"http://127.0.3.{number + 1}:{NOBODY}/users/alice"
            document = {"id": iri, "type": "Person", "preferredUsername": "alice", "inbox": f"{iri}/inbox"}
            voters.append(await keep_actor(tx, reading.read_actor(document)))
        edge = {"iri": f"{iri}/follow", "state": "accepted", "created_at": tx.now}
        tx.session.add(Follow(follower_id=voters[0].id or 0, followee_id=group.id or 0, **edge))
    async with node.transaction() as tx:
        rows = [
            {
                "iri": f"{voter.iri}/votes/{number}",
                "type": "Like",
                "actor": voter.iri,
                "signer": voter.iri,
                "trust": "actor",
                "body": json.dumps(
                    {
                        "@context": "https://www.w3.org/ns/activitystreams",
                        "id": f"{voter.iri}/votes/{number}",
                        "type": "Like",
                        "actor": voter.iri,
                        "object": post,
                    }
                ),
                "received_at": tx.now,
                "state": "waiting",
                "attempts": 0,
                "due_at": tx.now,
                "reason": "",
            }
            for number, post in enumerate(posts)
            for voter in voters
        ]
        await tx.session.execute(insert(Arrival), rows)
        tx.wakes.add("inbox")


async def count(node: Node, query: str) -> int:
    async with node.reading() as session:
        return await session.scalar(text(query)) or 0


async def reach(node: Node, query: str, number: int) -> None:
    """Wait until *query* says *number* or more."""
    async with asyncio.timeout(60):
        while await count(node, query) < number:
            await asyncio.sleep(0.05)


async def test_what_a_killed_worker_held_is_done_by_the_other_and_everything_once(pier: Pier, node: Node):
    doomed, other = await asyncio.gather(pier.start("worker"), pier.start("worker"))
    await let_vote(node, pier)
    done = "SELECT count(*) FROM arrivals WHERE state = 'done'"
    await reach(node, done, 1)
    await pier.kill(doomed)
    async with (
        node.transaction() as tx
    ):  # the leases of both end: what the other one still works on is begun anew
        for table in ("arrivals", "tasks", "peers"):
            await tx.session.execute(
                text(f"UPDATE {table} SET leased_until = :then WHERE leased_until IS NOT NULL"),
                {"then": tx.now.replace(year=2000) if POSTGRES else "2000-01-01 00:00:00.000000"},
            )
        tx.wakes.add("inbox")
    await reach(node, done, VOTERS * POSTS)
    await pier.stop(other)

    assert await count(node, "SELECT count(*) FROM votes") == VOTERS * POSTS
    told = "SELECT {} FROM log WHERE type = 'Announce' AND body LIKE '%\"type\":\"Like\"%'"
    assert await count(node, told.format("count(*)")) == VOTERS * POSTS
    assert await count(node, told.format("count(DISTINCT body)")) == VOTERS * POSTS
    async with node.reading() as session:
        last = await newest_post(session)
        assert [one for counter in counters() for one in await drifted(session, counter, 0, last)] == []
