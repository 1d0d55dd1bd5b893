"""The append-only log of what leaves: an activity is stored once, however many hear of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from node.activitypub import strictjson
from node.activitypub.fitting import fitted
from node.outbox.audience import Target
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
) -> LogEntry:
    """Write what leaves into the caller's transaction; an id that is there already stays as it is.

    actor: whose key signs; local. public: may be fetched by its id. targets: none for what only stays
    fetchable. The JSON is written once, so every attempt sends the same bytes (P4). What is public bears the
    actor's proof, unless it does already; what is not bears none, so that no reader can prove it to others.
    """
    await tx.lock_log()
    known = await queries.find_entry(tx.session, iri)
    if known is not None:
        return known
    assert actor.id is not None
    text = strictjson.dump(tx.prove(actor, body) if public else fitted(body)).decode()
    entry = LogEntry(iri=iri, type=type, actor_id=actor.id, public=public, body=text, at=tx.now)
    tx.session.add(entry)
    await tx.session.flush()
    assert entry.id is not None
    for target in dict.fromkeys(targets):
        row = LogAudience(
            entry_id=entry.id, kind=target.kind, actor_id=target.actor_id, dialect=target.dialect
        )
        tx.session.add(row)
    await tx.session.flush()
    if targets:
        tx.wakes.add("outbox")
    await tx.reach("O1")
    return entry
