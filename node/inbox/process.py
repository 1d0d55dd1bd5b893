"""The worker of the inbox: claim, unwrap, resolve, then one transaction for effect and journal.

A refusal ends an arrival with its reason, an absence brings it back later, anything unforeseen is logged, tried
again and parked after the fifth time: one arrival never holds up its neighbours (R17).
"""

from __future__ import annotations

import asyncio
import json
from datetime import timedelta
from typing import Any

import structlog

from node.activities.perform import perform
from node.activities.unanswered import take_as_answered
from node.activitypub.activity import Activity
from node.activitypub.documents import ObjectDocument
from node.errors import Conflict, NodeError, Refused, TooMany, Unavailable
from node.inbox import journal
from node.inbox.carried import Unwrapped
from node.inbox.resolve import resolve
from node.inbox.unwrap import unwrap
from node.inbox.verifying import FIRST_AFTER
from node.network.client import Budget
from node.runtime import LOOK_EVERY, Node
from node.store.database import Transaction
from node.store.queries.posts import find_post
from node.store.queries.tasks import ask_for
from node.store.tables.arrivals import Arrival

AT_ONCE = 8  # arrivals whose origins are asked side by side; their effects come one after another
DEEPEST = 8  # an id in an object in an activity in a list in a collection that a group announces

log = structlog.get_logger()


class Effects:
    """One effect at a time: counts are made from rows, and two at once would each miss the other's."""

    def __init__(self) -> None:
        self.alone = asyncio.Lock()


async def process_due(node: Node, limit: int = 50) -> int:
    """Work on what is due, at most *limit* that are new and as many that were begun before; return how many.

    In the order of arrival where two are about one thing or by one actor; else AT_ONCE side by side, so that
    an origin that hangs holds up nobody else's.
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
    if claimed:
        await node.reach("I5")
    room = asyncio.Semaphore(AT_ONCE)
    last: dict[str, asyncio.Task[None]] = {}
    for arrival in claimed:
        concerned = _concerned(arrival)
        before = {last[name] for name in concerned if name in last}
        last |= dict.fromkeys(concerned, asyncio.create_task(_in_turn(node, arrival, before, room)))
    await asyncio.gather(*last.values(), return_exceptions=True)
    return worked + len(claimed)


async def _in_turn(
    node: Node, arrival: Arrival, before: set[asyncio.Task[None]], room: asyncio.Semaphore
) -> None:
    """Work on *arrival* when those *before* it have ended and there is room."""
    if before:
        await asyncio.wait(before)
    async with room:
        try:
            await _work(node, arrival)
        except NodeError as error:  # not even the failure could be written down: the lease ends by itself
            log.warning("arrival left", arrival=arrival.iri, error=str(error))


def _concerned(arrival: Arrival) -> set[str]:
    """Return the ids of who acts and of what it is about, to the depth of what a group passes on."""
    found = {arrival.iri, arrival.actor}
    try:
        level: list[Any] = [json.loads(arrival.body)]
    except ValueError:
        return found  # its own work will say so, and holds up nobody
    for _ in range(DEEPEST):
        below: list[Any] = []
        for one in level:
            if isinstance(one, str):
                found.add(one)
            elif isinstance(one, dict):
                below += [one.get(name) for name in ("id", "actor", "attributedTo", "inReplyTo", "object")]
                below += [one.get(name) for name in ("items", "orderedItems")]
            elif isinstance(one, list):
                below += one
        level = below
    return found


async def run(node: Node, stopping: asyncio.Event) -> None:
    """Work until *stopping*: what is in hand is finished, nothing more is claimed (R04)."""
    while not stopping.is_set():
        if await process_due(node) == 0:
            await node.wake.wait("inbox", at_most=LOOK_EVERY)


async def _work(node: Node, arrival: Arrival) -> None:
    try:
        await _handle(node, arrival)
    except Conflict as error:
        log.warning("arrival lost to another worker", arrival=arrival.iri, error=str(error))
    except (Unavailable, TooMany) as error:
        log.info("arrival waits", arrival=arrival.iri, error=str(error))
        await _retry(node, arrival, error)
    except Refused as error:
        log.info("arrival refused", arrival=arrival.iri, error=str(error))
        async with node.transaction() as tx:
            await journal.close(tx, arrival, "done", str(error))
    except Exception as error:
        log.exception("arrival failed", arrival=arrival.iri)
        await _retry(node, arrival, error)


async def _retry(node: Node, arrival: Arrival, error: Exception) -> None:
    async with node.transaction() as tx:
        await journal.retry(tx, arrival, str(error) or repr(error), _wait(error))


def _wait(error: Exception) -> timedelta | None:
    wait = error.retry_after if isinstance(error, Unavailable) else None
    return timedelta(seconds=wait) if wait else None


async def _handle(node: Node, arrival: Arrival) -> None:
    budget = Budget(node.settings.fetches_per_activity)
    last = journal.is_last_attempt(arrival)
    found = await unwrap(node, arrival, budget)
    ready = await _resolved(node, found, budget, last=last)
    async with node.memory(Effects).alone, node.transaction() as tx:
        if found.passed_by is not None:
            await take_as_answered(tx, found.passed_by)
        refusals = [refusal for activity in ready if (refusal := await _effect(tx, activity))]
        reason = "; ".join(map(str, [*found.refusals, *refusals]))
        if found.unfinished is None:
            await journal.close(tx, arrival, "done", reason)
        else:  # what has taken effect takes none a second time
            await journal.retry(tx, arrival, str(found.unfinished), _wait(found.unfinished))
        await tx.reach("I7")
    await node.reach("I8")


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
            await _ask_for_the_rest(tx, activity)
    except Refused as error:
        log.info("activity refused", activity=activity.iri, error=str(error))
        return error
    return None


async def _ask_for_the_rest(tx: Transaction, activity: Activity) -> None:
    """Ask to verify what was taken on a group's word, and to look for the thread of what came without one (E4)."""
    if activity.type not in {"Create", "Update"} or not isinstance(activity.document, ObjectDocument):
        return
    post = await find_post(tx.session, activity.document.iri)
    if post is None:
        return
    if not activity.verified and post.verify_by is not None:
        await ask_for(tx, "verify", post.iri, due_at=tx.now + FIRST_AFTER)
    if post.in_reply_to is not None and post.parent_id is None and post.context_iri is not None:
        await ask_for(tx, "repair", post.iri)
