"""`archipel keys`: the keys of this node's actors."""

from __future__ import annotations

import click
from sqlmodel import col, select

from node.cli.opening import with_node
from node.errors import Malformed
from node.local.actors import new_keys
from node.local.keys import check_ours, rotate
from node.runtime import Node
from node.store.queries.people import get_named
from node.store.tables.actors import Actor


@click.group("keys")
def actor_keys() -> None:
    """Keys with which this node's actors sign."""


@actor_keys.command("rotate")
@click.argument("names", nargs=-1)
@click.option("--all", "everybody", is_flag=True, help="Every actor here, the node itself too.")
@with_node
async def rotate_keys(node: Node, *, names: tuple[str, ...], everybody: bool) -> None:
    """Give NAMES new keys: members such as ada, groups such as !bees.

    For a day other servers may refuse what the old key no longer signs; it is sent again until they have the new one.
    """
    if bool(names) == everybody:
        raise Malformed("Say whose keys: names of members and groups, or --all.")
    for actor in await _chosen(node, names):
        keys = await new_keys(node)
        async with node.transaction() as tx:
            await rotate(tx, await tx.session.get_one(Actor, actor.id), keys)
        click.echo(f"{actor.handle} has new keys.")


async def _chosen(node: Node, names: tuple[str, ...]) -> list[Actor]:
    """Return who is meant, all of them before the first is changed; raises NotFound."""
    host = node.settings.host
    async with node.reading() as session:
        if not names:
            found = select(Actor).where(col(Actor.sealed_key).is_not(None), col(Actor.deleted_at).is_(None))
            return list(await session.scalars(found.order_by(col(Actor.id))))
        named = [
            await get_named(session, name.lstrip("!@"), host, group=name.startswith("!")) for name in names
        ]
    for actor in named:
        check_ours(actor)
    return named
