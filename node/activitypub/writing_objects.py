"""Posts and comments of ours to JSON, with every property of FEDERATION.md C.2 and C.3."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from node.activitypub.documents import Image, Link, Mention
from node.activitypub.strictjson import without_nulls
from node.activitypub.vocabulary import CONTEXT, HTML, PUBLIC
from node.activitypub.writing_actors import write_image, write_moment, write_source


@dataclass(frozen=True, slots=True, kw_only=True)
class LocalObject:
    """A post or comment of this node, ready to be written.

    to: the group first, then whoever else; the writer adds nothing. audience: the group. content: clean
    HTML; source: its Markdown. language: code and name. excerpt: clean HTML, of a post alone.
    content_warning: of a comment alone; on a post, `summary` is the excerpt. hashtags: name without `#`
    and address. replies, likes, shares: addresses of collections.
    """

    iri: str
    attributed_to: str
    to: tuple[str, ...]
    cc: tuple[str, ...]
    published: datetime
    audience: str | None = None
    context: str | None = None
    name: str | None = None
    content: str | None = None
    source: str | None = None
    language: tuple[str, str] | None = None
    excerpt: str | None = None
    content_warning: str | None = None
    in_reply_to: str | None = None
    url: str | None = None
    link: Link | None = None
    images: tuple[Image, ...] = ()
    thumbnail: Image | None = None
    mentions: tuple[Mention, ...] = ()
    hashtags: tuple[tuple[str, str], ...] = ()
    sensitive: bool = False
    comments_enabled: bool = True
    stickied: bool = False
    distinguished: bool = False
    updated: datetime | None = None
    replies: str | None = None
    likes: str | None = None
    shares: str | None = None
    quotable: bool = True


def write_page(post: LocalObject) -> dict[str, Any]:
    """Write a post that opens a thread; its title is needed by Mbin and cut nowhere here."""
    document = {
        **_common(post, "Page"),
        "name": post.name or "",
        "summary": post.excerpt,
        "image": write_image(post.thumbnail or next(iter(post.images), None)),
        "commentsEnabled": post.comments_enabled,
        "stickied": post.stickied,
    }
    written: dict[str, Any] = without_nulls(document)
    return written


def write_note(comment: LocalObject) -> dict[str, Any]:
    """Write a comment. It never has a name: PieFed would take it for a vote in a poll (C.3)."""
    document = {
        **_common(comment, "Note"),
        "inReplyTo": comment.in_reply_to,
        "summary": comment.content_warning,
        "distinguished": comment.distinguished,
    }
    written: dict[str, Any] = without_nulls(document)
    return written


def _common(post: LocalObject, kind: str) -> dict[str, Any]:
    language = post.language
    return {
        "@context": CONTEXT,
        "id": post.iri,
        "type": kind,
        "attributedTo": post.attributed_to,
        "to": list(post.to),
        "cc": list(post.cc),
        "audience": post.audience,
        "context": post.context,
        "content": post.content or "",
        "mediaType": HTML,
        "source": write_source(post.source),
        "contentMap": {language[0]: post.content or ""} if language else None,
        "language": {"identifier": language[0], "name": language[1]} if language else None,
        "url": post.url or post.iri,
        "attachment": _attachments(post),
        "tag": _tags(post),
        "sensitive": post.sensitive,
        "published": write_moment(post.published),
        "updated": write_moment(post.updated),
        "replies": post.replies,
        "likes": post.likes,
        "shares": post.shares,
        "interactionPolicy": {"canQuote": {"automaticApproval": [PUBLIC]}} if post.quotable else None,
    }


def _attachments(post: LocalObject) -> list[Any]:
    link = post.link
    pages = (
        [{"type": "Link", "href": link.href, "mediaType": link.media_type, "name": link.name}] if link else []
    )
    return pages + [write_image(image) for image in post.images]  # Lemmy makes the first one the post's link


def _tags(post: LocalObject) -> list[dict[str, Any]]:
    return [{"type": "Mention", "href": one.href, "name": one.name} for one in post.mentions] + [
        {"type": "Hashtag", "href": href, "name": f"#{name}"} for name, href in post.hashtags
    ]
