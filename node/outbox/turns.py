"""One lane's turn: a window of entries under way at once, in the order that matters, until nothing waits or others have theirs.

It begins with one: a peer that does not answer costs one request, and one that has answered gets the whole window.
A place in the window is free again when the cursor is committed, not when the peer has answered: so a crash costs at most
one repeat on the wire for each place, of the same id and bytes (R03).
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

import structlog

from node.outbox import redelivering
from node.outbox.lanes import Step
from node.outbox.loading import Load, Question
from node.outbox.ordering import Touch
from node.outbox.sending import Parcel, send
from node.outbox.verdicts import Outcome, Verdict
from node.runtime import Node
from node.store.queries import log as log_queries
from node.store.queries.lanes import Lane
from node.store.queries.tasks import ask_for

TURN = 50  # entries of one lane before others have their turn
BRIEF = 10  # while more lanes wait than there are places: new word then does not wait behind long queues of others (R27)
REFUSED = frozenset({Verdict.DROP, Verdict.RECHECK, Verdict.ASIDE})
AGAIN = frozenset({Verdict.RETRY, Verdict.HOLD})

_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Settlement:
    """What is to be written down together. asides: ids and inboxes to be tried again beside the lane (RULE B3)."""

    step: Step
    asides: tuple[tuple[str, str], ...] = ()


class Desk(Protocol):
    """What turns share: asked for all lanes together."""

    async def load(self, question: Question) -> Load:
        """Return what may be sent now. Raises LaneLost."""

    async def settle(self, settlement: Settlement) -> None:
        """Write down how far the lane has got. Raises LaneLost."""

    def heard(self, lane: Lane, outcome: Outcome, took: float) -> None:
        """Take notice of what became of a request, and how many seconds that took."""

    def refused(self, lane: Lane, parcel: Parcel, reason: str) -> None:
        """Take notice of what a peer will never take."""


@dataclass(slots=True)
class _Told:
    """What became of one entry."""

    parcel: Parcel
    outcomes: list[Outcome]

    @property
    def failed(self) -> Outcome | None:
        return self.outcomes[-1] if self.outcomes and self.outcomes[-1].verdict in AGAIN else None

    @property
    def refused(self) -> Outcome | None:
        return next((one for one in self.outcomes if one.verdict in REFUSED), None)


@dataclass(eq=False)
class Turn:
    """A lane while this process works it. tried: POSTs so far. patience: as of `sending.send`. most: entries."""

    node: Node
    desk: Desk
    lane: Lane
    patience: Mapping[str, Any] = field(default_factory=dict)
    most: int = field(default_factory=lambda: TURN)
    tried: int = 0
    _after: int = 0  # up to there entries are dealt with, under way, or stuck
    _done: set[int] = field(default_factory=set)  # dealt with, behind the cursor
    _stuck: set[int] = field(default_factory=set)  # to be tried again
    _under_way: dict[asyncio.Task[_Told], Parcel] = field(default_factory=dict)
    _began: dict[asyncio.Task[_Told], float] = field(default_factory=dict)
    _taken: int = 0
    _has_answered: bool = False  # the peer, to anything in this turn, and not that it is to be tried again
    _is_over: bool = False  # nothing more is begun
    _failed: Outcome | None = None

    async def run(self) -> None:
        """Work the lane and give it back. Raises LaneLost."""
        try:
            while not await self._go_on():
                pass
        finally:
            await self._drop(list(self._under_way))

    def waits_since(self) -> float | None:
        """Return when the oldest request under way was begun, by the monotonic clock; None when none is."""
        return min(self._began.values(), default=None)

    def end(self) -> None:
        """Begin nothing more: what is under way is the last."""
        self._is_over = True

    def cut(self) -> None:
        """Wait no longer for what is under way."""
        self.end()
        for task in self._under_way:
            task.cancel()

    async def _go_on(self) -> bool:
        """Fill the window, wait for something to come of it and write that down; return whether that was all."""
        if not self._is_over:
            await self._fill()
        if self._under_way:
            await asyncio.wait(self._under_way, return_when=asyncio.FIRST_COMPLETED)
        elif not self._is_over:
            return False
        told = [self._result(task) for task in [one for one in self._under_way if one.done()]]
        settlement = self._settlement(told)
        await self.desk.settle(settlement)
        return settlement.step.ends

    async def _fill(self) -> None:
        window = self.node.settings.deliveries_per_peer if self._has_answered else 1
        room = min(window - len(self._under_way), self.most - self._taken)
        if room <= 0:
            return
        under_way: dict[int, Touch] = {one.id: one.touch for one in self._under_way.values()}
        load = await self.desk.load(Question(self.lane, self._after, room, under_way, frozenset(self._done)))
        self._after = load.after
        self._done |= load.done
        self._taken += len(load.parcels)
        self._is_over |= load.is_all or not load.is_open or self._taken >= self.most
        for parcel in load.parcels:
            task = asyncio.create_task(self._tell(parcel))
            self._under_way[task] = parcel
            self._began[task] = time.monotonic()

    async def _tell(self, parcel: Parcel) -> _Told:
        """Send one entry to each inbox, until one of them is to be tried again."""
        told = _Told(parcel, [])
        for inbox in parcel.inboxes:
            if told.outcomes:  # one entry may go to many inboxes: the lease must last
                await self.desk.settle(self._settlement([], goes_on=True))
            if await redelivering.is_behind(self.node, parcel, inbox):
                told.outcomes.append(
                    Outcome(Verdict.ASIDE, "waits for what was refused because of an old key")
                )
                continue
            self.tried += 1
            began = time.monotonic()
            outcome = await send(self.node, parcel, inbox, **self.patience)
            self.desk.heard(self.lane, outcome, time.monotonic() - began)
            told.outcomes.append(outcome)
            if outcome.verdict is Verdict.RECHECK:
                await _recheck(self.node, inbox)
            if outcome.verdict in AGAIN:
                break
        return told

    def _result(self, task: asyncio.Task[_Told]) -> _Told:
        parcel = self._under_way.pop(task)
        del self._began[task]
        if task.cancelled():
            return _Told(
                parcel, [Outcome(Verdict.RETRY, "took too long while others waited", is_silence=True)]
            )
        error = task.exception()
        if error is not None:  # whatever it is: one entry's trouble backs off, and is nobody else's (R17)
            _log.error("outbox.entry_failed", peer=self.lane.host, activity=parcel.entry.iri, exc_info=error)
            return _Told(parcel, [Outcome(Verdict.RETRY, f"unexpected: {error!r}")])
        return task.result()

    def _settlement(self, told: list[_Told], *, goes_on: bool = False) -> Settlement:
        """Return what is to be written down, after *told* has come back."""
        asides: list[tuple[str, str]] = []
        for one in told:
            if one.failed is not None:
                self._stuck.add(one.parcel.id)
                self._failed = self._failed or one.failed
                self._is_over = True
                continue
            self._done.add(one.parcel.id)
            if one.refused is not None:
                self.desk.refused(self.lane, one.parcel, one.refused.reason)
            asides += [
                (one.parcel.entry.iri, inbox)
                for inbox, outcome in zip(one.parcel.inboxes, one.outcomes, strict=False)
                if outcome.verdict is Verdict.ASIDE
            ]
        cursor = self._cursor()
        self._done = {one for one in self._done if one > cursor}
        ends = self._is_over and not self._under_way and not goes_on
        ended = [one for one in told if one.failed is None and one.outcomes]
        self._has_answered |= bool(ended)
        refused = [one.refused.reason for one in ended if one.refused is not None]
        step = Step(
            self.lane,
            cursor,
            tuple(self._done),
            took=any(one.refused is None for one in ended),
            refused=refused[-1] if refused else "",
            failed=self._failed if ends else None,
            ends=ends,
        )
        return Settlement(step, tuple(asides))

    def _cursor(self) -> int:
        left = [*self._stuck, *(one.id for one in self._under_way.values())]
        return min(self._after, min(left, default=self._after + 1) - 1)

    async def _drop(self, tasks: list[asyncio.Task[_Told]]) -> None:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def _recheck(node: Node, inbox: str) -> None:
    """Ask for the actor behind an inbox to be read again: it may have moved."""
    async with node.transaction() as tx:
        actor = await log_queries.find_by_inbox(tx.session, inbox)
        if actor is not None:
            await ask_for(tx, "refresh", actor.iri)
