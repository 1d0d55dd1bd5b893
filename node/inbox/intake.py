"""Group commit: arrivals that wait together are written down together, in one unit of work with one flush of the disk.

A request brings what was verified, with what it was believed on, and waits. The first one starts the flusher; that takes
all who wait, asks once more what decides, writes, commits, answers, and while it does so the next group gathers. When
nobody waits it ends: no task stands by, nothing is timed, and a lone arrival waits for nobody (docs/adr/0004).

What a peer is told: taken or had before only when that is durable (P1). What a commit takes down with it is answered 503
to all whom it concerned. Who hangs up while waiting leaves the others as they were (R28).
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Sequence
from contextvars import Context
from dataclasses import dataclass

import structlog
from sqlalchemy.exc import DataError, DBAPIError, StatementError

from node.activitypub.follower_digests import Synchronization
from node.errors import Forbidden, Malformed, NodeError, Unavailable
from node.inbox import hearing, journal, synchronizing
from node.inbox.authenticate import Signer
from node.runtime import Node
from node.store.database import Transaction
from node.store.queries.arrivals import blocked_among
from node.store.queries.keys import find_keys

TOGETHER = 250  # arrivals in one commit at most: its length bounds what the last of them waits
WAITING = 1000  # arrivals that may wait; beyond that 503
HELD_BYTES = 16 * 1024 * 1024  # of bodies that are being read or wait; beyond that 503
RETRY_AFTER = 10  # seconds
CLOSE_WITHIN = 3.0  # seconds for what still waits after a clean stop has given requests their time (R04)
_DATA = ("22", "54")  # classes of SQLSTATE: the data, or its size, is what PostgreSQL objects to

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Grounds:
    """What an arrival was believed on at the door, to be asked again where it is written down.

    hosts: authorities, none of which may be blocked. signer: the key; None where the origin itself vouched.
    synchronization: what its sender says of our followers (FEP-8fcf).
    """

    hosts: tuple[str, ...]
    signer: Signer | None
    synchronization: Synchronization | None = None


class Outdated(NodeError):
    """The key that the signature was checked with is not its owner's any more: check again."""


class Unkeepable(Exception):
    """The database objects to something in what is to be written, not to the writing."""


Outcome = bool | NodeError  # whether it is new, or why not


@dataclass(eq=False, slots=True)
class _Waiting:
    arrival: journal.Verified
    grounds: Grounds
    answer: asyncio.Future[bool]

    def resolve(self, outcome: Outcome) -> None:
        """Tell the request, unless it has gone away."""
        if self.answer.done():
            return
        if isinstance(outcome, bool):
            self.answer.set_result(outcome)
        else:
            self.answer.set_exception(outcome)


class Intake:
    """The arrivals of one node in this process that wait for their commit."""

    def __init__(self) -> None:
        self.most_waiting, self.most_bytes = WAITING, HELD_BYTES
        self._waiting: deque[_Waiting] = deque()
        self._in_hand = 0
        self._held = 0
        self._flusher: asyncio.Task[None] | None = None
        self._closed = False

    def check_room(self, coming: int) -> None:
        """Raise Unavailable when a body of so many bytes has no place now: asked before it is read."""
        full = len(self._waiting) + self._in_hand >= self.most_waiting
        if self._closed or full or self._held + coming > self.most_bytes:
            raise Unavailable(
                "This node has its hands full. Please send it again later.", retry_after=RETRY_AFTER
            )

    def hold(self, size: int) -> None:
        """Count bytes of a body that came in; raise Unavailable, and count nothing, when that is too much."""
        self.check_room(size)
        self._held += size

    def let_go(self, size: int) -> None:
        """Give back what `hold` counted."""
        self._held -= size

    async def admit(self, node: Node, arrival: journal.Verified, grounds: Grounds) -> bool:
        """Write *arrival* down with whatever else waits; return whether it is new, once that is durable.

        Raises Unavailable when there is no room or the commit fails, Forbidden when a host has been blocked
        meanwhile, Outdated when the key has changed meanwhile, Malformed for what the database cannot keep.
        """
        self.check_room(0)
        one = _Waiting(arrival, grounds, asyncio.get_running_loop().create_future())
        self._waiting.append(one)
        if self._flusher is None:
            if self.close not in node.closing:
                node.closing.append(self.close)
            # In a context of its own: whoever comes first lends it neither its cancellation nor its unit of work.
            self._flusher = asyncio.create_task(self._flush(node), context=Context())
        return await one.answer

    async def close(self) -> None:
        """Take nothing more, and end when all that waits is answered, CLOSE_WITHIN seconds from now at the latest."""
        self._closed = True
        if self._flusher is None:
            return
        _, late = await asyncio.wait([self._flusher], timeout=CLOSE_WITHIN)
        for task in late:
            task.cancel()
            await asyncio.wait([task])

    async def _flush(self, node: Node) -> None:
        group: list[_Waiting] = []
        try:
            while group := self._next_group():
                self._in_hand = len(group)
                for one, outcome in zip(group, await _settle(node, group), strict=True):
                    one.resolve(outcome)
        finally:
            self._flusher, self._in_hand = None, 0
            for one in (*group, *self._waiting):  # only when the flusher was cancelled: the loop ends
                one.resolve(_busy())
            self._waiting.clear()

    def _next_group(self) -> list[_Waiting]:
        group: list[_Waiting] = []
        while self._waiting and len(group) < TOGETHER:
            one = self._waiting.popleft()
            if not one.answer.done():  # it hung up before anything was written
                group.append(one)
        return group


async def _settle(node: Node, group: Sequence[_Waiting]) -> list[Outcome]:
    """Return what became of each: of all together, or one by one when something in one of them stands in the way."""
    try:
        try:
            return await _commit(node, group, alone=False)
        except Unkeepable:
            return await _commit(node, group, alone=True)
    except Unavailable as error:
        return [_busy(error) for _ in group]
    except Exception:
        log.exception("arrivals not written", count=len(group))
        return [_busy() for _ in group]


async def _commit(node: Node, group: Sequence[_Waiting], *, alone: bool) -> list[Outcome]:
    async with node.transaction() as tx:
        outcomes = await (_each(tx, group) if alone else _write(tx, group))
        await node.reach("I3")
    node.metrics.arrivals_per_commit.observe(len(group))
    return outcomes


async def _each(tx: Transaction, group: Sequence[_Waiting]) -> list[Outcome]:
    """Write each behind a savepoint: what the database cannot keep costs its neighbours nothing."""
    outcomes: list[Outcome] = []
    for one in group:
        try:
            async with tx.session.begin_nested():
                outcomes += await _write(tx, [one])
        except Unkeepable as error:
            log.warning("arrival cannot be kept", activity=one.arrival.iri, error=str(error))
            outcomes.append(Malformed("This activity holds something that this node cannot keep."))
    return outcomes


async def _write(tx: Transaction, group: Sequence[_Waiting]) -> list[Outcome]:
    """Ask again what decides, and write down what stands. Raises Unkeepable."""
    doubts = await _doubts(tx, group)
    good = [one for one in group if one not in doubts]
    try:
        fresh = await journal.record_all(tx, [one.arrival for one in good])
        await hearing.note(tx, {one.arrival.host for one in good})
        for stated, signer in dict.fromkeys(
            (one.grounds.synchronization, one.arrival.signer) for one in good
        ):
            if stated is not None:
                await synchronizing.note(tx, stated, signer)
    except (StatementError, ValueError) as error:
        if _is_about_data(error):
            raise Unkeepable(str(error)) from error
        raise
    outcomes: list[Outcome] = []
    for one in group:
        outcomes.append(doubts.get(one) or one.arrival.iri in fresh)
        fresh.discard(one.arrival.iri)
    return outcomes


async def _doubts(tx: Transaction, group: Sequence[_Waiting]) -> dict[_Waiting, NodeError]:
    """Return whose grounds have gone since they were believed, and why (P1, A106, R41)."""
    blocked = await blocked_among(tx.session, {host for one in group for host in one.grounds.hosts})
    signers = {one.grounds.signer for one in group if one.grounds.signer is not None}
    known = await find_keys(tx.session, {signer.key_id for signer in signers}) if signers else {}
    changed = {signer for signer in signers if known.get(signer.key_id) != (signer.owner, signer.pem)}
    doubts: dict[_Waiting, NodeError] = {}
    for one in group:
        if not blocked.isdisjoint(one.grounds.hosts):
            doubts[one] = Forbidden("This node does not accept activities from your host.")
        elif one.grounds.signer in changed:
            doubts[one] = Outdated("The signer's key has changed.")
    return doubts


def _is_about_data(error: StatementError | ValueError) -> bool:
    """Tell whether the database, or its driver, objects to a value rather than to the work."""
    if not isinstance(error, DBAPIError) or isinstance(error, DataError):
        return True
    cause = getattr(error.orig, "__cause__", None)
    state = str(getattr(error.orig, "sqlstate", None) or "")
    return isinstance(cause, ValueError) or state.startswith(_DATA)


def _busy(cause: Unavailable | None = None) -> Unavailable:
    """Return an error of its own for each: one that is raised in many places keeps all their frames."""
    if cause is None:
        return Unavailable(
            "This could not be written down. Please send it again later.", retry_after=RETRY_AFTER
        )
    return Unavailable(cause.message, detail=cause.detail, retry_after=cause.retry_after or RETRY_AFTER)
