"""Peers: the other nodes we know, and the lane in which word reaches each."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Index, text
from sqlmodel import Field

from node.store.columns import Row, instant, maybe_instant, maybe_iri


class Peer(Row, table=True):
    """Another server, and how far our log has been told to it. One row a host; never one a delivery."""

    __tablename__ = "peers"
    __table_args__ = (
        Index(
            "ix_peers_blocked_at",
            "blocked_at",
            sqlite_where=text("blocked_at IS NOT NULL"),
            postgresql_where=text("blocked_at IS NOT NULL"),
        ),
    )

    id: int | None = Field(default=None, primary_key=True)
    host: str = Field(max_length=260, unique=True)  # authority; with port only in development
    software: str | None = Field(
        default=None, max_length=100
    )  # NodeInfo name, lower case; None: not asked yet
    version: str | None = Field(default=None, max_length=100)
    dialect: str = Field(default="unknown", max_length=10)  # thread, micro or unknown (RULE D1)
    nodeinfo_at: datetime | None = maybe_instant()  # when NodeInfo was last asked, whatever the answer
    shared_inbox: str | None = maybe_iri()
    first_seen: datetime = instant()
    last_seen: datetime | None = maybe_instant()  # last verified arrival
    blocked_at: datetime | None = maybe_instant()  # by our operator: nothing in, nothing out
    blocked_reason: str = Field(default="", max_length=500)

    # The lane
    cursor: int = Field(default=0, index=True)  # id of the last log entry dealt with
    # Entries behind the cursor that the peer has all the same, numbers with blanks between: several are sent at a time.
    beyond: str = Field(default="", max_length=500)
    # Of a lane that has slept: before this entry only what still binds is told (Follow, Undo, Delete ...).
    kept_from: int = 0
    state: str = Field(default="awake", max_length=10)  # awake, sleeping, dead, paused
    due_at: datetime | None = maybe_instant(index=True)  # not before then; None: at once
    leased_until: datetime | None = maybe_instant()  # until then the lane is one worker's
    fence: int = 0  # grows with every lease; a stale holder's writes match no row
    failures: int = 0  # in a row, of the entry at the head of the lane
    failing_since: datetime | None = maybe_instant()
    last_success: datetime | None = maybe_instant()
    last_error: str = Field(default="", max_length=500)
