"""Peers that are heard from: alive, so what waits for them is told at once (RULE F2)."""

from __future__ import annotations

from collections.abc import Collection
from datetime import timedelta

from sqlmodel import col, or_, select

from node.outbox import lanes
from node.store.database import Transaction
from node.store.tables.peers import Peer

SEEN_EVERY = timedelta(minutes=1)  # `last_seen` is that exact: finer is a row written with every arrival


async def note(tx: Transaction, hosts: Collection[str]) -> None:
    """Note that the peers are alive; if a lane had been given up, word goes out to it again."""
    if not hosts:
        return
    trouble = or_(col(Peer.failures) > 0, col(Peer.state).not_in(("awake", "paused")))
    stale = or_(col(Peer.last_seen).is_(None), col(Peer.last_seen) <= tx.now - SEEN_EVERY)
    peers = await tx.session.scalars(select(Peer).where(col(Peer.host).in_(hosts), or_(stale, trouble)))
    for peer in peers:
        peer.last_seen = tx.now
        await lanes.revive(tx, peer)
    await tx.session.flush()
