"""What others wrote, in the one shape that strict readers take, for groups that pass it on.

Lemmy takes `to` and `cc` of an activity that carries a Note, and `tag` and `attachment` of any post, as arrays
alone; `actor`, `target`, `audience`, `attributedTo`, `inReplyTo` and the object of a vote or deed as one id; an
`image` as one object with one address; and of attachments Links, Images and Documents alone. It refuses the whole
activity for anything else, which GoToSocial, Friendica, Pleroma and Discourse send (FEDERATION I.2, I.3, I.14 to
I.19). No word is changed, and nothing at all of what carries a proof: that would no longer hold (I.9).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from node.activitypub.values import addresses, id_of, listed, page_url, web_iri

_CARRIERS = frozenset({"Create", "Update"})
_DEEDS = frozenset(
    {"Add", "Block", "Dislike", "EmojiReact", "Like", "Lock", "Remove"}
)  # about an id, not a document
_MEDIA = frozenset(
    {"Audio", "Video"}
)  # as Documents, which they are, with the media type that tells them apart


def strict_activity(activity: Mapping[str, Any]) -> dict[str, Any]:
    """Return *activity*, and what it carries or undoes, in that shape; as it is if it carries a proof."""
    if is_proven(activity):
        return dict(activity)
    found = _with_lists(activity) | _with_ids(activity, ("actor", "target", "audience"))
    inner = activity.get("object")
    kind = activity.get("type")
    if kind in _DEEDS and not isinstance(inner, str):
        found |= _with_ids(activity, ("object",))
    elif isinstance(inner, dict) and kind in _CARRIERS:
        found["object"] = strict_object(inner)
        if inner.get("type") == "Note" and inner.get("inReplyTo") is None:
            found |= _with_one_alone(found)
    elif isinstance(inner, dict) and kind == "Undo":
        found["object"] = strict_activity(inner)
    return found


def _with_one_alone(found: Mapping[str, Any]) -> dict[str, str]:
    """Return `to`, else `cc`, of what carries a Note that begins a thread as one address, if it is one.

    Where both are arrays Lemmy reads a comment, misses its `inReplyTo` and refuses it (note_wrapper.rs, `InCommunity`); with
    one address alone it goes on to read a thread, which takes either shape.
    """
    return next(({name: found[name][0]} for name in ("to", "cc") if len(found[name]) == 1), {})


def strict_object(post: Mapping[str, Any]) -> dict[str, Any]:
    """Return a post or comment in that shape; as it is if it carries a proof."""
    if is_proven(post):
        return dict(post)
    found = _with_lists(post) | _with_ids(post, ("audience", "inReplyTo"))
    if not _names_several(post.get("attributedTo")):
        found |= _with_ids(post, ("attributedTo",))
    if "attachment" in post:
        found["attachment"] = [_attachment(one) for one in listed(post["attachment"])]
    if post.get("image") is not None:
        found["image"] = _image(post["image"])
    return found


def is_proven(document: Mapping[str, Any]) -> bool:
    """Tell whether something vouches for *document* as it stands."""
    return document.get("proof") is not None or document.get("signature") is not None


def _with_lists(document: Mapping[str, Any]) -> dict[str, Any]:
    found = dict(document) | {name: list(addresses(document.get(name))) for name in ("to", "cc")}
    if "tag" in document:
        found["tag"] = listed(document["tag"])
    return found


def _with_ids(document: Mapping[str, Any], names: tuple[str, ...]) -> dict[str, str]:
    """Return those of *names* that hold an id in some shape, as that id."""
    return {name: iri for name in names if (iri := id_of(document.get(name))) is not None}


def _names_several(value: Any) -> bool:
    """Tell whether a video names its account and its channel (I.12): strict readers know that one list."""
    return isinstance(value, list) and len(value) > 1


def _attachment(value: Any) -> Any:
    if isinstance(value, str):
        return {"type": "Link", "href": value}
    if not isinstance(value, dict):
        return value
    found = dict(value)
    if found.get("type") in _MEDIA:
        found["type"] = "Document"
    if "url" in found and (url := page_url(found["url"])) is not None:
        found["url"] = url
        found.setdefault("mediaType", _media_type(value["url"]))
    return {name: one for name, one in found.items() if one is not None}


def _media_type(value: Any) -> str | None:
    links = [one for one in listed(value) if isinstance(one, dict)]
    return links[0].get("mediaType") if links else None


def _image(value: Any) -> Any:
    first = next(iter(listed(value)), None)
    url = (
        web_iri(first)
        if isinstance(first, str)
        else page_url(first.get("url"))
        if isinstance(first, dict)
        else None
    )
    return (
        first if url is None else {**(first if isinstance(first, dict) else {}), "type": "Image", "url": url}
    )
