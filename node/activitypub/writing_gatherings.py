"""Polls and events of ours to JSON, votes in polls and answers to invitations (FEDERATION C.14, C.15)."""

from __future__ import annotations

import html
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from node.activitypub.gatherings import EventDocument, PollDocument
from node.activitypub.strictjson import without_nulls
from node.activitypub.vocabulary import CONTEXT, EVENT_CONTEXT, PLAIN_CONTEXT
from node.activitypub.writing_actors import write_moment
from node.activitypub.writing_objects import LocalObject, write_common, write_excerpt, write_thumbnail


def write_question(post: LocalObject, poll: PollDocument) -> dict[str, Any]:
    """Write a thread that is a poll, in Mastodon's shape.

    A Question is native there: its words are shown and its name is not, so the title heads the words as well,
    and there is no excerpt (D.2).
    """
    title = f"<p>{html.escape(post.name or '', quote=False)}</p>" if post.name else ""
    options = [
        {"type": "Note", "name": one.name, "replies": {"type": "Collection", "totalItems": one.votes}}
        for one in poll.options
    ]
    document = {
        **write_common(replace(post, content=title + (post.content or "")), "Question"),
        "name": post.name or None,
        "inReplyTo": post.in_reply_to,
        "commentsEnabled": post.comments_enabled,
        "stickied": post.stickied,
        "anyOf" if poll.multiple else "oneOf": options,
        "endTime": write_moment(poll.closes_at),
        "closed": write_moment(poll.closed_at),
        "votersCount": poll.voters or 0,
    }
    written: dict[str, Any] = without_nulls(document)
    return written


def write_event(post: LocalObject, event: EventDocument) -> dict[str, Any]:
    """Write a thread that is an event, in the form of FEP-8a8e and Mobilizon."""
    left = None if event.capacity is None else max(event.capacity - (event.participants or 0), 0)
    document = {
        **write_common(post, "Event"),
        "@context": EVENT_CONTEXT,
        "name": post.name or "",
        "summaryMap": write_excerpt(post),
        "image": write_thumbnail(post),
        "commentsEnabled": post.comments_enabled,
        "stickied": post.stickied,
        "startTime": write_moment(event.starts_at),
        "endTime": write_moment(event.ends_at),
        "displayEndTime": event.ends_at is not None,
        "timezone": event.timezone or "Etc/UTC",
        "location": _locations(event),
        "isOnline": event.online_url is not None and not event.place,
        "joinMode": event.join_mode,
        "externalParticipationUrl": event.external_url,
        "anonymousParticipationEnabled": False,
        "maximumAttendeeCapacity": event.capacity,
        "remainingAttendeeCapacity": left,
        "participantCount": event.participants or 0,
        "attendees": f"{post.iri}/attendees",
        "ical:status": event.status.upper(),
        "category": event.category or None,
        "repliesModerationOption": "allow_all" if post.comments_enabled else "closed",
    }
    written: dict[str, Any] = without_nulls(document)
    return written


def _locations(event: EventDocument) -> Any:
    place = {
        "type": "Place",
        "name": event.place or event.address,
        "address": {"type": "PostalAddress", "streetAddress": event.address} if event.address else None,
        "latitude": event.latitude,
        "longitude": event.longitude,
    }
    found: list[dict[str, Any]] = []
    if event.place or event.address:
        found.append(without_nulls(place))
    if event.online_url is not None:
        found.append({"type": "VirtualLocation", "url": event.online_url})
    return (found[0] if len(found) == 1 else found) or None  # most readers expect one place, not a list


def write_ballot(name: str, *, iri: str, actor: str, question: str, author: str) -> dict[str, Any]:
    """Write a vote in a poll: a Note with a name and no words, to the author alone (C.14)."""
    note = {
        "id": iri,
        "type": "Note",
        "name": name,
        "attributedTo": actor,
        "inReplyTo": question,
        "to": [author],
        "cc": [],
    }
    return {
        "@context": PLAIN_CONTEXT,
        "id": f"{iri}/activity",
        "type": "Create",
        "actor": actor,
        "to": [author],
        "cc": [],
        "object": note,
    }


def write_taking_part(
    kind: str,
    event: str,
    *,
    iri: str,
    actor: str,
    to: Sequence[str],
    target: str | None = None,
    message: str = "",
) -> dict[str, Any]:
    """Write a Join, Leave or Invite. target: whom an Invite invites. message: of a Join, to the organiser."""
    document = {
        "@context": EVENT_CONTEXT if message else PLAIN_CONTEXT,
        "id": iri,
        "type": kind,
        "actor": actor,
        "to": list(to),
        "cc": [],
        "object": event,
        "target": target,
        "participationMessage": message or None,
    }
    written: dict[str, Any] = without_nulls(document)
    return written


def write_reply(
    kind: str, inner: Mapping[str, Any], *, iri: str, actor: str, to: Sequence[str]
) -> dict[str, Any]:
    """Write the Accept, Reject or Ignore of a Join or Invite, embedded with its id unchanged."""
    said = {name: inner[name] for name in ("id", "type", "actor", "object", "target") if name in inner}
    return {
        "@context": PLAIN_CONTEXT,
        "id": iri,
        "type": kind,
        "actor": actor,
        "to": list(to),
        "cc": [],
        "object": said,
    }


def fitting_context(value: Any) -> Any:
    """Return the context that explains all in *value*: that of events where one is inside, else the usual."""
    waiting = [value]
    while waiting:
        one = waiting.pop()
        if isinstance(one, list):
            waiting.extend(one)
        elif isinstance(one, dict):
            if one.get("type") == "Event":
                return EVENT_CONTEXT
            waiting.append(one.get("object"))
    return CONTEXT
