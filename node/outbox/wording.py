"""What a program is told in other words than everybody else, because it reads no others (FEDERATION C.2, C.13, H).

Discourse and Mobilizon read an Article and no Page. NodeBB moves a topic by its collection, on the word of the category
itself. Only what is sent differs: whoever asks for a post by its id gets the one type that it has (RULE D2). The
same entry always gives one peer the same words, so a second try repeats the first.
"""

from __future__ import annotations

import json
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from node.activitypub import strictjson, writing
from node.activitypub.integrity import without_proof
from node.activitypub.origin import same_origin
from node.activitypub.shapes import is_proven
from node.store.queries.documents import context_of
from node.store.queries.posts import find_post
from node.store.tables.actors import Actor
from node.store.tables.log import LogEntry
from node.store.tables.peers import Peer

READ_ARTICLES = frozenset({"discourse", "mobilizon"})
MOVE_TOPICS = frozenset({"nodebb"})


async def worded_for(session: AsyncSession, entry: LogEntry, actor: Actor, peer: Peer) -> str:
    """Return the JSON of *entry*, by *actor* of ours, as the software of *peer* reads it."""
    if peer.software in READ_ARTICLES and '"Page"' in entry.body:
        return strictjson.dump(_with_articles(json.loads(entry.body), actor.iri)).decode()
    if peer.software in MOVE_TOPICS and entry.type == "Announce" and '"Move"' in entry.body:
        return await _moving_a_topic(session, entry, actor)
    return entry.body


def _with_articles(activity: dict[str, Any], ours: str) -> dict[str, Any]:
    """Return an activity with the Page that it brings as an Article.

    A proof covers the type: what others have proven stays as it came, and ours is sent without. ours: an id of this node.
    """
    inner = activity.get("object")
    if not isinstance(inner, dict):
        return activity
    if activity.get("type") == "Announce":
        changed = _with_articles(inner, ours)
    elif activity.get("type") in {"Create", "Update"} and inner.get("type") == "Page":
        is_free = same_origin(str(inner.get("id")), ours) or not (is_proven(activity) or is_proven(inner))
        changed = without_proof(inner) | {"type": "Article"} if is_free else inner
    else:
        return activity
    return activity if changed is inner else without_proof(activity) | {"object": changed}


async def _moving_a_topic(session: AsyncSession, entry: LogEntry, group: Actor) -> str:
    """Return the Move that *group* announces as its own, of the collection that is the whole topic."""
    announce = json.loads(entry.body)
    move = announce.get("object")
    if not isinstance(move, dict) or move.get("type") != "Move":
        return entry.body
    thread = await find_post(session, str(move.get("object")))
    topic = await context_of(session, thread, group) if thread is not None else None
    if topic is None:
        return entry.body
    said = writing.write_activity(
        "Move",
        iri=f"{entry.iri}#move",
        actor=group.iri,
        obj=topic,
        to=announce["to"],
        cc=announce["cc"],
        target=move.get("target"),
        summary=move.get("summary"),
        extra={"origin": move.get("origin")},
    )
    return strictjson.dump(said).decode()
