"""Invite{actor: organiser, object: Event, target: Person}: the invited answers Accept or Reject (C.15).

An invitation to a *group* has no effect: following one needs none, and being a member of Mobilizon's groups is
another thing.
"""

from __future__ import annotations

from node.activities import attending, gatherings
from node.activities.handler import Handler
from node.activitypub import writing_gatherings
from node.activitypub.activity import Activity
from node.errors import Forbidden, Refused
from node.store.database import Transaction
from node.store.queries.actors import get_actor
from node.store.queries.gatherings import find_attendance
from node.store.tables.actors import Actor
from node.store.tables.gatherings import Attendance
from node.store.tables.posts import Post


async def check(tx: Transaction, invite: Activity) -> None:
    """Whoever organises an event invites to it; one of the two lives here."""
    post, _ = await attending.event_at(tx, invite.object)
    invited = await get_actor(tx.session, invite.target or "")
    if invited.is_group or invited.iri == invite.actor:
        raise Refused("An invitation is for another person.", detail=invite.iri)
    if not await attending.organises(tx, invite.actor, post):
        raise Forbidden("Only who organises an event may invite to it.", detail=f"{invite.actor}: {post.iri}")
    await attending.check_open_to(tx, invited, post)


async def apply(tx: Transaction, invite: Activity) -> None:
    """Write the invitation down and tell the member; somebody who comes already needs none."""
    post, _ = await attending.event_at(tx, invite.object)
    invited = await get_actor(tx.session, invite.target or "")
    attendance = await find_attendance(tx.session, post, invited)
    if attendance is not None and (attendance.state == "accepted" or attendance.iri == invite.iri):
        return
    if attendance is None:
        attendance = Attendance(post_id=post.id or 0, actor_id=invited.id or 0, iri=invite.iri, at=tx.now)
        tx.session.add(attendance)
    attendance.iri, attendance.kind, attendance.state = invite.iri, "invite", "pending"
    await tx.session.flush()
    by = await get_actor(tx.session, invite.actor)
    await gatherings.tell(tx, "invite", post, [invited.id or 0], by=by.id or 0)


async def undo(tx: Transaction, invite: Activity) -> None:
    """Take an invitation back that was not answered yet."""
    post, _ = await attending.event_at(tx, invite.object)
    attendance = await find_attendance(tx.session, post, await get_actor(tx.session, invite.target or ""))
    if attendance is not None and attendance.kind == "invite" and attendance.state == "pending":
        await attending.leave(tx, post, await get_actor(tx.session, invite.target or ""))


async def may_answer(tx: Transaction, answer: Activity) -> None:
    """Only the invited answers."""
    del tx
    assert answer.inner is not None
    if answer.inner.target != answer.actor:
        raise Forbidden("Only the one who was invited may answer.", detail=answer.iri)


async def accept(tx: Transaction, invite: Activity) -> None:
    """They come."""
    await _answered(tx, invite, "accepted")


async def reject(tx: Transaction, invite: Activity) -> None:
    """They do not."""
    await _answered(tx, invite, "rejected")


async def waver(tx: Transaction, invite: Activity) -> None:
    """Perhaps: the invitation stays open."""
    await attending.asked(tx, invite, kind="invite", who=invite.target)


async def _answered(tx: Transaction, invite: Activity, state: str) -> None:
    post, attendance = await attending.asked(tx, invite, kind="invite", who=invite.target)
    await attending.settle(tx, post, attendance, state)
    kind = "accepted" if state == "accepted" else "declined"
    await gatherings.tell(tx, f"guest-{kind}", post, [post.author_id], by=attendance.actor_id)


def compose(tx: Transaction, organiser: Actor, post: Post, invited: Actor) -> Activity:
    """A local organiser invites somebody."""
    iri = f"{organiser.home}/activities/invite/{tx.ids.token()}"
    raw = writing_gatherings.write_taking_part(
        "Invite", post.iri, iri=iri, actor=organiser.iri, to=[invited.iri], target=invited.iri
    )
    return Activity(
        type="Invite",
        iri=iri,
        actor=organiser.iri,
        object=post.iri,
        raw=raw,
        target=invited.iri,
        to=(invited.iri,),
    )


async def compose_answer(tx: Transaction, invited: Actor, post: Post, *, accept: bool) -> Activity:
    """A local actor answers an invitation; raises Refused when there is none."""
    attendance = await find_attendance(tx.session, post, invited)
    if attendance is None or attendance.kind != "invite":
        raise Refused("You were not invited.", detail=post.iri)
    author = await tx.session.get_one(Actor, post.author_id)
    kind = "Accept" if accept else "Reject"
    iri = f"{invited.home}/activities/{kind.lower()}/{tx.ids.token()}"
    inner = {
        "id": attendance.iri,
        "type": "Invite",
        "actor": author.iri,
        "object": post.iri,
        "target": invited.iri,
    }
    return Activity(
        type=kind,
        iri=iri,
        actor=invited.iri,
        object=attendance.iri,
        raw=writing_gatherings.write_reply(kind, inner, iri=iri, actor=invited.iri, to=[author.iri]),
        to=(author.iri,),
        inner=Activity(
            type="Invite",
            iri=attendance.iri,
            actor=author.iri,
            object=post.iri,
            raw=inner,
            target=invited.iri,
        ),
    )


HANDLER = Handler(
    "Invite",
    check=check,
    apply=apply,
    needs=("actor", "object"),
    undo=undo,
    may_answer=may_answer,
    accept=accept,
    reject=reject,
    waver=waver,
)
