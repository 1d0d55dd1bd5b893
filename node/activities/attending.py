"""Who takes part in an event: what Join, Leave and Invite share (FEDERATION C.15, FEP-8a8e)."""

from __future__ import annotations

import json

from sqlmodel import col, select

from node.activities import counting, gatherings
from node.activitypub import reading, writing_gatherings
from node.activitypub.activity import Activity
from node.activitypub.origin import same_origin
from node.errors import NotFound, Refused
from node.outbox.publish import publish
from node.store.database import Transaction
from node.store.queries.actors import get_actor
from node.store.queries.gatherings import find_attendance
from node.store.queries.posts import get_post, visible_to
from node.store.tables.actors import Actor
from node.store.tables.gatherings import Attendance, Event
from node.store.tables.peers import Peer
from node.store.tables.posts import Post

ANSWERS = {"accepted": "Accept", "rejected": "Reject", "ignored": "Ignore"}  # by what became of the asking
# There whoever runs a group answers for its events; a node of that make vouches for who that is.
_GROUPS_ORGANISE = frozenset({"mobilizon"})


async def event_at(tx: Transaction, iri: str | None) -> tuple[Post, Event]:
    """Return the event of that id; raise NotFound for an unknown post and Refused for one that is no event."""
    post = await get_post(tx.session, iri or "")
    event = await tx.session.get(Event, post.id)
    if event is None:
        raise Refused("This is not an event.", detail=post.iri)
    return post, event


async def check_open_to(tx: Transaction, actor: Actor, post: Post) -> None:
    """Refuse an actor that has left or may not read the event, and a matter of two other nodes."""
    author = await tx.session.get_one(Actor, post.author_id)
    if actor.deleted_at is not None:
        raise Refused("This actor has left.", detail=actor.iri)
    if not (actor.is_local or author.is_local):
        raise Refused("The organiser's own node keeps the list of this event.", detail=post.iri)
    shown = select(Post.id).where(col(Post.id) == post.id, visible_to(actor))
    if await tx.session.scalar(shown) is None:
        raise Refused("This event is not open to this actor.", detail=post.iri)


async def organises(tx: Transaction, iri: str, post: Post) -> bool:
    """Tell whether that actor answers for the event: its author; elsewhere also its group and its contacts."""
    author = await tx.session.get_one(Actor, post.author_id)
    if iri == author.iri:
        return True
    if author.is_local or not same_origin(iri, post.iri):
        return False
    group = await tx.session.get(Actor, post.group_id) if post.group_id else None
    if group is not None and group.iri == iri:
        return True
    if post.document:
        event = reading.read_object(json.loads(post.document)).event
        if event is not None and iri in event.contacts:
            return True
    peer = await tx.session.get(Peer, author.peer_id) if author.peer_id else None
    return peer is not None and peer.software in _GROUPS_ORGANISE


async def asked(
    tx: Transaction, activity: Activity, *, kind: str, who: str | None
) -> tuple[Post, Attendance]:
    """Return the asking that an answer names by its id; raise NotFound when nobody asked (A08, V31)."""
    post, _ = await event_at(tx, activity.object)
    actor = await get_actor(tx.session, who or "")
    attendance = await find_attendance(tx.session, post, actor)
    if attendance is None or attendance.iri != activity.iri or attendance.kind != kind:
        raise NotFound(f"There is no such {kind.title()}.", detail=activity.iri)
    return post, attendance


async def settle(tx: Transaction, post: Post, attendance: Attendance, state: str) -> None:
    """Write what became of an asking, and count."""
    attendance.state = state
    attendance.answered_at = None if state == "pending" else tx.now
    await counting.recount(tx, post)


async def reply(tx: Transaction, post: Post, attendance: Attendance) -> None:
    """Send the answer to a Join at an event of ours; to a member of ours there is nothing to send."""
    author = await tx.session.get_one(Actor, post.author_id)
    joiner = await tx.session.get_one(Actor, attendance.actor_id)
    if joiner.is_local or attendance.state not in ANSWERS:
        return
    kind = ANSWERS[attendance.state]
    iri = f"{author.home}/activities/{kind.lower()}/{tx.ids.token()}"
    join = {"id": attendance.iri, "type": "Join", "actor": joiner.iri, "object": post.iri}
    await publish(
        tx,
        Activity(
            type=kind,
            iri=iri,
            actor=author.iri,
            object=attendance.iri,
            raw=writing_gatherings.write_reply(kind, join, iri=iri, actor=author.iri, to=[joiner.iri]),
            to=(joiner.iri,),
            inner=Activity(type="Join", iri=attendance.iri, actor=joiner.iri, object=post.iri, raw=join),
        ),
    )


async def answer(
    tx: Transaction, organiser: Actor, post: Post, attendance: Attendance, *, accept: bool
) -> None:
    """The organiser of an event of ours answers somebody who asked, or sends a participant away."""
    author = await tx.session.get_one(Actor, post.author_id)
    if organiser.id != author.id or not author.is_local:
        raise Refused("Only its organiser decides who comes.", detail=post.iri)
    if attendance.kind != "join":
        raise Refused("An invitation is answered by who was invited.", detail=attendance.iri)
    await settle(tx, post, attendance, "accepted" if accept else "rejected")
    await reply(tx, post, attendance)
    await gatherings.tell(
        tx, "accepted" if accept else "declined", post, [attendance.actor_id], by=author.id or 0
    )


async def leave(tx: Transaction, post: Post, actor: Actor) -> None:
    """Take an actor off the list; one who never was on it is off already."""
    attendance = await find_attendance(tx.session, post, actor)
    if attendance is not None:
        await tx.session.delete(attendance)
        await counting.recount(tx, post)
