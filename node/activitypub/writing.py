"""Documents of ours to JSON: plain dicts without nulls, ready for `strictjson.dump`.

`to` and `cc` are always arrays and always there, and every top-level document has its `@context`: strict
peers need both (FEDERATION.md I.3, I.8). What stands inside another document has no context of its own,
except an activity that a group passes on: that stays as it was signed or as it came.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from node.activitypub.strictjson import without_nulls
from node.activitypub.vocabulary import CONTEXT, PLAIN_CONTEXT, PUBLIC, TOMBSTONE
from node.activitypub.writing_actors import LocalActor, write_actor, write_image, write_moment
from node.activitypub.writing_gatherings import fitting_context, write_event, write_question
from node.activitypub.writing_objects import LocalObject, write_note, write_page

__all__ = [
    "LocalActor",
    "LocalObject",
    "write_accept",
    "write_activity",
    "write_actor",
    "write_announce",
    "write_collection",
    "write_create",
    "write_delete",
    "write_dislike",
    "write_event",
    "write_follow",
    "write_image",
    "write_like",
    "write_moment",
    "write_note",
    "write_ordered_collection",
    "write_page",
    "write_question",
    "write_reject",
    "write_tombstone",
    "write_undo",
    "write_update",
]

_SELF_EXPLAINING = frozenset({"Announce", "Dislike", "Follow", "Like"})  # nothing beyond ActivityStreams
_PUBLIC_ONLY = (PUBLIC,)


def write_activity(
    kind: str,
    *,
    iri: str,
    actor: str,
    obj: Mapping[str, Any] | str,
    to: Sequence[str],
    cc: Sequence[str] = (),
    audience: str | None = None,
    target: str | None = None,
    summary: str | None = None,
    content: str | None = None,
    published: datetime | None = None,
    extra: Mapping[str, Any] | None = None,
    context: Any = CONTEXT,
) -> dict[str, Any]:
    """Write any activity. An embedded *obj* loses its `@context`, the outer one holds for it.

    extra: further properties, such as `removeData`; each must be defined by *context*.
    """
    document = {
        "@context": fitting_context(obj) if context is CONTEXT else context,
        "id": iri,
        "type": kind,
        "actor": actor,
        "to": list(to),
        "cc": list(cc),
        "audience": audience,
        "object": obj if isinstance(obj, str) else _embedded(obj),
        "target": target,
        "summary": summary,
        "content": content,
        "published": write_moment(published),
        **(extra or {}),
    }
    written: dict[str, Any] = without_nulls(document)
    return written


def write_create(
    obj: Mapping[str, Any], *, iri: str, actor: str, published: datetime | None = None
) -> dict[str, Any]:
    """Write the Create of a post or comment; recipients, audience and tags are the object's (C.3)."""
    return _carrying("Create", obj, iri=iri, actor=actor, published=published)


def write_update(
    obj: Mapping[str, Any],
    *,
    iri: str,
    actor: str,
    to: Sequence[str] | None = None,
    cc: Sequence[str] | None = None,
    audience: str | None = None,
    published: datetime | None = None,
) -> dict[str, Any]:
    """Write the Update of a post, comment or actor. An actor names no recipients: pass to and cc."""
    return _carrying(
        "Update", obj, iri=iri, actor=actor, published=published, to=to, cc=cc, audience=audience
    )


def write_delete(
    object_iri: str,
    *,
    iri: str,
    actor: str,
    to: Sequence[str],
    cc: Sequence[str] = (),
    audience: str | None = None,
    summary: str | None = None,
    published: datetime | None = None,
) -> dict[str, Any]:
    """Write a Delete. summary: a moderator's reason; its presence *is* the difference (C.6), so never an author's."""
    return write_activity(
        "Delete",
        iri=iri,
        actor=actor,
        obj=object_iri,
        to=to,
        cc=cc,
        audience=audience,
        summary=summary,
        published=published,
        context=PLAIN_CONTEXT,
    )


def write_undo(
    inner: Mapping[str, Any],
    *,
    iri: str,
    actor: str,
    to: Sequence[str] | None = None,
    cc: Sequence[str] | None = None,
    audience: str | None = None,
    published: datetime | None = None,
) -> dict[str, Any]:
    """Write the Undo of an activity of ours, embedded whole; recipients and audience are its own by default."""
    is_plain = inner.get("type") in _SELF_EXPLAINING and isinstance(inner.get("object"), str)
    is_plain = is_plain and not any(name.startswith("_") for name in inner)
    return write_activity(
        "Undo",
        iri=iri,
        actor=actor,
        obj=inner,
        to=inner.get("to", ()) if to is None else to,
        cc=inner.get("cc", ()) if cc is None else cc,
        audience=audience or inner.get("audience"),
        published=published,
        context=PLAIN_CONTEXT if is_plain else CONTEXT,
    )


def write_follow(target: str, *, iri: str, actor: str) -> dict[str, Any]:
    """Write a Follow; `to` is exactly the one followed, or Lemmy refuses it (C.1)."""
    return write_activity("Follow", iri=iri, actor=actor, obj=target, to=(target,), context=PLAIN_CONTEXT)


def write_accept(inner: Mapping[str, Any], *, iri: str, actor: str, to: Sequence[str]) -> dict[str, Any]:
    """Write the Accept of an activity, its own words embedded, its id unchanged (C.1)."""
    return _answer("Accept", inner, iri=iri, actor=actor, to=to)


def write_reject(inner: Mapping[str, Any], *, iri: str, actor: str, to: Sequence[str]) -> dict[str, Any]:
    """Write the Reject of an activity, embedded as with Accept."""
    return _answer("Reject", inner, iri=iri, actor=actor, to=to)


def write_like(
    object_iri: str,
    *,
    iri: str,
    actor: str,
    to: Sequence[str],
    cc: Sequence[str] = (),
    audience: str | None = None,
) -> dict[str, Any]:
    """Write a vote for something. The object is a string: Lemmy and Mbin take nothing else (C.4)."""
    return _vote("Like", object_iri, iri=iri, actor=actor, to=to, cc=cc, audience=audience)


def write_dislike(
    object_iri: str,
    *,
    iri: str,
    actor: str,
    to: Sequence[str],
    cc: Sequence[str] = (),
    audience: str | None = None,
) -> dict[str, Any]:
    """Write a vote against something."""
    return _vote("Dislike", object_iri, iri=iri, actor=actor, to=to, cc=cc, audience=audience)


def write_announce(
    group: str,
    inner: Mapping[str, Any] | str,
    *,
    iri: str,
    to: Sequence[str] = _PUBLIC_ONLY,
    cc: Sequence[str] = (),
    published: datetime | None = None,
) -> dict[str, Any]:
    """Write what a group passes on: an activity exactly as received, or the id of a post (C.0, D.1)."""
    embedded = not isinstance(inner, str)
    announce = write_activity(
        "Announce",
        iri=iri,
        actor=group,
        obj="",
        to=to,
        cc=cc,
        published=published,
        context=fitting_context(inner) if embedded and "@context" not in inner else PLAIN_CONTEXT,
    )
    announce["object"] = inner  # untouched, nulls and context included: a proof on it must still hold
    return announce


def write_tombstone(iri: str, *, former_type: str | None, deleted: datetime | None) -> dict[str, Any]:
    """Write what stands where something was."""
    document = {
        "@context": PLAIN_CONTEXT,
        "id": iri,
        "type": TOMBSTONE,
        "formerType": former_type,
        "deleted": write_moment(deleted),
    }
    written: dict[str, Any] = without_nulls(document)
    return written


def write_ordered_collection(
    iri: str,
    items: Sequence[str | Mapping[str, Any]] | None,
    *,
    total: int | None = None,
    name: str | None = None,
    attributed_to: str | None = None,
    audience: str | None = None,
    first: str | None = None,
    last: str | None = None,
    next_page: str | None = None,
    previous_page: str | None = None,
    part_of: str | None = None,
) -> dict[str, Any]:
    """Write an ordered collection; with *part_of* one page of it, with *first* and no items its cover.

    total: as many as there are items, unless told. Items that are documents lose their `@context`.
    """
    kind = "OrderedCollection" if part_of is None else "OrderedCollectionPage"
    document = {
        "@context": fitting_context(list(items or ()))
        if any(not isinstance(one, str) for one in items or ())
        else PLAIN_CONTEXT,
        "id": iri,
        "type": kind,
        "totalItems": len(items or ()) if total is None else total,
        "name": name,
        "attributedTo": attributed_to,
        "audience": audience,
        "partOf": part_of,
        "first": first,
        "last": last,
        "next": next_page,
        "prev": previous_page,
    }
    written: dict[str, Any] = without_nulls(document)
    if items is not None:
        written["orderedItems"] = [one if isinstance(one, str) else _embedded(one) for one in items]
    return written


def write_collection(iri: str, *, total: int, items: Sequence[str] = ()) -> dict[str, Any]:
    """Write an unordered collection, such as followers: the number, and no names unless given (A.7)."""
    return {
        "@context": PLAIN_CONTEXT,
        "id": iri,
        "type": "Collection",
        "totalItems": total,
        "items": list(items),
    }


def _embedded(document: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in document.items() if name != "@context"}


def _carrying(
    kind: str,
    obj: Mapping[str, Any],
    *,
    iri: str,
    actor: str,
    published: datetime | None,
    to: Sequence[str] | None = None,
    cc: Sequence[str] | None = None,
    audience: str | None = None,
) -> dict[str, Any]:
    return write_activity(
        kind,
        iri=iri,
        actor=actor,
        obj=obj,
        to=obj.get("to", ()) if to is None else to,
        cc=obj.get("cc", ()) if cc is None else cc,
        audience=audience or obj.get("audience"),
        published=published,
        extra={"tag": obj["tag"]} if obj.get("type") == "Note" and obj.get("tag") else None,
    )


def _answer(
    kind: str, inner: Mapping[str, Any], *, iri: str, actor: str, to: Sequence[str]
) -> dict[str, Any]:
    said = {name: inner[name] for name in ("id", "type", "actor", "object") if name in inner}
    return write_activity(kind, iri=iri, actor=actor, obj=said, to=to, context=PLAIN_CONTEXT)


def _vote(
    kind: str,
    object_iri: str,
    *,
    iri: str,
    actor: str,
    to: Sequence[str],
    cc: Sequence[str],
    audience: str | None,
) -> dict[str, Any]:
    return write_activity(
        kind, iri=iri, actor=actor, obj=object_iri, to=to, cc=cc, audience=audience, context=PLAIN_CONTEXT
    )
