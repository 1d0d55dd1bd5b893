"""How fast arrivals take effect: comments, votes, edits and deletes in a group that 100 servers follow."""

from __future__ import annotations

import asyncio
import json
import random
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import func, insert
from sqlmodel import col, select

from benchmarks import load
from benchmarks.figures import Figure
from benchmarks.floors import bare
from benchmarks.postgres import cluster
from node.activities import create
from node.activities.drafts import ThreadDraft
from node.activities.perform import perform
from node.activitypub import reading
from node.activitypub.vocabulary import PUBLIC
from node.app import open_node
from node.inbox.actors import keep_actor
from node.runtime import Node
from node.store.queries.actors import get_actor
from node.store.tables.actors import Actor
from node.store.tables.arrivals import Arrival
from node.store.tables.follows import Follow
from node.store.tables.log import LogEntry
from node.store.tables.peers import Peer
from node.store.tables.posts import Post, Vote
from tests.support.pier import Pier, moored

ARRIVALS = 20_000
SERVERS, PEOPLE, THREADS = 100, 5, 40  # people: on each server
COMMENT, VOTE, EDIT, DELETE = 0.50, 0.35, 0.10, 0.05  # of a hundred arrivals


@dataclass
class Expected:
    """What stands in the database when all has taken effect."""

    comments: int = 0
    deleted: int = 0
    votes: int = 0
    said: int = 0  # entries of the log


async def measure(folder: Path) -> list[Figure]:
    """Work through a journal of verified arrivals with one worker process, on each of the two databases."""
    figures = []
    async with moored(_made(folder / "sqlite")) as pier:
        figures.append(await _figure("process-sqlite", pier, 0.08))
    async with cluster() as url, moored(_made(folder / "postgresql"), ARCHIPEL_DATABASE=url) as pier:
        figures.append(await _figure("process-postgresql", pier, 0.06))
    return figures


def _made(folder: Path) -> Path:
    folder.mkdir()
    return folder


async def _figure(name: str, pier: Pier, aim: float) -> Figure:
    node = await open_node(pier.settings)
    try:
        expected, bodies = await fill(node, pier.bees, ARRIVALS)
        floor = await _floor(pier.folder, bodies)  # of a tenth of them it moved by half
        process = await pier.start("worker")
        began = time.monotonic()
        took = await _all_closed(node) - began
        await pier.stop(process)
        await _check(node, expected)
    finally:
        await node.close()  # PostgreSQL does not end while somebody is connected
    return Figure(
        name=name,
        what="arrivals to full effect",
        value=ARRIVALS / took,
        unit="a second",
        floor=floor,
        floor_is="bare uvicorn answering 202",
        aim=aim,
        note=f"{ARRIVALS} arrivals in the journal, one worker process; lanes paused, so that nothing is sent meanwhile",
    )


async def _floor(folder: Path, bodies: list[str]) -> float:
    headers = [("host", "localhost"), ("content-type", "application/activity+json")]
    async with bare(folder) as port:
        requests = [
            load.post("/inbox", [*headers, ("content-length", str(len(body.encode())))], body.encode())
            for body in bodies
        ]
        return load.all_of(await load.ask("127.0.0.1", port, requests), 202)


async def _all_closed(node: Node) -> float:
    """Return when the last arrival was closed, looking ten times a second."""
    query = select(Arrival.id).where(col(Arrival.state) == "waiting").limit(1)
    async with asyncio.timeout(600):
        while True:
            async with node.reading() as session:
                if await session.scalar(query) is None:
                    return time.monotonic()
            await asyncio.sleep(0.1)


async def _check(node: Node, expected: Expected) -> None:
    """Hold what stands there against what was sent: nothing lost, nothing twice."""
    answers = select(func.count()).where(col(Post.in_reply_to).is_not(None))
    counted = select(func.sum(Post.comment_count))
    async with node.reading() as session:
        found = Expected(
            comments=await session.scalar(answers) or 0,
            deleted=await session.scalar(answers.where(col(Post.deleted_at).is_not(None))) or 0,
            votes=await session.scalar(select(func.count(Vote.id))) or 0,
            said=await session.scalar(select(func.count(LogEntry.id)).where(col(LogEntry.type) == "Announce"))
            or 0,
        )
        by_threads = await session.scalar(counted) or 0
        on_posts = await session.scalar(select(func.sum(Post.upvotes + Post.downvotes))) or 0
    assert found == expected, f"expected {expected}, found {found}"
    assert by_threads == expected.comments - expected.deleted, f"threads count {by_threads} comments"
    assert on_posts <= expected.votes, f"posts count {on_posts} votes"


async def fill(node: Node, bees: str, count: int) -> tuple[Expected, list[str]]:
    """Let people of many servers follow the group *bees*, and *count* verified activities of theirs wait.

    Returns what they amount to, and their bodies in the order of the journal.
    """
    people = await _people(node, bees)
    threads = await _threads(node, bees)
    expected = Expected()
    sent = list(_activities(people, threads, bees, count, expected))
    async with node.reading() as session:
        expected.said += (
            await session.scalar(select(func.count(LogEntry.id)).where(col(LogEntry.type) == "Announce")) or 0
        )
    bodies = [json.dumps(one) for one in sent]
    async with node.transaction() as tx:
        rows = [_row(one, body, tx.now) for one, body in zip(sent, bodies, strict=True)]
        await tx.session.execute(insert(Arrival), rows)
    return expected, bodies


def _row(activity: dict[str, Any], body: str, now: datetime) -> dict[str, Any]:
    return {
        "iri": activity["id"],
        "type": activity["type"],
        "actor": activity["actor"],
        "signer": activity["actor"],
        "trust": "actor",
        "body": body,
        "received_at": now,
        "due_at": now,
        "state": "waiting",
        "attempts": 0,
        "reason": "",
    }


async def _people(node: Node, bees: str) -> list[str]:
    """Make people on servers of their own known here, and followers of the group. Nothing is sent to them."""
    made = []
    async with node.transaction() as tx:
        group = await get_actor(tx.session, bees)
        for number in range(SERVERS * PEOPLE):
            host = f"http://server{number % SERVERS}.test"
            iri = f"{host}/users/p{number}"
            document = {
                "id": iri,
                "type": "Person",
                "preferredUsername": f"p{number}",
                "inbox": f"{iri}/inbox",
                "endpoints": {"sharedInbox": f"{host}/inbox"},
            }
            actor = await keep_actor(tx, reading.read_actor(document))
            peer = await tx.session.get_one(Peer, actor.peer_id)
            peer.dialect, peer.state, peer.nodeinfo_at, peer.software = "thread", "paused", tx.now, "lemmy"
            tx.session.add(_follow(actor, group, tx.now))
            made.append(iri)
    return made


def _follow(actor: Actor, group: Actor, now: datetime) -> Follow:
    return Follow(
        follower_id=actor.id or 0,
        followee_id=group.id or 0,
        iri=f"{actor.iri}/follow",
        state="accepted",
        created_at=now,
    )


async def _threads(node: Node, bees: str) -> list[str]:
    made = []
    for number in range(THREADS):
        async with node.transaction() as tx:
            group = await get_actor(tx.session, bees)
            ada = await get_actor(tx.session, bees.replace("/c/bees", "/u/ada"))
            draft = ThreadDraft(title=f"Thread {number}", source="Words. " * 20)
            activity = await create.compose_thread(tx, ada, group, draft)
            await perform(tx, activity)
            made.append(activity.object or "")
    return made


def _activities(
    people: list[str], threads: list[str], bees: str, count: int, expected: Expected
) -> Iterator[dict[str, Any]]:
    """Give activities as threaded peers send them, each possible where it stands; the same in every run."""
    dice = random.Random(4)
    comments: list[dict[str, Any]] = []  # that have not been deleted; answers hang from those that never are
    voted: set[tuple[str, str]] = set()
    for number in range(count):
        throw = dice.random()
        if throw < COMMENT or len(comments) < 20:
            who = dice.choice(people)
            parent = dice.choice(threads if throw < COMMENT / 2 or not comments else [comments[0]["id"]])
            comment = _comment(who, parent, bees, number)
            comments.append(comment)
            expected.comments += 1
            yield _about("Create", who, comment, bees, number)
        elif throw < COMMENT + VOTE:
            who, what = dice.choice(people), dice.choice([*threads, *(one["id"] for one in comments[-200:])])
            while (who, what) in voted:
                who = dice.choice(people)
            voted.add((who, what))
            expected.votes += 1
            yield _about(dice.choice(["Like", "Like", "Like", "Dislike"]), who, what, bees, number)
        elif throw < COMMENT + VOTE + EDIT:
            place = dice.randrange(len(comments))
            comments[place] = comments[place] | {
                "content": f"<p>Edited at {number}.</p>",
                "updated": datetime.now(UTC).isoformat(),
            }
            yield _about("Update", comments[place]["attributedTo"], comments[place], bees, number)
        else:
            gone = comments.pop(dice.randrange(1, len(comments)))
            expected.deleted += 1
            yield _about("Delete", gone["attributedTo"], gone["id"], bees, number)
        expected.said += 1


def _comment(who: str, parent: str, bees: str, number: int) -> dict[str, Any]:
    words = f"<p>Comment {number}. The bees were <strong>late</strong> this year, see <a href='https://a.test/{number}'>here</a>.</p>"
    return {
        "id": f"{who}/comment/{number}",
        "type": "Note",
        "attributedTo": who,
        "inReplyTo": parent,
        "to": [PUBLIC],
        "cc": [bees],
        "audience": bees,
        "content": words,
        "mediaType": "text/html",
        "source": {
            "content": f"Comment {number}. The bees were **late** this year.",
            "mediaType": "text/markdown",
        },
        "published": datetime.now(UTC).isoformat(),
    }


def _about(kind: str, who: str, what: Any, bees: str, number: int) -> dict[str, Any]:
    return {
        "@context": ["https://join-lemmy.org/context.json", "https://www.w3.org/ns/activitystreams"],
        "id": f"{who}/activities/{kind.lower()}/{number}",
        "type": kind,
        "actor": who,
        "object": what,
        "to": [PUBLIC],
        "cc": [bees],
        "audience": bees,
    }
