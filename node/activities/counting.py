"""Counting the votes of our polls and who comes to our events, and telling those who have a copy.

Counted from the rows themselves, so a count cannot drift (R34). Told at most once a minute: an `Update` without a
new `updated` time brings counts and never words (FEDERATION C.14, D.5).
"""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import func
from sqlmodel import col, select

from node.activitypub import reading, writing
from node.activitypub.activity import Activity
from node.outbox.publish import publish
from node.store.database import Transaction
from node.store.queries.documents import object_document
from node.store.queries.gatherings import options_of
from node.store.queries.posts import hold
from node.store.queries.tasks import ask_for
from node.store.tables.actors import Actor
from node.store.tables.gatherings import Attendance, Event, Poll, PollVote
from node.store.tables.posts import Post

TELL_AFTER = timedelta(minutes=1)


async def recount(tx: Transaction, post: Post) -> None:
    """Count the votes or participants of a post of ours, and have it told; another node counts its own.

    Others who count the same post wait until this is committed, and see it.
    """
    author = await tx.session.get_one(Actor, post.author_id)
    if not author.is_local:
        return
    await tx.session.flush()
    await hold(tx.session, [post.id or 0])
    poll = await tx.session.get(Poll, post.id)
    if poll is not None:
        await tx.session.refresh(poll)  # a count that was read before may be another's by now
        await _count_votes(tx, post, poll)
    event = await tx.session.get(Event, post.id)
    if event is not None:
        await tx.session.refresh(event)
        event.participants = await count_participants(tx, post)
    await tx.session.flush()
    if poll is not None or event is not None:
        await ask_for(tx, "tally", post.iri, due_at=tx.now + TELL_AFTER)


async def _count_votes(tx: Transaction, post: Post, poll: Poll) -> None:
    votes = (col(PollVote.post_id) == post.id,)
    counted = await tx.session.execute(
        select(PollVote.option_id, func.count()).where(*votes).group_by(col(PollVote.option_id))
    )
    by_option = {row[0]: row[1] for row in counted}
    for option in await options_of(tx.session, post.id):
        await tx.session.refresh(option)
        option.votes = by_option.get(option.id or 0, 0)
    voters = select(func.count(func.distinct(col(PollVote.actor_id)))).where(*votes)
    poll.voters = await tx.session.scalar(voters) or 0


async def count_participants(tx: Transaction, post: Post) -> int:
    """Return how many take part in the event."""
    query = select(func.count()).where(
        col(Attendance.post_id) == post.id, col(Attendance.state) == "accepted"
    )
    return await tx.session.scalar(query) or 0


async def tell_counts(tx: Transaction, post: Post) -> None:
    """Say what a poll or event of ours counts now: to all who got the post, and to those who voted or come.

    Those are recipients of the delivery and named nowhere in it: a vote is private.
    """
    author = await tx.session.get_one(Actor, post.author_id)
    if not author.is_local or post.deleted_at is not None or post.removed_at is not None:
        return
    group = await tx.session.get(Actor, post.group_id) if post.group_id else None
    document = await object_document(tx.session, post)
    read = reading.read_object(document)
    iri = f"{author.home}/activities/update/{tx.ids.token()}"
    audience = group.iri if group else None
    await publish(
        tx,
        Activity(
            type="Update",
            iri=iri,
            actor=author.iri,
            object=post.iri,
            raw=writing.write_update(
                document, iri=iri, actor=author.iri, to=read.to, cc=read.cc, audience=audience
            ),
            document=read,
            audience=audience,
            to=read.to,
            cc=(*read.cc, *await _concerned(tx, post)),
        ),
    )


async def _concerned(tx: Transaction, post: Post) -> list[str]:
    """Return one remote voter or participant of each peer: one copy for each node is enough."""
    found: list[str] = []
    for table in (PollVote, Attendance):
        first = (
            select(func.min(Actor.id))
            .join(table, col(table.actor_id) == col(Actor.id))
            .where(col(table.post_id) == post.id, col(Actor.peer_id).is_not(None))
            .group_by(col(Actor.peer_id))
        )
        found += await tx.session.scalars(select(Actor.iri).where(col(Actor.id).in_(first)))
    return found
