"""Follows of ours that nobody has answered: asked again for a week, open once the group sends what it sends members.

An Accept is lost when its sender had no lane to us yet (Lemmy, on first contact), or never was (an unlisted Lemmy
group, pitfall 85). Each repeat has an id of its own, since a peer that remembers ids does nothing about one that it
has had (Lemmy answers 400); an answer to any of them answers the follow (R35).
"""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlmodel import col, select

from node.activities import follow
from node.activitypub import writing
from node.outbox import log
from node.outbox.audience import Target
from node.store.batches import known
from node.store.database import Transaction
from node.store.queries.followers import find_follow, repeat_iri
from node.store.tables.actors import Actor
from node.store.tables.follows import Follow
from node.store.tables.peers import Peer

BUSY_FOR = timedelta(
    days=1
)  # while it is asked by the hour: half of the answers may get lost, and all follows open
DAILY = timedelta(days=1)  # afterwards, and whom a person lets in
FOR = timedelta(days=7)


async def ask_again(tx: Transaction, iri: str, time: int) -> datetime | None:
    """Send the Follow of that id once more; return when to do so again, None when it is answered or was asked enough.

    time: how often it has been asked, this one included, 2 or more. While the peer is out of reach nothing is added
    to what waits for it.
    """
    edge = await find_follow(tx.session, iri)
    if edge is None or edge.iri != iri or edge.state != "pending":
        return None
    follower = await tx.session.get_one(Actor, edge.follower_id)
    followee = await tx.session.get_one(Actor, edge.followee_id)
    is_over = tx.now >= edge.created_at + FOR
    if is_over or not follower.is_local or follower.deleted_at or followee.is_local or followee.deleted_at:
        return None
    if await _is_in_reach(tx, followee):
        again = repeat_iri(iri, time)
        await log.append(
            tx,
            iri=again,
            type="Follow",
            actor=follower,
            body=writing.write_follow(followee.iri, iri=again, actor=follower.iri),
            public=False,
            targets=[Target("actor", followee.id)],
        )
    return next_time(edge, followee, tx.now)


def next_time(edge: Follow, followee: Actor, now: datetime) -> datetime:
    """Return when an unanswered follow is to be asked again."""
    is_slow = followee.manually_approves or now >= edge.created_at + BUSY_FOR
    return now + (DAILY if is_slow else follow.ASKED_AGAIN_AFTER)


async def take_as_answered(tx: Transaction, group: Actor) -> None:
    """The group sends us what it sends its followers: what we asked of it is granted, unless a person decides there."""
    if group.is_local or group.manually_approves:
        return
    query = select(Follow).where(col(Follow.followee_id) == group.id, col(Follow.state) == "pending")

    async def ask() -> list[Follow]:
        return list(await tx.session.scalars(query))

    for edge in await known(tx.session, Follow, ("pending", group.id), ask):
        if edge.state == "pending":
            await follow.open_up(tx, edge)


async def _is_in_reach(tx: Transaction, followee: Actor) -> bool:
    peer = await tx.session.get(Peer, followee.peer_id) if followee.peer_id else None
    return peer is not None and peer.state == "awake" and peer.failures == 0 and peer.blocked_at is None
