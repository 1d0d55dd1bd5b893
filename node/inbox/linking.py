"""Joining a group of ours to one elsewhere, and parting them (RULE G2, FEDERATION G.3)."""

from __future__ import annotations

from node.activities import follow
from node.activities.perform import perform
from node.errors import NotFound
from node.local.relays import PERSONS_ONLY, ensure_relay
from node.runtime import Node
from node.store.database import Transaction
from node.store.queries.actors import get_actor
from node.store.queries.listings import siblings_of
from node.store.tables.actors import Actor
from node.store.tables.peers import Peer


async def link(node: Node, group: Actor, other: Actor) -> None:
    """Let *group* of ours follow *other*, by its service where only persons may; raises as `follow.check`."""
    async with node.reading() as session:
        peer = await session.get(Peer, other.peer_id) if other.peer_id else None
    persons_only = other.is_group and peer is not None and peer.software in PERSONS_ONLY
    follower = await ensure_relay(node, group) if persons_only else group
    async with node.transaction() as tx:
        await perform(tx, follow.compose(tx, follower, await get_actor(tx.session, other.iri)))


async def unlink(tx: Transaction, group: Actor, iri: str) -> None:
    """Let *group* follow the actor of that id no longer and show nothing of it; raises NotFound."""
    followed = False
    for actor, edge in await siblings_of(tx.session, group):
        if actor.iri != iri:
            continue
        followed = True
        undo = await follow.compose_undo(tx, await tx.session.get_one(Actor, edge.follower_id), actor)
        if undo is not None:
            await perform(tx, undo)
    if not followed:
        raise NotFound("The group does not follow this one.", detail=f"{group.iri}: {iri}")
