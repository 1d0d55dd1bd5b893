"""Keeping polls and events beside their posts, whoever brought them (FEDERATION C.14, C.15).

What is ours is counted here, from the votes and attendances themselves; what is another node's is as it says.
"""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import datetime

from sqlalchemy import delete
from sqlmodel import col, select

from node.activities import counting
from node.activitypub.documents import ObjectDocument
from node.activitypub.gatherings import EventDocument, PollDocument
from node.store.batches import none_of
from node.store.columns import IRI_LENGTH
from node.store.database import Transaction
from node.store.queries.gatherings import event_document, options_of
from node.store.queries.tasks import schedule
from node.store.tables.actors import Actor
from node.store.tables.gatherings import Attendance, Event, Poll, PollOption, PollVote
from node.store.tables.members import Member, Notification
from node.store.tables.posts import Post

# A change in one of these is one that those who take part must hear of.
_MATTERS = ("starts_at", "ends_at", "place", "address", "online_url", "status")


async def keep(tx: Transaction, post: Post, document: ObjectDocument) -> None:
    """Keep the poll or event of a post that has just been stored."""
    is_ours = (await tx.session.get_one(Actor, post.author_id)).is_local
    if document.poll is not None:
        poll = replace(document.poll, voters=0, closed=False, closed_at=None) if is_ours else document.poll
        await _keep_poll(tx, post, poll)
    if document.event is not None:
        event = Event(post_id=post.id or 0, starts_at=document.event.starts_at)
        _describe(event, document.event)
        event.participants = 0 if is_ours else document.event.participants or 0
        tx.session.add(event)
        await tx.session.flush()


async def revise(tx: Transaction, post: Post, document: ObjectDocument) -> None:
    """Take what a newer version says. Other answers than before make the votes void; ours keep theirs."""
    author = await tx.session.get_one(Actor, post.author_id)
    if document.poll is not None and not author.is_local:
        poll = await tx.session.get(Poll, post.id)
        if poll is not None and await _same_question(tx, post, poll, document.poll):
            await _take_counts(tx, post, poll, document.poll)
        else:
            await forget(tx, post)
            await _keep_poll(tx, post, document.poll)
    event = await tx.session.get(Event, post.id)
    if document.event is not None and event is None:
        await keep(tx, post, document)
    elif document.event is not None and event is not None:
        before = event_document(event)
        _describe(event, document.event)
        if not author.is_local and document.event.participants is not None:
            event.participants = document.event.participants
        await tx.session.flush()
        after = event_document(event)
        if any(getattr(before, name) != getattr(after, name) for name in _MATTERS):
            await _tell_participants(tx, post)


async def is_tally(tx: Transaction, post: Post, document: ObjectDocument) -> bool:
    """Tell whether an Update brings counts alone (D.5).

    A poll that does not say when it was edited always does; an event, when it says what it said before.
    """
    if document.updated is not None:
        return False
    event = await tx.session.get(Event, post.id) if document.event is not None else None
    if event is None or document.event is None or not post.document:
        return document.poll is not None
    kept = replace(event_document(event), participants=None)
    told = replace(document.event, participants=None, contacts=())
    before = json.loads(post.document)
    return kept == told and all(before.get(name) == document.raw.get(name) for name in ("name", "content"))


async def refresh(tx: Transaction, post: Post, document: ObjectDocument) -> None:
    """Take the counts that another node states; never words. Of two versions in one second, take the event's."""
    if document.event is not None and document.updated == (post.updated or post.published):
        await revise(tx, post, document)
        return
    author = await tx.session.get_one(Actor, post.author_id)
    if author.is_local:
        return
    poll = await tx.session.get(Poll, post.id) if document.poll is not None else None
    if poll is not None and document.poll is not None and await _same_question(tx, post, poll, document.poll):
        await _take_counts(tx, post, poll, document.poll)
    event = await tx.session.get(Event, post.id) if document.event is not None else None
    if event is not None and document.event is not None and document.event.participants is not None:
        event.participants = document.event.participants
    await tx.session.flush()


async def forget(tx: Transaction, post: Post) -> None:
    """Forget the poll or event of a post that is gone: who voted and who came as well."""
    if none_of(tx.session, Poll, post.id) and none_of(tx.session, Event, post.id):
        return
    for table in (PollVote, PollOption, Poll, Attendance, Event):
        await tx.session.execute(delete(table).where(col(table.post_id) == post.id))


async def forget_actor(tx: Transaction, actor: Actor) -> None:
    """Forget what an actor that has left chose and where it took part, and count again."""
    voted = set(await tx.session.scalars(select(PollVote.post_id).where(col(PollVote.actor_id) == actor.id)))
    came = set(
        await tx.session.scalars(select(Attendance.post_id).where(col(Attendance.actor_id) == actor.id))
    )
    await tx.session.execute(delete(PollVote).where(col(PollVote.actor_id) == actor.id))
    await tx.session.execute(delete(Attendance).where(col(Attendance.actor_id) == actor.id))
    for post_id in voted | came:
        post = await tx.session.get_one(Post, post_id)
        await counting.recount(tx, post)


async def tell(tx: Transaction, kind: str, post: Post, actor_ids: list[int], *, by: int) -> None:
    """Notify members of something about a post; what they were told before comes up again. by: who caused it."""
    query = select(Member).where(col(Member.actor_id).in_(actor_ids), col(Member.disabled_at).is_(None))
    for member in list(await tx.session.scalars(query)):
        known = await tx.session.scalar(
            select(Notification).where(
                col(Notification.member_id) == member.id,
                col(Notification.kind) == kind,
                col(Notification.post_id) == post.id,
            )
        )
        if known is not None:
            known.actor_id, known.at, known.read_at = by, tx.now, None
        else:
            tx.session.add(
                Notification(member_id=member.id or 0, kind=kind, post_id=post.id, actor_id=by, at=tx.now)
            )
    await tx.session.flush()


async def _tell_participants(tx: Transaction, post: Post) -> None:
    query = select(Attendance.actor_id).where(
        col(Attendance.post_id) == post.id, col(Attendance.state).in_(("accepted", "pending"))
    )
    await tell(tx, "event", post, list(await tx.session.scalars(query)), by=post.author_id)


async def _keep_poll(tx: Transaction, post: Post, given: PollDocument) -> None:
    post_id = post.id or 0
    poll = Poll(post_id=post_id, multiple=given.multiple, closes_at=given.closes_at)
    poll.closed_at = _closed_at(tx, given)
    poll.voters = given.voters or 0
    tx.session.add(poll)
    for position, one in enumerate(given.options):
        tx.session.add(PollOption(post_id=post_id, position=position, name=one.name, votes=one.votes))
    await tx.session.flush()
    if poll.closes_at is not None and poll.closed_at is None:
        await schedule(tx, "close", post.iri, poll.closes_at)


def _closed_at(tx: Transaction, given: PollDocument) -> datetime | None:
    """Return since when a poll takes no votes; Pleroma's say beforehand when they will close."""
    if not given.closed or (given.closed_at is not None and given.closed_at > tx.now):
        return None
    return min(given.closed_at or given.closes_at or tx.now, tx.now)


async def _same_question(tx: Transaction, post: Post, poll: Poll, given: PollDocument) -> bool:
    kept = [one.name for one in await options_of(tx.session, post.id)]
    return poll.multiple == given.multiple and kept == [one.name for one in given.options]


async def _take_counts(tx: Transaction, post: Post, poll: Poll, given: PollDocument) -> None:
    """Take newer counts. Votes are never taken back, so a tally that has fewer is one that was overtaken."""
    options = await options_of(tx.session, post.id)
    if given.closes_at is not None and given.closes_at != poll.closes_at and poll.closed_at is None:
        poll.closes_at = given.closes_at
        await schedule(tx, "close", post.iri, given.closes_at)
    if sum(one.votes for one in given.options) < sum(one.votes for one in options):
        return
    for kept, told in zip(options, given.options, strict=True):
        kept.votes = told.votes
    poll.voters = max(poll.voters, given.voters or 0)
    await tx.session.flush()


def _describe(event: Event, given: EventDocument) -> None:
    event.starts_at, event.ends_at, event.timezone = given.starts_at, given.ends_at, given.timezone
    event.place, event.address = given.place, given.address
    event.latitude, event.longitude = given.latitude, given.longitude
    event.online_url, event.external_url = _short(given.online_url), _short(given.external_url)
    event.join_mode, event.capacity, event.status = given.join_mode, given.capacity, given.status
    event.category = given.category


def _short(url: str | None) -> str | None:
    return url if url is not None and len(url) <= IRI_LENGTH else None
