"""A unit of work for many things at once: it knows what it has read, and writes in bulk.

What one arrival needs of the database is mostly what the last one needed: the group, its bans, the thread. A `BatchSession`
remembers it by id for as long as the unit of work lasts (queries ask it first), numbers new posts by itself, and
lets `flush` wait until a query must see what was written, or until the end: hundreds of rows are one statement then.

What it remembers stays right as long as nobody else writes: rows are the session's own objects, which show every change
made through it, and what is known of a table is forgotten when the session adds to it, deletes or updates in bulk.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Hashable
from typing import Any, TypeVar, cast

from sqlalchemy import bindparam, event, insert, text
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import ORMExecuteState, Session
from sqlmodel import SQLModel

from node.store.tables.actors import Actor
from node.store.tables.gatherings import Event, Poll
from node.store.tables.listings import Listing
from node.store.tables.log import LogAudience, LogEntry
from node.store.tables.members import Notification
from node.store.tables.posts import Addressee, Mark, Post, Vote
from node.store.tables.readings import Revision
from node.store.tables.tasks import Task
from node.store.tables.trimmings import Attachment, PostTag, Reaction

LOG_LOCK = 0x41524348  # advisory lock that orders appends to the log on PostgreSQL
# Nothing refers to their rows by number within a unit of work: they may be written at its end.
_LEAVES = (Addressee, Attachment, Mark, Notification, PostTag, Reaction, Revision, Task, Vote)
HANGS_ON_POSTS = (Attachment, Event, Listing, Poll, PostTag, Reaction)  # a new post has none of them
_IN_LOG = text("SELECT iri FROM log WHERE iri IN :iris").bindparams(bindparam("iris", expanding=True))

Known = TypeVar("Known")
Values = dict[str, Any]
metadata = SQLModel.metadata


class _Bulk(Session):
    """Writes posts before what refers to them, and entries of the log under its lock, numbered in their order."""

    batch: BatchSession
    is_writing = False

    def flush(self, objects: Any = None) -> None:
        """Write everything that waits."""
        del objects
        if self.is_writing:  # asks for a number, and each question first writes what waits
            return
        self.is_writing = True
        try:
            self._write(self.batch)
        finally:
            self.is_writing = False

    def _write(self, batch: BatchSession) -> None:
        batch.must_flush = False
        if batch.said:
            self._write_log(batch)
        super().flush()
        if (
            batch.leaves
        ):  # SQLAlchemy sorts by relationships alone, and there are none: posts first, then these
            leaves, batch.leaves = batch.leaves, []
            self._number(leaves, is_sqlite=batch.is_sqlite)
            self.add_all(leaves)
            super().flush()

    def _number(self, leaves: list[Any], *, is_sqlite: bool) -> None:
        """Number rows here: else each would be written alone, to learn its number."""
        by_table: dict[str, list[Any]] = {}
        for row in leaves:
            by_table.setdefault(str(row.__tablename__), []).append(row)
        for table, rows in by_table.items():
            found = self.execute(*numbering(table, len(rows), is_sqlite=is_sqlite)).scalars()
            for row, number in zip(rows, found, strict=True):
                row.id = number

    def _write_log(self, batch: BatchSession) -> None:
        said, batch.said = batch.said, []
        if not batch.is_sqlite:
            self.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": LOG_LOCK})
        there = set(self.execute(_IN_LOG, {"iris": [entry["iri"] for entry, _ in said]}).scalars())
        fresh = {
            entry["iri"]: (entry, audience) for entry, audience in reversed(said) if entry["iri"] not in there
        }
        numbers = self.execute(*numbering("log", len(fresh), is_sqlite=batch.is_sqlite)).scalars()
        entries, audiences = [], []
        for number, (entry, audience) in zip(numbers, reversed(fresh.values()), strict=True):
            entries.append({**entry, "id": number})
            audiences += [{**one, "entry_id": number} for one in audience]
        for table, rows in ((LogEntry, entries), (LogAudience, audiences)):
            if rows:
                self.execute(insert(metadata.tables[str(table.__tablename__)]), rows)


class BatchSession(AsyncSession):
    """The session of a batch. Made by `Database.transaction`; queries know it by its class.

    posts, actors, votes: what was read, None for what is not there. touched: grows with everything that is written.
    """

    sync_session_class = _Bulk

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        sync = cast("_Bulk", self.sync_session)
        sync.batch = self
        self.is_sqlite = sync.get_bind().dialect.name == "sqlite"
        self.actors: dict[str, Actor | None] = {}
        self.posts: dict[str, Post | None] = {}
        self.votes: dict[tuple[int, int], Vote | None] = {}
        self.awaited: dict[str, bool] = {}  # whether answers to a post of that id came before it
        self.said: list[tuple[Values, list[Values]]] = []
        self.threads_to_count: set[int] = set()
        self.versions_to_drop: set[int] = set()  # of posts that are deleted
        self.votes_to_count: set[int] = set()
        self.fresh: set[int] = set()  # numbers of posts that this batch brought: nobody voted on them before
        self.leaves: list[Any] = []  # new rows that nothing refers to
        self.must_flush = False
        self.touched = 0
        self.facts: dict[type[Any], dict[Hashable, Any]] = {}
        self._rows: dict[tuple[type[Any], Any], Any] = {}
        self._numbers: list[int] = []
        event.listen(sync, "do_orm_execute", self._note_statement)

    async def number_posts(self, count: int) -> None:
        """Have numbers for *count* new posts; more are numbered as they are written."""
        found = await self.execute(*numbering("posts", count, is_sqlite=self.is_sqlite))
        self._numbers = [*reversed(found.scalars().all())]

    def add(self, instance: object, _warn: bool = True) -> None:
        """Put a new row into the session."""
        self.touched += 1
        if isinstance(instance, Post):
            self._add_post(instance)
        elif isinstance(instance, Vote):
            self.votes[instance.post_id, instance.actor_id] = instance
        elif isinstance(instance, HANGS_ON_POSTS):
            self.facts.setdefault(type(instance), {})[instance.post_id] = True
        elif isinstance(instance, Mark):
            self.facts.setdefault(Mark, {})[instance.fingerprint] = True
        else:
            self.facts.pop(type(instance), None)
        if isinstance(instance, Actor):
            self.actors[instance.iri] = instance
        if isinstance(instance, _LEAVES):
            self.leaves.append(instance)
            return
        self.must_flush |= not isinstance(instance, Post)
        super().add(instance)

    def _add_post(self, post: Post) -> None:
        if post.id is None and self._numbers:
            post.id = self._numbers.pop()
        if post.id is None:
            self.must_flush = True
        else:
            self._rows[Post, post.id] = post
            self.fresh.add(post.id)
            for table in HANGS_ON_POSTS:
                self.facts.setdefault(table, {})[post.id] = False
        self.posts[post.iri] = post
        if post.in_reply_to is not None and post.parent_id is None:
            self.awaited[post.in_reply_to] = True

    def add_all(self, instances: Any) -> None:
        """Put new rows into the session."""
        for one in instances:
            self.add(one)

    def say(self, entry: Values, audience: list[Values]) -> None:
        """Append to the log, when this batch is written; an id that is there already stays as it is.

        entry, audience: values of the rows by column, without their numbers.
        """
        self.touched += 1
        self.said.append((entry, audience))

    async def delete(self, instance: object) -> None:
        """Delete a row, at once."""
        self.touched += 1
        await self.write()
        if isinstance(instance, Vote):
            self.votes[instance.post_id, instance.actor_id] = None
        elif isinstance(instance, (Actor, Post)):
            self.forget()
        self.facts.pop(type(instance), None)
        await super().delete(instance)
        await self.write()

    async def flush(self, objects: Any = None) -> None:
        """Write what waits if somebody may need its numbers; else it waits on, for `write` or the next query."""
        if self.must_flush:
            await super().flush(objects)

    async def write(self) -> None:
        """Write all that waits."""
        await super().flush()

    async def get(self, entity: Any, ident: Any, **options: Any) -> Any:
        """Return the row of that number, or None."""
        found = self._rows.get((entity, ident))
        if found is None and not none_of(self, entity, ident):
            found = await super().get(entity, ident, **options)
            if found is not None:
                self._rows[entity, ident] = found
        return found

    async def get_one(self, entity: Any, ident: Any, **options: Any) -> Any:
        """Return the row of that number. Raises NoResultFound when there is none."""
        found = await self.get(entity, ident, **options)
        return found if found is not None else await super().get_one(entity, ident, **options)

    def know(self, row: Actor | Post) -> None:
        """Remember an actor or a post that was read, by its number and its id."""
        self._rows[type(row), row.id] = row
        if isinstance(row, Post):
            self.posts[row.iri] = row
        else:
            self.actors[row.iri] = row

    def forget(self) -> None:
        """Forget all that was read."""
        for memory in (self.actors, self.posts, self.votes, self.awaited, self.facts, self._rows):
            memory.clear()

    def _note_statement(self, state: ORMExecuteState) -> None:
        """Forget what is known of a table that a statement changes, rather than the session's own writing."""
        is_change = state.is_insert or state.is_update or state.is_delete
        if not is_change or cast("_Bulk", self.sync_session).is_writing:
            return
        self.touched += 1
        mapper = state.bind_mapper
        if mapper is None:
            self.facts.clear()
        else:
            self.facts.pop(mapper.class_, None)
        if mapper is None or mapper.class_ is Vote:
            self.votes.clear()
            self.fresh.clear()


async def known(
    session: AsyncSession, table: type[Any], key: Hashable, ask: Callable[[], Awaitable[Known]]
) -> Known:
    """Return what *ask* answers, from memory where this batch has asked before and *table* was not written since."""
    if not isinstance(session, BatchSession):
        return await ask()
    facts = session.facts.setdefault(table, {})
    if key in facts:
        return cast("Known", facts[key])
    found = await ask()
    session.facts.setdefault(table, {})[key] = found
    return found


def none_of(session: AsyncSession, table: type[Any], key: Hashable) -> bool:
    """Tell whether this batch knows that *table* has no row for *key*: a query may be spared."""
    return isinstance(session, BatchSession) and session.facts.get(table, {}).get(key) is False


def numbering(table: str, count: int, *, is_sqlite: bool) -> tuple[Any, dict[str, Any]]:
    """Return the statement that hands out *count* row numbers in order, and its parameters.

    SQLite has one writer at a time: the numbers after the highest are free. PostgreSQL's come from the sequence.
    """
    if is_sqlite:
        query = (
            "WITH RECURSIVE n(i) AS (SELECT 1 WHERE :count > 0 UNION ALL SELECT i + 1 FROM n WHERE i < :count) "  # noqa: S608 -- our own tables
            f"SELECT i + coalesce((SELECT max(id) FROM {table}), 0) FROM n ORDER BY 1"
        )
    else:
        query = (
            f"SELECT nextval(pg_get_serial_sequence('{table}', 'id')) "  # noqa: S608 -- our own tables
            "FROM generate_series(1, CAST(:count AS integer)) ORDER BY 1"
        )
    return text(query), {"count": count}
