"""One lane a peer: a cursor in the log, a lease, a breaker, a schedule (RULE F2).

A lane is one worker's until its lease ends. Each lease has a higher fence than the one before, and every
write here asks for it: a holder that was away too long changes nothing (R25).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from node.errors import Conflict
from node.ids import Ids
from node.outbox.verdicts import Outcome, Verdict
from node.runtime import Node
from node.store.database import Transaction
from node.store.queries import lanes as queries
from node.store.queries import log
from node.store.queries.lanes import Held, Lane
from node.store.tables.log import LogEntry
from node.store.tables.peers import Peer

LEASE = timedelta(seconds=120)  # renewed with each step; one delivery takes 30 seconds at most
FIRST_DELAY = timedelta(minutes=1)  # doubled with each failure; the whole of it is left to chance (R13)
LONGEST_DELAY = timedelta(hours=12)
SHORTEST_DELAY = timedelta(seconds=5)
BREAKS_AFTER = 5  # failures in a row: from then on a probe, and not before PROBE_AFTER (R14)
PROBE_AFTER = timedelta(minutes=30)
JITTER = 0.2  # share of a wait that is not left to chance altogether
LONGEST_WAIT = timedelta(hours=24)  # on a peer's own word (R12)
SLEEP_AFTER_FAILURES = 10
SLEEP_AFTER = timedelta(hours=24)
PROBE_EVERY = timedelta(hours=6)
DEAD_AFTER = timedelta(days=30)
KEPT_ENTRIES = 1000  # newest ones that a peer gets after it slept
KEPT_FOR = timedelta(days=7)
LONGEST_ERROR = LONGEST_BEYOND = 500  # characters
CANDIDATES = 2000  # lanes looked for at a time


class LaneLost(Conflict):
    """The lease ended and somebody else may hold the lane: stop, change nothing."""

    @classmethod
    def of(cls, lane: Lane) -> LaneLost:
        """Say which lane that was."""
        return cls("The lane is no longer held here.", detail=f"{lane.host}, fence {lane.fence}")


@dataclass(frozen=True, slots=True)
class Step:
    """How far a lane has got.

    cursor: everything up to there is dealt with. beyond: what is dealt with behind it. took: the peer took something.
    refused: what it said when it refused something for good. failed: why the turn ends with an entry left, else None.
    ends: the lane is given back.
    """

    lane: Lane
    cursor: int = 0
    beyond: tuple[int, ...] = ()
    took: bool = False
    refused: str = ""
    failed: Outcome | None = None
    ends: bool = False


async def find(node: Node) -> dict[int, bool]:
    """Return the peers that are due and have word waiting, those that waited longest first; True: it failed last."""
    now = node.clock.now()
    async with node.reading() as session:
        return await queries.with_word(session, now=now, head=await log.head(session), limit=CANDIDATES)


async def claim(node: Node, limit: int, among: Collection[int] | None = None) -> list[Lane]:
    """Take up to *limit* lanes with word waiting.

    among: peers that were found to have some, None to find them. When there are none, idle cursors come to the head.
    """
    wanted = list(await find(node) if among is None else among)[:limit]
    lanes: list[Lane] = []
    if wanted:
        async with node.transaction() as tx:
            head = await log.head(tx.session)
            lanes = await queries.claim(tx.session, wanted, now=tx.now, until=tx.now + LEASE, head=head)
    elif among is None:
        await catch_up(node)
    if lanes:
        await node.reach("O4")
    return lanes


async def catch_up(node: Node) -> None:
    """Bring the cursors of lanes for which nothing waits to the head of the log."""
    now = node.clock.now()
    async with node.reading() as session:
        if not await queries.are_behind(session, now=now, head=await log.head(session)):
            return
    async with node.transaction() as tx:
        await queries.catch_up(tx.session, now=tx.now, head=await log.head(tx.session))


async def settle(tx: Transaction, steps: Sequence[Step]) -> list[LaneLost | None]:
    """Write down how far lanes have got, in a few statements; an answer for each: LaneLost where it is another's."""
    held = await queries.find_held(tx.session, (one.lane for one in steps))
    changes: defaultdict[tuple[str, ...], list[dict[str, Any]]] = defaultdict(list)
    for one in steps:
        lane = held.get(one.lane.peer_id)
        if lane is None:
            continue
        if one.failed is None and (lane.is_running_well or not (one.took or one.refused)):
            row = _row(tx.now, one, lane)
            changes[tuple(row)].append(row)
        else:
            await _apply(tx, await tx.session.get_one(Peer, one.lane.peer_id, populate_existing=True), one)
    for rows in changes.values():
        await queries.step(tx.session, rows)
    return [None if one.lane.peer_id in held else LaneLost.of(one.lane) for one in steps]


def _row(now: datetime, step: Step, lane: Held) -> dict[str, Any]:
    """Return the new values of a lane that runs well."""
    cursor = max(lane.cursor, step.cursor)
    row: dict[str, Any] = {
        "id": step.lane.peer_id,
        "cursor": cursor,
        "beyond": write_beyond(step.beyond, cursor),
        "leased_until": None if step.ends else now + LEASE,
    }
    if step.ends:
        row["due_at"] = now  # behind those that wait
    if step.took or step.refused:
        row["last_error"] = step.refused[:LONGEST_ERROR]
    if step.took:
        row["last_success"] = now
    return row


async def _apply(tx: Transaction, peer: Peer, step: Step) -> None:
    """Write the step of a lane that is in trouble, or gets into it."""
    if step.took or step.refused:
        await _answered(tx, peer)
        peer.last_error = step.refused[:LONGEST_ERROR]
        peer.last_success = tx.now if step.took else peer.last_success
    peer.cursor = max(peer.cursor, step.cursor)
    peer.beyond = write_beyond(step.beyond, peer.cursor)
    peer.leased_until = None if step.ends or step.failed else tx.now + LEASE
    if step.failed is None:
        peer.due_at = tx.now if step.ends else peer.due_at
    elif step.failed.verdict is Verdict.HOLD:
        _hold(tx, peer, step.failed)
    else:
        _fail(tx, peer, step.failed)


def _fail(tx: Transaction, peer: Peer, outcome: Outcome) -> None:
    """Try the entry again later, ever more rarely.

    Five failures in a row open the breaker; ten, or a day of them, put the lane to sleep: a sleeper is probed with what
    waits. A month of failures ends that, until the peer is heard from.
    """
    peer.last_error = outcome.reason[:LONGEST_ERROR]
    peer.failures += 1
    peer.failing_since = peer.failing_since or tx.now
    failing_for = tx.now - peer.failing_since
    if peer.state == "sleeping" and failing_for >= DEAD_AFTER:
        peer.state, peer.due_at = "dead", None
        return
    if peer.failures >= SLEEP_AFTER_FAILURES or failing_for >= SLEEP_AFTER:
        peer.state = "sleeping" if peer.state == "awake" else peer.state
    if peer.state == "sleeping":
        delay = PROBE_EVERY * (1 - JITTER + 2 * JITTER * tx.ids.jitter())
    else:
        delay = next_delay(peer.failures, tx.ids)
    peer.due_at = tx.now + max(delay, min(outcome.wait, LONGEST_WAIT))


def _hold(tx: Transaction, peer: Peer, outcome: Outcome) -> None:
    """The peer asked to wait: come back then, not before, and count nothing (R12)."""
    peer.last_error = outcome.reason[:LONGEST_ERROR]
    peer.due_at = tx.now + min(outcome.wait, LONGEST_WAIT) * (1 + JITTER * tx.ids.jitter())


def next_delay(failures: int, ids: Ids) -> timedelta:
    """Return how long to wait after that many failures in a row, 1 or more.

    Any time up to one that grows from a minute to twelve hours: those who were away come back one by one (R13). Once the
    breaker is open, half an hour at least (R14).
    """
    longest: timedelta = min(LONGEST_DELAY, FIRST_DELAY * 2 ** min(failures - 1, 16))
    delay = max(SHORTEST_DELAY, longest * ids.jitter())
    return delay if failures < BREAKS_AFTER else max(delay, PROBE_AFTER * (1 + JITTER * ids.jitter()))


def read_beyond(text: str) -> frozenset[int]:
    """Return the entries that a lane has dealt with behind its cursor."""
    return frozenset(int(one) for one in text.split())


def write_beyond(entries: Collection[int], cursor: int) -> str:
    """Return how they are kept; what no longer fits is told once more."""
    text = ""
    for one in sorted(entries):
        if one > cursor and len(text) + len(f" {one}") <= LONGEST_BEYOND:
            text = f"{text} {one}".strip()
    return text


async def revive(tx: Transaction, peer: Peer) -> None:
    """The peer was heard from, verified: it is alive, so its lane runs at once.

    A wait that the peer itself asked for stands, and so does an operator's pause.
    """
    if peer.state == "paused" or (peer.state == "awake" and peer.failures == 0):
        return
    await _answered(tx, peer)
    peer.due_at = None
    tx.wakes.add("outbox")


async def pause(tx: Transaction, peer: Peer) -> None:
    """Hold the lane until it is resumed; what is written meanwhile waits."""
    del tx
    peer.state = "paused"


async def resume(tx: Transaction, peer: Peer) -> None:
    """Let a paused, sleeping or dead lane run from where it stands, with all that waits.

    Raises Conflict when the peer is blocked.
    """
    _check_open(peer)
    peer.state = "awake"
    peer.failures, peer.failing_since, peer.due_at = 0, None, None
    tx.wakes.add("outbox")


async def retry_now(tx: Transaction, peer: Peer) -> None:
    """Try the head of the lane at once; a dead lane is probed. Raises Conflict when it is paused or blocked."""
    _check_open(peer)
    if peer.state == "paused":
        raise Conflict(
            "Word to this server is paused, so nothing was tried: resume it first.", detail=peer.host
        )
    if peer.state == "dead":
        peer.state = "sleeping"
    peer.due_at = None
    tx.wakes.add("outbox")


async def skip_one(tx: Transaction, peer: Peer, *, expected: int | None = None) -> LogEntry | None:
    """Pass over the entry at the head of the lane, and return it; None when nothing waits.

    expected: its number in the log, None for whatever it is. Raises Conflict when another is at the head by now.
    """
    waiting = await queries.pending(tx.session, peer.id, 1)
    if not waiting:
        return None
    if expected is not None and waiting[0].id != expected:
        raise Conflict(
            "Something else waits first for this server by now. Nothing was skipped: look again.",
            detail=peer.host,
        )
    assert waiting[0].id is not None
    peer.cursor, peer.due_at = waiting[0].id, None
    peer.failures, peer.failing_since = 0, None
    tx.wakes.add("outbox")
    return waiting[0]


async def forget(tx: Transaction, peer: Peer, *, last: int | None = None) -> int:
    """Drop all that waits for the peer; return how many entries that was.

    last: number in the log of the newest that is dropped, None for all: what came since was not meant.
    """
    newest = await log.head(tx.session)
    newest = newest if last is None else min(last, newest)
    dropped = await queries.count_pending(tx.session, peer.id, last=newest)
    peer.cursor = max(peer.cursor, newest)
    return dropped


def _check_open(peer: Peer) -> None:
    if peer.blocked_at is not None:
        raise Conflict(
            "This server is blocked: nothing is sent to it until the block is lifted.", detail=peer.host
        )


async def excuse(tx: Transaction, peer_ids: Collection[int]) -> None:
    """Take back the one failure that was counted against peers before it was clear that the fault was ours (R30)."""
    await queries.forgive(tx.session, peer_ids, due_at=tx.now)


async def _answered(tx: Transaction, peer: Peer) -> None:
    """End the count of failures; a lane that was given up drops what has grown stale."""
    peer.failures, peer.failing_since = 0, None
    if peer.state in {"sleeping", "dead"}:
        peer.state = "awake"
        newest = await queries.newest_pending(tx.session, peer.id, KEPT_ENTRIES)
        stale = await queries.last_before(tx.session, tx.now - KEPT_FOR)
        peer.kept_from = max(peer.kept_from, newest, stale + 1)
