"""Commands of `member`, `group` and `post` that move things: accounts, groups, threads, and siblings' threads."""

from __future__ import annotations

import click

from node.activities import moving_accounts, moving_threads, update
from node.activities.perform import perform
from node.cli.group import groups
from node.cli.member import members
from node.cli.opening import acting_as, find_group, find_post, with_node
from node.cli.post import posts
from node.cli.printing import as_json, show
from node.errors import Forbidden
from node.inbox.linking import link, unlink
from node.inbox.lookup import find_named_anew
from node.runtime import Node
from node.store.database import Transaction
from node.store.queries.actors import get_actor
from node.store.queries.listings import siblings_of
from node.store.tables.actors import Actor

remove = click.option("--remove", is_flag=True, help="Take the alias back.")


@members.command("alias")
@click.argument("name")
@click.argument("other")
@remove
@with_node
async def alias_member(node: Node, *, name: str, other: str, remove: bool) -> None:
    """Say that the member NAME is OTHER as well, such as @ada@old.example, who may then move here."""
    found = await find_named_anew(node, other)
    async with node.transaction() as tx:
        actor = await acting_as(tx, name, node.settings.host)
        await _alias(tx, actor, found, remove=remove)
    click.echo(f"{name} {'is no longer' if remove else 'is also'} {found.handle}.")


@groups.command("alias")
@click.argument("group")
@click.argument("other")
@remove
@with_node
async def alias_group(node: Node, *, group: str, other: str, remove: bool) -> None:
    """Say that GROUP of this node is OTHER as well, such as !bees@old.example, which may then move here."""
    found = await find_named_anew(node, other)
    async with node.transaction() as tx:
        actor = await _own_group(tx, group, node)
        await _alias(tx, actor, found, remove=remove)
    click.echo(f"{actor.handle} {'is no longer' if remove else 'is also'} {found.handle}.")


@members.command("move")
@click.argument("name")
@click.argument("target", required=False)
@click.option("--back", is_flag=True, help="Act here again.")
@with_node
async def move_member(node: Node, *, name: str, target: str | None, back: bool) -> None:
    """Move the member NAME to TARGET, such as @ada@new.example, which must name NAME as an alias."""
    found = None if back or target is None else await find_named_anew(node, target)
    async with node.transaction() as tx:
        actor = await acting_as(tx, name, node.settings.host)
        await _move(tx, actor, found, back=back)
    click.echo(f"{name} acts here again." if back else f"{name} has moved to {target}; followers are told.")


@groups.command("move")
@click.argument("group")
@click.argument("target", required=False)
@click.option("--back", is_flag=True, help="Take threads here again.")
@with_node
async def move_group(node: Node, *, group: str, target: str | None, back: bool) -> None:
    """Move GROUP to TARGET, such as !bees@new.example, which must name GROUP as an alias."""
    found = None if back or target is None else await find_named_anew(node, target)
    async with node.transaction() as tx:
        actor = await _own_group(tx, group, node)
        await _move(tx, actor, found, back=back)
    click.echo(f"{actor.handle} {'is here again' if back else f'has moved to {target}; followers are told'}.")


@posts.command("move")
@click.argument("post")
@click.argument("group")
@click.option(
    "--as", "member", required=True, metavar="MEMBER", help="Local member who moderates both groups."
)
@click.option("--reason", default="", help="Public.")
@with_node
async def move_thread(node: Node, *, post: str, group: str, member: str, reason: str) -> None:
    """Move the thread POST to GROUP."""
    async with node.transaction() as tx:
        actor = await acting_as(tx, member, node.settings.host)
        thread = await find_post(tx.session, post)
        target = await find_group(tx.session, group, node.settings.host)
        await perform(tx, await moving_threads.compose(tx, actor, thread, target, reason=reason))
    click.echo(f"The thread is in {target.handle} now.")


@groups.command("link")
@click.argument("group")
@click.argument("sibling")
@click.option("--stop", is_flag=True, help="Follow it no longer, and show nothing more of it.")
@with_node
async def link_group(node: Node, *, group: str, sibling: str, stop: bool) -> None:
    """Let GROUP of this node follow SIBLING, such as !bees@beta.example, and show its threads too."""
    other = await find_named_anew(node, sibling)
    async with node.transaction() as tx:
        ours = await _own_group(tx, group, node)
        if stop:
            await unlink(tx, ours, other.iri)
    if not stop:
        await link(node, ours, other)
    click.echo(f"{ours.handle} {'no longer follows' if stop else 'has asked to follow'} {other.handle}.")


@groups.command("bridge")
@click.argument("group")
@click.option("--stop", is_flag=True, help="Boost them no longer.")
@with_node
async def bridge(node: Node, *, group: str, stop: bool) -> None:
    """Let GROUP boost new threads of its siblings to people and groups that follow it from elsewhere."""
    async with node.transaction() as tx:
        ours = await _own_group(tx, group, node)
        ours.bridges = not stop
    click.echo(f"{ours.handle} {'no longer boosts' if stop else 'boosts'} its siblings' threads.")


@groups.command("siblings")
@click.argument("group")
@as_json
@with_node
async def siblings(node: Node, *, group: str, as_json: bool) -> None:
    """Show whom GROUP follows."""
    async with node.reading() as session:
        ours = await find_group(session, group, node.settings.host)
        rows = [
            {"handle": actor.handle, "state": edge.state, "iri": actor.iri}
            for actor, edge in await siblings_of(session, ours)
        ]
    show(rows, as_json=as_json, nothing=f"None. `archipel group link {group} SIBLING` adds one.")


async def _own_group(tx: Transaction, name: str, node: Node) -> Actor:
    group = await find_group(tx.session, name, node.settings.host)
    if not group.is_local:
        raise Forbidden(f"{group.handle} lives elsewhere: it is run there.")
    return group


async def _alias(tx: Transaction, actor: Actor, other: Actor, *, remove: bool) -> None:
    if remove:
        moving_accounts.remove_alias(actor, other.iri)
    else:
        moving_accounts.add_alias(actor, other.iri)
    await _tell(tx, actor)


async def _move(tx: Transaction, actor: Actor, target: Actor | None, *, back: bool) -> None:
    if back:
        moving_accounts.come_back(tx, actor)
    elif target is None:
        raise click.UsageError("Name where to: TARGET, or --back.")
    else:
        found = await get_actor(tx.session, target.iri)
        await perform(tx, await moving_accounts.compose(tx, actor, found))
    await _tell(tx, actor)


async def _tell(tx: Transaction, actor: Actor) -> None:
    actor.updated = tx.now
    await tx.session.flush()
    await perform(tx, update.compose_actor(tx, actor))
