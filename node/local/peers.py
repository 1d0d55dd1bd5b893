"""Peer policy: whom this node does not deal with. Word to the others is `outbox.lanes`' matter."""

from __future__ import annotations

from node.activitypub.origin import parse_iri
from node.errors import Conflict, Malformed, NotFound
from node.store.database import Transaction
from node.store.queries.actors import ensure_peer
from node.store.queries.servers import find_server
from node.store.tables.peers import Peer

REASON_LENGTH = 500  # characters


async def get_peer(tx: Transaction, host: str) -> Peer:
    """Return the peer that serves *host*, for this transaction to change; raises NotFound."""
    try:
        return await find_server(tx.session, host, to_change=True)
    except NotFound as error:
        raise NotFound(f"No peer {host} is known here. `archipel peer list` shows them.") from error


async def block(tx: Transaction, host: str, *, own: str, reason: str = "") -> Peer:
    """Take nothing from a host or any host below it, and tell it nothing; it may be unknown until now.

    own: this node's host. Raises Malformed for what is no host, Conflict for the node itself.
    """
    try:
        iri = parse_iri(f"https://{host.lower()}/", development=True)
    except Malformed as error:
        raise Malformed(
            f"{host} is no host name. Write it as in a handle, such as spam.example.", detail=str(error)
        ) from error
    if own == iri.authority or own.endswith(f".{iri.authority}"):
        raise Conflict("A node cannot block itself.", detail=host)
    peer = await ensure_peer(tx, f"https://{iri.authority}/")
    peer.blocked_at = peer.blocked_at or tx.now
    peer.blocked_reason = reason.strip()[:REASON_LENGTH]
    await tx.session.flush()
    return peer


async def unblock(tx: Transaction, host: str) -> Peer:
    """Deal with a host again. What was said meanwhile is not told later. Raises NotFound."""
    peer = await get_peer(tx, host)
    peer.blocked_at, peer.blocked_reason = None, ""
    await tx.session.flush()
    return peer
