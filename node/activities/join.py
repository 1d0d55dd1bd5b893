"""Join{actor: Person, object: Event}: somebody takes part. Join{object: Group}: Mobilizon's way to follow.

The organiser answers Accept, Reject or Ignore{Join}, the Join's id unchanged; Undo{Join} is a Leave. Sources:
FEP-8a8e (who does not handle a join answers Ignore); FEDERATION C.15.
"""

from __future__ import annotations

from node.activities import attending, follow, gatherings
from node.activities.handler import Handler
from node.activities.marks import has_mark, leave_mark
from node.activitypub import writing_gatherings
from node.activitypub.activity import Activity
from node.activitypub.values import plain
from node.errors import Forbidden
from node.store.database import Transaction
from node.store.queries.actors import find_actor, get_actor
from node.store.queries.gatherings import find_attendance, is_over
from node.store.tables.actors import Actor
from node.store.tables.gatherings import Attendance, Event
from node.store.tables.posts import Post

MAX_MESSAGE = 1_000  # characters of a word to the organiser


async def is_membership(tx: Transaction, activity: Activity) -> bool:
    """Tell whether it is about a group rather than an event."""
    about = await find_actor(tx.session, activity.object or "")
    return about is not None


async def check(tx: Transaction, join: Activity) -> None:
    """Whoever may read an event may ask; the answer says whether they may come."""
    if await is_membership(tx, join):
        await follow.check(tx, join)
        return
    post, _ = await attending.event_at(tx, join.object)
    await attending.check_open_to(tx, await get_actor(tx.session, join.actor), post)


async def apply(tx: Transaction, join: Activity) -> None:
    """Write the asking down; where the event is ours, decide and answer. Repeats are answered again."""
    if await is_membership(tx, join):
        await follow.apply(tx, join)
        return
    if join.iri and await has_mark(tx, "undone:Join", join.iri, join.actor):
        return
    post, event = await attending.event_at(tx, join.object)
    actor = await get_actor(tx.session, join.actor)
    attendance = await find_attendance(tx.session, post, actor)
    invited = attendance is not None and attendance.kind == "invite"
    if attendance is None:
        attendance = Attendance(post_id=post.id or 0, actor_id=actor.id or 0, iri=join.iri, at=tx.now)
        tx.session.add(attendance)
    repeated = attendance.iri == join.iri and attendance.answered_at is not None
    attendance.iri, attendance.kind = join.iri, "join"
    attendance.message = plain(join.raw.get("participationMessage"), MAX_MESSAGE, joiners=True) or ""
    await tx.session.flush()
    author = await tx.session.get_one(Actor, post.author_id)
    if not author.is_local:
        if attendance.state != "accepted":
            attendance.state = "pending"
        await tx.session.flush()
        return
    if not repeated:
        await _decide(tx, post, event, attendance, invited=invited)
    await attending.reply(tx, post, attendance)


async def _decide(
    tx: Transaction, post: Post, event: Event, attendance: Attendance, *, invited: bool
) -> None:
    """Say yes or no where the event's own rules do; leave the rest to the organiser."""
    if attendance.state == "accepted" and not invited:
        return
    await attending.settle(tx, post, attendance, await _verdict(tx, event, attendance, invited=invited))
    if attendance.state == "pending":
        await gatherings.tell(tx, "asked", post, [post.author_id], by=attendance.actor_id)


async def _verdict(tx: Transaction, event: Event, attendance: Attendance, *, invited: bool) -> str:
    if event.join_mode in {"external", "none"} or (event.join_mode == "invite" and not invited):
        return "ignored"
    if event.status == "cancelled" or is_over(event, tx.now):
        return "rejected"
    if event.join_mode == "restricted" and not invited:
        return "pending"
    already = attendance.state == "accepted"
    is_full = event.capacity is not None and event.participants - already >= event.capacity
    return "rejected" if is_full else "accepted"


async def undo(tx: Transaction, join: Activity) -> None:
    """Leave; an Undo that overtakes its Join voids it (R18)."""
    if await is_membership(tx, join):
        await follow.undo(tx, join)
        return
    post, _ = await attending.event_at(tx, join.object)
    actor = await get_actor(tx.session, join.actor)
    if join.iri and await find_attendance(tx.session, post, actor) is None:
        await leave_mark(tx, "undone:Join", join.iri, join.actor)
    await attending.leave(tx, post, actor)


async def may_answer(tx: Transaction, answer: Activity) -> None:
    """Whoever organises the event answers; a group answers for itself."""
    join = answer.inner
    assert join is not None
    if join.object == answer.actor:
        return
    post, _ = await attending.event_at(tx, join.object)
    if not await attending.organises(tx, answer.actor, post):
        raise Forbidden("Only who organises an event may answer.", detail=f"{answer.actor}: {join.iri}")


async def accept(tx: Transaction, join: Activity) -> None:
    """We may come."""
    await _answered(tx, join, "accepted")


async def reject(tx: Transaction, join: Activity) -> None:
    """We may not, or no longer."""
    await _answered(tx, join, "rejected")


async def ignore(tx: Transaction, join: Activity) -> None:
    """The other node keeps no list for this event (FEP-8a8e)."""
    await _answered(tx, join, "ignored")


async def waver(tx: Transaction, join: Activity) -> None:
    """Perhaps: the asking stays open."""
    await attending.asked(tx, join, kind="join", who=join.actor)


async def _answered(tx: Transaction, join: Activity, state: str) -> None:
    post, attendance = await attending.asked(tx, join, kind="join", who=join.actor)
    changed = attendance.state != state
    await attending.settle(tx, post, attendance, state)
    event = await tx.session.get_one(Event, post.id)
    if changed and (event.join_mode != "free" or state != "accepted"):
        kind = "accepted" if state == "accepted" else "declined"
        await gatherings.tell(tx, kind, post, [attendance.actor_id], by=post.author_id)


async def compose(tx: Transaction, actor: Actor, post: Post, *, message: str = "") -> Activity:
    """A local actor asks to take part, here or elsewhere."""
    author = await tx.session.get_one(Actor, post.author_id)
    iri = f"{actor.home}/activities/join/{tx.ids.token()}"
    raw = writing_gatherings.write_taking_part(
        "Join", post.iri, iri=iri, actor=actor.iri, to=[author.iri], message=message[:MAX_MESSAGE]
    )
    return Activity(type="Join", iri=iri, actor=actor.iri, object=post.iri, raw=raw, to=(author.iri,))


HANDLER = Handler(
    "Join",
    check=check,
    apply=apply,
    needs=("actor", "object"),
    undo=undo,
    may_answer=may_answer,
    accept=accept,
    reject=reject,
    ignore=ignore,
    waver=waver,
)
