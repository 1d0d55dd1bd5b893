"""The judge: what the nodes hold when all is at rest, against what was promised.

Reads the databases beside the nodes. Every finding is a line that names what is not as it must be.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from node.store.columns import UtcDateTime
from soak.people import Ledger, Said
from soak.proxy import Traffic
from soak.world import SoakNode
from tests.support.state import State, differences, public_state

SHOWN: Final = 20  # findings of one kind that are written out
MARK: Final = re.compile(r"\bx\d+x\b")

_COUNTERS = {
    "votes for": """SELECT p.iri, p.upvotes AS kept, (SELECT count(*) FROM votes v WHERE v.post_id = p.id AND v.value = 1)
        AS counted FROM posts p""",
    "votes against": """SELECT p.iri, p.downvotes AS kept,
        (SELECT count(*) FROM votes v WHERE v.post_id = p.id AND v.value = -1) AS counted FROM posts p""",
    "score": "SELECT p.iri, p.score AS kept, p.upvotes - p.downvotes AS counted FROM posts p",
    "comments": """SELECT p.iri, p.comment_count AS kept, (SELECT count(*) FROM posts c WHERE c.root_id = p.id
        AND c.deleted_at IS NULL AND c.removed_at IS NULL) AS counted FROM posts p WHERE p.root_id IS NULL""",
}
_DOUBLES = {
    "a vote twice": "SELECT post_id, actor_id FROM votes GROUP BY 1, 2 HAVING count(*) > 1",
    "a post twice": "SELECT iri FROM posts GROUP BY 1 HAVING count(*) > 1",
    "a notification twice": """SELECT member_id, kind, post_id, text FROM notifications WHERE post_id IS NOT NULL
        GROUP BY 1, 2, 3, 4 HAVING count(*) > 1""",
    "an entry of the log twice": "SELECT iri FROM log GROUP BY 1 HAVING count(*) > 1",
}


@dataclass
class Verdict:
    """What was found. Figures as in the line to publish."""

    sent: int = 0  # activities to tell, each once for each node that should hear
    accepted: int = 0  # of them in the journals
    handled: int = 0
    refused: Counter[str] = field(default_factory=Counter)  # of the handled: with a reason
    dead: int = 0
    pending: int = 0
    lost: list[str] = field(default_factory=list)
    doubled: list[str] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)

    @property
    def is_clean(self) -> bool:
        return not (self.lost or self.doubled or self.wrong)


@dataclass(frozen=True)
class _Arrived:
    state: str
    reason: str


async def judge(nodes: Sequence[SoakNode], ledger: Ledger, traffic: Traffic) -> Verdict:
    """Hold the nodes against the ledger, the traffic and each other."""
    verdict = Verdict()
    states: dict[str, State] = {}
    journals: dict[str, dict[str, _Arrived]] = {}
    for node in nodes:
        states[node.host] = await public_state(node.database)
        async with node.database.reading() as session:
            rows = (await session.execute(text("SELECT iri, state, reason FROM arrivals"))).all()
            journals[node.host] = {row.iri: _Arrived(row.state, row.reason) for row in rows}
            await _count_again(session, node, verdict)
            await _look_for_doubles(session, node, verdict)
        verdict.wrong += [f"{node.name}: {one}" for one in await node.store.check()]
    for node in nodes:
        async with node.database.reading() as session:
            await _sent(session, node, nodes, journals, verdict)
            await _keeps_its_word(session, node, ledger, verdict)
    _taken(traffic, journals, verdict)
    verdict.wrong += differences(states, limit=SHOWN)
    verdict.wrong += [f"other bytes under one id: {one}" for one in traffic.changed[:SHOWN]]
    return verdict


async def _count_again(session: AsyncSession, node: SoakNode, verdict: Verdict) -> None:
    """Counters are what counting again gives (R34)."""
    for name, query in _COUNTERS.items():
        rows = (await session.execute(text(f"SELECT * FROM ({query}) AS it WHERE kept <> counted"))).all()  # noqa: S608 -- our own queries
        for row in rows[:SHOWN]:
            line = f"{node.name}: {name} of {row.iri}: {row.kept} kept, {row.counted} counted"
            (verdict.doubled if row.kept > row.counted else verdict.wrong).append(line)


async def _look_for_doubles(session: AsyncSession, node: SoakNode, verdict: Verdict) -> None:
    for name, query in _DOUBLES.items():
        rows = (await session.execute(text(query))).all()
        verdict.doubled += [f"{node.name}: {name}: {tuple(row)}" for row in rows[:SHOWN]]
    verdict.doubled += [f"{node.name}: arrived twice: {one}" for one in await _arrived_twice(session)]
    verdict.doubled += [f"{node.name}: said twice: {one}" for one in await _said_twice(session)]
    verdict.doubled += [f"{node.name}: announced twice: {one}" for one in await _announced_twice(session)]


async def _arrived_twice(session: AsyncSession) -> list[str]:
    """An activity has one row in the journal, whatever the row is called."""
    rows = await session.execute(
        text("SELECT body FROM arrivals WHERE trust <> 'forwarded' AND body LIKE '{%'")
    )
    times = Counter(str(json.loads(body).get("id")) for (body,) in rows.all())
    return [f"{iri} {count} times" for iri, count in times.items() if count > 1]


async def _said_twice(session: AsyncSession) -> list[str]:
    """Every act of a member has a mark of its own: it stands in one post."""
    rows = await session.execute(text("SELECT iri, content FROM posts WHERE deleted_at IS NULL"))
    where: dict[str, list[str]] = {}
    for iri, content in rows.all():
        for mark in set(MARK.findall(content)):
            where.setdefault(mark, []).append(iri)
    return [f"{mark} in {posts}" for mark, posts in where.items() if len(posts) > 1]


async def _announced_twice(session: AsyncSession) -> list[str]:
    """A group passes each activity on once."""
    rows = await session.execute(text("SELECT actor_id, body FROM log WHERE type = 'Announce'"))
    times: Counter[tuple[int, str]] = Counter()
    for actor, body in rows.all():
        inner = json.loads(body).get("object")
        times[actor, str(inner.get("id") if isinstance(inner, dict) else inner)] += 1
    return [f"{iri} {count} times" for (_, iri), count in times.items() if count > 1]


async def _sent(
    session: AsyncSession,
    node: SoakNode,
    nodes: Sequence[SoakNode],
    journals: dict[str, dict[str, _Arrived]],
    verdict: Verdict,
) -> None:
    """Each entry of the log is in the journal of each node that should hear of it, and is handled there (P2, P4)."""
    followers: dict[int, set[str]] = {}
    for row in (await session.execute(text(
        "SELECT f.followee_id, a.host FROM follows f JOIN actors a ON a.id = f.follower_id WHERE f.state = 'accepted'"
    ))).all():  # fmt: skip
        followers.setdefault(row.followee_id, set()).add(row.host)
    hosts = {row.id: row.host for row in (await session.execute(text("SELECT id, host FROM actors"))).all()}
    others = {one.host for one in nodes if one is not node}
    hear: dict[str, set[str]] = {}
    for row in (await session.execute(text(
        "SELECT l.iri, t.kind, t.actor_id FROM log l JOIN log_audience t ON t.entry_id = l.id"
        " WHERE t.dialect IN ('any', 'thread')"
    ))).all():  # fmt: skip
        named = {"actor": {hosts.get(row.actor_id, "")}, "followers": followers.get(row.actor_id, set())}
        hear.setdefault(row.iri, set()).update(named.get(row.kind, others) & others)
    for iri, at in hear.items():
        for host in at:
            _follow(iri, host, journals[host].get(iri), verdict)


def _follow(iri: str, host: str, arrived: _Arrived | None, verdict: Verdict) -> None:
    verdict.sent += 1
    if arrived is None:
        verdict.lost.append(f"{iri} never came to {host}")
        return
    verdict.accepted += 1
    if arrived.state == "done":
        verdict.handled += 1
        if arrived.reason:
            verdict.refused[arrived.reason] += 1
    elif arrived.state == "dead":
        verdict.dead += 1
    else:
        verdict.pending += 1
        verdict.wrong.append(f"{iri} is still {arrived.state} at {host}: {arrived.reason}")


def _taken(traffic: Traffic, journals: dict[str, dict[str, _Arrived]], verdict: Verdict) -> None:
    """What a node answered with 2xx is in its journal (P1)."""
    for (iri, host), kind in traffic.taken.items():
        if iri not in journals[host]:
            verdict.lost.append(f"{kind} {iri}: {host} answered 2xx and has it not")


async def _keeps_its_word(session: AsyncSession, node: SoakNode, ledger: Ledger, verdict: Verdict) -> None:
    """What members were promised with 303 is so at home (P3)."""
    rows = (await session.execute(
        text("SELECT iri, title, content, deleted_at, removed_at FROM posts").columns(
            deleted_at=UtcDateTime, removed_at=UtcDateTime
        )
    )).all()  # fmt: skip
    posts = {row.iri: row for row in rows}
    for said in ledger.said.values():
        if said.home == node.name:
            verdict.lost += _broken(said, posts.get(said.iri))
    votes = {
        (row.actor, row.post): row.value
        for row in (await session.execute(text(
            "SELECT a.iri AS actor, p.iri AS post, v.value FROM votes v"
            " JOIN actors a ON a.id = v.actor_id JOIN posts p ON p.id = v.post_id"
        ))).all()
    }  # fmt: skip
    for (home, actor, post), cast in ledger.votes.items():
        if home != node.name or _is_hidden(posts.get(post)):
            continue
        value, may = votes.get((actor, post), 0), _possible(cast)
        if value not in may:
            verdict.lost.append(
                f"{node.name}: the vote of {actor} on {post} is {value}, not {sorted(may)}: {cast[-4:]}"
            )


def _is_hidden(post: Any) -> bool:
    return post is None or post.deleted_at is not None or post.removed_at is not None


def _possible(cast: Iterable[tuple[int, bool]]) -> set[int]:
    """Return the values that a vote may have: of the last promise, or of what came after it without an answer."""
    may = {0}
    for value, promised in cast:
        may = {value} if promised else may | {value}
    return may


def _broken(said: Said, post: Any) -> list[str]:
    """Say which promise about a post is not kept at home."""
    if post is None:
        return [f"{said.home}: {said.iri} was promised and is not there"]
    deleted: datetime | None = post.deleted_at
    if said.deleted is not None and said.deleted != (deleted is not None):
        return [f"{said.home}: {said.iri} is {'not deleted' if said.deleted else 'deleted'}"]
    if _is_hidden(post):
        return []
    last = max(number for number, (_, promised) in enumerate(said.texts) if promised)
    marks = {mark for mark, _ in said.texts[last:]}
    shown = set(MARK.findall(post.content))
    return [] if shown & marks else [f"{said.home}: {said.iri} says {shown}, not {marks}"]
