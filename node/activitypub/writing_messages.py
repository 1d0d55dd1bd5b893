"""Private messages of ours to JSON (FEDERATION C.12, RULE C5)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from node.activitypub.documents import Mention
from node.activitypub.strictjson import without_nulls
from node.activitypub.vocabulary import CONTEXT, HTML
from node.activitypub.writing_actors import write_moment, write_source

_CHATS = frozenset({"mbin", "kbin"})
_NOTES_SINCE = (0, 20)  # the first Lemmy that reads a private Note


def kind_for(software: str | None, version: str | None) -> str:
    """Return the type under which a message is read by a server of that software: Note, or ChatMessage."""
    if software in _CHATS or (software == "lemmy" and _numbers(version) < _NOTES_SINCE):
        return "ChatMessage"
    return "Note"


def write_message(
    kind: str,
    *,
    iri: str,
    author: str,
    recipients: Sequence[Mention],
    content: str,
    source: str,
    published: datetime,
    updated: datetime | None = None,
    in_reply_to: str | None = None,
) -> dict[str, Any]:
    """Write a message.

    Addressed to its recipients alone, and each is mentioned: Mastodon notifies nobody else and takes a Note that
    mentions whom it addresses for a direct one. in_reply_to: for microblogs alone; Lemmy would read a comment.
    """
    document = {
        "@context": CONTEXT,
        "id": iri,
        "type": kind,
        "attributedTo": author,
        "to": [one.href for one in recipients],
        "cc": [],
        "inReplyTo": in_reply_to,
        "content": content,
        "mediaType": HTML,
        "source": write_source(source),
        "tag": [{"type": "Mention", "href": one.href, "name": one.name} for one in recipients],
        "published": write_moment(published),
        "updated": write_moment(updated),
    }
    written: dict[str, Any] = without_nulls(document)
    return written


def _numbers(version: str | None) -> tuple[int, ...]:
    """Return the first two numbers of a version, ``0.19.5`` as (0, 19); of one that cannot be read the newest."""
    parts = (version or "").split("-", 1)[0].split(".")
    return tuple(int(one) for one in parts[:2]) if all(one.isdecimal() for one in parts[:2]) else _NOTES_SINCE
