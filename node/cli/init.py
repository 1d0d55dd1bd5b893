"""`archipel init`: everything a node needs before its first visitor."""

from __future__ import annotations

import click

from node.cli.opening import with_node
from node.local import passes
from node.runtime import Node


@click.command()
@click.option("--demo", is_flag=True, help="Fill a demonstration community; a second time changes nothing.")
@with_node
async def init(node: Node, *, demo: bool) -> None:
    """Make the database, the keys and the node's own actor, and a one-time link for an administrator.

    May be repeated: nothing that exists is changed, and a fresh link is made.
    """
    if demo:
        from node.cli import demo as demonstration  # noqa: PLC0415 -- its pictures are drawn: 5 MB that nobody else needs

        click.echo(await demonstration.fill(node))
    async with node.transaction() as tx:
        secret = await passes.issue(tx, passes.ADMINISTRATOR)
    click.echo(f"{node.settings.url} is ready. Become its administrator, within 24 hours and once, at:")
    click.echo(f"{node.settings.home}/welcome/{secret}")
