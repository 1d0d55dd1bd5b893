"""Work to do later, in the background, once."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import UniqueConstraint
from sqlmodel import Field

from node.store.columns import Row, instant, maybe_instant


class Task(Row, table=True):
    """A piece of background work. Asked for twice, it is done once."""

    __tablename__ = "tasks"
    __table_args__ = (UniqueConstraint("kind", "subject"),)

    id: int | None = Field(default=None, primary_key=True)
    kind: str = Field(max_length=20)  # as in queries.tasks.ask_for
    subject: str = Field(max_length=2048)  # iri or host
    created_at: datetime = instant()
    due_at: datetime = instant(index=True)
    leased_until: datetime | None = maybe_instant()
    attempts: int = 0
    progress: int = 0  # items done, for those who watch
    last_error: str = Field(default="", max_length=500)


class Chore(Row, table=True):
    """What comes again by the clock. Of all processes that share the database, one does it at a time."""

    __tablename__ = "chores"

    name: str = Field(max_length=40, primary_key=True)
    holder: int = 0  # fencing number: of whoever took it last, and only they may write here
    leased_until: datetime | None = maybe_instant()
    done_at: datetime | None = maybe_instant()  # when it was last finished
