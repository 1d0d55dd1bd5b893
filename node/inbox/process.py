"""The worker of the inbox: claim, unwrap, resolve, then one transaction for effect and journal.

A refusal ends an arrival with its reason, an absence brings it back later, anything unforeseen is logged, tried
again and parked after the fifth time: one arrival never holds up its neighbours (R17).
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence

import structlog

from node.activities.perform import perform
from node.activities.unanswered import take_as_answered
from node.activitypub.activity import Activity
from node.errors import Conflict, NodeError, Refused, TooMany, Unavailable
from node.inbox import journal
from node.inbox.afterwards import ask_for_the_rest
from node.inbox.carried import Unwrapped
from node.inbox.naming import named
from node.inbox.resolve import resolve
from node.inbox.together import Batch, work_together
from node.inbox.unwrap import unwrap
from node.network.client import Budget
from node.runtime import LOOK_EVERY, Node
from node.store.database import Transaction
from node.store.tables.arrivals import Arrival

TOGETHER = 100  # arrivals in one unit of work: more gain little, and others wait longer to write
WITHIN = 240.0  # seconds for one arrival: ten fetches of 15, and then some; less than its lease
AT_ONCE = 8  # arrivals whose origins are asked side by side; their effects come one after another
_CONCERNED = ("id", "actor", "attributedTo", "inReplyTo", "object", "items", "orderedItems")

log = structlog.get_logger()


class Effects:
    """One effect at a time: counts are made from rows, and two at once would each miss the other's."""

    def __init__(self) -> None:
        self.alone = asyncio.Lock()


async def process_due(node: Node, limit: int = TOGETHER) -> int:
    """Work on what is due, at most *limit* that are new and as many that were begun before; return how many.

    What was begun before is worked alone: were it poison, it takes no neighbour along. What is new is worked together as far
    as it needs no network, the rest in the order of arrival where two are about one thing or by one actor; else
    AT_ONCE side by side, so that an origin that hangs holds up nobody else's.
    """
    worked = 0
    while worked < limit:
        async with node.transaction() as tx:
            again = await journal.claim_again(tx)
        if again is None:
            break
        await node.reach("I5")
        await _work(node, again)
        worked += 1
    async with node.transaction() as tx:
        claimed = await journal.claim(tx, limit)
    if not claimed:
        return worked
    await node.reach("I5")
    concerned = {arrival.id or 0: _concerned(arrival) for arrival in claimed}
    async with node.memory(Effects).alone:
        alone = await work_together(node, Batch(claimed, concerned))
    await _one_by_one(node, alone, concerned)
    return worked + len(claimed)


async def _one_by_one(
    node: Node, arrivals: Sequence[Arrival], concerned: Mapping[int, frozenset[str]]
) -> None:
    room = asyncio.Semaphore(AT_ONCE)
    last: dict[str, asyncio.Task[None]] = {}
    for arrival in arrivals:
        names = concerned[arrival.id or 0]
        before = {last[name] for name in names if name in last}
        last |= dict.fromkeys(names, asyncio.create_task(_in_turn(node, arrival, before, room)))
    await asyncio.gather(*last.values(), return_exceptions=True)


async def _in_turn(
    node: Node, arrival: Arrival, before: set[asyncio.Task[None]], room: asyncio.Semaphore
) -> None:
    """Work on *arrival* when those *before* it have ended and there is room."""
    if before:
        await asyncio.wait(before)
    async with room:
        try:
            await _work(node, arrival, has_waited=True)
        except NodeError as error:  # not even the failure could be written down: the lease ends by itself
            log.warning("arrival left", arrival=arrival.iri, error=str(error))


def _concerned(arrival: Arrival) -> frozenset[str]:
    """Return the ids of who acts and of what it is about, to the depth of what a group passes on."""
    return frozenset({arrival.iri, arrival.actor, *named(arrival.body, _CONCERNED)})


async def run(node: Node, stopping: asyncio.Event) -> None:
    """Work until *stopping*: what is in hand is finished, nothing more is claimed (R04)."""
    while not stopping.is_set():
        if await process_due(node) == 0:
            await node.wake.wait("inbox", at_most=LOOK_EVERY)


async def _work(node: Node, arrival: Arrival, *, has_waited: bool = False) -> None:
    """Work on one arrival, and write down what became of it. has_waited: for its turn, while its lease ran."""
    try:
        async with asyncio.timeout(WITHIN):
            if has_waited:
                async with node.transaction() as tx:
                    await journal.renew(tx, arrival)
            await _handle(node, arrival)
    except Conflict as error:
        log.warning("arrival lost to another worker", arrival=arrival.iri, error=str(error))
    except (Unavailable, TooMany) as error:
        log.info("arrival waits", arrival=arrival.iri, error=str(error))
        await _put_off(node, arrival, error)
    except Refused as error:
        log.info("arrival refused", arrival=arrival.iri, error=str(error))
        async with node.transaction() as tx:
            await journal.close(tx, arrival, "done", str(error))
        node.metrics.processed.labels("refused").inc()
    except Exception as error:
        log.exception("arrival failed", arrival=arrival.iri)
        await _put_off(node, arrival, error)


async def _put_off(node: Node, arrival: Arrival, error: Exception) -> None:
    async with node.transaction() as tx:
        await journal.put_off(tx, arrival, error)
    journal.count_put_off(node, arrival)


async def _handle(node: Node, arrival: Arrival) -> None:
    budget = Budget(node.settings.fetches_per_activity)
    last = journal.is_last_attempt(arrival)
    found = await unwrap(node, arrival, budget)
    ready = await _resolved(node, found, budget, last=last)
    async with node.memory(Effects).alone, node.transaction() as tx:
        await journal.take_turns(tx, [arrival])
        if found.passed_by is not None:
            await take_as_answered(tx, found.passed_by)
        refusals = [refusal for activity in ready if (refusal := await _effect(tx, activity))]
        reason = "; ".join(map(str, [*found.refusals, *refusals]))
        if found.unfinished is None:
            await journal.close(tx, arrival, "done", reason)
        else:  # what has taken effect takes none a second time
            await journal.put_off(tx, arrival, found.unfinished)
        await tx.reach("I7")
    await node.reach("I8")
    if found.unfinished is None:
        is_refused = bool(reason) and len(refusals) == len(ready)
        node.metrics.processed.labels("refused" if is_refused else "done").inc()
    else:
        journal.count_put_off(node, arrival)


async def _resolved(node: Node, found: Unwrapped, budget: Budget, *, last: bool) -> list[Activity]:
    """Fetch what the activities need; of several, one that fails is noted in *found* and left out."""
    if not found.is_batch:
        return [await resolve(node, activity, budget, last=last) for activity in found.activities]
    ready = []
    for activity in found.activities:
        try:
            ready.append(await resolve(node, activity, budget, last=last))
        except (TooMany, Unavailable) as error:
            found.unfinished = error
        except Refused as error:
            found.refusals.append(error)
    return ready


async def _effect(tx: Transaction, activity: Activity) -> NodeError | None:
    """Perform one of the activities that came together; return why it was refused, or None."""
    try:
        async with tx.session.begin_nested():
            await perform(tx, activity)
            await tx.reach("I6")
            await ask_for_the_rest(tx, activity)
    except Refused as error:
        log.info("activity refused", activity=activity.iri, error=str(error))
        return error
    return None
