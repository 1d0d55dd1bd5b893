"""`archipel doctor`: is all well with this node? For a person, and with its exit code for a monitor."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import asdict
from datetime import datetime, timedelta

import click
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col, func, select

from node.cli import checks
from node.cli.checks import FAILED, OK, WARNING, Finding
from node.cli.opening import Opening
from node.cli.printing import as_json, show
from node.clock import SystemClock
from node.errors import NodeError
from node.network.resolver import Resolver, SystemResolver
from node.settings import Settings
from node.store import schema
from node.store.database import Database
from node.store.tables.arrivals import Arrival
from node.store.tables.peers import Peer

OLDEST_WAITING = timedelta(minutes=15)


@click.command()
@as_json
@click.pass_context
def doctor(ctx: click.Context, as_json: bool) -> None:
    """Look whether all is well. Changes nothing; exit code 1 when a check failed."""
    settings = ctx.ensure_object(Opening).settings()
    findings = asyncio.run(examine(settings))
    show([asdict(one) for one in findings], as_json=as_json, nothing="")
    if any(one.verdict == FAILED for one in findings):
        ctx.exit(1)


async def examine(settings: Settings, *, resolver: Resolver | None = None) -> list[Finding]:
    """Return what every check found."""
    return [
        checks.check_settings(settings),
        checks.check_versions(),
        checks.check_keys(settings.keys),
        checks.check_disk(settings.data),
        checks.check_clock(checks.clock_status),
        await checks.check_name(settings, resolver or SystemResolver()),
        checks.check_guard(settings),
        *[one async for one in _database(settings)],
    ]


async def _database(settings: Settings) -> AsyncIterator[Finding]:
    file = settings.data / "archipel.db"
    if not settings.database and not file.exists():
        yield Finding("database", FAILED, f"There is no database at {file}. Run `archipel init`.")
        return
    database = Database(settings.database_url)
    try:
        if await schema.pending(database):
            yield Finding(
                "database", WARNING, "The database is of an older version; the next start migrates it."
            )
            return
        async with database.reading() as session:
            yield await _durable(session, sqlite=database.is_sqlite)
            now = SystemClock().now()
            yield await _waiting(session, now)
            yield await _dead_letters(session)
            yield await _lanes(session)
    except (SQLAlchemyError, OSError, NodeError) as error:
        yield Finding("database", FAILED, f"The database does not answer: {str(error).splitlines()[0]}")
    finally:
        await database.dispose()


async def _durable(session: AsyncSession, *, sqlite: bool) -> Finding:
    """A 202 means committed, also after a power cut (THREATS R08)."""
    if sqlite:
        journal = await session.scalar(text("PRAGMA journal_mode"))
        level = await session.scalar(text("PRAGMA synchronous"))
        good, says = journal == "wal" and level == 2, f"SQLite, journal_mode={journal}, synchronous={level}."  # noqa: PLR2004 -- 2 is FULL
    else:
        level = await session.scalar(text("SHOW synchronous_commit"))
        good, says = level not in {"off", "local"}, f"PostgreSQL, synchronous_commit={level}."
    return Finding(
        "database",
        OK if good else FAILED,
        says if good else f"{says} A power cut would lose what peers were promised.",
    )


async def _waiting(session: AsyncSession, now: datetime) -> Finding:
    oldest = await session.scalar(
        select(func.min(Arrival.due_at)).where(col(Arrival.state) == "waiting", col(Arrival.due_at) <= now)
    )
    if oldest is not None and now - oldest > OLDEST_WAITING:
        minutes = int((now - oldest).total_seconds() // 60)
        return Finding("inbox", FAILED, f"An arrival has waited for {minutes} minutes. Is a worker running?")
    return Finding("inbox", OK, "No arrival waits for long.")


async def _dead_letters(session: AsyncSession) -> Finding:
    count = await session.scalar(select(func.count()).where(col(Arrival.state) == "dead")) or 0
    if count:
        return Finding("dead letters", WARNING, f"{count}. `archipel inbox dead` shows them.")
    return Finding("dead letters", OK, "None.")


async def _lanes(session: AsyncSession) -> Finding:
    query = select(func.count()).where(col(Peer.state) != "awake", col(Peer.blocked_at).is_(None))
    count = await session.scalar(query) or 0
    if count:
        return Finding("lanes", WARNING, f"{count} not running. `archipel peer list --failing` shows them.")
    return Finding("lanes", OK, "Every lane runs.")
