"""The inbox journal: each verified arrival, from its 202 to its effect."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Index, Text
from sqlmodel import Field

from node.store.columns import Row, instant, iri_column, maybe_instant


class Arrival(Row, table=True):
    """An activity that a peer was told we have. Its row is the memory that makes a repeat harmless."""

    __tablename__ = "arrivals"
    __table_args__ = (Index("ix_arrivals_state_due_at", "state", "due_at"),)

    id: int | None = Field(default=None, primary_key=True)
    iri: str = iri_column(unique=True)  # of the activity; same origin as the signer
    type: str = Field(max_length=40)
    actor: str = iri_column()
    signer: str = iri_column()  # owner of the verified key; travels with the job (V10)
    # How the signer stands to the body: "actor" signed its delivery; "proof": signed itself, and somebody passed it
    # on; "forwarded" is a hint, to be fetched at its origin.
    trust: str = Field(default="actor", max_length=12)
    body: str = Field(sa_type=Text)  # the verified bytes, UTF-8
    received_at: datetime = instant(index=True)

    state: str = Field(default="waiting", max_length=10)  # waiting, done, dead
    attempts: int = 0  # begun, counted before the work (R17)
    due_at: datetime | None = maybe_instant()
    leased_until: datetime | None = maybe_instant()
    closed_at: datetime | None = maybe_instant()
    reason: str = Field(default="", max_length=1000)  # why it was refused, parked or ignored
