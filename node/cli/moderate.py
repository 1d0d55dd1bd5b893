"""`archipel moderate`: what moderators do, in the name of a member, through the same door as pages."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import click

from node.activities import curate, delete, lock, marking
from node.activities.perform import perform
from node.activities.standing import group_of
from node.activitypub.activity import Activity
from node.cli.opening import acting_as, find_group, find_post, with_node
from node.cli.printing import as_json, show
from node.errors import Conflict
from node.inbox.lookup import find_named_anew
from node.runtime import Node
from node.store.database import Transaction
from node.store.queries.actors import get_actor
from node.store.queries.deeds import log_page
from node.store.tables.actors import Actor
from node.store.tables.posts import Post

by = click.option("--as", "member", required=True, metavar="MEMBER", help="Local member who acts.")
why = click.option("--reason", default="", help="For everybody to read in the moderation log.")
below = click.option("--below", is_flag=True, help="With all that answers it.")

Compose = Callable[[Transaction, Actor, Post], Awaitable[Activity]]


@click.group("moderate")
def moderate() -> None:
    """Threads, comments and moderators of a group, here or elsewhere."""


@moderate.command("lock")
@click.argument("post")
@by
@why
@with_node
async def lock_post(node: Node, *, post: str, member: str, reason: str) -> None:
    """Close POST, its token, page or id, to answers; and all below it."""
    await _act(node, post, member, lambda tx, actor, target: lock.compose(tx, actor, target, reason=reason))
    click.echo("Closed.")


@moderate.command("unlock")
@click.argument("post")
@by
@with_node
async def unlock_post(node: Node, *, post: str, member: str) -> None:
    """Open POST for answers again."""
    await _act(node, post, member, lock.compose_undo)
    click.echo("Opened.")


@moderate.command("pin")
@click.argument("post")
@by
@with_node
async def pin(node: Node, *, post: str, member: str) -> None:
    """Show the thread POST first in its group."""
    await _act(node, post, member, lambda tx, actor, target: _pin(tx, actor, target, pin=True))
    click.echo("Pinned.")


@moderate.command("unpin")
@click.argument("post")
@by
@with_node
async def unpin(node: Node, *, post: str, member: str) -> None:
    """Show the thread POST in its turn again."""
    await _act(node, post, member, lambda tx, actor, target: _pin(tx, actor, target, pin=False))
    click.echo("Unpinned.")


@moderate.command("mark")
@click.argument("post")
@by
@click.option("--off", is_flag=True, help="Take the mark away.")
@with_node
async def mark(node: Node, *, post: str, member: str, off: bool) -> None:
    """Mark POST as sensitive."""
    await _act(
        node, post, member, lambda tx, actor, target: marking.compose(tx, actor, target, sensitive=not off)
    )
    click.echo("No longer marked." if off else "Marked.")


@moderate.command("remove")
@click.argument("post")
@by
@why
@below
@with_node
async def remove(node: Node, *, post: str, member: str, reason: str, below: bool) -> None:
    """Hide POST; its words are kept and can be restored."""
    await _act(
        node,
        post,
        member,
        lambda tx, actor, target: delete.compose(tx, actor, target, reason=reason, with_replies=below),
    )
    click.echo("Removed.")


@moderate.command("restore")
@click.argument("post")
@by
@below
@with_node
async def restore(node: Node, *, post: str, member: str, below: bool) -> None:
    """Show POST again that was removed."""
    await _act(
        node,
        post,
        member,
        lambda tx, actor, target: delete.compose_restore(tx, actor, target, with_replies=below),
    )
    click.echo("Restored.")


@moderate.command("appoint")
@click.argument("group")
@click.argument("person")
@by
@with_node
async def appoint(node: Node, *, group: str, person: str, member: str) -> None:
    """Make PERSON, such as @ada@alpha.example, a moderator of GROUP."""
    await _seat(node, group, person, member, appoint=True)
    click.echo("Appointed.")


@moderate.command("dismiss")
@click.argument("group")
@click.argument("person")
@by
@with_node
async def dismiss(node: Node, *, group: str, person: str, member: str) -> None:
    """End PERSON's time as a moderator of GROUP."""
    await _seat(node, group, person, member, appoint=False)
    click.echo("Dismissed.")


@moderate.command("log")
@click.argument("group")
@as_json
@with_node
async def log(node: Node, *, group: str, as_json: bool) -> None:
    """Show what moderators of GROUP did last."""
    async with node.reading() as session:
        page = await log_page(session, await find_group(session, group, node.settings.host), None, None)
    rows = [
        {
            "at": line.at,
            "what": line.kind,
            "by": line.by.handle if line.by else "",
            "about": line.about.handle if line.about else "",
            "post": line.path,
            "reason": line.reason,
        }
        for line in page.lines
    ]
    show(rows, as_json=as_json, nothing="Nothing so far.")


async def _act(node: Node, post: str, member: str, compose: Compose) -> None:
    async with node.transaction() as tx:
        actor = await acting_as(tx, member, node.settings.host)
        target = await find_post(tx.session, post)
        await perform(tx, await compose(tx, actor, target))


async def _pin(tx: Transaction, actor: Actor, post: Post, *, pin: bool) -> Activity:
    group = await group_of(tx, post)
    if group is None:
        raise Conflict("This post is in no group.")
    return curate.compose_pin(tx, actor, group, post, pin=pin)


async def _seat(node: Node, group: str, person: str, member: str, *, appoint: bool) -> None:
    whom = await find_named_anew(node, person if "@" in person else f"@{person}@{node.settings.host}")
    async with node.transaction() as tx:
        actor = await acting_as(tx, member, node.settings.host)
        here = await find_group(tx.session, group, node.settings.host)
        there = await get_actor(tx.session, whom.iri)
        await perform(tx, curate.compose_seat(tx, actor, here, there, appoint=appoint))
