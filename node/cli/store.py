"""`archipel store`: what takes the room, sweeping and giving back, and whether all that is kept agrees."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click
from sqlalchemy import text
from sqlalchemy.engine import make_url

from node.activities import boost, counting, keeping, vote
from node.cli.opening import with_node
from node.cli.printing import as_json, show, show_one
from node.inbox.files import sweep_files
from node.inbox.housekeeping import sweep, would_sweep
from node.runtime import Node
from node.store import space
from node.store.database import Transaction
from node.store.queries import counters, sweeping
from node.store.queries.counters import AT_ONCE, Drift
from node.store.queries.uploads import count_media
from node.store.tables.posts import Post

SAY_EVERY = 2.0  # seconds between two lines of progress
SHOWN = 20  # of what is wrong; the rest is a number


@click.group("store")
def store() -> None:
    """The database and files: what takes the room, and whether all is well in there."""


@store.command("report")
@as_json
@with_node
async def report(node: Node, *, as_json: bool) -> None:
    """Show what takes the room, table by table, and what each setting keeps. Reads the whole database."""
    async with node.reading() as session:
        measured = await space.measure(session, node.database)
        chores = await sweeping.chores(session, node.settings, node.clock.now())
        media = await count_media(session)
    due = await would_sweep(node)
    kept = [
        {
            "what": chore.name,
            "setting": f"ARCHIPEL_{chore.setting.upper()}" if chore.setting else "",
            "value": getattr(node.settings, chore.setting) if chore.setting else "",
            "to_be_swept": due.get(chore.name, 0),
        }
        for chore in chores
    ]
    whole = {
        "database": measured.total,
        "reclaimable": measured.reclaimable,
        **dict(_files(node)),
        "uploads of members": media.upload_bytes,
        "pictures from elsewhere": media.far_bytes,
    }
    if as_json:
        tables = [asdict(one) for one in measured.tables]
        click.echo(
            json.dumps(
                {
                    "bytes": whole,
                    "files": {"uploads": media.uploads, "pictures_from_elsewhere": media.far},
                    "tables": tables,
                    "kept": kept,
                },
                indent=2,
            )
        )
        return
    show_one({name: _size(number) for name, number in whole.items()}, as_json=False)
    click.echo()
    show(
        [
            {
                "table": one.table,
                "rows": "" if one.rows is None else f"{one.rows:,}",
                "data": _size(one.bytes),
                "indexes": _size(one.index_bytes),
            }
            for one in measured.tables
        ],
        as_json=False,
        nothing="",
    )
    click.echo()
    show(kept, as_json=False, nothing="")


def _files(node: Node) -> Iterator[tuple[str, int]]:
    """Give what else stands in the folder of the data, by what it is for."""
    database = _sqlite_file(node)
    folder = node.settings.data
    counted = {"journal of the database": 0, "media": 0, "metrics": 0, "other files": 0}
    for one in folder.rglob("*"):
        if not one.is_file() or one == database:
            continue
        first = one.relative_to(folder).parts[0]
        name = first if first in {"media", "metrics"} else "other files"
        if database is not None and one.name in {f"{database.name}-wal", f"{database.name}-shm"}:
            name = "journal of the database"
        counted[name] += one.stat().st_size
    yield from counted.items()


def _sqlite_file(node: Node) -> Path | None:
    return Path(make_url(node.database.url).database or "") if node.database.is_sqlite else None


@store.command("sweep")
@with_node
async def sweep_now(node: Node) -> None:
    """Forget now what is past its time, by the settings. The node may run meanwhile."""
    said = time.monotonic()

    async def progress(name: str, done: int) -> None:
        nonlocal said
        if time.monotonic() - said >= SAY_EVERY:
            said = time.monotonic()
            click.echo(f"{name}: {done:,} so far", err=True)

    swept = await sweep(node, progress) | await sweep_files(node)
    gone = [{"what": name, "swept": number} for name, number in swept.items() if number]
    show(gone, as_json=False, nothing="There was nothing to sweep.")


@store.command("vacuum")
@click.option("--anyway", is_flag=True, help="Also while the node runs and its database is large.")
@with_node
async def vacuum(node: Node, *, anyway: bool) -> None:
    """Give back the room of what was swept. On SQLite nobody can write meanwhile; on PostgreSQL nobody waits."""
    if not node.database.is_sqlite:
        async for name in space.vacuum_postgresql(node.database):
            click.echo(f"{name}: done", err=True)
        click.echo("Every table was vacuumed and analyzed.")
        return
    file = _sqlite_file(node)
    assert file is not None, "it is SQLite"
    others = node.claim is not None and not node.claim.is_alone()
    await node.database.dispose()  # connections of this process would wait for each other
    said = time.monotonic()

    def progress() -> None:
        nonlocal said
        if time.monotonic() - said >= SAY_EVERY:
            said = time.monotonic()
            written = file.with_name(f"{file.name}-wal")
            click.echo(f"{_size(written.stat().st_size if written.exists() else 0)} written", err=True)

    before, after = await asyncio.to_thread(
        space.vacuum_sqlite, file, others=others, anyway=anyway, progress=progress
    )
    click.echo(f"{_size(before)} before, {_size(after)} now.")


@store.command("check")
@click.option("--repair", is_flag=True, help="Set counters that are wrong to what they count.")
@as_json
@click.pass_context
def check(ctx: click.Context, *, repair: bool, as_json: bool) -> None:
    """Look whether the database is whole and its counters are right; exit code 1 when something is wrong."""
    wrong: list[dict[str, Any]] = []

    async def look(node: Node) -> None:
        wrong.extend(
            [{"what": "database", "where": where, "says": "", "is": ""} for where in await _damage(node)]
        )
        drifts = await _drifts(node)
        if repair:
            await _repair(node, drifts)
            click.echo(f"{len(drifts)} counters repaired.", err=True)
            drifts = await _drifts(node)
        wrong.extend(
            {"what": one.counter, "where": f"post {one.post_id}", "says": one.says, "is": one.counted}
            for one in drifts
        )

    with_node(look)()
    rows = wrong if as_json else wrong[:SHOWN]
    show(rows, as_json=as_json, nothing="All is well.")
    if len(wrong) > len(rows):
        click.echo(f"... and {len(wrong) - len(rows)} more")
    if wrong:
        ctx.exit(1)


async def _damage(node: Node) -> list[str]:
    """Return what SQLite finds wrong with its file, and rows that refer to none; PostgreSQL holds both by itself."""
    if not node.database.is_sqlite:
        return []
    async with node.reading() as session:
        heavy = {"heavy": True}
        found = await session.scalars(text("PRAGMA integrity_check"), execution_options=heavy)
        damage = [line for line in found if line != "ok"]
        lost = await session.execute(text("PRAGMA foreign_key_check"), execution_options=heavy)
        return damage + [
            f"{table}, row {row}: refers to no row of {parent}" for table, row, parent, _ in lost
        ]


async def _drifts(node: Node) -> list[Drift]:
    async with node.reading() as session:
        last = await counters.newest_post(session)
    found: list[Drift] = []
    for after in range(0, last, AT_ONCE):
        for counter in counters.counters():
            async with node.reading() as session:
                found += await counters.drifted(session, counter, after, after + AT_ONCE)
    return found


async def _repair(node: Node, drifts: list[Drift]) -> None:
    """Count anew, as the activity does that changes the count; what changes meanwhile counts itself."""
    for number in sorted({one.post_id for one in drifts}):
        async with node.transaction() as tx:
            await _recount(tx, number)


async def _recount(tx: Transaction, number: int) -> None:
    post = await tx.session.get(Post, number)
    if post is None:
        return
    await vote.recount(tx, [post])
    await boost.recount(tx, post)
    await counting.recount(tx, post)
    await keeping.count_thread(tx, post.root_id or post.id)


def _size(number: int | None) -> str:
    if number is None:
        return "not known"
    for unit in ("B", "KB", "MB"):
        if number < 10_000:  # noqa: PLR2004 -- four figures
            return f"{number:,} {unit}"
        number = round(number / 1000)
    return f"{number:,} GB"
