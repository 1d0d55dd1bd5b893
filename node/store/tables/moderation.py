"""Keeping the peace: bans, personal blocks, reports, and the record of what moderators did."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Index, Text, UniqueConstraint
from sqlmodel import Field

from node.store.columns import Row, instant, iri_column, maybe_instant, maybe_iri, maybe_reference, reference


class Ban(Row, table=True):
    """Somebody may not take part: in one group, or in all groups of one node (FEDERATION C.8)."""

    __tablename__ = "bans"
    __table_args__ = (UniqueConstraint("actor_id", "scope"),)

    id: int | None = Field(default=None, primary_key=True)
    actor_id: int = reference("actors.id", index=False)
    scope: str = iri_column(index=True)  # iri of the group, or of the node's own actor
    group_id: int | None = maybe_reference("actors.id", ondelete="CASCADE")  # None: a ban from a whole node
    by_id: int | None = maybe_reference("actors.id")
    iri: str = iri_column()  # of the Block
    reason: str = Field(default="", max_length=1000)
    content_removed: bool = False  # removeData: what they posted within the scope is hidden
    at: datetime = instant()
    expires_at: datetime | None = maybe_instant(index=True)  # None: until it is undone


class Block(Row, table=True):
    """One person wants nothing to do with another: a Block without target. Never a ban (I.86)."""

    __tablename__ = "blocks"
    __table_args__ = (UniqueConstraint("blocker_id", "blocked_id"),)

    id: int | None = Field(default=None, primary_key=True)
    blocker_id: int = reference("actors.id", index=False)
    blocked_id: int = reference("actors.id")
    iri: str = iri_column()
    at: datetime = instant()


class Report(Row, table=True):
    """Word to moderators that something is wrong. Private: never listed, never fetched (C.9)."""

    __tablename__ = "reports"
    __table_args__ = (Index("ix_reports_group_id_resolved_at", "group_id", "resolved_at"),)

    id: int | None = Field(default=None, primary_key=True)
    iri: str = iri_column(unique=True)  # of the Flag
    token: str = Field(max_length=40, unique=True)  # our name for it in URLs
    reporter_id: int = reference("actors.id")
    group_id: int | None = maybe_reference("actors.id", index=False)  # None: a matter of the whole node
    post_id: int | None = maybe_reference("posts.id", ondelete="CASCADE")
    message_id: int | None = maybe_reference("messages.id", ondelete="CASCADE")
    subject_id: int | None = maybe_reference("actors.id", ondelete="CASCADE")  # whose post, or who
    reason: str = Field(default="", sa_type=Text)  # plain text; of several in one, each on lines of its own
    times: int = 1  # how often the same came from the same server: it stays one report (THREATS A104)
    passed_on: bool = False  # on the word of the group's host: who reported is not verified (THREATS A20)
    at: datetime = instant(index=True)
    resolved_at: datetime | None = maybe_instant()
    resolved_by_id: int | None = maybe_reference("actors.id")
    outcome: str = Field(
        default="", max_length=40
    )  # what came of it, by words of `settling`; empty: not known here
    note: str = Field(default="", max_length=1000)  # of who resolved it, for those in office here; never sent


class Deed(Row, table=True):
    """What a moderator did, for everybody to read: the moderation log."""

    __tablename__ = "deeds"
    __table_args__ = (Index("ix_deeds_group_id_at", "group_id", "at"),)

    id: int | None = Field(default=None, primary_key=True)
    iri: str = iri_column(index=True)  # of the activity
    kind: str = Field(max_length=30)  # remove, restore, lock, unlock, feature, ban, unban, appoint ...
    group_id: int | None = maybe_reference("actors.id", index=False)
    actor_id: int | None = maybe_reference("actors.id")  # who did it; None: only the group is known to have
    post_id: int | None = maybe_reference("posts.id")
    subject_id: int | None = maybe_reference("actors.id")  # the person it was about
    reason: str = Field(default="", max_length=1000)
    expires_at: datetime | None = maybe_instant()
    at: datetime = instant()


class Caution(Row, table=True):
    """A moderator's private word to an author about a post (C.10)."""

    __tablename__ = "cautions"

    id: int | None = Field(default=None, primary_key=True)
    iri: str = iri_column(unique=True)
    actor_id: int = reference("actors.id")  # who warns
    subject_id: int = reference("actors.id")  # who is warned
    group_id: int | None = maybe_reference("actors.id")
    post_id: int | None = maybe_reference("posts.id", ondelete="CASCADE")
    object: str | None = maybe_iri()
    reason: str = Field(default="", sa_type=Text)
    at: datetime = instant()
