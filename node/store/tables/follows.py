"""Who follows whom, and who moderates what."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Index, UniqueConstraint
from sqlmodel import Field

from node.store.columns import Row, instant, iri_column, maybe_instant, reference


class Follow(Row, table=True):
    """An edge from follower to followee. Only an accepted one opens anything (V67)."""

    __tablename__ = "follows"
    __table_args__ = (
        UniqueConstraint("follower_id", "followee_id"),
        Index("ix_follows_followee_id_state", "followee_id", "state"),
    )

    id: int | None = Field(default=None, primary_key=True)
    follower_id: int = reference("actors.id", index=False)
    followee_id: int = reference("actors.id", index=False)
    iri: str = iri_column(index=True)  # of the Follow activity; answers repeat it unchanged
    kind: str = Field(default="Follow", max_length=10)  # Follow, or Join: how Mobilizon asks to be a member
    state: str = Field(default="pending", max_length=10)  # pending, accepted, rejected
    created_at: datetime = instant()
    answered_at: datetime | None = maybe_instant()


class Moderator(Row, table=True):
    """A moderator of a group, as the group's home states it."""

    __tablename__ = "moderators"
    __table_args__ = (UniqueConstraint("group_id", "actor_id"),)

    id: int | None = Field(default=None, primary_key=True)
    group_id: int = reference("actors.id", index=False)
    actor_id: int = reference("actors.id")
    since: datetime = instant()
