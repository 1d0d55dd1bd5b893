"""What hangs on a post, and leave to interact with it, to JSON."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal

from node.activitypub.strictjson import without_nulls
from node.activitypub.trimmings import CustomEmoji, Leave, Media, Policy
from node.activitypub.vocabulary import CONTEXT, PLAIN_CONTEXT
from node.activitypub.writing_actors import write_moment

Request = Literal["AnnounceRequest", "LikeRequest", "QuoteRequest", "ReplyRequest"]
_REACTION_CONTEXT = [
    PLAIN_CONTEXT,
    {
        "_misskey_reaction": "https://misskey-hub.net/ns#_misskey_reaction",
        "Emoji": "http://joinmastodon.org/ns#Emoji",
    },
]
_APPROVALS = {
    "quote": ("QuoteAuthorization", "interactingObject", "interactionTarget"),
    "like": ("LikeApproval", "object", "target"),
    "reply": ("ReplyApproval", "object", "target"),
    "announce": ("AnnounceApproval", "object", "target"),
}


def write_media(medium: Media) -> dict[str, Any]:
    """Write one attachment. Lemmy knows Link, Image and Document alone and drops a page with any other (I.18)."""
    return _written(
        {
            "type": "Image" if medium.kind == "image" else "Document",
            "mediaType": medium.media_type,
            "url": medium.url,
            "name": medium.alt,
            "width": medium.width or None,
            "height": medium.height or None,
            "blurhash": medium.blurhash,
            "focalPoint": list(medium.focus) if medium.focus else None,
        }
    )


def write_emoji(emoji: CustomEmoji) -> dict[str, Any]:
    """Write the tag of a custom emoji. It has no id: there is nothing to be fetched, and Mastodon takes it so."""
    return _written(
        {
            "type": "Emoji",
            "name": f":{emoji.shortcode}:",
            "updated": write_moment(emoji.updated),
            "icon": {"type": "Image", "url": emoji.url},
        }
    )


def write_policy(policy: Policy | None) -> dict[str, Any] | None:
    """Write an `interactionPolicy`, in the spelling of GoToSocial 0.20 and Mastodon 4.5."""
    if policy is None:
        return None
    rules = {
        "canLike": policy.like,
        "canReply": policy.reply,
        "canAnnounce": policy.announce,
        "canQuote": policy.quote,
    }
    return {name: _leave(leave) for name, leave in rules.items() if leave is not None}


def write_reaction(
    object_iri: str,
    emoji: str,
    *,
    iri: str,
    actor: str,
    to: Sequence[str],
    cc: Sequence[str] = (),
    audience: str | None = None,
) -> dict[str, Any]:
    """Write a member's reaction: a Like with an emoji, which every peer takes for what it can show.

    Misskey, Pleroma, Akkoma and PieFed read the emoji; for the others it is a favourite or an upvote (C.4).
    An EmojiReact would be nothing at all to Lemmy, Mbin, NodeBB, Mastodon and GoToSocial.
    """
    return _written(
        {
            "@context": _REACTION_CONTEXT,
            "id": iri,
            "type": "Like",
            "actor": actor,
            "to": list(to),
            "cc": list(cc),
            "audience": audience,
            "object": object_iri,
            "content": emoji,
            "_misskey_reaction": emoji,
        }
    )


def write_request(
    kind: Request,
    *,
    iri: str,
    actor: str,
    obj: str,
    instrument: Mapping[str, Any] | str,
    to: str,
) -> dict[str, Any]:
    """Write the question whether *instrument* may be done to *obj* (FEP-044f, GoToSocial's requests)."""
    asked = instrument if isinstance(instrument, str) else dict(instrument)
    if isinstance(asked, dict):
        asked.pop("@context", None)
    return {
        "@context": CONTEXT,
        "id": iri,
        "type": kind,
        "actor": actor,
        "to": [to],
        "cc": [],
        "object": obj,
        "instrument": asked,
    }


def write_grant(
    request: Mapping[str, Any], *, iri: str, actor: str, to: str, stamp: str | None
) -> dict[str, Any]:
    """Write the answer to such a question: an Accept with the stamp, or without one a Reject."""
    said = {
        name: request[name] for name in ("id", "type", "actor", "object", "instrument") if name in request
    }
    return _written(
        {
            "@context": CONTEXT,
            "id": iri,
            "type": "Accept" if stamp else "Reject",
            "actor": actor,
            "to": [to],
            "cc": [],
            "object": said,
            "result": stamp,
        }
    )


def write_stamp(kind: str, *, iri: str, author: str, interaction: str, target: str) -> dict[str, Any]:
    """Write a stamp: *author* lets *interaction* be done to *target*. kind: quote, like, reply or announce."""
    name, doing, done_to = _APPROVALS[kind]
    return {
        "@context": CONTEXT,
        "id": iri,
        "type": name,
        "attributedTo": author,
        doing: interaction,
        done_to: target,
    }


def _written(document: dict[str, Any]) -> dict[str, Any]:
    written: dict[str, Any] = without_nulls(document)
    return written


def _leave(leave: Leave) -> dict[str, Any]:
    said: dict[str, Any] = {"automaticApproval": list(leave.automatic)}
    return said | ({"manualApproval": list(leave.manual)} if leave.manual else {})
