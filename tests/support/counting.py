"""How many statements a node asks of its database: a page must not ask more for a longer list."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from sqlalchemy import event

from node.store.database import Database


@dataclass
class Asked:
    """Statements so far."""

    statements: list[str] = field(default_factory=list)

    @property
    def count(self) -> int:
        return len(self.statements)


@contextmanager
def asked(database: Database) -> Iterator[Asked]:
    """Count what is asked of *database* within the block."""
    seen = Asked()

    def note(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        seen.statements.append(statement)

    event.listen(database.engine.sync_engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(database.engine.sync_engine, "before_cursor_execute", note)
