"""Words for the log, and how the lane of a peer stands."""

from __future__ import annotations

from node.outbox import log
from node.outbox.audience import Target
from node.store.tables.peers import Peer
from tests.support.rows import a_peer


async def say(tx, actor, *targets):
    iri = f"{actor.home}/activities/{tx.ids.token()}"
    await log.append(
        tx, iri=iri, type="Like", actor=actor, body={"id": iri, "type": "Like"}, public=True, targets=targets
    )
    return iri


async def peer_at(node, host="beta.example") -> Peer:
    async with node.transaction() as tx:
        return await a_peer(tx, host)


async def tell(node, ada, *actors, times=1):
    async with node.transaction() as tx:
        return [await say(tx, ada, *(Target("actor", one.id) for one in actors)) for _ in range(times)]
