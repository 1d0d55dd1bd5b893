"""What happens in groups, played once in front of all programs: in a group of ours, and by ours in groups elsewhere."""

from __future__ import annotations

from sqlmodel import col, select

from node.activities import (
    block,
    charter,
    curate,
    delete,
    ending,
    flag,
    follow,
    letters,
    lock,
    moving_accounts,
    moving_threads,
    resolve,
    update,
    warn,
)
from node.activities.block import BanDraft
from node.activities.drafts import CharterDraft, CommentDraft
from node.activities.perform import perform
from node.inbox.linking import link
from node.outbox.publish import publish
from node.store.queries.actors import get_actor
from node.store.queries.posts import get_post
from node.store.tables.moderation import Report
from tests.dialects.fleet import EVENTS, FORUMS, MODERATED, POLLS, Fleet
from tests.federation.acts import act
from tests.support.stranger import PUBLIC

SOON = {"starts": "2026-12-01T19:00", "ends": "2026-12-01T21:00", "timezone": "Europe/Paris", "place": "Hall"}


async def they_follow_and_we_answer(fleet: Fleet) -> None:
    """Una of each follows the group and a moderator, and is turned away from the private one."""
    for followed in (fleet.bees.iri, fleet.ada.iri, fleet.den.iri):
        await fleet.all_send(lambda port, to=followed: port.activity("Follow", port.una, to, to=[to]))
    for port in fleet.ports.values():
        async with fleet.ours.node.transaction() as tx:
            den, una = await get_actor(tx.session, fleet.den.iri), await get_actor(tx.session, port.una)
            await publish(tx, await follow.answer(tx, den, una, accept=False))
    await fleet.sea.settle()


async def we_follow_and_leave(fleet: Fleet) -> None:
    """A member and the group itself follow what is there; the member leaves and comes back."""
    for port in fleet.ports.values():
        await fleet.knows(port.hall)
        await act(fleet.ben, follow.compose, port.hall)
        await act(fleet.ben, follow.compose_undo, port.hall)
        await act(fleet.ben, follow.compose, port.hall)
        await link(fleet.ours.node, await fleet.row(fleet.bees.iri), await fleet.row(port.hall))
    await fleet.sea.settle()
    for name, port in fleet.ports.items():
        for asked in port.got("Follow")[1:]:  # the first was taken back
            await fleet.arrive(name, port.activity("Accept", port.hall, asked))
    await fleet.sea.settle()


async def a_thread_here(fleet: Fleet) -> None:
    """In a group of ours, by a member whom nobody follows: a thread, its edit, an answer, votes, a lock, a pin, its end."""
    thread = await fleet.ben.posts(fleet.bees, title="Swarm season", text="When?")
    fleet.sea.clock.advance(minutes=1)
    await fleet.ben.edits(thread, "When, and where?", title="Swarm season")
    await fleet.ben.answers(thread, "In May")
    for value in (1, 0, -1, 0):
        await fleet.ada.votes(thread, value)
    await fleet.do(fleet.ada, lock.compose, thread, reason="settled")
    await fleet.do(fleet.ada, lock.compose_undo, thread)
    for pin in (True, False):
        await fleet.do(fleet.ada, curate.compose_pin, fleet.bees.iri, thread, pin=pin)
    await fleet.ben.deletes(thread)
    other = await fleet.ben.posts(fleet.bees, title="Wasps")
    await fleet.do(fleet.ada, delete.compose, other, reason="Rule 3")
    await fleet.do(fleet.ada, delete.compose_restore, other)
    ban = BanDraft(reason="Spam", ends_at=fleet.sea.clock.now().replace(year=2030))
    await fleet.do(fleet.ada, block.compose, fleet.ben.iri, fleet.bees.iri, draft=ban)
    await fleet.do(fleet.ada, block.compose_undo, fleet.ben.iri, fleet.bees.iri)


async def their_threads_here(fleet: Fleet) -> None:
    """Threads of people elsewhere in a group of ours that nobody there follows: answered, voted on, quoted."""
    for name, port in fleet.ports.items():
        thread = port.thread(port.vic, fleet.nook.iri, "Wasps")
        fleet.notes[name] = thread["id"]
        await fleet.arrive(name, port.create(thread))
    await fleet.sea.settle()
    for iri in fleet.notes.values():
        await fleet.ben.answers(iri, "No bees, then")
        for value in (1, 0, -1, 0):
            await fleet.ben.votes(iri, value)
        await fleet.ben.posts(fleet.nook, title="Look", link_url=iri)
    await fleet.sea.settle()


async def moderators_come_and_go(fleet: Fleet) -> None:
    """Una of each becomes a moderator; a post is reported and that answered; its author is warned."""
    for port in fleet.ports.values():
        await act(fleet.ada, curate.compose_seat, fleet.nook.iri, port.una, appoint=True)
    for iri in fleet.notes.values():
        async with fleet.ours.node.transaction() as tx:
            matter = await flag.matter_of_post(tx, await get_post(tx.session, iri))
            await perform(tx, await flag.compose(tx, fleet.ben.actor, matter, "Rude"))
    async with fleet.ours.node.transaction() as tx:
        for report in await tx.session.scalars(select(Report).where(col(Report.resolved_at).is_(None))):
            await perform(tx, await resolve.compose(tx, fleet.ada.actor, report))
    for name, port in fleet.ports.items():
        await act(fleet.ada, warn.compose, fleet.notes[name], reason="Be kind")
        await act(fleet.ada, curate.compose_seat, fleet.nook.iri, port.una, appoint=False)
    await fleet.sea.settle()


async def polls_and_events(fleet: Fleet) -> None:
    """Ours in a group of ours; theirs, where they have any, with our votes and guests."""
    await fleet.ada.asks(fleet.bees, title="Tea or cake?", options="Tea\nCake")
    await fleet.ada.plans(fleet.bees, title="Honey harvest", **SOON)
    for name in sorted(POLLS & set(fleet.ports)):
        port = fleet.ports[name]
        options = [{"type": "Note", "name": one} for one in ("Tea", "Cake")]
        poll = port.thread(port.vic, fleet.nook.iri, "Which?", type="Question", oneOf=options)
        await fleet.arrive(name, port.create(poll))
        await fleet.sea.settle()
        await fleet.ben.chooses(poll["id"], 0)
    for name in sorted(EVENTS & set(fleet.ports)):
        port = fleet.ports[name]
        event = port.thread(port.vic, fleet.nook.iri, "Feast", type="Event", startTime="2026-12-05T18:00:00Z")
        await fleet.arrive(name, port.create(event | {"joinMode": "free"}))
        await fleet.sea.settle()
        await fleet.ben.joins(event["id"])
        await fleet.ben.does_not_come(event["id"])
    await fleet.sea.settle()


async def elsewhere(fleet: Fleet) -> None:
    """Our member in groups of others: a thread, an answer, a vote; what a moderator does where ours may be one."""
    for name in sorted(FORUMS & set(fleet.ports)):
        port = fleet.ports[name]
        theirs = port.thread(port.vic, port.hall, "In our hall")
        for said in (port.create(theirs), port.activity("Add", port.vic, fleet.ben.iri, **seat(port))):
            said["audience"] = port.hall
            await fleet.arrive(name, port.activity("Announce", port.hall, said, to=[PUBLIC], cc=[]))
        await fleet.sea.settle()
        hall = await fleet.row(port.hall)
        thread = await fleet.ben.posts(hall, title="Hello there")
        await fleet.ben.answers(theirs["id"], "And here")
        await fleet.ben.votes(theirs["id"], 1)
        await fleet.sea.settle()
        if name in MODERATED:
            await in_office_elsewhere(fleet, port.hall, thread, theirs["id"], port.vic)


def seat(port: object) -> dict[str, object]:
    """How a group tells of its new moderator."""
    return {"target": f"{port.hall}/moderators", "to": [port.hall, PUBLIC], "cc": [port.hall]}  # type: ignore[attr-defined]


async def in_office_elsewhere(fleet: Fleet, hall: str, own: str, theirs: str, vic: str) -> None:
    """All that a moderator of ours may do in a group that lives elsewhere."""
    for compose in (lock.compose, lock.compose_undo):
        await fleet.do(fleet.ben, compose, theirs)
    for pin in (True, False):
        await fleet.do(fleet.ben, curate.compose_pin, hall, theirs, pin=pin)
        await fleet.do(fleet.ben, curate.compose_seat, hall, fleet.ada.iri, appoint=pin)
    await fleet.do(fleet.ben, delete.compose, theirs, reason="Rule 3")
    await fleet.do(fleet.ben, delete.compose_restore, theirs)
    await fleet.do(fleet.ben, block.compose, vic, hall, draft=BanDraft(reason="Spam"))
    await fleet.do(fleet.ben, block.compose_undo, vic, hall)
    await fleet.do(fleet.ben, charter.compose, hall, draft=CharterDraft(title="Hall", summary="Be *kind*"))
    await fleet.do(fleet.ben, warn.compose, theirs, reason="Be kind")


async def people(fleet: Fleet) -> None:
    """A message to una of each; a new profile; the group's new charter; a thread that moves; people who leave."""
    for port in fleet.ports.values():
        async with fleet.ours.node.transaction() as tx:
            una = await get_actor(tx.session, port.una)
            await perform(tx, await letters.compose(tx, fleet.ada.actor, [una], CommentDraft(source="Hello")))
    await fleet.do(fleet.ada, update.compose_actor)
    await fleet.do(fleet.ada, charter.compose, fleet.bees.iri, draft=CharterDraft(title="Bees & co"))
    wasps = await fleet.ours.group("wasps", founder=fleet.ada)
    thread = await fleet.ada.posts(fleet.bees, title="About wasps")
    await fleet.sea.settle()
    await fleet.do(fleet.ada, moving_threads.compose, thread, wasps.iri)
    goer, ender = await fleet.ours.member("dan"), await fleet.ours.member("cy")
    await fleet.all_send(lambda port: port.activity("Follow", port.una, goer.iri))
    home = next(iter(fleet.ports.values())).person("dan", alsoKnownAs=[goer.iri])
    await fleet.knows(home)
    await fleet.do(goer, moving_accounts.compose, home)
    await fleet.do(ender, ending.compose)


DEEDS = (
    they_follow_and_we_answer,
    we_follow_and_leave,
    a_thread_here,
    their_threads_here,
    moderators_come_and_go,
    polls_and_events,
    elsewhere,
    people,
)
