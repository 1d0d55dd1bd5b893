"""Deliveries that a peer refuses because it still holds an actor's old key: sent again, beside its lane (RULE B3).

Lemmy and PieFed keep a key for a day. Behind such an entry everybody else's word would wait as long, so the lane
goes on and the entry is tried again by itself; of those for one inbox only the oldest, so that they keep their order.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import update
from sqlmodel import col, select

from node.activitypub.origin import host_of
from node.errors import Unavailable
from node.outbox.sending import KEYS_KNOWN_AFTER, Parcel, prepare, send
from node.outbox.verdicts import Verdict
from node.runtime import Node
from node.store.database import Transaction
from node.store.queries.log import find_entry
from node.store.queries.tasks import ask_for
from node.store.tables.peers import Peer
from node.store.tables.tasks import Task

KIND = "redeliver"
AGAIN = timedelta(hours=1)
GIVEN_UP = timedelta(hours=30)  # after the first refusal: keys that are a day old are read again


async def is_behind(node: Node, parcel: Parcel, inbox: str) -> bool:
    """Tell whether word of an actor with new keys must wait for what was set aside for that inbox, to keep its order."""
    rotated = parcel.actor.keys_rotated_at
    if rotated is None or node.clock.now() > rotated + KEYS_KNOWN_AFTER + GIVEN_UP:
        return False
    async with node.reading() as session:
        query = select(Task.id).where(col(Task.kind) == KIND, col(Task.subject).endswith(f" {inbox}"))
        return await session.scalar(query.limit(1)) is not None


async def set_aside(tx: Transaction, iri: str, inbox: str) -> None:
    """Have the entry of that id sent to *inbox* again in an hour."""
    await ask_for(tx, KIND, f"{iri} {inbox}", due_at=tx.now + AGAIN)


async def redeliver(node: Node, task: Task) -> datetime | None:
    """Send what *task* names once more; return when to try again, None when that is settled."""
    iri, _, inbox = task.subject.partition(" ")
    now = node.clock.now()
    async with node.reading() as session:
        earlier = await session.scalar(
            select(Task.id).where(
                col(Task.kind) == KIND, col(Task.subject).endswith(f" {inbox}"), col(Task.id) < task.id
            )
        )
    if earlier is not None:
        return now + AGAIN
    parcel = await _prepare(node, iri, inbox)
    outcome = await send(node, parcel, inbox) if parcel is not None else None
    unsettled = outcome is not None and outcome.verdict in {Verdict.ASIDE, Verdict.RETRY, Verdict.HOLD}
    if unsettled and now < task.created_at + GIVEN_UP:
        return now + AGAIN
    async with node.transaction() as tx:
        await _let_the_next_go(tx, task, inbox)
    return None


async def _prepare(node: Node, iri: str, inbox: str) -> Parcel | None:
    """Return what was set aside, made ready anew; None when nobody at *inbox* is concerned any more.

    Raises Unavailable while the peer is paused.
    """
    async with node.reading() as session:
        entry = await find_entry(session, iri)
        peer = await session.scalar(select(Peer).where(col(Peer.host) == host_of(inbox)))
        if peer is not None and peer.state == "paused":
            raise Unavailable("The operator has paused what goes to this server.", detail=peer.host)
        parcel = await prepare(session, entry, peer) if entry is not None and peer is not None else None
    return parcel if parcel is not None and inbox in parcel.inboxes else None


async def _let_the_next_go(tx: Transaction, task: Task, inbox: str) -> None:
    await tx.session.execute(
        update(Task)
        .where(col(Task.kind) == KIND, col(Task.subject).endswith(f" {inbox}"), col(Task.id) > task.id)
        .values(due_at=tx.now),
        execution_options={"synchronize_session": False},
    )
    tx.wakes.add("tasks")
