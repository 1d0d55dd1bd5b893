"""From what was received to what is believed: activities that somebody vouches for.

Three who can vouch: the actor, who signed it or its delivery; the origin, where it is fetched (`firsthand`); the group,
for what happens in its own threads (`carried`).
"""

from __future__ import annotations

from dataclasses import replace

from node.activitypub import reading, strictjson
from node.activitypub.origin import same_identity
from node.errors import Refused
from node.inbox.actors import fetch_actor
from node.inbox.carried import Passing, Unwrapped, announced
from node.inbox.firsthand import direct, forwarded
from node.network.client import Budget
from node.runtime import Node
from node.store.queries.tasks import ask_for
from node.store.tables.actors import Actor
from node.store.tables.arrivals import Arrival


async def unwrap(node: Node, arrival: Arrival, budget: Budget) -> Unwrapped:
    """Return what *arrival* says happened; nothing for the echo of an act of ours (RULE C1).

    Raises Refused for what nobody vouches for; Unavailable when the one who could is away.
    """
    if not arrival.signer:
        raise Refused("Nobody is known to have signed this.", detail=arrival.iri)  # V10
    activity = reading.read_activity(strictjson.load(arrival.body.encode()))
    if arrival.trust == "forwarded":
        return Unwrapped([await forwarded(node, activity, budget)])
    if not same_identity(arrival.signer, activity.actor):
        raise Refused("The signer is not the actor.", detail=arrival.iri)
    if activity.type == "Announce":
        actor = await fetch_actor(node, activity.actor, budget)
        if actor.kind == "Feed":
            await _feed_changed(node, actor)
            return Unwrapped([])
        if actor.is_group:
            return replace(await announced(Passing(node, actor, budget), activity), passed_by=actor)
    return Unwrapped([await direct(node, activity, budget)])


async def _feed_changed(node: Node, feed: Actor) -> None:
    """A feed says that a group came or went (PieFed): its own list says which (C.17)."""
    async with node.transaction() as tx:
        await ask_for(tx, "feed", feed.iri)
