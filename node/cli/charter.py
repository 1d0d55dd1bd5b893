"""`archipel group edit`, `close` and `reopen`: what those do who run a group."""

from __future__ import annotations

import click

from node.activities import charter, closing
from node.activities.drafts import CharterDraft
from node.activities.perform import perform
from node.cli.group import groups
from node.cli.opening import acting_as, find_group, with_node
from node.errors import NotFound
from node.runtime import Node
from node.store.queries.actors import find_at

by = click.option("--as", "member", required=True, metavar="MEMBER", help="Local member who acts.")


@groups.command("edit")
@click.argument("group")
@by
@click.option("--title", help="Its name as people read it.")
@click.option("--description", help="What it is about, in one line.")
@click.option("--summary", help="What it is about and its rules, in Markdown.")
@click.option("--restricted/--open", default=None, help="Whether only moderators begin threads.")
@click.option("--sensitive/--not-sensitive", default=None, help="Whether what is posted there is sensitive.")
@with_node
async def edit(
    node: Node,
    *,
    group: str,
    member: str,
    title: str | None,
    description: str | None,
    summary: str | None,
    restricted: bool | None,
    sensitive: bool | None,
) -> None:
    """Change what GROUP says of itself; what is left out stays."""
    given = {
        "title": title,
        "description": description,
        "summary": summary,
        "posting_restricted": restricted,
        "sensitive": sensitive,
    }
    async with node.transaction() as tx:
        actor = await acting_as(tx, member, node.settings.host)
        target = await find_group(tx.session, group, node.settings.host)
        changed = {name: value for name, value in given.items() if value is not None}
        draft = CharterDraft(**charter.typed(target).model_dump() | changed)
        await perform(tx, await charter.compose(tx, actor, target, draft))
    click.echo(f"Changed {target.handle}." if target.is_local else f"Asked {target.host} to change it.")


@groups.command("close")
@click.argument("group")
@by
@with_node
async def close(node: Node, *, group: str, member: str) -> None:
    """Close GROUP of this node: its page goes, nobody writes in it. `group reopen` takes that back."""
    async with node.transaction() as tx:
        actor = await acting_as(tx, member, node.settings.host)
        target = await find_group(tx.session, group, node.settings.host)
        await perform(tx, closing.compose(tx, actor, target))
    click.echo(f"Closed {target.handle}.")


@groups.command("reopen")
@click.argument("group")
@by
@with_node
async def reopen(node: Node, *, group: str, member: str) -> None:
    """Open GROUP of this node again."""
    async with node.transaction() as tx:
        actor = await acting_as(tx, member, node.settings.host)
        target = await find_at(
            tx.session, node.settings.host, f"/c/{group.removeprefix('!').partition('@')[0]}"
        )
        if target is None:
            raise NotFound(f"There has never been a group {group} here.")
        await perform(tx, closing.compose_undo(tx, actor, target))
    click.echo(f"{target.handle} is open again.")
