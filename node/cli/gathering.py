"""Polls and events on the command line: how one is described, and voting in a poll."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import click

from node.activities import polls
from node.activities.drafts import ThreadDraft
from node.activities.gathering_drafts import LASTS, EventDraft, PollDraft
from node.activities.perform import perform
from node.activitypub.gatherings import JOIN_MODES
from node.cli.opening import acting_as, find_post, with_node
from node.errors import NotFound
from node.runtime import Node
from node.store.queries.gatherings import options_of

Command = TypeVar("Command", bound=Callable[..., Any])

_OPTIONS = (
    click.option(
        "--poll", "answers", multiple=True, metavar="ANSWER", help="An answer of a poll; repeat it."
    ),
    click.option("--several", is_flag=True, help="Several answers of the poll may be chosen."),
    click.option("--lasts", type=click.Choice(list(LASTS)), default="3d", show_default=True),
    click.option("--event", "starts", metavar="START", help="When the event begins: 2026-12-01T19:00."),
    click.option("--until", "ends", default="", metavar="END", help="When it ends."),
    click.option("--timezone", default="Etc/UTC", show_default=True, help="Whose clock that is."),
    click.option("--place", default=""),
    click.option("--online", "online_url", default="", help="Address of an event that takes place online."),
    click.option(
        "--join", "join_mode", type=click.Choice(sorted(JOIN_MODES)), default="free", show_default=True
    ),
    click.option("--capacity", default="", help="Most who can come."),
)


def gathering_options(command: Command) -> Command:
    """Give a command the options that make a poll or an event of a thread."""
    for option in reversed(_OPTIONS):
        command = option(command)
    return command


def draft_of(thread: dict[str, Any], given: dict[str, Any]) -> ThreadDraft:
    """Return the draft of a thread, a poll or an event; raises UsageError for two at once."""
    if given["answers"] and given["starts"]:
        raise click.UsageError("A thread is a poll or an event, not both.")
    if given["answers"]:
        options = "\n".join(given["answers"])
        return PollDraft(**thread, options=options, multiple=given["several"], lasts=given["lasts"])
    if given["starts"]:
        names = ("starts", "ends", "timezone", "place", "online_url", "join_mode", "capacity")
        return EventDraft(**thread, **{name: given[name] for name in names})
    return ThreadDraft(**thread)


@click.command("choose")
@click.argument("post")
@click.argument("answers", nargs=-1, required=True)
@click.option("--as", "member", required=True, metavar="MEMBER", help="Local member who acts.")
@with_node
async def choose(node: Node, *, post: str, answers: tuple[str, ...], member: str) -> None:
    """Vote for ANSWERS in the poll POST."""
    async with node.transaction() as tx:
        actor = await acting_as(tx, member, node.settings.host)
        target = await find_post(tx.session, post)
        named = {one.name: one.position for one in await options_of(tx.session, target.id)}
        unknown = [one for one in answers if one not in named]
        if unknown:
            raise NotFound(f"This poll has no answer {unknown[0]!r}. It has: {', '.join(named)}.")
        for activity in await polls.compose(tx, actor, target, [named[one] for one in answers]):
            await perform(tx, activity)
    click.echo("Voted.")
