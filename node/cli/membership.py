"""`archipel group requests`, `answer` and `readers`: who is let into a group of this node, and who reads it."""

from __future__ import annotations

import click

from node.activities import charter
from node.activities import follow as following
from node.activities.perform import perform
from node.activities.standing import is_moderator
from node.activitypub.webfinger import parse_handle
from node.cli.group import groups
from node.cli.opening import acting_as, find_group, with_node
from node.cli.printing import as_json, show
from node.errors import Forbidden, NotFound
from node.local import actors
from node.outbox.publish import publish
from node.runtime import Node
from node.store.database import Transaction
from node.store.queries.actors import find_by_handle
from node.store.queries.followers import waiting_followers
from node.store.tables.actors import Actor

by = click.option("--as", "member", required=True, metavar="MEMBER", help="Local member who moderates it.")


@groups.command("requests")
@click.argument("group")
@as_json
@with_node
async def requests(node: Node, *, group: str, as_json: bool) -> None:
    """Show who waits to be let into GROUP."""
    async with node.reading() as session:
        target = await find_group(session, group, node.settings.host)
        rows = [
            {"handle": one.handle, "since": edge.created_at, "iri": one.iri}
            for one, edge in await waiting_followers(session, target)
        ]
    show(rows, as_json=as_json, nothing=f"Nobody waits to be let into {target.handle}.")


@groups.command("answer")
@click.argument("group")
@click.argument("who")
@by
@click.option(
    "--accept/--reject", default=True, help="Let WHO in, or turn them away; of a member: show them out."
)
@with_node
async def answer(node: Node, *, group: str, who: str, member: str, accept: bool) -> None:
    """Answer WHO, such as @ada@alpha.example, who asked to follow GROUP."""
    async with node.transaction() as tx:
        target = await _moderated(tx, node, group, member)
        handle = parse_handle(who if "@" in who.lstrip("@") else f"{who}@{node.settings.host}")
        asker = await find_by_handle(tx.session, handle.username, handle.host, group=False)
        if asker is None:
            raise NotFound(f"{who} is not known here.")
        await publish(tx, await following.answer(tx, target, asker, accept=accept))
    click.echo(f"{asker.handle} {'is let into' if accept else 'is not let into'} {target.handle}.")


@groups.command("readers")
@click.argument("group")
@click.argument("readers", type=click.Choice(["everyone", "members"]))
@by
@with_node
async def readers(node: Node, *, group: str, readers: str, member: str) -> None:
    """Say who reads GROUP from now on: everyone, or its members alone."""
    async with node.transaction() as tx:
        target = await _moderated(tx, node, group, member)
        await actors.set_private(tx, target, private=readers == "members")
        if target.private:
            await following.turn_away_the_open(tx, target)
        moderator = await acting_as(tx, member, node.settings.host)
        await perform(tx, await charter.compose(tx, moderator, target, charter.typed(target)))
    click.echo(f"{target.handle} is read by {'its members alone' if target.private else 'everyone'}.")


async def _moderated(tx: Transaction, node: Node, name: str, member: str) -> Actor:
    target = await find_group(tx.session, name, node.settings.host)
    if not target.is_local:
        raise NotFound(f"{target.handle} does not live on this node.")
    if not await is_moderator(tx, await acting_as(tx, member, node.settings.host), target):
        raise Forbidden(f"{member} does not moderate {target.handle}.")
    return target
