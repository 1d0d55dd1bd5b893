"""Which servers a member's own messages have yet to reach."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col, select

from node.store.tables.actors import Actor
from node.store.tables.log import LogEntry
from node.store.tables.messages import Message, MessageRecipient
from node.store.tables.peers import Peer

RUNNING = frozenset({"awake", "sleeping"})


@dataclass(frozen=True, slots=True)
class Underway:
    """A message that has not been handed to every server it is for."""

    hosts: tuple[str, ...]
    in_trouble: bool  # one of them did not take what was sent last
    stopped: bool  # one of them is not tried any more


async def underway(
    session: AsyncSession, author: Actor, messages: Collection[Message]
) -> dict[int, Underway]:
    """Return, by row number, those of *author*'s messages that wait for a server.

    What has been handed over is not among them, nor what is so old that nobody waits for it any more.
    """
    own = {
        one.received_at: one.id or 0 for one in messages if one.author_id == author.id and not one.deleted_at
    }
    if not own:
        return {}
    # A message and the activity that tells it are of one unit of work, and so of one instant.
    entries = await session.execute(
        select(col(LogEntry.id), col(LogEntry.at)).where(
            col(LogEntry.actor_id) == author.id, col(LogEntry.type) == "Create", col(LogEntry.at).in_(own)
        )
    )
    told = {own[at]: number or 0 for number, at in entries}
    if not told:
        return {}
    rows = await session.execute(
        select(col(MessageRecipient.message_id), Peer)
        .join(Actor, col(Actor.id) == col(MessageRecipient.actor_id))
        .join(Peer, col(Peer.id) == col(Actor.peer_id))
        .where(col(MessageRecipient.message_id).in_(told))
    )
    waiting: dict[int, dict[str, Peer]] = defaultdict(dict)
    for message_id, peer in rows:
        if not _has(peer, told[message_id]):
            waiting[message_id][peer.host] = peer
    return {
        number: Underway(
            hosts=tuple(sorted(peers)),
            in_trouble=any(one.failures for one in peers.values()),
            stopped=any(one.state not in RUNNING or one.blocked_at for one in peers.values()),
        )
        for number, peers in waiting.items()
    }


def _has(peer: Peer, entry: int) -> bool:
    return entry <= peer.cursor or str(entry) in peer.beyond.split()
