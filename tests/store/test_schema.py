import asyncio
import os
import secrets
import sqlite3
from argparse import Namespace
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import text
from sqlalchemy.engine import make_url
from sqlalchemy.ext.asyncio import create_async_engine

from node.errors import Misconfigured, Unavailable
from node.store import schema
from node.store.database import Database
from tests.support.archipelago import CountingIds
from tests.support.clock import ManualClock
from tests.support.rows import a_local_actor, a_post

SERVER = os.environ.get("ARCHIPEL_TEST_POSTGRES", "")
PYPROJECT = Path(__file__).parents[2] / "pyproject.toml"


@pytest.fixture
async def sqlite(tmp_path: Path) -> AsyncIterator[Database]:
    database = Database(f"sqlite+aiosqlite:///{tmp_path / 'node.db'}")
    yield database
    await database.dispose()


@pytest.fixture
async def postgres() -> AsyncIterator[Database]:
    if not SERVER:
        pytest.skip("ARCHIPEL_TEST_POSTGRES names no server")
    server = make_url(SERVER).set(drivername="postgresql+asyncpg")
    name = f"schema_{secrets.token_hex(6)}"
    admin = create_async_engine(server, isolation_level="AUTOCOMMIT")
    async with admin.connect() as connection:
        await connection.execute(text(f"CREATE DATABASE {name}"))
    database = Database(server.set(database=name).render_as_string(hide_password=False))
    yield database
    await database.dispose()
    async with admin.connect() as connection:
        await connection.execute(text(f"DROP DATABASE {name}"))
    await admin.dispose()


async def test_an_empty_database_is_pending_until_it_is_upgraded(sqlite: Database):
    assert await schema.pending(sqlite)
    await schema.upgrade(sqlite)
    assert not await schema.pending(sqlite)


async def test_upgrading_twice_changes_nothing_more(sqlite: Database):
    await schema.upgrade(sqlite)
    await schema.upgrade(sqlite)
    assert not await schema.pending(sqlite)


async def test_the_migrations_build_what_the_tables_say(sqlite: Database):
    await schema.upgrade(sqlite)
    assert await schema.drift(sqlite) == []


@pytest.mark.postgres
async def test_the_migrations_build_what_the_tables_say_on_postgresql(postgres: Database):
    assert await schema.pending(postgres)
    await schema.upgrade(postgres)
    assert not await schema.pending(postgres)
    assert await schema.drift(postgres) == []


async def test_a_missing_column_is_drift(sqlite: Database):
    await schema.upgrade(sqlite)
    async with sqlite.engine.begin() as connection:
        await connection.execute(text("ALTER TABLE peers DROP COLUMN version"))
    assert [change[0] for change in await schema.drift(sqlite)] == ["add_column"]


async def test_a_database_of_a_newer_version_is_refused(sqlite: Database):
    await schema.upgrade(sqlite)
    async with sqlite.engine.begin() as connection:
        await connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(Misconfigured, match="newer version"):
        await schema.upgrade(sqlite)


async def test_foreign_keys_rest_while_tables_are_rebuilt_and_hold_afterwards(sqlite: Database):
    await schema.upgrade(sqlite)
    async with schema._migrating(sqlite) as connection:
        assert await connection.scalar(text("PRAGMA foreign_keys")) == 0
    async with sqlite.engine.connect() as connection:
        assert await connection.scalar(text("PRAGMA foreign_keys")) == 1


async def test_a_migration_that_breaks_a_reference_is_undone(sqlite: Database):
    await schema.upgrade(sqlite)
    with pytest.raises(Misconfigured, match="refer to nothing"):
        async with schema._migrating(sqlite) as connection:
            await connection.execute(
                text("INSERT INTO moderators (group_id, actor_id, since) VALUES (7, 8, '2026-11-01')")
            )
    async with sqlite.reading() as session:
        assert await session.scalar(text("SELECT count(*) FROM moderators")) == 0


def test_alembic_check_runs_from_the_project_file(tmp_path: Path):
    config = Config(toml_file=PYPROJECT, cmd_opts=_options(f"sqlite+aiosqlite:///{tmp_path / 'check.db'}"))
    command.upgrade(config, "head")
    command.check(config)  # raises when the tables say something else
    with sqlite3.connect(tmp_path / "check.db") as connection:
        assert connection.execute("SELECT version_num FROM alembic_version").fetchone() is not None
    connection.close()


def test_a_migration_can_be_taken_back(tmp_path: Path):
    config = Config(toml_file=PYPROJECT, cmd_opts=_options(f"sqlite+aiosqlite:///{tmp_path / 'back.db'}"))
    command.upgrade(config, "head")
    command.downgrade(config, "base")
    connection = sqlite3.connect(tmp_path / "back.db")
    left = [row[0] for row in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
    connection.close()
    assert left == ["alembic_version"]


async def test_threads_that_are_here_are_taken_into_the_search(tmp_path: Path):
    database = Database(f"sqlite+aiosqlite:///{tmp_path / 'node.db'}")
    await schema.upgrade(database)
    async with database.transaction(ManualClock(), CountingIds("x")) as tx:
        ada = await a_local_actor(tx, "Ada")
        posts = [
            await a_post(tx, ada, title=f"Crème {n}", content="<p>Bees &amp; <b>honey</b></p>")
            for n in range(5)
        ]
        await a_post(tx, ada, parent=posts[0])
        await a_post(tx, ada, title="", deleted_at=tx.now)
    config = Config(toml_file=PYPROJECT, cmd_opts=_options(database.url))
    await asyncio.to_thread(command.downgrade, config, "0002")
    await schema.upgrade(database)
    async with database.reading() as session:
        rows = (await session.execute(text("SELECT post_id, title, text FROM search_texts"))).all()
        found = (
            await session.scalars(text("SELECT rowid FROM search_words WHERE search_words MATCH 'honey'"))
        ).all()
        names = (await session.scalars(text("SELECT lookup_name FROM actors"))).all()
    await database.dispose()
    assert rows == [(post.id, f"creme {n}", "bees honey") for n, post in enumerate(posts)]
    assert found == [row[0] for row in rows]
    assert names == ["ada"]


def _options(url: str):
    return Namespace(x=[f"url={url}"])


async def test_who_starts_while_another_migrates_waits_for_it(sqlite, monkeypatch):
    """Seldom, and for long: then in a sentence, after as many waits as there are."""
    monkeypatch.setattr("node.store.database.BUSY_TIMEOUT_MS", 1)
    monkeypatch.setattr(schema, "WAITS", 3)
    other = Database(sqlite.url)
    holder = sqlite3.connect(sqlite.engine.url.database, isolation_level=None)
    holder.execute("PRAGMA journal_mode=WAL")
    holder.execute("BEGIN IMMEDIATE")
    tried = []
    take = schema._take_steps

    async def steps(database):
        tried.append(1)
        if len(tried) == 5:
            holder.execute("ROLLBACK")
        await take(database)

    monkeypatch.setattr(schema, "_take_steps", steps)
    with pytest.raises(Unavailable, match="Another process"):
        await schema.upgrade(other)
    await schema.upgrade(other)
    assert len(tried) == 5
    assert not await schema.pending(other)
    holder.close()
    await other.dispose()
