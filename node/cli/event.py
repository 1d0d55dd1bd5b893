"""`archipel event`: taking part in events, and deciding who does."""

from __future__ import annotations

import click
from sqlmodel import col, select

from node.activities import attending, invite, join, leaving
from node.activities.perform import perform
from node.activitypub.webfinger import parse_handle
from node.cli.opening import acting_as, find_post, with_node
from node.cli.printing import as_json, show
from node.errors import NotFound
from node.inbox import actors as remote
from node.runtime import Node
from node.store.queries.actors import get_actor
from node.store.queries.gatherings import find_attendance
from node.store.tables.actors import Actor
from node.store.tables.gatherings import Attendance

by = click.option("--as", "member", required=True, metavar="MEMBER", help="Local member who acts.")


@click.group("event")
def events() -> None:
    """Taking part in events."""


@events.command("join")
@click.argument("post")
@by
@click.option("--message", default="", help="A word to the organiser.")
@with_node
async def take_part(node: Node, *, post: str, member: str, message: str) -> None:
    """Take part in the event POST, or ask to."""
    async with node.transaction() as tx:
        actor = await acting_as(tx, member, node.settings.host)
        target = await find_post(tx.session, post)
        await perform(tx, await join.compose(tx, actor, target, message=message))
        attendance = await find_attendance(tx.session, target, actor)
        state = attendance.state if attendance is not None else "none"
    click.echo(f"Your part in it: {state}.")


@events.command("leave")
@click.argument("post")
@by
@with_node
async def do_not_come(node: Node, *, post: str, member: str) -> None:
    """Do not come to the event POST after all."""
    async with node.transaction() as tx:
        actor = await acting_as(tx, member, node.settings.host)
        activity = await leaving.compose(tx, actor, await find_post(tx.session, post))
        if activity is None:
            raise NotFound(f"{member} is not on the list of this event.")
        await perform(tx, activity)
    click.echo("Left.")


@events.command("list")
@click.argument("post")
@as_json
@with_node
async def list_attendances(node: Node, *, post: str, as_json: bool) -> None:
    """Show who takes part in the event POST, asks to, or was invited."""
    async with node.reading() as session:
        target = await find_post(session, post)
        found = await session.execute(
            select(Attendance, Actor)
            .join(Actor, col(Actor.id) == col(Attendance.actor_id))
            .where(col(Attendance.post_id) == target.id)
            .order_by(col(Attendance.at))
        )
        rows = [
            {"who": actor.handle, "kind": one.kind, "state": one.state, "message": one.message, "at": one.at}
            for one, actor in found
        ]
    show(rows, as_json=as_json, nothing="Nobody yet.")


@events.command("answer")
@click.argument("post")
@click.argument("handle")
@click.argument("what", type=click.Choice(["accept", "decline"]))
@by
@with_node
async def answer(node: Node, *, post: str, handle: str, what: str, member: str) -> None:
    """Accept or decline HANDLE, who asks to take part in POST."""
    who = await remote.find_handle(node, parse_handle(handle), group=False)
    async with node.transaction() as tx:
        actor = await acting_as(tx, member, node.settings.host)
        target = await find_post(tx.session, post)
        attendance = await find_attendance(tx.session, target, await get_actor(tx.session, who.iri))
        if attendance is None:
            raise NotFound(f"{handle} has not asked to take part.")
        await attending.answer(tx, actor, target, attendance, accept=what == "accept")
    click.echo(f"{handle}: {what}ed." if what == "accept" else f"{handle}: declined.")


@events.command("invite")
@click.argument("post")
@click.argument("handle")
@by
@with_node
async def ask_somebody(node: Node, *, post: str, handle: str, member: str) -> None:
    """Invite HANDLE to the event POST."""
    who = await remote.find_handle(node, parse_handle(handle), group=False)
    async with node.transaction() as tx:
        actor = await acting_as(tx, member, node.settings.host)
        target = await find_post(tx.session, post)
        await perform(tx, invite.compose(tx, actor, target, await get_actor(tx.session, who.iri)))
    click.echo(f"Invited {handle}.")
