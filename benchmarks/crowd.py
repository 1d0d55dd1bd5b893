"""Rows that a bench needs many of: peers with a follower each, arrivals that wait, word that has not left."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlmodel import col, insert, select

from node.activities import create
from node.activities.drafts import ThreadDraft
from node.activities.perform import perform
from node.activitypub import reading
from node.app import open_node
from node.inbox.actors import keep_actor
from node.runtime import Node
from node.settings import Settings
from node.store.database import Transaction
from node.store.queries.actors import get_actor
from node.store.tables.arrivals import Arrival
from node.store.tables.follows import Follow
from node.store.tables.log import LogAudience, LogEntry
from node.store.tables.peers import Peer
from tests.support.pier import Pier

AT_ONCE = 5000  # rows of one statement
CONTEXT = "https://www.w3.org/ns/activitystreams"


async def beside(pier: Pier) -> Node:
    """Open the node beside its processes."""
    return await open_node(
        Settings(url=pier.home, development=True, data=pier.folder, keys=pier.folder / "keys")
    )


async def follow_from(node: Node, pier: Pier, hosts: Iterable[str], *, follow: bool = True) -> list[str]:
    """Know somebody on each host, and let them follow the group; return their ids."""
    found = []
    async with node.transaction() as tx:
        group = await get_actor(tx.session, pier.bees)
        for host in hosts:
            iri = f"http://{host}/users/alice"
            document = {"id": iri, "type": "Person", "preferredUsername": "alice", "inbox": f"{iri}/inbox"}
            actor = await keep_actor(tx, reading.read_actor(document))
            (await tx.session.get_one(Peer, actor.peer_id)).dialect = "thread"
            found.append(iri)
            if follow:
                edge = {"iri": f"{iri}/follow", "state": "accepted", "created_at": tx.now}
                tx.session.add(Follow(follower_id=actor.id or 0, followee_id=group.id or 0, **edge))
    return found


async def write_threads(node: Node, pier: Pier, count: int) -> list[str]:
    """Let ada write threads in the group; return their ids."""
    written = []
    for number in range(count):
        async with node.transaction() as tx:
            ada = await get_actor(tx.session, f"{pier.home}/u/ada")
            group = await get_actor(tx.session, pier.bees)
            draft = ThreadDraft(title=f"Thread {number}", source="Words. " * 50)
            activity = await create.compose_thread(tx, ada, group, draft)
            await perform(tx, activity)
            written.append(activity.object or "")
    return written


async def let_arrive(node: Node, actors: Sequence[str], posts: Sequence[str], count: int) -> None:
    """Put votes into the journal, as the door does when it has verified them."""
    async with node.transaction() as tx:
        rows = [_vote(number, actors, posts, tx.now) for number in range(count)]
        await _insert(tx, Arrival, rows)
        tx.wakes.add("inbox")


def _vote(number: int, actors: Sequence[str], posts: Sequence[str], now: datetime) -> dict[str, Any]:
    actor, post = actors[number % len(actors)], posts[number // len(actors) % len(posts)]
    kind = ("Like", "Dislike")[number // (len(actors) * len(posts)) % 2]
    like = {
        "@context": CONTEXT,
        "id": f"{actor}/votes/{number}",
        "type": kind,
        "actor": actor,
        "object": post,
    }
    return {
        "iri": like["id"],
        "type": kind,
        "actor": actor,
        "signer": actor,
        "trust": "actor",
        "body": json.dumps(like),
        "received_at": now,
        "state": "waiting",
        "attempts": 0,
        "due_at": now,
        "reason": "",
    }


async def leave_untold(node: Node, pier: Pier, entries: int) -> None:
    """Put that many activities for the group's followers into the log."""
    async with node.transaction() as tx:
        group = await get_actor(tx.session, pier.bees)
        words = "x" * 2000
        rows = [
            {
                "iri": f"{pier.bees}/activities/{number}",
                "type": "Announce",
                "actor_id": group.id,
                "public": True,
                "body": json.dumps({"id": f"{pier.bees}/activities/{number}", "summary": words}),
                "at": tx.now,
            }
            for number in range(entries)
        ]
        await _insert(tx, LogEntry, rows)
        ids = await tx.session.scalars(
            select(LogEntry.id).where(col(LogEntry.iri).like(f"{pier.bees}/activities/%"))
        )
        to = [{"entry_id": one, "kind": "followers", "actor_id": group.id, "dialect": "any"} for one in ids]
        await _insert(tx, LogAudience, to)


async def _insert(tx: Transaction, table: Any, rows: list[dict[str, Any]]) -> None:
    for begin in range(0, len(rows), AT_ONCE):
        await tx.session.execute(insert(table), rows[begin : begin + AT_ONCE])
