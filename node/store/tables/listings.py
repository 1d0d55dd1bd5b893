"""Groups beside groups: threads shown in a sibling, feeds of groups (FEDERATION C.17, G.3, G.4)."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import UniqueConstraint
from sqlmodel import Field

from node.store.columns import Row, instant, reference


class Listing(Row, table=True):
    """A thread of one group shown in another of ours as well. Its home stays its home (RULE G1)."""

    __tablename__ = "listings"
    __table_args__ = (UniqueConstraint("group_id", "post_id"),)

    id: int | None = Field(default=None, primary_key=True)
    group_id: int = reference("actors.id", index=False)  # where it is shown
    post_id: int = reference("posts.id")
    at: datetime = instant(index=True)


class FeedItem(Row, table=True):
    """A group that a Feed holds."""

    __tablename__ = "feed_items"
    __table_args__ = (UniqueConstraint("feed_id", "group_id"),)

    id: int | None = Field(default=None, primary_key=True)
    feed_id: int = reference("actors.id", index=False)
    group_id: int = reference("actors.id")
    at: datetime = instant()
