"""The worker of the outbox: claim lanes, give each its turn, and do for all of them together what can be.

Asking who is to hear, signing, and moving cursors are done in batches; the network is never waited for inside a
transaction. A crash after a POST and before the cursor costs one repeat on the wire, of the same id and bytes (R03).
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from functools import partial
from types import MappingProxyType

import structlog

from node.errors import Unavailable
from node.outbox import lanes, redelivering
from node.outbox.batching import Batcher
from node.outbox.candidates import Candidates
from node.outbox.lanes import LaneLost
from node.outbox.loading import Load, Question, load
from node.outbox.outage import PROBE_EVERY, Outage, excused
from node.outbox.refusals import Refusals
from node.outbox.sending import Parcel
from node.outbox.turns import BRIEF, Settlement, Turn
from node.outbox.verdicts import Outcome, Verdict
from node.runtime import LOOK_EVERY, Node
from node.store.queries import lanes as queries
from node.store.queries.lanes import Lane

CLEAN_STOP = 25.0  # seconds for what is on its way; the node gives its workers 30 (R04)
TOGETHER = 256  # lanes that share a question or a commit
# Seconds without an answer, and times what is usual: such a lane makes room for others, and after SLOW ends its turn.
WAITING, SLOW = (0.5, 3), (2.0, 6)
USUAL_OVER = 50  # deliveries
SLOW_PART = 4  # lanes known as slow or failing have a place in so many
WAITING_PART = 4  # times the places: as many may wait for slow answers, and the longest is cut off
ROOM_AT_ONCE = 8  # part of the places that should be free before more lanes are claimed: a claim is a commit
GATHER = 0.02  # seconds to wait for that
CATCH_UP_EVERY = 10.0  # seconds between two times that idle cursors are brought to the head
# A peer that failed or was slow gets less patience than others.
_SHORT: Mapping[str, float] = MappingProxyType({"within": 10.0, "connect_within": 2.0})

_log = structlog.get_logger(__name__)


class Counter:
    """The desk at which all turns of a worker ask and report."""

    def __init__(self, node: Node) -> None:
        self._node = node
        self.usual = 0.0  # seconds in which peers take something, as of late
        self._outage = node.memory(Outage)
        self._loads: Batcher[Question, Load] = Batcher(partial(load, node), most=TOGETHER)
        self._settles: Batcher[Settlement, None] = Batcher(self._settle, most=TOGETHER)

    async def load(self, question: Question) -> Load:
        """Return what a lane may send now. Raises LaneLost."""
        return await self._loads.ask(question)

    async def settle(self, settlement: Settlement) -> None:
        """Write down how far a lane has got. Raises LaneLost."""
        await self._settles.ask(settlement)

    def heard(self, lane: Lane, outcome: Outcome, took: float) -> None:
        """Take notice of what became of a request, and how many seconds that took."""
        if outcome.verdict is Verdict.DONE:
            self.usual += (took - self.usual) / USUAL_OVER
        self._outage.note(lane, outcome, self._node.clock.now())

    def refused(self, lane: Lane, parcel: Parcel, reason: str) -> None:
        """Tell the operator what a peer will never take, once an hour for each kind."""
        times = self._node.memory(Refusals).count(lane.host, reason, self._node.clock.now())
        if times is not None:
            _log.info("outbox.refused", peer=lane.host, activity=parcel.entry.iri, reason=reason, times=times)

    async def _settle(self, settlements: Sequence[Settlement]) -> Sequence[LaneLost | None]:
        is_our_fault = self._outage.is_on(self._node.clock.now())
        steps = [_excused(one.step) if is_our_fault else one.step for one in settlements]
        async with self._node.transaction() as tx:
            answers = await lanes.settle(tx, steps)
            for settlement, answer in zip(settlements, answers, strict=True):
                for iri, inbox in settlement.asides if answer is None else ():
                    await redelivering.set_aside(tx, iri, inbox)
            if is_our_fault:
                await lanes.excuse(tx, self._outage.blamed())
            await self._node.reach("O7")
        await self._node.reach("O8")
        return answers


def _excused(step: lanes.Step) -> lanes.Step:
    if step.failed is None or not step.failed.is_silence:
        return step
    return replace(step, failed=excused(step.failed))


async def deliver_due(node: Node, *, limit: int | None = None) -> int:
    """Give each lane that is due one turn, all at once; return how many POSTs were tried.

    limit: lanes, the settings' deliveries_open when None; one while our own network is down.
    """
    counter = Counter(node)
    places = 1 if node.memory(Outage).is_on(node.clock.now()) else node.settings.deliveries_open
    turns = [Turn(node, counter, lane) for lane in await lanes.claim(node, limit or places)]
    await asyncio.gather(*(_take(turn) for turn in turns))
    return sum(turn.tried for turn in turns)


async def run(node: Node, stopping: asyncio.Event) -> None:
    """Deliver until *stopping* is set, then let what is on its way arrive."""
    await Worker(node).run(stopping)


async def _take(turn: Turn) -> None:
    """Give a lane its turn, whatever comes of it."""
    try:
        await turn.run()
    except LaneLost as lost:
        _log.warning("outbox.lane_lost", peer=turn.lane.host, detail=lost.detail)
    except Exception:  # noqa: BLE001 -- one lane's trouble is not the others'; its lease ends, and it is tried again
        _log.exception("outbox.turn_failed", peer=turn.lane.host)


class Worker:
    """Holds as many lanes as there are places, and makes room where a peer is slow (R14)."""

    def __init__(self, node: Node) -> None:
        self._node = node
        self._counter = Counter(node)
        self._candidates = Candidates(node)
        self._outage = node.memory(Outage)
        self._places = node.settings.deliveries_open
        self._turns: dict[Turn, asyncio.Task[None]] = {}
        self._slow: set[Turn] = set()  # of the turns, those that do not count for the places of healthy ones
        self._freed = asyncio.Event()
        self._caught_up = self._probed = float("-inf")

    async def run(self, stopping: asyncio.Event) -> None:
        """Deliver until *stopping* is set, then let what is on its way arrive."""
        stop = asyncio.create_task(stopping.wait())
        bell = self._listen()
        try:
            while not stopping.is_set():
                if bell.done():
                    self._candidates.expect_news()
                    bell = self._listen()
                self._make_room()
                if not await self._claim():
                    await self._rest(stop, bell)
        finally:
            for waiter in (stop, bell):
                waiter.cancel()
            await asyncio.gather(stop, bell, return_exceptions=True)
            await self._finish()

    def _listen(self) -> asyncio.Task[None]:
        return asyncio.create_task(self._node.wake.wait("outbox", at_most=LOOK_EVERY))

    def _make_room(self) -> None:
        """Let those that wait long for an answer wait beside the others, and cut off the longest when they are many."""
        now, usual = time.monotonic(), self._counter.usual
        waiting, slow = (max(least, times * usual) for least, times in (WAITING, SLOW))
        for turn in self._turns:
            since = turn.waits_since()
            if since is not None and now - since > waiting:
                self._slow.add(turn)
                if now - since > slow:
                    self._candidates.was_slow(turn.lane.peer_id)
                    turn.end()
        too_many = len(self._slow) - self._places * WAITING_PART
        if too_many > 0:
            for turn in sorted(self._slow, key=lambda one: one.waits_since() or now)[:too_many]:
                turn.cut()

    async def _claim(self) -> bool:
        """Claim lanes for the places that are free; return whether there were any."""
        healthy = self._places - (len(self._turns) - len(self._slow))
        troubled = max(1, self._places // SLOW_PART) - len(self._slow)
        if self._outage.is_on(self._node.clock.now()):
            healthy = troubled = self._room_for_a_probe()
        if healthy <= 0 and troubled <= 0:
            return False
        try:
            wanted = await self._candidates.take(max(0, healthy), max(0, troubled))
            claimed = await lanes.claim(self._node, len(wanted), among=wanted) if wanted else []
            if not wanted and not self._turns:
                await self._catch_up()
        except Unavailable as error:  # the database is locked or away: that passes
            _log.warning("outbox.claim_failed", error=str(error))
            return False
        for lane in claimed:
            self._begin(lane)
        return bool(wanted)

    def _room_for_a_probe(self) -> int:
        """Return 1 when it is time to see whether our own network is back, else 0."""
        now = time.monotonic()
        if self._turns or now < self._probed + PROBE_EVERY:
            return 0
        self._probed = now
        return 1

    def _begin(self, lane: Lane) -> None:
        is_slow = lane.in_trouble or self._candidates.is_slow(lane.peer_id)
        turn = Turn(self._node, self._counter, lane, dict(_SHORT) if is_slow else {})
        turn.most = BRIEF if self._candidates.are_waiting else turn.most
        task = asyncio.create_task(_take(turn))
        self._turns[turn] = task
        if is_slow:
            self._slow.add(turn)
        task.add_done_callback(partial(self._ended, turn))

    def _ended(self, turn: Turn, _task: object) -> None:
        del self._turns[turn]
        self._slow.discard(turn)
        self._freed.set()

    async def _catch_up(self) -> None:
        if time.monotonic() >= self._caught_up + CATCH_UP_EVERY:
            await lanes.catch_up(self._node)
            self._caught_up = time.monotonic()

    async def _rest(self, stop: asyncio.Task[bool], bell: asyncio.Task[None]) -> None:
        """Wait for a bell, the next lane that comes due, room for more, or the end of it all."""
        self._freed.clear()
        freed = asyncio.create_task(self._freed.wait())
        await asyncio.wait(
            {stop, bell, freed}, timeout=await self._patience(), return_when=asyncio.FIRST_COMPLETED
        )
        if freed.done() and len(self._turns) > self._places - self._places // ROOM_AT_ONCE:
            await asyncio.wait({stop}, timeout=GATHER)  # more will be free in a moment
        freed.cancel()
        with suppress(asyncio.CancelledError):
            await freed

    async def _patience(self) -> float:
        """Return for how many seconds nothing can happen that nobody tells of."""
        if self._turns:
            return WAITING[0] / 4
        if self._candidates.is_stale:
            return self._candidates.until_next_look()
        now = self._node.clock.now()
        async with self._node.reading() as session:
            due = await queries.next_due(session, now=now)
        return LOOK_EVERY if due is None else min((due - now).total_seconds(), LOOK_EVERY)

    async def _finish(self) -> None:
        tasks = list(self._turns.values())
        for turn in self._turns:
            turn.end()
        if tasks:
            _, late = await asyncio.wait(tasks, timeout=CLEAN_STOP)
            for task in late:
                task.cancel()  # its lease ends by itself
            await asyncio.gather(*late, return_exceptions=True)
