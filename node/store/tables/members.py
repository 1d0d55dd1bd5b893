"""Members: people with an account here, their sessions and one-time passes."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Text, UniqueConstraint
from sqlmodel import Field, SQLModel

from node.store.columns import instant, maybe_instant, maybe_reference, reference


class Member(SQLModel, table=True):
    """An account. What the world sees of it is its actor."""

    __tablename__ = "members"

    id: int | None = Field(default=None, primary_key=True)
    actor_id: int = Field(foreign_key="actors.id", unique=True, ondelete="CASCADE")
    password: str = Field(default="", max_length=300)  # argon2id; empty: no password set, no sign-in by one
    role: str = Field(default="member", max_length=20)  # member, administrator; read anew on each request
    language: str = Field(default="en", max_length=10)
    created_at: datetime = instant()
    last_seen: datetime | None = maybe_instant()
    disabled_at: datetime | None = maybe_instant()
    read_notifications_at: datetime | None = maybe_instant()
    messages_from: str = Field(default="everyone", max_length=10)  # who may write: everyone, followed, nobody


class Session(SQLModel, table=True):
    """A signed-in browser. Holds the fingerprint of the cookie, never the cookie (A78)."""

    __tablename__ = "sessions"

    id: int | None = Field(default=None, primary_key=True)
    fingerprint: str = Field(max_length=64, unique=True)
    member_id: int = reference("members.id")
    created_at: datetime = instant()
    last_used: datetime = instant()
    expires_at: datetime = instant(index=True)


class Pass(SQLModel, table=True):
    """A one-time link. Deleted in the transaction that uses it (V89)."""

    __tablename__ = "passes"

    id: int | None = Field(default=None, primary_key=True)
    fingerprint: str = Field(max_length=64, unique=True)
    purpose: str = Field(max_length=20)  # administrator: its visitor signs up, or is raised, as one
    member_id: int | None = maybe_reference("members.id", ondelete="CASCADE")
    created_at: datetime = instant()
    expires_at: datetime = instant(index=True)


class Notification(SQLModel, table=True):
    """Word to a member of what concerns them. About a post, an activity, or both."""

    __tablename__ = "notifications"
    __table_args__ = (UniqueConstraint("member_id", "kind", "post_id"),)

    id: int | None = Field(default=None, primary_key=True)
    member_id: int = reference("members.id", index=False)
    kind: str = Field(max_length=20)  # reply, mention, caution, report, ban, message, invite, moved ...
    post_id: int | None = maybe_reference("posts.id", ondelete="CASCADE")
    group_id: int | None = maybe_reference("actors.id", ondelete="CASCADE")
    text: str = Field(default="", sa_type=Text)  # a reason or a message's beginning, plain text
    actor_id: int = reference("actors.id")
    at: datetime = instant(index=True)


class Attempt(SQLModel, table=True):
    """Failed sign-ins of one key (an account or an address), counted where all processes see them (V90)."""

    __tablename__ = "attempts"

    id: int | None = Field(default=None, primary_key=True)
    key: str = Field(max_length=120, unique=True)  # account:<name> or address:<prefix>, or signup:<prefix>
    count: int = 0
    window_ends: datetime = instant(index=True)
