"""`archipel maintenance`: put the pages away while the node is worked on, and bring them back."""

from __future__ import annotations

from datetime import UTC, timedelta

import click

from node.cli.opening import Opening
from node.clock import SystemClock
from node.web import maintenance as pages


@click.group("maintenance")
def maintenance() -> None:
    """Put pages away for a while. What other nodes send is taken in all the same."""


@maintenance.command("on")
@click.option("--minutes", type=click.IntRange(1, 7 * 24 * 60), default=30, show_default=True)
@click.option("--words", default="", help="What visitors read instead of the usual sentence.")
@click.pass_context
def on(ctx: click.Context, *, minutes: int, words: str) -> None:
    """Answer pages with 503 from now on. Each machine of a node has a switch of its own."""
    settings = ctx.ensure_object(Opening).settings()
    settings.data.mkdir(parents=True, exist_ok=True, mode=0o700)
    until = SystemClock().now() + timedelta(minutes=minutes)
    pages.begin(settings.data, pages.Maintenance(until, words[:300]))
    told = until.astimezone(UTC).strftime("%H:%M UTC")
    click.echo(
        f"Pages are away; visitors are told to come back at {told}. `archipel maintenance off` ends it."
    )


@maintenance.command("off")
@click.pass_context
def off(ctx: click.Context) -> None:
    """Bring the pages back."""
    was = pages.end(ctx.ensure_object(Opening).settings().data)
    click.echo("Pages are back." if was else "Pages were not away.")
