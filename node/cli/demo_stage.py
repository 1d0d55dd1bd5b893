"""The demonstration community at play: what is said in it is performed, one act after another, through the usual doors."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from node.activities import create, curate, delete, flag, join, lock, polls, react, vote
from node.activities.drafts import CommentDraft, ThreadDraft
from node.activities.gathering_drafts import EventDraft, PollDraft
from node.activities.perform import perform
from node.activitypub.activity import Activity
from node.activitypub.trimmings import Media
from node.cli.demo_shapes import Community, Said
from node.store.database import Transaction
from node.store.queries.posts import get_post
from node.store.tables.actors import Actor
from node.store.tables.peers import Peer


@dataclass
class Stage:
    """Who plays, and what time it is in the play. ends: the real moment; pace: between two things said."""

    home: str
    tx: Transaction
    ends: datetime
    pace: timedelta
    players: dict[str, Actor] = field(default_factory=dict)
    peers: dict[str, Peer] = field(default_factory=dict)
    # Pictures of a thread, as its author shows them.
    media_of: Callable[[Stage, Actor, Said], Awaitable[tuple[Media, ...]]] | None = None

    def moves_on(self) -> None:
        """Let a little time pass, which is never later than now."""
        self.tx = replace(self.tx, now=min(self.tx.now + self.pace, self.ends))


def length(said: Said) -> int:
    """Return how many things are said in a thread, itself included."""
    return 1 + sum(length(answer) for answer in said.answers)


async def begin(stage: Stage, group: Actor, community: Community, thread: Said) -> None:
    """Let a thread begin in a group, be answered, and be dealt with by who founded the group."""
    stage.moves_on()
    draft = _draft(thread, community.language, stage.ends)
    author = stage.players[thread.by]
    media = await stage.media_of(stage, author, thread) if stage.media_of is not None else ()
    activity = await create.compose_thread(stage.tx, author, group, draft, media)
    await _happen(stage, group, activity)
    iri = activity.object or ""
    await _gather(stage, iri, thread)
    await _follow_up(stage, group, iri, thread)
    await _end(stage, group, stage.players[community.founder], iri, thread)


def _draft(thread: Said, language: str, today: datetime) -> ThreadDraft:
    common = {
        "title": thread.title,
        "source": thread.text,
        "link_url": thread.link,
        "language": language,
        "warning": thread.warning,
    }
    if thread.poll is not None:
        return PollDraft(**common, options=thread.poll.options, multiple=thread.poll.multiple, lasts="14d")
    if thread.meeting is None:
        return ThreadDraft(**common)
    meeting = thread.meeting
    day = (today.astimezone(ZoneInfo(meeting.zone)) + timedelta(days=meeting.in_days)).date()
    return EventDraft(
        **common,
        starts=f"{day}T{meeting.at}",
        ends=f"{day}T{meeting.until}",
        timezone=meeting.zone,
        place=meeting.place,
        address=meeting.address,
        capacity=meeting.capacity,
    )


async def _happen(stage: Stage, group: Actor, activity: Activity) -> None:
    """Perform what is said in a group; a group elsewhere passes it on, as it would."""
    if not group.is_local:
        activity = replace(activity, announced_by=group.iri)
    await perform(stage.tx, activity)


async def _gather(stage: Stage, iri: str, thread: Said) -> None:
    """Let people choose in a poll and come to an event."""
    if thread.poll is not None:
        for choice in thread.poll.chosen.split():
            name, _, position = choice.partition(":")
            post = await get_post(stage.tx.session, iri)
            for activity in await polls.compose(stage.tx, stage.players[name], post, [int(position)]):
                await perform(stage.tx, activity)
    if thread.meeting is not None:
        for name in thread.meeting.coming.split():
            post = await get_post(stage.tx.session, iri)
            await perform(stage.tx, await join.compose(stage.tx, stage.players[name], post))


async def _follow_up(stage: Stage, group: Actor, iri: str, said: Said) -> None:
    """Let the others vote and react, then answer."""
    await _vote(stage, group, iri, said.up.split(), 1)
    await _vote(stage, group, iri, said.down.split(), -1)
    for mark in said.marks.split():
        emoji, _, name = mark.partition(":")
        post = await get_post(stage.tx.session, iri)
        for activity in await react.compose(stage.tx, stage.players[name], post, emoji):
            await _happen(stage, group, activity)
    if said.reported:
        await _report(stage, iri, *said.reported.split(" ", 1))
    for answer in said.answers:
        stage.moves_on()
        parent = await get_post(stage.tx.session, iri)
        draft = CommentDraft(source=answer.text)
        activity = await create.compose_comment(stage.tx, stage.players[answer.by], parent, draft)
        await _happen(stage, group, activity)
        await _follow_up(stage, group, activity.object or "", answer)


async def _report(stage: Stage, iri: str, name: str, reason: str) -> None:
    matter = await flag.matter_of_post(stage.tx, await get_post(stage.tx.session, iri))
    await perform(stage.tx, await flag.compose(stage.tx, stage.players[name], matter, reason))


async def _vote(stage: Stage, group: Actor, iri: str, names: Iterable[str], value: int) -> None:
    for name in names:
        post = await get_post(stage.tx.session, iri)
        activity = await vote.compose(stage.tx, stage.players[name], post, value)
        if activity is not None:
            await _happen(stage, group, activity)


async def _end(stage: Stage, group: Actor, founder: Actor, iri: str, thread: Said) -> None:
    """Let the founder pin, close or remove what is to be."""
    post = await get_post(stage.tx.session, iri)
    if thread.pinned:
        await perform(stage.tx, curate.compose_pin(stage.tx, founder, group, post, pin=True))
    if thread.locked:
        await perform(stage.tx, await lock.compose(stage.tx, founder, post, reason=thread.locked))
    if thread.removed:
        await perform(stage.tx, await delete.compose(stage.tx, founder, post, reason=thread.removed))
