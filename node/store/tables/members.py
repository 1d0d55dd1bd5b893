"""Members: people with an account here, their sessions and one-time passes."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Index, Text, UniqueConstraint
from sqlmodel import Field

from node.store.columns import Row, instant, maybe_instant, maybe_reference, reference


class Member(Row, table=True):
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
    settled_at: datetime | None = maybe_instant()  # when the first steps were done or put away; None: not yet
    hides_lists: bool = False  # whom they follow, and who follows them, is on no page of others
    quiet_kinds: str = Field(default="", max_length=500)  # kinds of notifications not wanted, blanks between
    reads_flat: bool = False  # comments side by side rather than as a tree
    # Codes of the languages in which alone lists of many groups shall be, blanks between; empty: whichever.
    languages: str = Field(default="", max_length=100)
    looked_at: datetime | None = maybe_instant()  # when the front page was last looked at, some minutes off
    looked_before: datetime | None = maybe_instant()  # when it last was in the visit before this one
    marks_reading: bool = True  # whether it is noted what they have read
    zone: str = Field(default="", max_length=60)  # time zone, such as Europe/Paris; empty: not said
    writes_in: str = Field(default="", max_length=20)  # language that they last wrote in


class Session(Row, table=True):
    """A signed-in browser. Holds the fingerprint of the cookie, never the cookie (A78)."""

    __tablename__ = "sessions"

    id: int | None = Field(default=None, primary_key=True)
    fingerprint: str = Field(max_length=64, unique=True)
    member_id: int = reference("members.id")
    created_at: datetime = instant()
    last_used: datetime = instant()
    expires_at: datetime = instant(index=True)
    browser: str = Field(default="", max_length=100)  # such as "Firefox, Linux", to tell sessions apart


class Pass(Row, table=True):
    """A one-time link. Deleted in the transaction that uses it (V89)."""

    __tablename__ = "passes"

    id: int | None = Field(default=None, primary_key=True)
    fingerprint: str = Field(max_length=64, unique=True)
    purpose: str = Field(max_length=20)  # administrator: its visitor signs up, or is raised, as one
    member_id: int | None = maybe_reference("members.id", ondelete="CASCADE")
    created_at: datetime = instant()
    expires_at: datetime = instant(index=True)


class Notification(Row, table=True):
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
    read_at: datetime | None = maybe_instant()  # when this one was marked; see also `read_notifications_at`


class Invitation(Row, table=True):
    """A link by which people sign up. Holds the fingerprint of its secret, as a pass does."""

    __tablename__ = "invitations"

    id: int | None = Field(default=None, primary_key=True)
    fingerprint: str = Field(max_length=64, unique=True)
    member_id: int = reference("members.id")  # who invites
    note: str = Field(default="", max_length=100)  # of the inviter, to tell links apart
    uses: int = 1  # how many may sign up by it
    used: int = 0
    group_id: int | None = maybe_reference("actors.id")  # the group that they follow at once
    created_at: datetime = instant()
    expires_at: datetime = instant(index=True)


class Invited(Row, table=True):
    """Who brought a member here."""

    __tablename__ = "invited"

    member_id: int = Field(foreign_key="members.id", primary_key=True, ondelete="CASCADE")
    inviter_id: int | None = maybe_reference("members.id")
    at: datetime = instant()


class Saved(Row, table=True):
    """A thread or comment that a member keeps to find again. Nobody else sees it."""

    __tablename__ = "saved"
    __table_args__ = (
        UniqueConstraint("member_id", "post_id"),
        Index("ix_saved_member_id_at", "member_id", "at", "id"),
    )

    id: int | None = Field(default=None, primary_key=True)
    member_id: int = reference("members.id", index=False)
    post_id: int = reference("posts.id")
    at: datetime = instant()


class Wanted(Row, table=True):
    """A group or person of a list that a member brought, to be looked up and perhaps followed."""

    __tablename__ = "wanted"
    __table_args__ = (
        UniqueConstraint("member_id", "name"),
        Index("ix_wanted_member_id_state", "member_id", "state", "id"),
    )

    id: int | None = Field(default=None, primary_key=True)
    member_id: int = reference("members.id", index=False)
    name: str = Field(max_length=500)  # a handle or an address, as the list has it
    state: str = Field(default="waiting", max_length=10)  # waiting, found, failed
    actor_id: int | None = maybe_reference("actors.id")  # what was found
    error: str = Field(default="", max_length=500)  # why nothing was
    at: datetime = instant()  # when it was brought


class Attempt(Row, table=True):
    """Failed sign-ins of one key (an account or an address), counted where all processes see them (V90)."""

    __tablename__ = "attempts"

    id: int | None = Field(default=None, primary_key=True)
    key: str = Field(max_length=120, unique=True)  # account:<name> or address:<prefix>, or signup:<prefix>
    count: int = 0
    window_ends: datetime = instant(index=True)
