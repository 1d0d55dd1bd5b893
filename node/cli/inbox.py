"""`archipel inbox`: arrivals that could not be handled."""

from __future__ import annotations

import click
from sqlalchemy import update
from sqlalchemy.engine import CursorResult
from sqlmodel import col

from node.cli.opening import with_node
from node.cli.printing import as_json, show
from node.errors import NotFound
from node.runtime import Node
from node.store.queries.arrivals import dead_letters
from node.store.tables.arrivals import Arrival


@click.group("inbox")
def arrivals() -> None:
    """Arrivals that could not be handled."""


@arrivals.command("dead")
@click.option("--limit", type=click.IntRange(1, 1000), default=100, show_default=True)
@as_json
@with_node
async def dead(node: Node, *, limit: int, as_json: bool) -> None:
    """Show the dead letters, the newest first, each with the reason why it was given up."""
    async with node.reading() as session:
        rows = [
            {
                "number": arrival.id,
                "type": arrival.type,
                "received_at": arrival.received_at,
                "attempts": arrival.attempts,
                "iri": arrival.iri,
                "reason": arrival.reason,
            }
            for arrival in await dead_letters(session, limit=limit)
        ]
    show(rows, as_json=as_json, nothing="No dead letters.")


@arrivals.command("retry")
@click.argument("numbers", nargs=-1, type=int)
@click.option("--all", "everything", is_flag=True, help="All dead letters.")
@with_node
async def retry(node: Node, *, numbers: tuple[int, ...], everything: bool) -> None:
    """Handle dead letters again, by the NUMBERS that `inbox dead` shows."""
    if bool(numbers) == everything:
        raise click.UsageError("Name the numbers of dead letters, or give --all.")
    query = update(Arrival).where(col(Arrival.state) == "dead")
    if numbers:
        query = query.where(col(Arrival.id).in_(numbers))
    async with node.transaction() as tx:
        done = await tx.session.execute(
            query.values(
                state="waiting", attempts=0, due_at=tx.now, leased_until=None, closed_at=None, reason=""
            ),
            execution_options={"synchronize_session": False},
        )
        tx.wakes.add("inbox")
        assert isinstance(done, CursorResult)
        if numbers and done.rowcount != len(set(numbers)):
            raise NotFound("Not all of these numbers are dead letters, so nothing was changed.")
    click.echo(f"{done.rowcount} to be handled again.")
