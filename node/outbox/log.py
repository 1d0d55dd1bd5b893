"""The append-only log of what leaves: an activity is stored once, however many hear of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from node.activitypub import strictjson
from node.activitypub.fitting import fitted
from node.outbox.audience import Target
from node.store.batches import BatchSession
from node.store.database import Transaction
from node.store.queries import log as queries
from node.store.queries.log import find_public
from node.store.tables.actors import Actor
from node.store.tables.log import LogAudience, LogEntry

__all__ = ["append", "find_public"]


async def append(
    tx: Transaction,
    *,
    iri: str,
    type: str,  # noqa: A002 -- the field's word
    actor: Actor,
    body: Mapping[str, Any],
    public: bool,
    targets: Sequence[Target],
) -> None:
    """Write what leaves into the caller's transaction; an id that is there already stays as it is.

    actor: whose key signs; local. public: may be fetched by its id. targets: none for what only stays
    fetchable. The JSON is written once, so every attempt sends the same bytes (P4). What is public bears the
    actor's proof, unless it does already; what is not bears none, so that no reader can prove it to others. A batch
    writes its entries at its end, in this order.
    """
    assert actor.id is not None
    if not isinstance(tx.session, BatchSession):
        await tx.lock_log()
        if await queries.find_entry(tx.session, iri) is not None:
            return
    text = strictjson.dump(tx.prove(actor, body) if public else fitted(body)).decode()
    entry: dict[str, Any] = {
        "iri": iri,
        "type": type,
        "actor_id": actor.id,
        "public": public,
        "body": text,
        "at": tx.now,
    }
    audience: list[dict[str, Any]] = [
        {"kind": one.kind, "actor_id": one.actor_id, "dialect": one.dialect} for one in dict.fromkeys(targets)
    ]
    if targets:
        tx.wakes.add("outbox")
    if isinstance(tx.session, BatchSession):
        tx.session.say(entry, audience)
        return
    row = LogEntry(**entry)
    tx.session.add(row)
    await tx.session.flush()
    tx.session.add_all(LogAudience(entry_id=row.id or 0, **one) for one in audience)
    await tx.session.flush()
    await tx.reach("O1")
