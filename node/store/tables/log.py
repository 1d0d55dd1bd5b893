"""The outbox log: one row an activity that leaves, never one a delivery."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Text
from sqlmodel import Field

from node.store.columns import Row, instant, iri_column, maybe_reference, reference


class LogEntry(Row, table=True):
    """An activity to tell. Append-only; each peer's lane remembers how far it got."""

    __tablename__ = "log"

    id: int | None = Field(default=None, primary_key=True)
    iri: str = iri_column(unique=True)
    type: str = Field(max_length=40)
    actor_id: int = reference("actors.id")  # whose key signs
    public: bool = True  # may be fetched by its id (FEDERATION B.7)
    body: str = Field(sa_type=Text)  # the JSON, serialised once
    at: datetime = instant(index=True)


class LogAudience(Row, table=True):
    """Who is to hear of an entry. Turned into peers when it is sent, not when it is written (A98)."""

    __tablename__ = "log_audience"

    id: int | None = Field(default=None, primary_key=True)
    entry_id: int = reference("log.id")
    kind: str = Field(max_length=10)  # followers of the actor, the actor alone, or everyone we know
    actor_id: int | None = maybe_reference("actors.id", ondelete="CASCADE")
    dialect: str = Field(default="any", max_length=10)  # any, thread, micro (RULE D1)
