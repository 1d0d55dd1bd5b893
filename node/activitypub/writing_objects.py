"""Posts and comments of ours to JSON, with every property of FEDERATION.md C.2 and C.3."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from node.activitypub.documents import Link, Mention
from node.activitypub.policies import OPEN
from node.activitypub.strictjson import without_nulls
from node.activitypub.trimmings import CustomEmoji, Media, Policy
from node.activitypub.vocabulary import CONTEXT, HTML
from node.activitypub.writing_actors import write_moment, write_source
from node.activitypub.writing_media import write_emoji, write_media, write_policy

UNDETERMINED = "und"  # the language of an excerpt whose author named none


@dataclass(frozen=True, slots=True, kw_only=True)
class LocalObject:
    """A post or comment of this node, ready to be written.

    to: the group first, then whoever else; the writer adds nothing. audience: the group. content: clean
    HTML; source: its Markdown. language: code and name. excerpt: clean HTML, of a post alone.
    content_warning: clean HTML. hashtags: name without `#` and address. replies, likes, shares: addresses of
    collections. quote: id of a post; quote_stamp and approved_by: where its author's leave is.
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
    media: tuple[Media, ...] = ()
    thumbnail: str | None = None
    emojis: tuple[CustomEmoji, ...] = ()
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
    policy: Policy | None = OPEN
    quote: str | None = None
    quote_stamp: str | None = None
    approved_by: str | None = None


def write_page(post: LocalObject) -> dict[str, Any]:
    """Write a post that opens a thread; its title is needed by Mbin and cut nowhere here.

    The excerpt is in `summaryMap` alone. Mastodon shows title, summary and link of a Page, and takes a summary
    from the map; GoToSocial, Misskey and Pleroma hide the text behind a plain `summary` as a warning of it,
    GoToSocial in the place of the title (FEDERATION D.2). So `summary` is the warning, where there is one.
    """
    document = {
        **write_common(post, "Page"),
        "name": post.name or "",
        "summaryMap": write_excerpt(post),
        "image": write_thumbnail(post),
        "commentsEnabled": post.comments_enabled,
        "stickied": post.stickied,
    }
    written: dict[str, Any] = without_nulls(document)
    return written


def write_excerpt(post: LocalObject) -> dict[str, str] | None:
    """Write what stands for the text where only a link is shown, by its language; nothing beside a warning."""
    language = post.language[0] if post.language else UNDETERMINED
    return {language: post.excerpt} if post.excerpt and not post.content_warning else None


def write_note(comment: LocalObject) -> dict[str, Any]:
    """Write a comment. It never has a name: PieFed would take it for a vote in a poll (C.3)."""
    document = {
        **write_common(comment, "Note"),
        "inReplyTo": comment.in_reply_to,
        "distinguished": comment.distinguished,
    }
    written: dict[str, Any] = without_nulls(document)
    return written


def write_common(post: LocalObject, kind: str) -> dict[str, Any]:
    """Write what posts of every kind have."""
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
        "summary": post.content_warning,
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
        "interactionPolicy": write_policy(post.policy),
        "approvedBy": post.approved_by,
        **dict.fromkeys(("quote", "quoteUri", "_misskey_quote"), post.quote),
        "quoteAuthorization": post.quote_stamp,
    }


def write_replies(iri: str, items: Sequence[str], *, total: int) -> dict[str, Any]:
    """Write the collection of answers with its first page inside, *items*; more of *total* come behind it.

    GoToSocial looks for answers in an embedded page alone, Mastodon there first (E).
    """
    page = write_replies_page(iri, items, number=1, more=total > len(items))
    return {"id": iri, "type": "Collection", "totalItems": total, "first": page}


def write_replies_page(iri: str, items: Sequence[str], *, number: int, more: bool) -> dict[str, Any]:
    """Write one page of such a collection, the first is 1. more: another follows it."""
    page = {"id": f"{iri}/{number}", "type": "CollectionPage", "partOf": iri}
    return page | ({"next": f"{iri}/{number + 1}"} if more else {}) | {"items": list(items)}


def write_thumbnail(post: LocalObject) -> dict[str, str] | None:
    """Write the picture that stands for a post in lists."""
    first = next((one.url for one in post.media if one.kind == "image"), None)
    url = post.thumbnail or first
    return {"type": "Image", "url": url} if url else None


def _attachments(post: LocalObject) -> list[Any]:
    link = post.link
    pages = (
        [{"type": "Link", "href": link.href, "mediaType": link.media_type, "name": link.name}] if link else []
    )
    return pages + [write_media(one) for one in post.media]  # Lemmy makes the first one the post's link


def _tags(post: LocalObject) -> list[dict[str, Any]]:
    return [
        *({"type": "Mention", "href": one.href, "name": one.name} for one in post.mentions),
        *({"type": "Hashtag", "href": href, "name": f"#{name}"} for name, href in post.hashtags),
        *map(write_emoji, post.emojis),
    ]
