"""What an answer that is kept in memory relies on: named where it is read, in the words of `store.triggers`.

Inside `relying` every row that a session loads adds its own word. What is not loaded as a row, a list of ids or a number,
is named beside its query with `rely_on`: so is what was looked for and not found.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from sqlalchemy import event
from sqlalchemy.orm import Session

from node.store.tables.actors import Actor
from node.store.tables.gatherings import Event, Poll, PollOption
from node.store.tables.posts import Post
from node.store.tables.trimmings import Attachment, Permission

_relied: ContextVar[set[str] | None] = ContextVar("relied", default=None)


@contextmanager
def relying() -> Iterator[set[str]]:
    """Collect the words of everything that is read inside the block, by this task and those that it begins."""
    words: set[str] = set()
    token = _relied.set(words)
    try:
        yield words
    finally:
        _relied.reset(token)


def rely_on(*words: str) -> None:
    """Say what is read next, where no row of it is loaded. Costs nothing outside `relying`."""
    known = _relied.get()
    if known is not None:
        known.update(words)


def watch(session: Session) -> None:
    """Name every row that *session* loads, if anybody wants to know."""
    if _relied.get() is not None:
        event.listen(session, "loaded_as_persistent", _loaded)


def _loaded(_session: Session, row: object) -> None:
    rely_on(*_words_of(row))


def _words_of(row: object) -> tuple[str, ...]:
    if isinstance(row, Post):
        return (
            f"p{row.id}",
            f"p{row.root_id or row.id}",
        )  # a thread that is removed takes its comments along
    if isinstance(row, Actor):
        return (f"a{row.id}",)
    if isinstance(row, Attachment | Event | Poll | PollOption):
        return (f"p{row.post_id}",)
    if isinstance(row, Permission):
        return (f"s{row.id}",)
    return ()
