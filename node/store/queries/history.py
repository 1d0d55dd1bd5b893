"""Threads of others as they are at home: what is here of them, and which are to be looked at again."""

from __future__ import annotations

from collections.abc import Collection
from datetime import timedelta

from sqlalchemy import and_, or_, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased
from sqlmodel import col, select

from node.store.database import Transaction
from node.store.tables.actors import Actor
from node.store.tables.follows import Follow
from node.store.tables.peers import Peer
from node.store.tables.posts import Post

ASKED_AT_ONCE = 400  # ids in one question; SQLite takes no more than 999 values
ACTIVE_FOR = timedelta(hours=24)  # RULE E4
REFRESH_EVERY = timedelta(hours=1)
CANDIDATES = 100  # threads that are looked at to choose some of many hosts


async def known_among(session: AsyncSession, iris: Collection[str]) -> set[str]:
    """Return which of the ids are of posts that are here, in their place and verified."""
    listed, known = sorted(iris), set[str]()
    for start in range(0, len(listed), ASKED_AT_ONCE):
        part = listed[start : start + ASKED_AT_ONCE]
        found = await session.execute(
            select(col(Post.iri), col(Post.create_iri)).where(
                or_(col(Post.iri).in_(part), col(Post.create_iri).in_(part)),
                col(Post.verify_by).is_(None),
                or_(col(Post.in_reply_to).is_(None), col(Post.parent_id).is_not(None)),
                or_(
                    col(Post.confirmed_at).is_not(None),
                    col(Post.group_id).is_(None),
                ),
            )
        )
        known |= {one for row in found for one in row if one is not None}
    return known & set(listed)


async def claim_threads(tx: Transaction, limit: int, per_host: int) -> list[Post]:
    """Claim threads of other nodes that were active of late and not looked at for an hour (RULE E4).

    They are marked as looked at, so that another worker takes others. At most *per_host* of one host; none of a
    host that is blocked or does not answer, nor of a group that nobody here follows.
    """
    author, group, follower = aliased(Actor), aliased(Actor), aliased(Actor)
    followed = (
        select(Follow.id)
        .join(follower, col(Follow.follower_id) == follower.id)
        .where(
            col(Follow.followee_id) == group.id,
            col(Follow.state) == "accepted",
            follower.peer_id.is_(None),  # type: ignore[union-attr]
        )
    )
    due = (
        select(col(Post.id), col(Peer.host))
        .join(author, col(Post.author_id) == author.id)
        .join(group, col(Post.group_id) == group.id)
        .join(Peer, col(Peer.id) == author.peer_id)
        .where(
            col(Post.root_id).is_(None),
            col(Post.in_reply_to).is_(None),
            col(Post.deleted_at).is_(None),
            col(Post.removed_at).is_(None),
            col(Post.last_active) > tx.now - ACTIVE_FOR,
            or_(col(Post.refreshed_at).is_(None), col(Post.refreshed_at) <= tx.now - REFRESH_EVERY),
            and_(
                col(Post.received_at) <= tx.now - REFRESH_EVERY,
                or_(col(Post.context_iri).is_not(None), col(Post.replies_iri).is_not(None)),
            ),
            group.peer_id.is_not(None),  # type: ignore[union-attr]
            followed.exists(),
            col(Peer.blocked_at).is_(None),
            col(Peer.state) == "awake",
        )
        .order_by(col(Post.refreshed_at).nulls_first(), col(Post.last_active).desc())
        .limit(CANDIDATES)
    )
    chosen: list[int] = []
    taken: dict[str, int] = {}
    for number, host in await tx.session.execute(due):
        if len(chosen) < limit and taken.get(host, 0) < per_host and number is not None:
            taken[host] = taken.get(host, 0) + 1
            chosen.append(number)
    return await _claimed(tx, chosen)


async def _claimed(tx: Transaction, chosen: list[int]) -> list[Post]:
    claimed = await tx.session.scalars(
        update(Post)
        .where(
            col(Post.id).in_(chosen),
            or_(col(Post.refreshed_at).is_(None), col(Post.refreshed_at) <= tx.now - REFRESH_EVERY),
        )
        .values(refreshed_at=tx.now)
        .returning(Post),
        execution_options={"synchronize_session": False, "populate_existing": True},
    )
    return sorted(claimed, key=lambda post: post.id or 0)
