"""What is believed of acts of office as they arrive: as little of what they carry as will do."""

from __future__ import annotations

from node.activitypub import reading
from node.activitypub.documents import ActivityDocument, ActorDocument, ObjectDocument
from node.activitypub.origin import same_origin
from node.inbox.fetching import is_gone, is_ours
from node.network.client import Budget
from node.runtime import Node
from node.store.queries.posts import find_post
from node.store.tables.actors import Actor


async def seen_gone(node: Node, delete: ActivityDocument, budget: Budget) -> bool:
    """Tell whether a post of another author on the actor's own server is gone there (A19, V30).

    Raises Unavailable when the server cannot be asked.
    """
    iri = delete.object_iri or ""
    if is_ours(node, iri) or iri == delete.actor or not same_origin(iri, delete.actor):
        return False
    async with node.reading() as session:
        post = await find_post(session, iri)
        author = await session.get(Actor, post.author_id) if post is not None else None
    return author is not None and author.iri != delete.actor and await is_gone(node, iri, budget)


def is_marking(activity: ActivityDocument, given: ObjectDocument | None) -> bool:
    """Tell whether it is an Update of another's post, from another server: no word of it is believed."""
    return (
        given is not None
        and activity.type == "Update"
        and given.attributed_to != activity.actor
        and not same_origin(given.iri, activity.actor)
    )


def charter_of(node: Node, activity: ActivityDocument) -> ActorDocument | None:
    """Return what is said of a group of ours; profiles of others are read at their origin (A16)."""
    inner = activity.inner
    if inner is None or not is_ours(node, activity.object_iri or "") or reading.kind_of(inner) != "actor":
        return None
    return reading.read_actor(inner)
