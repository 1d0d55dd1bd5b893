"""What a group passes on: its own word for what happens in its threads, and no more.

A group does not speak for authors of other hosts: their words are fetched from them, or proven by a proof of theirs
(RULE B6; A03, A04, A05).
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

from node.activities.table import ANSWERS
from node.activities.unanswered import take_as_answered
from node.activitypub import reading
from node.activitypub.activity import Activity
from node.activitypub.documents import ActivityDocument, ObjectDocument
from node.activitypub.origin import same_origin
from node.errors import Forbidden, Malformed, NodeError, Refused, TooMany, Unavailable
from node.inbox.actors import fetch_actor
from node.inbox.fetching import check_not_blocked, checked_object, fetch_document, fetch_object, is_ours
from node.inbox.firsthand import (
    BRINGS,
    answered,
    check_deleted,
    direct,
    embedded_object,
    from_origin,
    is_actor,
    is_own,
    plain,
    rebuilt,
)
from node.inbox.office import is_marking
from node.inbox.proofs import is_proven
from node.network.client import Budget
from node.runtime import Node
from node.store.queries.actors import find_actor, moderates
from node.store.queries.arrivals import confirm, is_wanted
from node.store.queries.posts import find_post
from node.store.queries.tasks import ask_for
from node.store.tables.actors import Actor

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
    """What an arrival says happened, each vouched for. passed_by: the group that passes it on.

    Of what came together, refusals say what is not believed, and unfinished what another attempt may bring.
    """

    activities: list[Activity]
    is_batch: bool = False
    passed_by: Actor | None = None
    refusals: list[NodeError] = field(default_factory=list)
    unfinished: TooMany | Unavailable | None = None


async def announced(passing: Passing, announce: ActivityDocument) -> Unwrapped:
    """Return what a group passes on, one or a batch of them."""
    items = announced_items(announce)
    if not items:
        raise Malformed("The Announce carries nothing.", detail=announce.iri)
    if len(items) == 1:
        one = await _carried(passing, items[0])
        return Unwrapped([one] if one is not None else [])
    found = Unwrapped([], is_batch=True)
    half = Budget(passing.budget.left // 2)  # the other half is for those who act: each attempt gets further
    passing.budget.left -= half.left
    for item in items:
        try:
            one = await _carried(replace(passing, budget=half), item)
        except (TooMany, Unavailable) as error:
            found.unfinished = error
        except Refused as error:
            found.refusals.append(error)
        else:
            found.activities += [one] if one is not None else []
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
    home = await _home_of(passing, document)
    if home is None:
        return _as_create(group, document)
    if home.is_local:
        return None  # what is in a group of ours is not for others to say
    if document.in_reply_to is not None:
        raise Refused("A group speaks only for its own threads.", detail=f"{group.iri}: {document.iri}")
    return replace(_as_create(home, document), announced_by=None, shown_by=group.iri)


async def _home_of(passing: Passing, document: ObjectDocument) -> Actor | None:
    """Return the group whose thread another one shows (RULE G3, pitfall 81); None when it is its own."""
    if document.audience in {None, passing.group.iri}:
        return None
    home = await fetch_actor(passing.node, document.audience or "", passing.budget)
    return home if home.is_group else None


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
    # (a): its own host vouches; (b): its actor does
    if fetched or same_origin(inner.actor, group.iri) or await _is_proven(passing, inner):
        vouched = await direct(node, inner, passing.budget)
    else:
        vouched = replace(await _on_the_groups_word(passing, inner), hearsay=True)
    if vouched.inner is not None and vouched.inner.type not in CARRIED_ANSWERED:
        raise Refused(f"A group does not pass on an answer to a {vouched.inner.type}.", detail=inner.iri)
    if vouched.type == "Delete" and vouched.object == vouched.actor:
        raise Refused("A group does not pass on the end of an account.", detail=inner.iri)
    _check_audience(vouched, inner, group)
    return replace(vouched, announced_by=group.iri, audience=group.iri)


async def _is_proven(passing: Passing, inner: ActivityDocument) -> bool:
    """Tell whether the actor signed what the group passes on; while the key cannot be had, it is as if not."""
    try:
        return await is_proven(passing.node, inner.raw, inner.actor, passing.budget)
    except (Unavailable, TooMany):
        return False


async def _on_the_groups_word(passing: Passing, inner: ActivityDocument) -> Activity:
    """Return what a group says of an actor of another host, as far as it may be believed (RULE B6 c to f)."""
    node = passing.node
    if inner.type in BRINGS and not is_actor(inner):
        if is_marking(inner, embedded_object(inner)):
            return plain(inner)
        return await _brought(passing, inner)
    if inner.type == "Delete":
        return await _deleted(passing, inner)
    if inner.type in ANSWERS:
        return replace(plain(inner), inner=await answered(node, inner))
    return plain(inner)


async def _deleted(passing: Passing, inner: ActivityDocument) -> Activity:
    """Return a Delete: its author's when the origin confirms it, else no more than a moderator's removal."""
    removal = replace(plain(inner), verified=False)
    if inner.summary is not None:
        return removal
    try:
        await check_deleted(passing.node, inner, passing.budget)
    except (Refused, Unavailable):
        async with passing.node.reading() as session:
            actor = await find_actor(session, inner.actor)
            if actor is None or not await moderates(session, actor.id, passing.group.id):
                raise
        return removal
    return plain(inner)


async def _brought(passing: Passing, inner: ActivityDocument) -> Activity:
    """Return a Create or Update with the copy that its origin holds; with the group's while that is away."""
    try:
        document = await from_origin(passing.node, inner, passing.budget)
    except Unavailable:
        given = embedded_object(inner)
        if given is None or not is_own(passing.node, given, inner):
            raise
        return replace(plain(inner), document=given, verified=False)
    return replace(
        plain(inner), actor=document.attributed_to, document=document, raw=rebuilt(inner, document)
    )


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
        await take_as_answered(tx, passing.group)
        if passing.group.iri in {iri, about}:  # its charter: what a moderator here asked for
            await ask_for(tx, "refresh", passing.group.iri)
