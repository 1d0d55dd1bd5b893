"""A group of ours boosts its siblings' new threads to those who follow it from elsewhere, when it is set to (RULE G3).

Microblogs, and groups of NodeBB and Archipel, get Announce{id}: a boost of somebody else's thread. Threaded servers get
nothing else: what a group announces there is its own. No loops: only what the home of a thread has announced itself is
boosted, once for each thread and group.
"""

from __future__ import annotations

from sqlmodel import col, select

from node.activitypub import policies, writing
from node.outbox import log
from node.outbox.audience import Target
from node.store.batches import none_of
from node.store.database import Transaction
from node.store.queries.documents import boost_document
from node.store.tables.actors import GROUP_KINDS, Actor
from node.store.tables.follows import Follow
from node.store.tables.listings import Listing
from node.store.tables.peers import Peer
from node.store.tables.posts import Post

CROSS_LISTING = ("archipel", "nodebb")  # software whose groups show a boosted thread as a sibling's


async def bridge(tx: Transaction, thread: Post) -> None:
    """Let the groups of ours that show *thread*, and are set to, boost it; unless its author forbids that."""
    groups = await _showing(tx, thread)
    if not groups or not await _may_boost(tx, thread):
        return
    author = await tx.session.get_one(Actor, thread.author_id)
    for group in groups:
        if group.bridges and group.id != thread.group_id:
            boost = boost_document(group, thread, author, published=tx.now) | {"id": _iri(group, thread)}
            await _say(tx, group, boost)


async def take_back(tx: Transaction, thread: Post, *, by: Actor | None = None) -> None:
    """Undo the boosts of a thread that was removed, or is shown no longer; by one group of ours, or by all."""
    author = await tx.session.get_one(Actor, thread.author_id)
    for group in [by] if by is not None else await _showing(tx, thread):
        if await log.find_public(tx.session, _iri(group, thread)) is None:
            continue
        undo = writing.write_undo(
            boost_document(group, thread, author) | {"id": _iri(group, thread)},
            iri=f"{group.home}/activities/undo/{tx.ids.token()}",
            actor=group.iri,
            published=tx.now,
        )
        await _say(tx, group, undo)


async def _say(tx: Transaction, group: Actor, document: dict[str, object]) -> None:
    followers = await tx.session.scalars(
        select(Actor.id)
        .join(Follow, col(Follow.follower_id) == col(Actor.id))
        .join(Peer, col(Peer.id) == col(Actor.peer_id))
        .where(
            col(Follow.followee_id) == group.id,
            col(Follow.state) == "accepted",
            col(Actor.kind).in_(GROUP_KINDS),
            col(Peer.software).in_(CROSS_LISTING),
        )
    )
    await log.append(
        tx,
        iri=str(document["id"]),
        type=str(document["type"]),
        actor=group,
        body=document,
        public=True,
        targets=[Target("followers", group.id, "micro"), *(Target("actor", one) for one in followers)],
    )


async def _showing(tx: Transaction, thread: Post) -> list[Actor]:
    if none_of(tx.session, Listing, thread.id):
        return []
    found = await tx.session.scalars(
        select(Actor)
        .join(Listing, col(Listing.group_id) == col(Actor.id))
        .where(
            col(Listing.post_id) == thread.id, col(Actor.peer_id).is_(None), col(Actor.deleted_at).is_(None)
        )
        .order_by(col(Actor.id))
    )
    return list(found)


async def _may_boost(tx: Transaction, thread: Post) -> bool:
    """Tell whether everybody may boost it: for a thread of another group we ask no leave (D.5)."""
    author = await tx.session.get_one(Actor, thread.author_id)
    if not thread.policy or author.is_local:
        return True
    return (
        policies.verdict(policies.load(thread.policy), "announce", "", author=author.iri, collections=())
        == "yes"
    )


def _iri(group: Actor, thread: Post) -> str:
    return f"{group.home}/activities/announce/{thread.token}-in-{group.username}"
