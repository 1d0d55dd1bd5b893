"""One lane a peer: a cursor in the log, a lease, a breaker, a schedule (RULE F2).

A lane is one worker's until its lease ends. Each lease has a higher fence than the one before, and every
write here asks for it: a holder that was away too long changes nothing (R25).
"""

from __future__ import annotations

from datetime import timedelta

from node.errors import Conflict
from node.ids import Ids
from node.runtime import Node
from node.store.database import Transaction
from node.store.queries import lanes as queries
from node.store.queries import log
from node.store.queries.lanes import Lane
from node.store.tables.log import LogEntry
from node.store.tables.peers import Peer

LEASE = timedelta(seconds=120)  # renewed after each entry; one delivery takes 30 seconds at most
DELAYS = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 20, 60, 180, 360, 720))
DAILY = timedelta(days=1)
JITTER = 0.2  # share of a delay, to both sides (R13)
LONGEST_WAIT = timedelta(hours=24)  # on a peer's own word (R12)
SLEEP_AFTER_FAILURES = 10
SLEEP_AFTER = timedelta(hours=24)
PROBE_EVERY = timedelta(hours=6)
DEAD_AFTER = timedelta(days=30)
KEPT_ENTRIES = 1000  # newest ones that a peer gets after it slept
KEPT_FOR = timedelta(days=7)
LONGEST_ERROR = 500  # characters


class LaneLost(Conflict):
    """The lease ended and somebody else may hold the lane: stop, change nothing."""


async def claim(node: Node, limit: int) -> list[Lane]:
    """Take up to *limit* lanes with word waiting; when there is none, bring idle cursors to the head."""
    async with node.transaction() as tx:
        head = await log.head(tx.session)
        lanes = await queries.claim(tx.session, now=tx.now, until=tx.now + LEASE, head=head, limit=limit)
        if not lanes:
            await queries.catch_up(tx.session, now=tx.now, head=head)
    if lanes:
        await node.reach("O4")
    return lanes


async def advance(tx: Transaction, lane: Lane, entry_id: int) -> None:
    """The peer has taken the entry. Raises LaneLost."""
    peer = await _held(tx, lane)
    await _answered(tx, peer)
    peer.last_success = tx.now
    peer.last_error = ""
    _pass(tx, peer, entry_id)


async def skip(tx: Transaction, lane: Lane, entry_id: int, reason: str) -> None:
    """The peer refused the entry for good: pass over it and keep the *reason*. Raises LaneLost."""
    peer = await _held(tx, lane)
    await _answered(tx, peer)
    peer.last_error = reason[:LONGEST_ERROR]
    _pass(tx, peer, entry_id)


async def pass_over(tx: Transaction, lane: Lane, entry_id: int) -> None:
    """Nobody there is concerned any more. Raises LaneLost."""
    _pass(tx, await _held(tx, lane), entry_id)


async def renew(tx: Transaction, lane: Lane) -> None:
    """Keep the lane for another lease: one entry may go to several inboxes. Raises LaneLost."""
    (await _held(tx, lane)).leased_until = tx.now + LEASE


async def release(tx: Transaction, lane: Lane, *, seen: int = 0) -> None:
    """Give the lane back, behind those that wait. Raises LaneLost.

    seen: head of the log when nothing more was found waiting; 0 when more may wait.
    """
    peer = await _held(tx, lane)
    peer.leased_until = None
    peer.cursor = max(peer.cursor, seen)
    peer.due_at = tx.now


async def fail(tx: Transaction, lane: Lane, *, error: str, wait: timedelta = timedelta(0)) -> None:
    """The entry at the head could not be delivered: try again later, ever more rarely. Raises LaneLost.

    wait: what the peer asked for at least.
    Ten failures in a row, or a day of them, put the lane to sleep; a sleeper is probed with what waits.
    A month of failures ends that, until the peer is heard from.
    """
    peer = await _held(tx, lane)
    peer.leased_until = None
    peer.last_error = error[:LONGEST_ERROR]
    peer.failures += 1
    peer.failing_since = peer.failing_since or tx.now
    failing_for = tx.now - peer.failing_since
    if peer.state == "sleeping" and failing_for >= DEAD_AFTER:
        peer.state, peer.due_at = "dead", None
        return
    if peer.failures >= SLEEP_AFTER_FAILURES or failing_for >= SLEEP_AFTER:
        peer.state = "sleeping" if peer.state == "awake" else peer.state
    delay = PROBE_EVERY if peer.state == "sleeping" else next_delay(peer.failures)
    peer.due_at = tx.now + max(_spread(delay, tx.ids), min(wait, LONGEST_WAIT))


async def hold(tx: Transaction, lane: Lane, *, error: str, wait: timedelta) -> None:
    """The peer asked to wait: come back then, not before, and count nothing (R12). Raises LaneLost."""
    peer = await _held(tx, lane)
    peer.leased_until = None
    peer.last_error = error[:LONGEST_ERROR]
    peer.due_at = tx.now + min(wait, LONGEST_WAIT) * (1 + JITTER * tx.ids.jitter())


def next_delay(failures: int) -> timedelta:
    """Return how long to wait after that many failures in a row, 1 or more."""
    return DELAYS[failures - 1] if failures <= len(DELAYS) else DAILY


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
    """Let a paused, sleeping or dead lane run from where it stands, with all that waits."""
    peer.state = "awake"
    peer.failures, peer.failing_since, peer.due_at = 0, None, None
    tx.wakes.add("outbox")


async def retry_now(tx: Transaction, peer: Peer) -> None:
    """Try the head of the lane at once; a dead lane is probed."""
    if peer.state == "dead":
        peer.state = "sleeping"
    peer.due_at = None
    tx.wakes.add("outbox")


async def skip_one(tx: Transaction, peer: Peer) -> LogEntry | None:
    """Pass over the entry at the head of the lane, and return it; None when nothing waits."""
    waiting = await queries.pending(tx.session, peer.id, 1)
    if not waiting:
        return None
    assert waiting[0].id is not None
    peer.cursor, peer.failures, peer.due_at = waiting[0].id, 0, None
    tx.wakes.add("outbox")
    return waiting[0]


async def forget(tx: Transaction, peer: Peer) -> int:
    """Drop all that waits for the peer; return how many entries that was."""
    dropped = await queries.count_pending(tx.session, peer.id)
    peer.cursor = max(peer.cursor, await log.head(tx.session))
    return dropped


async def _held(tx: Transaction, lane: Lane) -> Peer:
    peer = await queries.find_held(tx.session, lane)
    if peer is None:
        raise LaneLost("The lane is no longer held here.", detail=f"{lane.host}, fence {lane.fence}")
    return peer


async def _answered(tx: Transaction, peer: Peer) -> None:
    """End the count of failures; a lane that was given up drops what has grown stale."""
    peer.failures, peer.failing_since = 0, None
    if peer.state in {"sleeping", "dead"}:
        peer.state = "awake"
        newest = await queries.newest_pending(tx.session, peer.id, KEPT_ENTRIES)
        stale = await queries.last_before(tx.session, tx.now - KEPT_FOR)
        peer.kept_from = max(peer.kept_from, newest, stale + 1)


def _pass(tx: Transaction, peer: Peer, entry_id: int) -> None:
    peer.cursor = max(peer.cursor, entry_id)
    peer.leased_until = tx.now + LEASE


def _spread(delay: timedelta, ids: Ids) -> timedelta:
    return delay * (1 - JITTER + 2 * JITTER * ids.jitter())
