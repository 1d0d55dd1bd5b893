"""Polls and events: what a thread may ask of its readers beside an answer."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Text, UniqueConstraint
from sqlmodel import Field

from node.store.columns import Row, instant, iri_column, maybe_instant, maybe_iri, reference


class Poll(Row, table=True):
    """What makes a Question of a post (FEDERATION C.14)."""

    __tablename__ = "polls"

    post_id: int = Field(foreign_key="posts.id", ondelete="CASCADE", primary_key=True)
    multiple: bool = False  # anyOf: several options may be chosen
    closes_at: datetime | None = maybe_instant(index=True)
    closed_at: datetime | None = maybe_instant()
    voters: int = 0  # as its home says; counted by us when it is ours


class PollOption(Row, table=True):
    """One answer to choose. Its name is its identity on the wire."""

    __tablename__ = "poll_options"
    __table_args__ = (UniqueConstraint("post_id", "position"),)

    id: int | None = Field(default=None, primary_key=True)
    post_id: int = reference("posts.id", index=False)
    position: int
    name: str = Field(max_length=300)  # plain text, compared exactly
    votes: int = 0


class PollVote(Row, table=True):
    """One actor's choice of one option."""

    __tablename__ = "poll_votes"
    __table_args__ = (UniqueConstraint("option_id", "actor_id"),)

    id: int | None = Field(default=None, primary_key=True)
    post_id: int = reference("posts.id")
    option_id: int = reference("poll_options.id", index=False)
    actor_id: int = reference("actors.id")
    iri: str = iri_column()  # of the Note that is the vote
    at: datetime = instant()


class Event(Row, table=True):
    """What makes an event of a post (FEDERATION C.15)."""

    __tablename__ = "events"

    post_id: int = Field(foreign_key="posts.id", ondelete="CASCADE", primary_key=True)
    starts_at: datetime = instant(index=True)
    ends_at: datetime | None = maybe_instant()
    timezone: str = Field(default="", max_length=60)  # IANA name; empty: UTC
    place: str = Field(default="", max_length=300)  # name of the place
    address: str = Field(default="", sa_type=Text)  # plain text, one line
    latitude: float | None = None
    longitude: float | None = None
    online_url: str | None = maybe_iri()
    join_mode: str = Field(default="none", max_length=20)  # free, restricted, external, invite, none
    external_url: str | None = maybe_iri()  # where one takes part when join_mode is external
    capacity: int | None = None  # most participants; None: no limit
    participants: int = 0  # as its home says; counted by us when it is ours
    status: str = Field(default="confirmed", max_length=20)  # confirmed, tentative, cancelled
    category: str = Field(default="", max_length=60)  # as its author names it


class Attendance(Row, table=True):
    """Somebody takes part in an event, asks to, or was invited."""

    __tablename__ = "attendances"
    __table_args__ = (UniqueConstraint("post_id", "actor_id"),)

    id: int | None = Field(default=None, primary_key=True)
    post_id: int = reference("posts.id", index=False)
    actor_id: int = reference("actors.id")
    iri: str = iri_column(index=True)  # of the Join or Invite; answers repeat it unchanged
    kind: str = Field(default="join", max_length=10)  # join, invite
    state: str = Field(default="pending", max_length=10)  # pending, accepted, rejected, ignored
    message: str = Field(default="", sa_type=Text)  # to the organiser, plain text
    at: datetime = instant()
    answered_at: datetime | None = maybe_instant()
