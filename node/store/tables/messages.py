"""Private messages between people (FEDERATION C.12)."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Text, UniqueConstraint
from sqlmodel import Field

from node.store.columns import Row, instant, iri_column, maybe_instant, maybe_iri, reference


class Message(Row, table=True):
    """A message: read by its author and its recipients, and by nobody else."""

    __tablename__ = "messages"

    id: int | None = Field(default=None, primary_key=True)
    iri: str = iri_column(unique=True)
    token: str = Field(max_length=40, unique=True)
    author_id: int = reference("actors.id")
    # Fingerprint of everybody in it: messages among the same people are one conversation.
    conversation: str = Field(max_length=64, index=True)
    in_reply_to: str | None = maybe_iri()
    content: str = Field(default="", sa_type=Text)  # cleaned HTML
    source: str = Field(default="", sa_type=Text)  # Markdown, when the author gave it
    warning: str = Field(default="", max_length=500)
    published: datetime = instant(index=True)
    updated: datetime | None = maybe_instant()
    received_at: datetime = instant()
    deleted_at: datetime | None = maybe_instant()


class MessageRecipient(Row, table=True):
    """Somebody a message is for."""

    __tablename__ = "message_recipients"
    __table_args__ = (UniqueConstraint("message_id", "actor_id"),)

    id: int | None = Field(default=None, primary_key=True)
    message_id: int = reference("messages.id", index=False)
    actor_id: int = reference("actors.id")
    read_at: datetime | None = maybe_instant()
