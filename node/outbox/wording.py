"""What a program is told in other words than everybody else, because it reads no others (FEDERATION C.2, C.13, H).

Discourse and Mobilizon read an Article and no Page. Lemmy reads no Question: it gets a Page that shows what can be
chosen, and where. NodeBB moves a topic by its collection, on the word of the category
itself. Only what is sent differs: whoever asks for a post by its id gets the one type that it has (RULE D2). The
same entry always gives one peer the same words, so a second try repeats the first.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from html import escape
from typing import Any, Literal

from sqlalchemy.ext.asyncio import AsyncSession

from node.activitypub import strictjson, writing
from node.activitypub.integrity import without_proof
from node.activitypub.origin import same_origin
from node.activitypub.shapes import is_proven
from node.activitypub.values import listed
from node.store.queries.documents import context_of
from node.store.queries.posts import find_post
from node.store.tables.actors import Actor
from node.store.tables.log import LogEntry

READ_ARTICLES = frozenset({"discourse", "mobilizon"})
READ_NO_POLLS = frozenset({"lemmy"})
MOVE_TOPICS = frozenset({"nodebb"})


_OF_POLLS = frozenset({"anyOf", "closed", "endTime", "oneOf", "source", "votersCount"})

Change = Callable[[dict[str, Any]], dict[str, Any]]
Way = Literal["plain", "article", "page", "topic"]


def way_of(entry: LogEntry, software: str | None) -> Way:
    """Return the way in which *software* is told of *entry*: nearly all are told the same."""
    if software in READ_ARTICLES and '"Page"' in entry.body:
        return "article"
    if software in READ_NO_POLLS and '"Question"' in entry.body:
        return "page"
    if software in MOVE_TOPICS and entry.type == "Announce" and '"Move"' in entry.body:
        return "topic"
    return "plain"


async def worded_for(session: AsyncSession, entry: LogEntry, actor: Actor, software: str | None) -> str:
    """Return the JSON of *entry*, by *actor* of ours, as *software* reads it."""
    way = way_of(entry, software)
    if way == "article":
        return strictjson.dump(_reworded(json.loads(entry.body), actor.iri, _as_article)).decode()
    if way == "page":
        return strictjson.dump(_reworded(json.loads(entry.body), actor.iri, _as_page)).decode()
    if way == "topic":
        return await _moving_a_topic(session, entry, actor)
    return entry.body


def _reworded(activity: dict[str, Any], ours: str, change: Change) -> dict[str, Any]:
    """Return an activity with the post that it brings changed.

    A proof covers the type: what others have proven stays as it came, and ours is sent without. ours: an id of this node.
    """
    inner = activity.get("object")
    if not isinstance(inner, dict):
        return activity
    if activity.get("type") == "Announce":
        changed = _reworded(inner, ours, change)
    elif activity.get("type") in {"Create", "Update"}:
        is_free = same_origin(str(inner.get("id")), ours) or not (is_proven(activity) or is_proven(inner))
        changed = change(inner) if is_free else inner
    else:
        return activity
    return activity if changed is inner else without_proof(activity) | {"object": changed}


def _as_article(post: dict[str, Any]) -> dict[str, Any]:
    return without_proof(post) | {"type": "Article"} if post.get("type") == "Page" else post


def _as_page(post: dict[str, Any]) -> dict[str, Any]:
    """Return a poll as a page: its question, the choices as a list, and the address where one chooses."""
    if post.get("type") != "Question" or post.get("inReplyTo") or not post.get("name"):
        return post
    choices = [one["name"] for one in listed(post.get("oneOf") or post.get("anyOf")) if isinstance(one, dict)]
    where = escape(str(post.get("url") or post["id"]))
    shown = "".join(f"<li>{escape(str(name))}</li>" for name in choices)
    content = f'{post.get("content") or ""}<ul>{shown}</ul><p><a href="{where}">{where}</a></p>'
    bare = {name: value for name, value in without_proof(post).items() if name not in _OF_POLLS}
    return bare | {"type": "Page", "content": content}


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
