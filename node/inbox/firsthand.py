"""What an actor says, on the word of whoever can vouch for it: the actor, who signed it, or the origin, where it is fetched.

A post that is not the actor's own is fetched from its author's host, and only that copy counts (RULE B5; A03, A21).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from node.activities.table import ANSWERS
from node.activitypub import reading
from node.activitypub.activity import Activity
from node.activitypub.documents import ActivityDocument, ObjectDocument
from node.activitypub.integrity import without_proof
from node.activitypub.origin import same_origin
from node.errors import Forbidden, Malformed, Refused
from node.inbox.fetching import ABSENT, check_not_blocked, fetch_object, is_gone, is_ours
from node.inbox.office import charter_of, is_marking, seen_gone
from node.network.client import Budget
from node.runtime import Node
from node.store.queries.arrivals import find_answered

BRINGS = frozenset({"Create", "Update"})  # they carry an object


async def direct(node: Node, activity: ActivityDocument, budget: Budget) -> Activity:
    """Return an activity whose own actor vouches for it (RULE B5)."""
    if activity.type in ANSWERS:
        return replace(plain(activity), inner=await answered(node, activity))
    if activity.type == "Delete":
        return replace(plain(activity), seen_gone=await seen_gone(node, activity, budget))
    if activity.type not in BRINGS or is_marking(activity, given := embedded_object(activity)):
        return plain(activity)
    if given is None and is_actor(activity):
        return replace(plain(activity), document=charter_of(node, activity))
    if given is not None and is_own(node, given, activity):
        return replace(plain(activity), document=given)
    document = await from_origin(node, activity, budget)
    author = document.attributed_to if activity.type == "Update" else activity.actor
    actor = author if same_origin(author, activity.actor) else activity.actor
    return replace(plain(activity), actor=actor, document=document, raw=rebuilt(activity, document))


async def forwarded(node: Node, activity: ActivityDocument, budget: Budget) -> Activity:
    """Take a stranger's activity as the hint that it is: only what the origin says counts (B5.3c, A21)."""
    await check_not_blocked(node, activity.actor)
    if activity.type == "Delete":
        await check_deleted(node, activity, budget)
        return plain(activity)
    document = await from_origin(node, activity, budget)
    if document.attributed_to != activity.actor:
        raise Refused("The forwarded post is somebody else's.", detail=activity.iri)
    return replace(plain(activity), document=document, raw=rebuilt(activity, document))


async def from_origin(node: Node, activity: ActivityDocument, budget: Budget) -> ObjectDocument:
    """Return the object that *activity* brings as its origin has it, or raise Refused when it has no such thing."""
    if activity.object_iri is None:
        raise Malformed("The activity does not say which object it brings.", detail=activity.iri)
    if is_ours(node, activity.object_iri):
        raise Refused("Nobody else brings what is ours.", detail=activity.object_iri)  # A13, V28
    try:
        return await fetch_object(node, activity.object_iri, budget)
    except ABSENT as error:
        raise Refused("Its origin knows nothing of this.", detail=activity.object_iri) from error


async def check_deleted(node: Node, delete: ActivityDocument, budget: Budget) -> None:
    """Raise Forbidden unless the origin of the object says so too, and the actor is of that origin (A05)."""
    iri = delete.object_iri or ""
    if iri == delete.actor or not same_origin(iri, delete.actor):
        raise Forbidden("Only authors and moderators delete a post.", detail=f"{delete.actor}: {iri}")
    if not await is_gone(node, iri, budget):
        raise Forbidden("Its origin still has what is said to be deleted.", detail=iri)


async def answered(node: Node, answer: ActivityDocument) -> Activity:
    """Return the activity that an Undo, Accept or Reject is about: who did what to what, and no more (A07)."""
    inner = answer.inner
    if inner is not None and reading.kind_of(inner) == "activity":
        given = reading.read_activity(inner, need_id=False)
        if given.iri and not same_origin(given.iri, given.actor):
            raise Refused("An activity's id must have the origin of its actor.", detail=given.iri)
        return replace(plain(given), announced_by=None)
    async with node.reading() as session:
        known = await find_answered(session, answer.object_iri or "")
    if known is None:
        raise Refused(f"What this {answer.type} is about is not known here.", detail=answer.iri)
    return known


def plain(activity: ActivityDocument) -> Activity:
    """Return the activity as it was said, without a document."""
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


def embedded_object(activity: ActivityDocument) -> ObjectDocument | None:
    """Return the post that the activity carries whole, read; None when it only names it."""
    inner = activity.inner
    if inner is None or inner.get("id") is None or reading.kind_of(inner) != "object":
        return None
    return reading.read_object(inner)


def is_actor(activity: ActivityDocument) -> bool:
    """Tell whether the object is a profile: by its type, or because it is the actor itself."""
    inner = activity.inner
    if inner is not None:
        return reading.kind_of(inner) in {"actor", "key"}
    return activity.object_iri == activity.actor


def is_own(node: Node, document: ObjectDocument, activity: ActivityDocument) -> bool:
    """Tell whether the activity's actor may speak for the object: theirs, and of their origin (RULE B5.2)."""
    if is_ours(node, document.iri):
        raise Refused("Nobody else brings what is ours.", detail=document.iri)
    return document.attributed_to == activity.actor and same_origin(document.iri, activity.actor)


def rebuilt(activity: ActivityDocument, document: ObjectDocument) -> Mapping[str, Any]:
    """Return the activity around the copy from the origin: the one received may say something else.

    If it does, what vouched for it as it came does not vouch for this.
    """
    rebuilt = {**activity.raw, "actor": document.attributed_to, "object": document.raw}
    return rebuilt if rebuilt == activity.raw else without_proof(rebuilt)
