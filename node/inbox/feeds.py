"""Feeds: an actor that is a list of groups (FEDERATION C.17). Lemmy's multi-communities, PieFed's feeds.

Following one means reading its groups. A service of this node follows each group of every feed that a member
follows, as Lemmy's does, so that their threads come; it follows no longer what no such feed holds.
"""

from __future__ import annotations

import structlog
from sqlalchemy import delete
from sqlmodel import col, select

from node.activities import follow
from node.activities.perform import perform
from node.activitypub import reading
from node.errors import Refused, TooMany, Unavailable
from node.inbox.actors import fetch_actor
from node.inbox.listings import items_of
from node.local.relays import ensure_feed_relay
from node.network.client import Budget
from node.runtime import Node
from node.store.tables.actors import Actor
from node.store.tables.follows import Follow
from node.store.tables.listings import FeedItem

MOST_GROUPS = 200  # of one feed

log = structlog.get_logger()


async def refresh_feed(node: Node, iri: str) -> int:
    """Read the feed of that id anew and follow what it holds; return how many groups that is.

    Raises Unavailable when its node is away; what was known of it stays meanwhile.
    """
    feed = await fetch_actor(node, iri, Budget(node.settings.fetches_per_activity), anew=True)
    if feed.kind != "Feed":
        return 0
    groups = await _groups_of(node, feed)
    async with node.transaction() as tx:
        await tx.session.execute(delete(FeedItem).where(col(FeedItem.feed_id) == feed.id))
        for group_id in dict.fromkeys(group.id or 0 for group in groups):
            tx.session.add(FeedItem(feed_id=feed.id or 0, group_id=group_id, at=tx.now))
    await follow_wanted(node)
    return len(groups)


async def follow_wanted(node: Node) -> None:
    """Let the node's service follow exactly the groups of other nodes that feeds followed here hold."""
    wanted = await _wanted(node)
    relay = await ensure_feed_relay(node, make=bool(wanted))
    if relay is None:
        return
    async with node.transaction() as tx:
        held = {
            actor.id: actor
            for actor in await tx.session.scalars(
                select(Actor)
                .join(Follow, col(Follow.followee_id) == col(Actor.id))
                .where(col(Follow.follower_id) == relay.id)
            )
        }
        for group in wanted.values():
            if group.id not in held:
                await perform(tx, follow.compose(tx, relay, group))
        for group in held.values():
            undo = None if group.id in wanted else await follow.compose_undo(tx, relay, group)
            if undo is not None:
                await perform(tx, undo)


async def _groups_of(node: Node, feed: Actor) -> list[Actor]:
    if feed.following is None:
        return []
    budget = Budget(MOST_GROUPS + node.settings.fetches_per_activity)
    found: list[Actor] = []
    async for item in items_of(node, feed.following, budget):
        iri = reading.id_of(item)
        if iri is None or len(found) >= MOST_GROUPS:
            continue
        try:
            group = await fetch_actor(node, iri, budget)
        except (Refused, Unavailable, TooMany) as error:
            log.info("group of a feed not read", feed=feed.iri, group=iri, error=str(error))
            continue
        if group.is_group and group.kind != "Feed" and group.deleted_at is None:
            found.append(group)
    return found


async def _wanted(node: Node) -> dict[int | None, Actor]:
    follower = select(Actor.id).where(col(Actor.peer_id).is_(None))
    feeds = select(Follow.followee_id).where(
        col(Follow.follower_id).in_(follower), col(Follow.state) == "accepted"
    )
    async with node.reading() as session:
        groups = await session.scalars(
            select(Actor)
            .join(FeedItem, col(FeedItem.group_id) == col(Actor.id))
            .where(
                col(FeedItem.feed_id).in_(feeds),
                col(Actor.peer_id).is_not(None),
                col(Actor.deleted_at).is_(None),
            )
            .distinct()
        )
        return {group.id: group for group in groups}
