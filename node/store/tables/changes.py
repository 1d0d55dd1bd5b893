"""What was changed, for the caches of other processes. SQLite alone: PostgreSQL tells it with NOTIFY."""

from __future__ import annotations

from sqlalchemy import Text
from sqlmodel import Field

from node.store.columns import Row


class Change(Row, table=True):
    """What one commit has to tell (`store.changes`). Only the newest few thousand are kept."""

    __tablename__ = "changes"

    id: int | None = Field(default=None, primary_key=True)  # without gaps: who finds one has missed something
    told: str = Field(sa_type=Text)  # words, a blank between them
