"""`archipel moderate ban`, `unban`, `reports`, `resolve`, `warn`, and `archipel member ban`: keeping the peace."""

from __future__ import annotations

from datetime import timedelta

import click

from node.activities import block, warn
from node.activities.block import BanDraft
from node.activities.perform import perform
from node.activities.settling import Verdict, settle
from node.cli.member import members
from node.cli.moderate import by, moderate
from node.cli.opening import acting_as, find_group, find_post, with_node
from node.cli.printing import as_json, show
from node.errors import NotFound
from node.inbox.lookup import find_named_anew
from node.runtime import Node
from node.store.queries.actors import get_actor
from node.store.queries.people import find_person
from node.store.queries.reports import ReportLine, find_report, queue

why = click.option("--reason", default="", help="For everybody to read in the moderation log.")
days = click.option("--days", type=click.IntRange(1, 3650), help="For so many days; for good when left out.")
hide = click.option("--remove-content", is_flag=True, help="Hide what they posted there.")
restore = click.option("--restore-content", is_flag=True, help="Show again what was hidden with the ban.")


@moderate.command("ban")
@click.argument("group")
@click.argument("person")
@by
@why
@days
@hide
@with_node
async def ban(
    node: Node, *, group: str, person: str, member: str, reason: str, days: int | None, remove_content: bool
) -> None:
    """Keep PERSON, such as @ada@alpha.example, out of GROUP."""
    await _ban(node, group, person, member, reason=reason, days=days, remove_content=remove_content)


@moderate.command("unban")
@click.argument("group")
@click.argument("person")
@by
@restore
@with_node
async def unban(node: Node, *, group: str, person: str, member: str, restore_content: bool) -> None:
    """Let PERSON into GROUP again."""
    await _lift(node, group, person, member, restore_content=restore_content)


@members.command("ban")
@click.argument("person")
@by
@why
@days
@hide
@with_node
async def ban_from_node(
    node: Node, *, person: str, member: str, reason: str, days: int | None, remove_content: bool
) -> None:
    """Keep PERSON, of this node or another, out of all groups of this node; MEMBER administers it."""
    await _ban(node, None, person, member, reason=reason, days=days, remove_content=remove_content)


@members.command("unban")
@click.argument("person")
@by
@restore
@with_node
async def unban_from_node(node: Node, *, person: str, member: str, restore_content: bool) -> None:
    """Let PERSON into the groups of this node again."""
    await _lift(node, None, person, member, restore_content=restore_content)


@members.command("block")
@click.argument("name")
@click.argument("person")
@click.option("--stop", is_flag=True, help="Block them no longer.")
@with_node
async def block_person(node: Node, *, name: str, person: str, stop: bool) -> None:
    """Let the member NAME hear nothing of PERSON any more, and PERSON nothing of NAME."""
    whom = await _find(node, person)
    async with node.transaction() as tx:
        actor, other = await acting_as(tx, name, node.settings.host), await get_actor(tx.session, whom)
        if not stop:
            await perform(tx, block.compose_personal(tx, actor, other))
        else:
            undo = await block.compose_personal_undo(tx, actor, other)
            if undo is not None:
                await perform(tx, undo)
    click.echo("No longer blocked." if stop else "Blocked.")


@moderate.command("warn")
@click.argument("post")
@click.argument("reason")
@by
@with_node
async def warn_author(node: Node, *, post: str, reason: str, member: str) -> None:
    """Tell the author of POST, and nobody else, the REASON why it is not welcome."""
    async with node.transaction() as tx:
        actor = await acting_as(tx, member, node.settings.host)
        await perform(tx, await warn.compose(tx, actor, await find_post(tx.session, post), reason))
    click.echo("The author is told.")


@moderate.command("reports")
@click.option("--group", default="", help="Of this group alone.")
@click.option("--resolved", is_flag=True, help="Those that were dealt with.")
@as_json
@with_node
async def reports(node: Node, *, group: str, resolved: bool, as_json: bool) -> None:
    """Show what was reported."""
    async with node.reading() as session:
        place = await find_group(session, group, node.settings.host) if group else None
        lines = await queue(session, place, resolved=resolved)
    rows = [
        {
            "report": line.token,
            "at": line.at,
            "about": line.path or line.about,
            "whose": line.subject.handle if line.subject else "",
            "group": line.group.handle if line.group else "",
            "by": line.reporter.handle if line.reporter else line.server,
            "times": line.times,
            "reason": line.reason,
            **_outcome(line),
        }
        for line in lines
    ]
    show(rows, as_json=as_json, nothing="Nothing waits.")


@moderate.command("resolve")
@click.argument("report")
@by
@click.option("--dismiss", is_flag=True, help="Nothing is wrong with it.")
@click.option("--note", default="", help="For moderators and administrators here.")
@with_node
async def resolve_report(node: Node, *, report: str, member: str, dismiss: bool, note: str) -> None:
    """Close REPORT, as `archipel moderate reports` names it, and all others of the same thing."""
    async with node.transaction() as tx:
        actor = await acting_as(tx, member, node.settings.host)
        found = await find_report(tx.session, report)
        if found is None:
            raise NotFound(f"There is no report {report} here. `archipel moderate reports` shows them.")
        await settle(tx, actor, found, Verdict(dismiss=dismiss, note=note))
    click.echo("Dismissed." if dismiss else "Resolved.")


def _outcome(line: ReportLine) -> dict[str, object]:
    """Return what came of a closed report; nothing of an open one."""
    if line.resolved_at is None:
        return {}
    closed_by = line.resolved_by.handle if line.resolved_by else ""
    return {"outcome": " ".join(line.outcome), "closed by": closed_by, "note": line.note}


async def _ban(
    node: Node,
    group: str | None,
    person: str,
    member: str,
    *,
    reason: str,
    days: int | None,
    remove_content: bool,
) -> None:
    whom = await _find(node, person)
    async with node.transaction() as tx:
        actor = await acting_as(tx, member, node.settings.host)
        place = await find_group(tx.session, group, node.settings.host) if group else None
        draft = BanDraft(reason, tx.now + timedelta(days=days) if days else None, remove_content)
        await perform(tx, block.compose(tx, actor, await get_actor(tx.session, whom), place, draft))
    click.echo("Banned." if days is None else f"Banned for {days} days.")


async def _lift(node: Node, group: str | None, person: str, member: str, *, restore_content: bool) -> None:
    whom = await _find(node, person)
    async with node.transaction() as tx:
        actor = await acting_as(tx, member, node.settings.host)
        place = await find_group(tx.session, group, node.settings.host) if group else None
        there = await get_actor(tx.session, whom)
        await perform(tx, block.compose_undo(tx, actor, there, place, restore=restore_content))
    click.echo("The ban is lifted.")


async def _find(node: Node, person: str) -> str:
    """Return the id of somebody; only who is not known here is looked up, since their server may be away."""
    async with node.reading() as session:
        known = await find_person(session, person, node.settings.host)
    if known is not None:
        return known.iri
    named = person if "@" in person.removeprefix("@") else f"@{person.removeprefix('@')}@{node.settings.host}"
    return (await find_named_anew(node, named)).iri
