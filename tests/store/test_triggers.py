"""The database says by itself what changed, whichever statement did it."""

from __future__ import annotations

import asyncio

import pytest
from sqlalchemy import delete, text, update
from sqlmodel import col

from node.store import schema, triggers
from node.store.changes import changes_of
from node.store.database import Database
from node.store.relying import rely_on, relying
from node.store.tables.actors import Actor
from node.store.tables.all import metadata
from node.store.tables.posts import Post
from tests.support.databases import drop_database, fresh_database

# What no document for everybody is made of. A new table is either told of or named here, with its reason.
SILENT = {
    "addressees": "of posts that are not for everybody",
    "arrivals": "the journal",
    "attendances": "counted in events.participants",
    "bans": "judged when something comes in",
    "blocks": "of one viewer",
    "changes": "itself",
    "comment_texts": "words to search",
    "chores": "what comes again by the clock",
    "far_pictures": "in no document",
    "log": "activities are not kept",
    "log_audience": "who hears of them",
    "marks": "of what came too early",
    "media": "documents name uploads in attachments and actors",
    "peers": "lanes",
    "poll_votes": "counted in poll_options.votes",
    "post_tags": "made from the text, which is told",
    "public_keys": "of others",
    "reactions": "on pages alone",
    "search_texts": "words to search",
    "shares": "counted in posts.shares",
    "tasks": "work",
    "votes": "counted in posts.upvotes",
}
# Members, messages, moderation and listings stand on pages alone.
ON_PAGES = {"node.store.tables.members", "node.store.tables.messages", "node.store.tables.moderation",
            "node.store.tables.listings", "node.store.tables.readings", "node.store.tables.drafts",
            "node.store.tables.links", "node.store.tables.mutes", "node.store.tables.directory"}  # fmt: skip


class Ear:
    """Hears what a database tells, one commit at a time."""

    def __init__(self, database: Database) -> None:
        self.words: set[str] = set()
        self.came = asyncio.Event()
        self.changes = changes_of(database, self.hear)
        self.changes.marking = True

    def hear(self, words):
        self.words.update(words or ())

    async def after(self, unit) -> set[str]:
        """Return what is told of the unit of work that *unit* does."""
        assert await self.changes.catch_up()
        self.words = set()
        await unit
        assert await self.changes.catch_up()
        return self.words


@pytest.fixture
async def ear(quay):
    """Hears as the node itself: its own commits are waited for."""
    ear = Ear(quay.node.database)
    quay.node.changes = ear.changes
    async with ear.changes.listening():
        yield ear
    await ear.changes.close()


async def do(quay, statement):
    async with quay.node.transaction() as tx:
        await tx.session.execute(statement)


async def test_a_row_that_comes_changes_or_goes_is_told(quay, ear):
    alice, bees = await quay.person("alice"), await quay.group("bees")
    thread = await quay.post(alice, bees)
    comment = await quay.post(alice, bees, thread)
    one = {f"p{thread.id}", f"t{thread.id}", f"o{bees.id}", f"o{alice.id}"}
    answer = {f"r{comment.id}", f"t{thread.id}", f"o{alice.id}"}
    told = await ear.after(quay.post(alice, bees, comment))
    assert told == {*answer, *(word for word in told if word.startswith("p"))}

    by_core = update(Post).where(col(Post.id) == thread.id)
    assert await ear.after(do(quay, by_core.values(content="x"))) == one
    assert await ear.after(do(quay, by_core.values(upvotes=1, score=1))) == {f"v{thread.id}"}
    assert await ear.after(do(quay, by_core.values(hot=1.0, comment_count=4, refresh_etag="x"))) == set()
    assert await ear.after(do(quay, by_core.values(removed_at=quay.clock.now()))) == {*one, "x"}
    by_hand = text("UPDATE posts SET title = 'by hand' WHERE id = :id").bindparams(id=thread.id)
    assert await ear.after(do(quay, by_hand)) == one
    moved = await ear.after(do(quay, by_core.values(group_id=alice.id)))
    assert moved == {*one, f"o{alice.id}"}, "where it was and where it is"


async def test_actors_follows_and_moderators_are_told(quay, ear):
    alice, bees = await quay.person("alice"), await quay.group("bees")
    host = f"h{alice.host}"
    by_core = update(Actor).where(col(Actor.id) == alice.id)
    assert await ear.after(do(quay, by_core.values(summary="x"))) == {f"a{alice.id}", host}
    assert await ear.after(do(quay, by_core.values(fetched_at=quay.clock.now()))) == set()
    gone = await ear.after(do(quay, by_core.values(deleted_at=quay.clock.now())))
    assert gone == {f"a{alice.id}", host, "g"}
    assert await ear.after(quay.follows(alice, bees)) == {f"f{alice.id}", f"f{bees.id}"}
    assert await ear.after(quay.moderates(alice, bees)) == {f"m{bees.id}"}


async def test_what_goes_with_a_row_is_told_too(quay, ear):
    """By the foreign key, without a statement of its own."""
    from node.store.tables.trimmings import Attachment

    alice = await quay.person("alice")
    post = await quay.post(alice)
    await quay.add(Attachment(post_id=post.id, position=0, kind="image", url="https://h.example/a.png"))
    told = await ear.after(do(quay, delete(Post).where(col(Post.id) == post.id)))
    assert told == {f"p{post.id}", f"t{post.id}", f"o{alice.id}", "x"}


async def test_what_is_rolled_back_is_not_told(quay, ear):
    alice = await quay.person("alice")

    async def failing():
        async with quay.node.transaction() as tx:
            await tx.session.execute(update(Actor).values(name="x"))
            raise KeyError

    async def failed():
        with pytest.raises(KeyError):
            await failing()

    assert await ear.after(failed()) == set()
    assert alice.name == "Alice"


def test_every_table_is_told_of_or_known_to_be_silent():
    told = {rule.table for rule in triggers.RULES}
    on_pages = {
        table.name
        for table in metadata.sorted_tables
        if any(mapper.class_.__module__ in ON_PAGES for mapper in _mappers() if mapper.local_table is table)
    }
    assert told | set(SILENT) | on_pages == set(metadata.tables)
    assert told & (set(SILENT) | on_pages) == set()


def _mappers():
    from sqlmodel import SQLModel

    return SQLModel._sa_registry.mappers


def test_rules_name_columns_that_are_there():
    for rule in triggers.RULES:
        assert set(rule.of) | set(rule.quiet) <= set(metadata.tables[rule.table].columns.keys()), rule.trigger


async def test_triggers_that_were_lost_or_are_old_are_put_right(tmp_path):
    database = Database(await fresh_database(tmp_path, "one"))
    assert not await schema.pending(database)
    async with database.engine.begin() as connection:
        await connection.execute(
            text(
                "DROP TRIGGER tell_posts_insert" if database.is_sqlite else "DROP FUNCTION tell_posts CASCADE"
            )
        )
    assert await schema.pending(database)
    await schema.upgrade(database)
    assert not await schema.pending(database)
    await database.dispose()
    await drop_database(database.url)


async def test_what_is_loaded_is_relied_on(quay):
    alice = await quay.person("alice")
    thread = await quay.post(alice)
    comment = await quay.post(alice, None, thread)
    with relying() as words:
        async with quay.node.reading() as session:
            await session.get(Actor, alice.id)
            await session.get(Post, comment.id)
    assert words == {f"a{alice.id}", f"p{comment.id}", f"p{thread.id}"}
    rely_on("nobody wants to know")
    assert "nobody wants to know" not in words
