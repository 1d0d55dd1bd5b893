"""What members do not want to come upon. Nobody else learns of it, and it is never sent."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import UniqueConstraint
from sqlmodel import Field

from node.store.columns import Row, instant, maybe_instant, maybe_reference, reference


class Mute(Row, table=True):
    """One thing that a member has muted: words, a person, a group, or a server."""

    __tablename__ = "mutes"
    __table_args__ = (UniqueConstraint("member_id", "kind", "key"),)

    id: int | None = Field(default=None, primary_key=True)
    member_id: int = reference("members.id", index=False)
    kind: str = Field(max_length=10)  # words, person, group, server
    key: str = Field(max_length=300)  # what it is known by: folded words, the actor's row number, the host
    text: str = Field(default="", max_length=300)  # as a member reads it: the words as typed, the host
    actor_id: int | None = maybe_reference("actors.id", ondelete="CASCADE")  # of a person or a group
    at: datetime = instant()
    expires_at: datetime | None = maybe_instant(index=True)  # None: for good
