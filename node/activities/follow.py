"""Follow{actor: Person, object: Group or Person}, and its Accept, Reject and Undo (FEDERATION C.1).

Undo carries a Follow that peers may have made anew, so it is matched by actor and object. Accept and Reject
carry the Follow with the id that we gave it, or that id alone, and are matched by it as well (A08, V31). What nobody
answers is asked again: see `unanswered`.
"""

from __future__ import annotations

from datetime import timedelta

from sqlmodel import col, select

from node.activities.handler import Handler
from node.activities.marks import has_mark, leave_mark, lift_mark
from node.activities.notices import take_back, tell_moderators
from node.activities.standing import check_not_banned, check_not_shunned
from node.activitypub import writing
from node.activitypub.activity import Activity
from node.errors import Conflict, Forbidden, NotFound, Refused
from node.outbox.publish import publish
from node.store.database import Transaction
from node.store.queries.actors import get_actor
from node.store.queries.followers import find_follow
from node.store.queries.listings import hide_sibling, show_existing
from node.store.queries.tasks import ask_for
from node.store.tables.actors import Actor
from node.store.tables.follows import Follow
from node.store.tables.peers import Peer

# Their code would show it to everybody (FEDERATION C.16).
KNOW_NO_PRIVATE_GROUPS = frozenset({"kbin", "mbin"})
ASKED_AGAIN_AFTER = timedelta(hours=1)
UNDONE = "undone:Follow"


async def check(tx: Transaction, follow: Activity) -> None:
    """Anybody may follow a living actor other than themselves."""
    if follow.object is None or follow.object == follow.actor:
        raise Refused("Nobody follows themselves.", detail=follow.iri)
    follower, followee = await _both(tx, follow)
    if follower.deleted_at is not None:
        raise Refused("This actor has left.", detail=follow.actor)
    if followee.deleted_at is not None:
        raise NotFound("This actor has left.", detail=follow.object)
    if followee.is_group:
        await check_not_banned(tx, follow, followee)
    await check_not_shunned(tx, follow, followee.id)
    if not (follower.is_local or followee.is_local):
        raise Refused("Neither of the two lives here.", detail=follow.iri)
    if followee.is_local and followee.kind == "Application":
        raise Forbidden("The node's own actor cannot be followed.", detail=follow.iri)
    known = await _by_iri(tx, follow.iri)
    if known is not None and await _ends(tx, known) != (follow.actor, follow.object):
        raise Conflict("This id belongs to another follow.", detail=follow.iri)


async def apply(tx: Transaction, follow: Activity) -> None:
    """Record the edge; answer at once when the followed is ours and open. Repeats are answered again (C2)."""
    follower, followee = await _both(tx, follow)
    edge = await _edge(tx, follower, followee)
    if edge is None and await _was_taken_back(tx, follow):
        return
    if edge is None:
        edge = Follow(
            follower_id=follower.id or 0, followee_id=followee.id or 0, iri=follow.iri, created_at=tx.now
        )
        tx.session.add(edge)
    edge.iri, edge.kind = follow.iri, follow.type
    if edge.state == "rejected":
        edge.state, edge.created_at = "pending", tx.now
    if followee.is_local and followee.private and await _keeps_no_secrets(tx, follower):
        await _turn_away(tx, followee, follower, edge)
        return
    if not followee.is_local:
        await tx.session.flush()
        if edge.state == "pending":
            await ask_for(tx, "follow", edge.iri, due_at=tx.now + ASKED_AGAIN_AFTER)
        return
    if edge.state == "accepted" or not followee.manually_approves:
        edge.state, edge.answered_at = "accepted", tx.now
        await tx.session.flush()
        if follower.is_local:
            await _joined(tx, follower, followee)
        else:
            await publish(tx, compose_answer(tx, followee, follower, edge, accept=True))
    elif followee.is_group:
        await tx.session.flush()
        await tell_moderators(tx, "request", followee, about=follower)
    await tx.session.flush()


async def _was_taken_back(tx: Transaction, follow: Activity) -> bool:
    """Tell whether the Undo overtook this request. Once: who gives every request the same id may mean the next one."""
    if not await has_mark(tx, UNDONE, follow.iri, follow.actor):
        return False
    await lift_mark(tx, UNDONE, follow.iri, follow.actor)
    return True


async def turn_away_the_open(tx: Transaction, group: Actor) -> None:
    """Show out of a group that has become private who cannot keep it so."""
    query = (
        select(Follow, Actor)
        .join(Actor, col(Actor.id) == col(Follow.follower_id))
        .where(col(Follow.followee_id) == group.id, col(Follow.state) != "rejected")
    )
    for edge, follower in (await tx.session.execute(query)).all():
        if await _keeps_no_secrets(tx, follower):
            await _turn_away(tx, group, follower, edge)


async def _keeps_no_secrets(tx: Transaction, follower: Actor) -> bool:
    """Tell whether a private group would not be private any more: a group follows, or software that knows none."""
    peer = await tx.session.get(Peer, follower.peer_id) if follower.peer_id else None
    return follower.is_group or (peer is not None and peer.software in KNOW_NO_PRIVATE_GROUPS)


async def _turn_away(tx: Transaction, followee: Actor, follower: Actor, edge: Follow) -> None:
    edge.state, edge.answered_at = "rejected", tx.now
    await tx.session.flush()
    if not follower.is_local:
        await publish(tx, compose_answer(tx, followee, follower, edge, accept=False))


async def undo(tx: Transaction, follow: Activity) -> None:
    """Drop the edge; of one that has not come yet leave a mark (R22)."""
    follower, followee = await _both(tx, follow)
    edge = await _edge(tx, follower, followee)
    if edge is None and follow.iri:
        await leave_mark(tx, UNDONE, follow.iri, follow.actor)
    elif edge is not None:
        await tx.session.delete(edge)
        await tx.session.flush()
        await take_back(tx, "request", followee, about=follower)
        await _left(tx, follower, followee)


async def _left(tx: Transaction, follower: Actor, followee: Actor) -> None:
    if followee.kind == "Feed" and follower.is_local:
        await ask_for(tx, "feed", followee.iri)
    group = await _group_behind(tx, follower)
    if group is not None:
        await hide_sibling(tx, group, followee)


async def accept(tx: Transaction, follow: Activity) -> None:
    """The followed said yes: the edge opens, and a group's first local member brings its history (E3)."""
    edge = await _open_request(tx, follow)
    if edge.state != "accepted":
        await open_up(tx, edge)


async def open_up(tx: Transaction, edge: Follow) -> None:
    """A follow of ours is granted, whichever way that was said."""
    edge.state, edge.answered_at = "accepted", tx.now
    await tx.session.flush()
    follower = await tx.session.get_one(Actor, edge.follower_id)
    await _joined(tx, follower, await tx.session.get_one(Actor, edge.followee_id))


async def _joined(tx: Transaction, follower: Actor, followee: Actor) -> None:
    """What a follow brings once it is open: history, the groups of a feed, a sibling's threads (G.3)."""
    if followee.kind == "Feed":
        await ask_for(tx, "feed", followee.iri)
    elif followee.is_group and not followee.is_local:
        await ask_for(tx, "backfill", followee.iri)
    group = await _group_behind(tx, follower)
    if group is not None:
        await show_existing(tx, group, followee)


async def _group_behind(tx: Transaction, follower: Actor) -> Actor | None:
    """Return the group of ours for which *follower* follows: itself, or whom it stands for."""
    if follower.is_group:
        return follower if follower.is_local else None
    return await tx.session.get(Actor, follower.represents_id) if follower.represents_id else None


async def reject(tx: Transaction, follow: Activity) -> None:
    """The followed said no, or ended a membership."""
    edge = await _open_request(tx, follow)
    edge.state, edge.answered_at = "rejected", tx.now
    await tx.session.flush()


def compose(tx: Transaction, follower: Actor, followee: Actor) -> Activity:
    """A local actor asks to follow."""
    iri = f"{follower.home}/activities/follow/{tx.ids.token()}"
    raw = writing.write_follow(followee.iri, iri=iri, actor=follower.iri)
    return Activity(
        type="Follow", iri=iri, actor=follower.iri, object=followee.iri, raw=raw, to=(followee.iri,)
    )


async def compose_undo(tx: Transaction, follower: Actor, followee: Actor) -> Activity | None:
    """A local actor stops following; None when they never did."""
    edge = await _edge(tx, follower, followee)
    if edge is None:
        return None
    iri = f"{follower.home}/activities/undo/{tx.ids.token()}"
    inner = writing.write_follow(followee.iri, iri=edge.iri, actor=follower.iri)
    return Activity(
        type="Undo",
        iri=iri,
        actor=follower.iri,
        object=edge.iri,
        raw=writing.write_undo(inner, iri=iri, actor=follower.iri, to=[followee.iri], cc=[]),
        to=(followee.iri,),
        inner=Activity(type="Follow", iri=edge.iri, actor=follower.iri, object=followee.iri, raw=inner),
    )


def compose_disavowal(tx: Transaction, follower: Actor, followee: Actor) -> Activity:
    """A local actor is counted as a follower and is none: say that it does not follow (FEP-8fcf)."""
    inner = compose(tx, follower, followee)
    iri = f"{follower.home}/activities/undo/{tx.ids.token()}"
    return Activity(
        type="Undo",
        iri=iri,
        actor=follower.iri,
        object=inner.iri,
        raw=writing.write_undo(inner.raw, iri=iri, actor=follower.iri, to=[followee.iri], cc=[]),
        to=(followee.iri,),
        inner=inner,
    )


def compose_answer(
    tx: Transaction, followee: Actor, follower: Actor, edge: Follow, *, accept: bool
) -> Activity:
    """A local actor answers a request; the Follow's id goes back unchanged, which Mastodon needs."""
    kind = "Accept" if accept else "Reject"
    iri = f"{followee.home}/activities/{kind.lower()}/{tx.ids.token()}"
    inner = writing.write_follow(followee.iri, iri=edge.iri, actor=follower.iri) | {"type": edge.kind}
    write = writing.write_accept if accept else writing.write_reject
    return Activity(
        type=kind,
        iri=iri,
        actor=followee.iri,
        object=edge.iri,
        raw=write(inner, iri=iri, actor=followee.iri, to=[follower.iri]),
        to=(follower.iri,),
        inner=Activity(type=edge.kind, iri=edge.iri, actor=follower.iri, object=followee.iri, raw=inner),
    )


async def answer(tx: Transaction, followee: Actor, follower: Actor, *, accept: bool) -> Activity:
    """A moderator's answer to a waiting request: the edge changes and the activity is ready to publish.

    Raises NotFound when there is no such request.
    """
    edge = await _edge(tx, follower, followee)
    if edge is None:
        raise NotFound(f"{follower.handle} has not asked to follow {followee.handle}.")
    if accept and followee.private and await _keeps_no_secrets(tx, follower):
        raise Conflict(f"The server of {follower.handle} cannot keep what is said here private.")
    edge.state, edge.answered_at = ("accepted" if accept else "rejected"), tx.now
    await tx.session.flush()
    await take_back(tx, "request", followee, about=follower)
    if accept and follower.is_local:
        await _joined(tx, follower, followee)
    return compose_answer(tx, followee, follower, edge, accept=accept)


async def _both(tx: Transaction, follow: Activity) -> tuple[Actor, Actor]:
    follower = await get_actor(tx.session, follow.actor)
    return follower, await get_actor(tx.session, follow.object or "")


async def _edge(tx: Transaction, follower: Actor, followee: Actor) -> Follow | None:
    found: Follow | None = await tx.session.scalar(
        select(Follow).where(col(Follow.follower_id) == follower.id, col(Follow.followee_id) == followee.id)
    )
    return found


async def _by_iri(tx: Transaction, iri: str) -> Follow | None:
    found: Follow | None = await tx.session.scalar(select(Follow).where(col(Follow.iri) == iri))
    return found


async def _ends(tx: Transaction, edge: Follow) -> tuple[str, str]:
    follower = await tx.session.get(Actor, edge.follower_id)
    followee = await tx.session.get(Actor, edge.followee_id)
    return (follower.iri if follower else "", followee.iri if followee else "")


async def _open_request(tx: Transaction, follow: Activity) -> Follow:
    """Return the request of ours that *follow* names, or raise NotFound: nobody asked."""
    edge = await find_follow(tx.session, follow.iri)
    if edge is None or await _ends(tx, edge) != (follow.actor, follow.object):
        raise NotFound(
            "Nobody here asked to follow.", detail=f"{follow.actor} -> {follow.object}, {follow.iri}"
        )
    return edge


HANDLER = Handler(
    "Follow", check=check, apply=apply, needs=("actor", "object"), undo=undo, accept=accept, reject=reject
)
