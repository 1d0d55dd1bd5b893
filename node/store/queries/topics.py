"""What groups of this node are about: few topics from a fixed list, chosen by their moderators, known here alone."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import delete
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col, select

from node.store.database import Transaction
from node.store.tables.actors import Actor
from node.store.tables.directory import GroupTopic

MOST_TOPICS = 3  # of one group
TOPICS = (
    "arts", "books", "computing", "crafts", "education", "family", "film", "food", "games", "health", "history", "home",
    "humour", "languages", "music", "nature", "news", "photography", "places", "science", "society", "sport", "travel", "work",
)  # fmt: skip


async def topics_of(session: AsyncSession, ids: Collection[int]) -> dict[int, tuple[str, ...]]:
    """Return the topics of groups by their row numbers, in the order of the list."""
    if not ids:
        return {}
    query = select(GroupTopic).where(col(GroupTopic.group_id).in_(ids)).order_by(col(GroupTopic.topic))
    found: dict[int, tuple[str, ...]] = {}
    for row in await session.scalars(query):
        found[row.group_id] = (*found.get(row.group_id, ()), row.topic)
    return found


async def set_topics(tx: Transaction, group: Actor, topics: Collection[str]) -> None:
    """Say what a group of ours is about; what is on no list is passed over, and what is too much."""
    chosen = [one for one in TOPICS if one in topics][:MOST_TOPICS]
    await tx.session.execute(delete(GroupTopic).where(col(GroupTopic.group_id) == group.id))
    tx.session.add_all([GroupTopic(group_id=group.id or 0, topic=one) for one in chosen])
    await tx.session.flush()
