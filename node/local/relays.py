"""Services of this node that follow groups elsewhere where no person does (RULE G2, FEDERATION C.17).

Lemmy, PieFed and Mbin let persons and services follow a group, and no groups: a service stands for ours.
"""

from __future__ import annotations

from sqlmodel import col, select

from node.errors import Conflict
from node.local.actors import Keys, new_actor, new_keys
from node.runtime import Node
from node.store.database import Transaction
from node.store.tables.actors import Actor

FEED_RELAY = "feed_relay"  # reserved among the names of members
PERSONS_ONLY = frozenset({"lemmy", "piefed", "mbin", "kbin"})  # whose groups no group can follow (G.3)
_TRIES = 5


async def ensure_feed_relay(node: Node, *, make: bool) -> Actor | None:
    """Return the service that follows the groups of feeds; None when there is none and *make* is False."""
    async with node.reading() as session:
        known: Actor | None = await session.scalar(
            select(Actor).where(col(Actor.iri) == f"{node.settings.home}/u/{FEED_RELAY}")
        )
    if known is not None or not make:
        return known
    keys = await new_keys(node)
    async with node.transaction() as tx:
        relay = await new_actor(tx, f"{node.settings.home}/u/{FEED_RELAY}", FEED_RELAY, "Service", keys)
        relay.name = node.settings.name
        relay.description = "Follows the groups of the feeds that members here read."
    return relay


async def ensure_relay(node: Node, group: Actor) -> Actor:
    """Return the service that follows persons-only groups for *group* of ours, made the first time."""
    async with node.reading() as session:
        known: Actor | None = await session.scalar(
            select(Actor).where(col(Actor.represents_id) == group.id, col(Actor.deleted_at).is_(None))
        )
    if known is not None:
        return known
    keys = await new_keys(node)
    async with node.transaction() as tx:
        return await _new_relay(tx, group, keys)


async def _new_relay(tx: Transaction, group: Actor, keys: Keys) -> Actor:
    for number in range(1, _TRIES + 1):
        name = f"{group.username}_relay{'' if number == 1 else number}"
        try:
            async with tx.session.begin_nested():
                relay = await new_actor(tx, f"{group.home}/u/{name}", name, "Service", keys)
        except Conflict:
            continue
        relay.represents_id = group.id
        relay.name = group.name
        relay.description = f"Follows groups elsewhere for {group.handle}."
        await tx.session.flush()
        return relay
    raise Conflict(f"The names for a relay of {group.handle} are all taken.", detail=group.iri)
