"""`archipel group`: communities, ours and those that members here follow."""

from __future__ import annotations

import click
from sqlmodel import col, func, select

from node.activities import follow as following
from node.activities.perform import perform
from node.activitypub.webfinger import parse_handle
from node.cli.opening import acting_as, find_group, with_node
from node.cli.printing import as_json, show
from node.errors import Conflict, NotFound
from node.inbox import actors as remote
from node.inbox.backfill import backfill
from node.local import members as accounts
from node.local.actors import check_name, found_group, new_keys
from node.runtime import Node
from node.store.queries.actors import get_actor
from node.store.queries.people import follow_state
from node.store.tables.actors import GROUP_KINDS, Actor
from node.store.tables.follows import Follow, Moderator
from node.store.tables.posts import Post

TOLD_EVERY = 10  # posts


@click.group("group")
def groups() -> None:
    """Communities."""


@groups.command("found")
@click.argument("name")
@click.option("--owner", required=True, metavar="MEMBER", help="Local member who will moderate it.")
@click.option("--title", default="", help="Its name as people read it; NAME when left out.")
@click.option("--summary", default="", help="What it is about, in Markdown.")
@click.option("--restricted", is_flag=True, help="Only moderators begin threads.")
@click.option("--private", is_flag=True, help="Members alone read it; moderators answer requests to follow.")
@with_node
async def found(
    node: Node, *, name: str, owner: str, title: str, summary: str, restricted: bool, private: bool
) -> None:
    """Found the group NAME on this node."""
    check_name(name)
    keys = await new_keys(node)
    async with node.transaction() as tx:
        founder = await acting_as(tx, owner, node.settings.host)
        await accounts.check_name(tx, name)
        group = await found_group(
            tx,
            node.settings.home,
            name,
            keys,
            title=title,
            founder=founder,
            summary=summary,
            posting_restricted=restricted,
            private=private,
        )
    click.echo(f"Founded {group.handle}. Peers find it at {group.iri}")


@groups.command("list")
@click.option("--all", "everywhere", is_flag=True, help="Also the groups of peers.")
@as_json
@with_node
async def list_groups(node: Node, *, everywhere: bool, as_json: bool) -> None:
    """Show the groups of this node."""
    followers = (
        select(func.count())
        .where(col(Follow.followee_id) == col(Actor.id), col(Follow.state) == "accepted")
        .correlate(Actor)
        .scalar_subquery()
    )
    threads = (
        select(func.count())
        .where(col(Post.group_id) == col(Actor.id), col(Post.in_reply_to).is_(None))
        .correlate(Actor)
        .scalar_subquery()
    )
    query = (
        select(Actor, followers, threads)
        .where(col(Actor.kind).in_(GROUP_KINDS), col(Actor.deleted_at).is_(None))
        .order_by(col(Actor.host), col(Actor.username))
    )
    if not everywhere:
        query = query.where(col(Actor.sealed_key).is_not(None))
    async with node.reading() as session:
        rows = [
            {
                "handle": actor.handle,
                "title": actor.name,
                "followers": count,
                "threads": written,
                "iri": actor.iri,
            }
            for actor, count, written in await session.execute(query)
        ]
    show(
        rows, as_json=as_json, nothing="No groups yet. `archipel group found NAME --owner MEMBER` makes one."
    )


@groups.command("follow")
@click.argument("group")
@click.option("--as", "member", required=True, metavar="MEMBER", help="Local member who follows.")
@click.option("--stop", is_flag=True, help="Stop following.")
@with_node
async def follow(node: Node, *, group: str, member: str, stop: bool) -> None:
    """Let a member follow GROUP, such as bees, or !bees@beta.example of a peer."""
    iri = await _look_up(node, group)
    async with node.transaction() as tx:
        actor = await acting_as(tx, member, node.settings.host)
        target = await get_actor(tx.session, iri)
        if stop:
            undo = await following.compose_undo(tx, actor, target)
            if undo is None:
                raise Conflict(f"{member} does not follow {target.handle}.")
            await perform(tx, undo)
        else:
            await perform(tx, following.compose(tx, actor, target))
        state = await follow_state(tx.session, actor, target)
    if stop:
        click.echo(f"{member} no longer follows {target.handle}.")
    elif state == "accepted":
        click.echo(f"{member} follows {target.handle}.")
    else:
        click.echo(f"{member} has asked to follow {target.handle}; its node will answer.")
        click.echo(f"Its old threads come then. To see them come: archipel group backfill '{target.handle}'")


@groups.command("backfill")
@click.argument("group")
@with_node
async def bring_history(node: Node, *, group: str) -> None:
    """Fetch old threads of GROUP, which lives on another node; further back each time."""
    async with node.reading() as session:
        target = await find_group(session, group, node.settings.host)
    if target.is_local:
        raise Conflict(f"{target.handle} is at home here: all of its threads are.")

    async def report(done: int) -> None:
        if done % TOLD_EVERY == 0:
            click.echo(f"Fetching old threads of {target.handle}: {done} posts so far.", err=True)

    brought = await backfill(node, target.iri, report)
    click.echo(f"Brought {brought} posts of {target.handle} that were not here.")


@groups.command("moderators")
@click.argument("group")
@as_json
@with_node
async def moderators(node: Node, *, group: str, as_json: bool) -> None:
    """Show who moderates GROUP."""
    async with node.reading() as session:
        target = await find_group(session, group, node.settings.host)
        found = await session.execute(
            select(Moderator, Actor)
            .join(Actor, col(Actor.id) == col(Moderator.actor_id))
            .where(col(Moderator.group_id) == target.id)
            .order_by(col(Moderator.since), col(Moderator.id))
        )
        rows = [
            {"handle": actor.handle, "since": moderator.since, "iri": actor.iri} for moderator, actor in found
        ]
    show(rows, as_json=as_json, nothing="Nobody that is known here.")


async def _look_up(node: Node, name: str) -> str:
    """Return the id of a group, asking its node when nothing is known of it here; raises NotFound."""
    try:
        async with node.reading() as session:
            return (await find_group(session, name, node.settings.host)).iri
    except NotFound:
        if "@" not in name.removeprefix("!"):
            raise
    found = await remote.find_handle(node, parse_handle(name))
    if not found.is_group:
        raise NotFound(f"{name} is no group.", detail=found.iri)
    return found.iri
