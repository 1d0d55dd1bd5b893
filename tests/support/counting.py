"""How many statements a node asks of its database: a page must not ask more for a longer list."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from sqlalchemy import event

from node.store.database import Database


@dataclass
class Asked:
    """Statements so far."""

    count: int = 0


@contextmanager
def asked(database: Database) -> Iterator[Asked]:
    """Count what is asked of *database* within the block."""
    seen = Asked()

    def note(*_: object) -> None:
        seen.count += 1

    event.listen(database.engine.sync_engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(database.engine.sync_engine, "before_cursor_execute", note)
