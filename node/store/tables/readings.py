"""What members have read, and what was said before it was edited."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Text, UniqueConstraint
from sqlmodel import Field

from node.store.columns import Row, instant, reference


class Reading(Row, table=True):
    """How far a member has read a thread."""

    __tablename__ = "readings"
    __table_args__ = (UniqueConstraint("actor_id", "post_id"),)

    id: int | None = Field(default=None, primary_key=True)
    actor_id: int = reference("actors.id", index=False)
    post_id: int = reference("posts.id")
    at: datetime = instant(index=True)  # what came until then has been seen
    comments: int  # that the thread had then


class Revision(Row, table=True):
    """How a post read before an edit."""

    __tablename__ = "revisions"
    __table_args__ = (UniqueConstraint("post_id", "slot"),)

    id: int | None = Field(default=None, primary_key=True)
    post_id: int = reference("posts.id", index=False)
    slot: int  # of KEPT that a post has; the oldest makes room
    title: str = Field(default="", max_length=300)
    warning: str = Field(default="", max_length=500)
    content: str = Field(default="", sa_type=Text)  # cleaned HTML
    said_at: datetime = instant()  # when it was published, or edited to read so
    replaced_at: datetime = instant()
