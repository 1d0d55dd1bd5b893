"""The worker of the outbox: claim a lane, sign, POST, move the cursor.

Reading, sending and writing are three steps, so the network is never waited for inside a transaction. A
crash after the POST and before the cursor costs one repeat on the wire, of the same id and bytes (R03).
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass

import structlog
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col, select

from node.errors import Unavailable
from node.outbox import lanes, redelivering
from node.outbox.lanes import LaneLost
from node.outbox.refusals import Refusals
from node.outbox.sending import Parcel, prepare, send
from node.outbox.verdicts import Outcome, Verdict
from node.runtime import LOOK_EVERY, Node
from node.store.queries import lanes as queries
from node.store.queries import log as log_queries
from node.store.queries.lanes import Lane
from node.store.queries.tasks import ask_for
from node.store.tables.log import LogEntry
from node.store.tables.peers import Peer

TURN = 50  # entries of one lane before others have their turn
_REFUSED = frozenset({Verdict.DROP, Verdict.RECHECK, Verdict.ASIDE})
CLEAN_STOP = 25.0  # seconds for what is on its way; the node gives its workers 30 (R04)

_log = structlog.get_logger(__name__)


@dataclass(slots=True)
class Tally:
    """How many POSTs a turn has tried."""

    tried: int = 0


async def deliver_due(node: Node, *, limit: int | None = None) -> int:
    """Give each lane that is due one turn, all at once; return how many POSTs were tried.

    limit: lanes, the settings' deliveries_open when None.
    """
    claimed = await lanes.claim(node, limit or node.settings.deliveries_open)
    return sum(await asyncio.gather(*(_take_turn(node, lane) for lane in claimed)))


async def run(node: Node, stopping: asyncio.Event) -> None:
    """Deliver until *stopping* is set, then let what is on its way arrive.

    Every lane that ends its turn makes room for another at once: a slow peer takes one place, no more (R14).
    """
    turns: set[asyncio.Task[int]] = set()
    stop = asyncio.create_task(stopping.wait())
    try:
        while not stopping.is_set():
            claimed = await _claim_room(node, node.settings.deliveries_open - len(turns))
            turns |= {asyncio.create_task(_take_turn(node, lane)) for lane in claimed}
            if not claimed:
                await _rest(node, stop, turns)
            turns = {turn for turn in turns if not turn.done()}
    finally:
        stop.cancel()
        await _finish(turns)


async def _claim_room(node: Node, room: int) -> list[Lane]:
    if room <= 0:
        return []
    try:
        return await lanes.claim(node, room)
    except Unavailable as error:  # the database is locked or away: that passes
        _log.warning("outbox.claim_failed", error=str(error))
        return []


async def _rest(node: Node, stop: asyncio.Task[bool], turns: set[asyncio.Task[int]]) -> None:
    """Wait for a bell, the next lane that comes due, the end of a turn, or the end of it all."""
    bell = asyncio.create_task(node.wake.wait("outbox", at_most=await _until_next(node)))
    await asyncio.wait({bell, stop, *turns}, return_when=asyncio.FIRST_COMPLETED)
    bell.cancel()
    with suppress(asyncio.CancelledError):
        await bell


async def _until_next(node: Node) -> float:
    now = node.clock.now()
    async with node.reading() as session:
        due = await queries.next_due(session, now=now)
    return LOOK_EVERY if due is None else min((due - now).total_seconds(), LOOK_EVERY)


async def _finish(turns: set[asyncio.Task[int]]) -> None:
    if turns:
        _, late = await asyncio.wait(turns, timeout=CLEAN_STOP)
        for turn in late:
            turn.cancel()  # its lease ends by itself
        await asyncio.gather(*late, return_exceptions=True)


async def _take_turn(node: Node, lane: Lane) -> int:
    """Give a lane its turn, whatever comes of it; return how many POSTs were tried."""
    tally = Tally()
    try:
        await _work(node, lane, tally)
    except LaneLost as lost:
        _log.warning("outbox.lane_lost", peer=lane.host, detail=lost.detail)
    except Exception:  # noqa: BLE001 -- one lane's trouble is not the others'; its lease ends, and it is tried again
        _log.exception("outbox.turn_failed", peer=lane.host)
    return tally.tried


async def _work(node: Node, lane: Lane, tally: Tally) -> None:
    """Deliver up to TURN entries of one lane, in order."""
    async with node.reading() as session:
        head = await log_queries.head(session)
        entries = await queries.pending(session, lane.peer_id, TURN)
    seen = head if len(entries) < TURN else 0
    for entry in entries:
        parcel = await _prepare(node, lane, entry)
        if parcel is None:
            seen = 0
            break
        if not await _tell(node, lane, parcel, tally):
            return
    async with node.transaction() as tx:
        await lanes.release(tx, lane, seen=seen)


async def _prepare(node: Node, lane: Lane, entry: LogEntry) -> Parcel | None:
    async with node.reading() as session:
        peer = await _peer_of(session, lane)
        unauthenticated = peer.failures if peer.last_error.startswith("HTTP 401") else 0
        parcel = await prepare(session, entry, peer, unauthenticated=unauthenticated)
    await node.reach("O3")
    return parcel


async def _peer_of(session: AsyncSession, lane: Lane) -> Peer:
    found = await session.scalar(
        select(Peer).where(col(Peer.id) == lane.peer_id, col(Peer.fence) == lane.fence)
    )
    if found is None:
        raise LaneLost("The lane is no longer held here.", detail=f"{lane.host}, fence {lane.fence}")
    return found


async def _tell(node: Node, lane: Lane, parcel: Parcel, tally: Tally) -> bool:
    """Send one entry to each inbox and write down what came of it; return whether the lane may go on."""
    outcomes: list[Outcome] = []
    for inbox in parcel.inboxes:
        if outcomes:
            await _write(node, lanes.renew, lane)
        if await redelivering.is_behind(node, parcel, inbox):
            outcomes.append(Outcome(Verdict.ASIDE, "waits for what was refused because of an old key"))
            continue
        tally.tried += 1
        outcome = await send(node, parcel, inbox)
        outcomes.append(outcome)
        if outcome.verdict is Verdict.RECHECK:
            await _recheck(node, inbox)
        if outcome.verdict in {Verdict.RETRY, Verdict.HOLD}:
            break
    return await _settle(node, lane, parcel, outcomes)


async def _settle(node: Node, lane: Lane, parcel: Parcel, outcomes: Sequence[Outcome]) -> bool:
    entry_id = parcel.entry.id
    assert entry_id is not None
    last = outcomes[-1] if outcomes else None
    refused = next((one for one in outcomes if one.verdict in _REFUSED), None)
    ended = last is None or last.verdict not in {Verdict.RETRY, Verdict.HOLD}
    if refused is not None:
        _tell_of(node, lane, parcel, refused.reason)
    async with node.transaction() as tx:
        for inbox, outcome in zip(parcel.inboxes, outcomes, strict=False):
            if ended and outcome.verdict is Verdict.ASIDE:
                await redelivering.set_aside(tx, parcel.entry, inbox)
        if last is None:
            await lanes.pass_over(tx, lane, entry_id)
        elif last.verdict is Verdict.RETRY:
            await lanes.fail(tx, lane, error=last.reason, wait=last.wait)
        elif last.verdict is Verdict.HOLD:
            await lanes.hold(tx, lane, error=last.reason, wait=last.wait)
        elif refused is not None:
            await lanes.skip(tx, lane, entry_id, refused.reason)
        else:
            await lanes.advance(tx, lane, entry_id)
        await node.reach("O7")
    await node.reach("O8")
    return ended


def _tell_of(node: Node, lane: Lane, parcel: Parcel, reason: str) -> None:
    times = node.memory(Refusals).count(lane.host, reason, node.clock.now())
    if times is not None:
        _log.info("outbox.refused", peer=lane.host, activity=parcel.entry.iri, reason=reason, times=times)


async def _write(node: Node, step: Callable[..., Awaitable[None]], lane: Lane) -> None:
    async with node.transaction() as tx:
        await step(tx, lane)


async def _recheck(node: Node, inbox: str) -> None:
    """Ask for the actor behind an inbox to be read again: it may have moved."""
    async with node.transaction() as tx:
        actor = await log_queries.find_by_inbox(tx.session, inbox)
        if actor is not None:
            await ask_for(tx, "refresh", actor.iri)
