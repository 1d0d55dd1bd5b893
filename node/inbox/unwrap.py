"""From what was received to what is believed: activities that somebody vouches for.

Three who can vouch: the actor, who signed it; the origin, where it is fetched; the group, for what happens in
its own threads. A group does not speak for authors of other hosts: their words are fetched from them
(RULE B6; A03, A04, A05, A21).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from node.activities.table import ANSWERS
from node.activitypub import reading, strictjson
from node.activitypub.activity import Activity
from node.activitypub.documents import ActivityDocument, ObjectDocument
from node.activitypub.origin import same_identity, same_origin
from node.errors import Forbidden, Malformed, NodeError, Refused, TooMany, Unavailable
from node.inbox.actors import fetch_actor
from node.inbox.fetching import (
    ABSENT,
    check_not_blocked,
    checked_object,
    fetch_document,
    fetch_object,
    is_gone,
    is_ours,
)
from node.inbox.office import charter_of, is_marking, seen_gone
from node.network.client import Budget
from node.runtime import Node
from node.store.queries.actors import find_actor, moderates
from node.store.queries.arrivals import confirm, find_answered, is_wanted
from node.store.queries.posts import find_post
from node.store.queries.tasks import ask_for
from node.store.tables.actors import Actor
from node.store.tables.arrivals import Arrival

BRINGS = frozenset({"Create", "Update"})  # they carry an object
VOTES = frozenset({"Like", "Dislike", "EmojiReact"})
# What a group may pass on (FEDERATION C.0); memberships and accounts are nobody else's business.
CARRIED = (
    BRINGS
    | VOTES
    | {"Delete", "Undo", "Add", "Remove", "Lock", "Block", "Move", "Flag", "Resolve", "PollVote"}
)
CARRIED_ANSWERED = VOTES | {"Delete", "Add", "Remove", "Lock", "Block"}
MOST_AT_ONCE = 50  # items of one Announce that carries a list


@dataclass(frozen=True, slots=True)
class Passing:
    """What a group passes on: who passes, where from, and what may still be fetched for it."""

    node: Node
    group: Actor
    budget: Budget


@dataclass(slots=True)
class Unwrapped:
    """What an arrival says happened, each vouched for.

    Of what came together, refusals say what is not believed, and unfinished what another attempt may bring.
    """

    activities: list[Activity]
    is_batch: bool = False
    refusals: list[NodeError] = field(default_factory=list)
    unfinished: TooMany | Unavailable | None = None


async def unwrap(node: Node, arrival: Arrival, budget: Budget) -> Unwrapped:
    """Return what *arrival* says happened; nothing for the echo of an act of ours (RULE C1).

    Raises Refused for what nobody vouches for; Unavailable when the one who could is away.
    """
    if not arrival.signer:
        raise Refused("Nobody is known to have signed this.", detail=arrival.iri)  # V10
    activity = reading.read_activity(strictjson.load(arrival.body.encode()))
    if arrival.trust == "forwarded":
        return Unwrapped([await _forwarded(node, activity, budget)])
    if not same_identity(arrival.signer, activity.actor):
        raise Refused("The signer is not the actor.", detail=arrival.iri)
    if activity.type == "Announce":
        actor = await fetch_actor(node, activity.actor, budget)
        if actor.kind == "Feed":
            await _feed_changed(node, actor)
            return Unwrapped([])
        if actor.is_group:
            return await _announced(Passing(node, actor, budget), activity)
    return Unwrapped([await direct(node, activity, budget)])


async def _feed_changed(node: Node, feed: Actor) -> None:
    """A feed says that a group came or went (PieFed): its own list says which (C.17)."""
    async with node.transaction() as tx:
        await ask_for(tx, "feed", feed.iri)


async def direct(node: Node, activity: ActivityDocument, budget: Budget) -> Activity:
    """Return an activity whose own actor vouches for it (RULE B5)."""
    if activity.type in ANSWERS:
        return replace(_plain(activity), inner=await _answered(node, activity))
    if activity.type == "Delete":
        return replace(_plain(activity), seen_gone=await seen_gone(node, activity, budget))
    if activity.type not in BRINGS or is_marking(activity, given := _embedded_object(activity)):
        return _plain(activity)
    if given is None and _is_actor(activity):
        return replace(_plain(activity), document=charter_of(node, activity))
    if given is not None and _is_own(node, given, activity):
        return replace(_plain(activity), document=given)
    document = await _from_origin(node, activity, budget)
    author = document.attributed_to if activity.type == "Update" else activity.actor
    actor = author if same_origin(author, activity.actor) else activity.actor
    return replace(_plain(activity), actor=actor, document=document, raw=_rebuilt(activity, document))


async def _forwarded(node: Node, activity: ActivityDocument, budget: Budget) -> Activity:
    """Take a stranger's activity as the hint that it is: only what the origin says counts (B5.3c, A21)."""
    await check_not_blocked(node, activity.actor)
    if activity.type == "Delete":
        await _check_deleted(node, activity, budget)
        return _plain(activity)
    document = await _from_origin(node, activity, budget)
    if document.attributed_to != activity.actor:
        raise Refused("The forwarded post is somebody else's.", detail=activity.iri)
    return replace(_plain(activity), document=document, raw=_rebuilt(activity, document))


async def _announced(passing: Passing, announce: ActivityDocument) -> Unwrapped:
    """Return what a group passes on, one or a batch of them."""
    items = announced_items(announce)
    if not items:
        raise Malformed("The Announce carries nothing.", detail=announce.iri)
    if len(items) == 1:
        carried = await _carried(passing, items[0])
        return Unwrapped([carried] if carried is not None else [])
    found = Unwrapped([], is_batch=True)
    half = Budget(passing.budget.left // 2)  # the other half is for those who act: each attempt gets further
    passing.budget.left -= half.left
    for item in items:
        try:
            carried = await _carried(replace(passing, budget=half), item)
        except (TooMany, Unavailable) as error:
            found.unfinished = error
        except Refused as error:
            found.refusals.append(error)
        else:
            found.activities += [carried] if carried is not None else []
    passing.budget.left += half.left
    return found


def announced_items(announce: ActivityDocument) -> list[str | dict[str, Any]]:
    """Return what an Announce carries: an object or its id, a list of them, or a collection (C.0)."""
    given = announce.object
    if isinstance(given, dict) and (given.get("orderedItems") or given.get("items")):
        given = list(reading.read_collection(given).items)
    listed = given if isinstance(given, list) else [given]
    return [one for one in listed if isinstance(one, (str, dict))][:MOST_AT_ONCE]


async def _carried(passing: Passing, item: str | dict[str, Any]) -> Activity | None:
    node, group = passing.node, passing.group
    iri = reading.id_of(item) or ""
    if is_ours(node, iri):
        await _echo(passing, iri, reading.id_of(item.get("object")) if isinstance(item, dict) else None)
        return None
    if await _is_settled(passing, iri):
        return None
    fetched = isinstance(item, str)
    raw = await fetch_document(node, item, passing.budget) if isinstance(item, str) else item
    kind = reading.kind_of(raw)
    if kind == "activity":
        return await _carried_activity(passing, reading.read_activity(raw), fetched=fetched)
    if kind != "object":
        raise Refused("A group passes on posts and activities.", detail=f"{group.iri}: {kind}")
    await check_not_blocked(node, iri)
    await _check_wanted(passing, iri)
    document = checked_object(raw) if fetched or same_origin(iri, group.iri) else None
    if document is None or not same_origin(document.attributed_to, iri):
        document = await fetch_object(node, iri, passing.budget)
    return _as_create(group, document)


def _as_create(group: Actor, document: ObjectDocument) -> Activity:
    """A group shows a post: that is as good as its author's Create, seen at the origin."""
    iri = f"{document.iri}#create"
    raw = {"id": iri, "type": "Create", "actor": document.attributed_to, "object": document.raw}
    return Activity(
        type="Create",
        iri=iri,
        actor=document.attributed_to,
        object=document.iri,
        raw=raw,
        document=document,
        audience=group.iri,
        to=document.to,
        cc=document.cc,
        announced_by=group.iri,
    )


async def _carried_activity(passing: Passing, inner: ActivityDocument, *, fetched: bool) -> Activity | None:
    node, group = passing.node, passing.group
    if inner.type not in CARRIED:
        raise Refused(f"A group does not pass on a {inner.type}.", detail=inner.iri)
    if is_ours(node, inner.actor):
        await _echo(passing, inner.object_iri or "")
        return None
    if not same_origin(inner.iri, inner.actor):
        raise Refused("An activity's id must have the origin of its actor.", detail=inner.iri)
    await check_not_blocked(node, inner.actor)
    await _check_wanted(passing, inner.object_iri or "")
    if inner.type == "Create" and await _is_settled(passing, inner.object_iri or ""):
        return None
    if fetched or same_origin(inner.actor, group.iri):  # (a): its own host vouches
        vouched = await direct(node, inner, passing.budget)
    else:
        vouched = await _on_the_groups_word(passing, inner)
    if vouched.inner is not None and vouched.inner.type not in CARRIED_ANSWERED:
        raise Refused(f"A group does not pass on an answer to a {vouched.inner.type}.", detail=inner.iri)
    if vouched.type == "Delete" and vouched.object == vouched.actor:
        raise Refused("A group does not pass on the end of an account.", detail=inner.iri)
    _check_audience(vouched, inner, group)
    return replace(vouched, announced_by=group.iri, audience=group.iri)


async def _on_the_groups_word(passing: Passing, inner: ActivityDocument) -> Activity:
    """Return what a group says of an actor of another host, as far as it may be believed (RULE B6 c to f)."""
    node = passing.node
    if inner.type in BRINGS and not _is_actor(inner):
        if is_marking(inner, _embedded_object(inner)):
            return _plain(inner)
        return await _brought(passing, inner)
    if inner.type == "Delete":
        return await _deleted(passing, inner)
    if inner.type in ANSWERS:
        return replace(_plain(inner), inner=await _answered(node, inner))
    return _plain(inner)


async def _deleted(passing: Passing, inner: ActivityDocument) -> Activity:
    """Return a Delete: its author's when the origin confirms it, else no more than a moderator's removal."""
    removal = replace(_plain(inner), verified=False)
    if inner.summary is not None:
        return removal
    try:
        await _check_deleted(passing.node, inner, passing.budget)
    except (Refused, Unavailable):
        async with passing.node.reading() as session:
            actor = await find_actor(session, inner.actor)
            if actor is None or not await moderates(session, actor.id, passing.group.id):
                raise
        return removal
    return _plain(inner)


async def _brought(passing: Passing, inner: ActivityDocument) -> Activity:
    """Return a Create or Update with the copy that its origin holds; with the group's while that is away."""
    try:
        document = await _from_origin(passing.node, inner, passing.budget)
    except Unavailable:
        given = _embedded_object(inner)
        if given is None or not _is_own(passing.node, given, inner):
            raise
        return replace(_plain(inner), document=given, verified=False)
    return replace(
        _plain(inner), actor=document.attributed_to, document=document, raw=_rebuilt(inner, document)
    )


async def _from_origin(node: Node, activity: ActivityDocument, budget: Budget) -> ObjectDocument:
    if activity.object_iri is None:
        raise Malformed("The activity does not say which object it brings.", detail=activity.iri)
    if is_ours(node, activity.object_iri):
        raise Refused("Nobody else brings what is ours.", detail=activity.object_iri)  # A13, V28
    try:
        return await fetch_object(node, activity.object_iri, budget)
    except ABSENT as error:
        raise Refused("Its origin knows nothing of this.", detail=activity.object_iri) from error


async def _check_deleted(node: Node, delete: ActivityDocument, budget: Budget) -> None:
    """Raise Forbidden unless the origin of the object says so too, and the actor is of that origin (A05)."""
    iri = delete.object_iri or ""
    if iri == delete.actor or not same_origin(iri, delete.actor):
        raise Forbidden("Only authors and moderators delete a post.", detail=f"{delete.actor}: {iri}")
    if not await is_gone(node, iri, budget):
        raise Forbidden("Its origin still has what is said to be deleted.", detail=iri)


async def _check_wanted(passing: Passing, iri: str) -> None:
    """Refuse what a group sends unasked: nobody here follows it, and none of its threads is here."""
    async with passing.node.reading() as session:
        if not await is_wanted(session, passing.group):
            raise Refused("Nobody here follows this group.", detail=f"{passing.group.iri}: {iri}")


async def _is_settled(passing: Passing, iri: str) -> bool:
    """Tell whether that post is here, verified, on this group's word: there is nothing to be fetched for it."""
    async with passing.node.reading() as session:
        post = await find_post(session, iri)
    return (
        post is not None
        and post.group_id == passing.group.id
        and post.confirmed_at is not None
        and post.verify_by is None
    )


def _check_audience(activity: Activity, inner: ActivityDocument, group: Actor) -> None:
    """Refuse a post that names another group than the one passing it on (RULE B6, pitfall 81)."""
    document = activity.document
    of_object = document.audience if isinstance(document, ObjectDocument) else None
    named = {one for one in (inner.audience, of_object) if one is not None}
    if activity.type in BRINGS and named and group.iri not in named:
        raise Forbidden("A group speaks only for its own threads.", detail=f"{group.iri}: {inner.iri}")


async def _echo(passing: Passing, iri: str, about: str | None = None) -> None:
    """An act of ours comes back: the group has taken it (RULE C1). about: its object's id, when *iri* is its own."""
    async with passing.node.transaction() as tx:
        await confirm(tx, iri, passing.group)
        if passing.group.iri in {iri, about}:  # its charter: what a moderator here asked for
            await ask_for(tx, "refresh", passing.group.iri)


async def _answered(node: Node, answer: ActivityDocument) -> Activity:
    """Return the activity that an Undo, Accept or Reject is about: who did what to what, and no more (A07)."""
    inner = answer.inner
    if inner is not None and reading.kind_of(inner) == "activity":
        given = reading.read_activity(inner, need_id=False)
        if given.iri and not same_origin(given.iri, given.actor):
            raise Refused("An activity's id must have the origin of its actor.", detail=given.iri)
        return replace(_plain(given), announced_by=None)
    async with node.reading() as session:
        known = await find_answered(session, answer.object_iri or "")
    if known is None:
        raise Refused(f"What this {answer.type} is about is not known here.", detail=answer.iri)
    return known


def _plain(activity: ActivityDocument) -> Activity:
    return Activity(
        type=activity.type,
        iri=activity.iri,
        actor=activity.actor,
        object=activity.object_iri,
        raw=activity.raw,
        target=activity.target,
        origin=activity.origin,
        audience=activity.audience,
        to=activity.to,
        cc=activity.cc,
        summary=activity.summary,
    )


def _embedded_object(activity: ActivityDocument) -> ObjectDocument | None:
    inner = activity.inner
    if inner is None or inner.get("id") is None or reading.kind_of(inner) != "object":
        return None
    return reading.read_object(inner)


def _is_actor(activity: ActivityDocument) -> bool:
    """Tell whether the object is a profile: by its type, or because it is the actor itself."""
    inner = activity.inner
    if inner is not None:
        return reading.kind_of(inner) in {"actor", "key"}
    return activity.object_iri == activity.actor


def _is_own(node: Node, document: ObjectDocument, activity: ActivityDocument) -> bool:
    """Tell whether the activity's actor may speak for the object: theirs, and of their origin (RULE B5.2)."""
    if is_ours(node, document.iri):
        raise Refused("Nobody else brings what is ours.", detail=document.iri)
    return document.attributed_to == activity.actor and same_origin(document.iri, activity.actor)


def _rebuilt(activity: ActivityDocument, document: ObjectDocument) -> Mapping[str, Any]:
    """Return the activity around the copy from the origin: the one received may say something else."""
    return {**activity.raw, "actor": document.attributed_to, "object": document.raw}
