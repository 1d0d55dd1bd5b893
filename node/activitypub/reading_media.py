"""What hangs on a post, read from JSON: attachments, custom emoji, reactions, policies, quotes.

As tolerant as `reading`, of whose documents these are parts; nothing here raises but Malformed.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Any

from node.activitypub.trimmings import CustomEmoji, Leave, Media, MediaKind, Policy, ReactionMark
from node.activitypub.values import (
    count,
    id_of,
    in_a_language,
    listed,
    media_type,
    moment,
    plain,
    text,
    types_of,
    web_iri,
    web_iris,
)
from node.activitypub.vocabulary import (
    HTML,
    MAX_ATTACHMENTS,
    MAX_TAGS,
    PUBLIC,
    PUBLIC_SPELLINGS,
)

MAX_ALT = 1_500  # characters; the limit Mastodon sets for descriptions of media
MAX_BLURHASH = 200
MAX_EMOJI = 100  # characters of a reaction: a family of four with skin tones has 41
_MOST_NAMED = 100  # actors and collections in one rule of a policy
_PLAYABLE = ("video/mp4", "video/webm", "video/*", "audio/")
_STREAMS = frozenset({"application/x-mpegurl", "application/vnd.apple.mpegurl"})
_TALLEST = 720  # pixels; a film of more is heavy for a phone
_KINDS: dict[str, MediaKind] = {"Image": "image", "Video": "video", "Audio": "audio", "Document": "document"}
_ENDINGS: dict[MediaKind, tuple[str, ...]] = {
    "image": (".png", ".jpg", ".jpeg", ".gif", ".webp", ".avif"),
    "video": (".mp4", ".webm", ".mov", ".ogv", ".m4v"),
    "audio": (".mp3", ".ogg", ".oga", ".opus", ".wav", ".flac", ".m4a"),
}
_SHORTCODE = re.compile(r"^:?([A-Za-z0-9_+-]{1,60})(?:@[A-Za-z0-9.:_-]{1,100})?:?$")
_JOINERS = frozenset("\u200c\u200d")
_PICTURES = frozenset("\u20e3\u203c\u2049")  # keycap, double signs: pictures of another category
_QUOTES = ("quote", "quoteUri", "quoteUrl", "_misskey_quote")
_POLICY = {"like": "canLike", "reply": "canReply", "announce": "canAnnounce", "quote": "canQuote"}
_COMMENTS_CLOSED, _COMMENTS_MODERATED = 2, 3  # PeerTube's `commentsPolicy`


def media_of(document: dict[str, Any]) -> tuple[Media, ...]:
    """Return the media of a post in order, each once: what is attached, after what the post itself is.

    A Video, Audio or Image *is* its medium: that comes first, in a form that a browser can show.
    """
    found: dict[str, Media] = {}
    own = _itself(document)
    if own is not None:
        found[own.url] = own
    for one in listed(document.get("attachment"))[:MAX_ATTACHMENTS]:
        medium = _medium(one) if isinstance(one, dict) else None
        if medium is not None:
            found.setdefault(medium.url, medium)
    return tuple(found.values())[:MAX_ATTACHMENTS]


def focus_of(value: Any) -> tuple[float, float] | None:
    """Return a `focalPoint`: two numbers from -1 to 1; None for anything else."""
    if not isinstance(value, list) or len(value) != 2:  # noqa: PLR2004 -- x and y
        return None
    x, y = value
    if any(isinstance(one, bool) or not isinstance(one, (int, float)) for one in value):
        return None
    return (float(x), float(y)) if -1 <= x <= 1 and -1 <= y <= 1 else None


def emojis_of(tags: Any) -> tuple[CustomEmoji, ...]:
    """Return the custom emoji among `tag`, each shortcode once. Their ids may be null or absent: nobody needs them."""
    found: dict[str, CustomEmoji] = {}
    for tag in listed(tags)[:MAX_TAGS]:
        if not isinstance(tag, dict) or "Emoji" not in types_of(tag.get("type")):
            continue
        name, icon = shortcode_of(tag.get("name")), _icon(tag.get("icon"))
        if name and icon:
            found.setdefault(name, CustomEmoji(name, icon, moment(tag.get("updated"))))
    return tuple(found.values())


def shortcode_of(value: Any) -> str | None:
    """Return the name of a custom emoji without colons and host; None for anything else (THREATS.md V83)."""
    found = _SHORTCODE.match(value) if isinstance(value, str) else None
    return found[1] if found else None


def reaction_of(activity: dict[str, Any]) -> ReactionMark | None:
    """Return the emoji of an EmojiReact, or of a Like with one (Misskey, PieFed); None: it is a plain vote.

    Misskey says "like" with a heart that is its word for a favourite too; Pleroma names custom ones
    `:name:`, Misskey `:name@host:`.
    """
    given = activity.get("content")
    if given is None:
        given = activity.get("_misskey_reaction")
    name = plain(given, MAX_EMOJI, joiners=True)
    if name is None:
        return None
    if not name.startswith(":"):
        return ReactionMark(name) if _is_emoji(name) else None
    short = shortcode_of(name)
    if short is None:
        return None
    pictures = {one.shortcode: one.url for one in emojis_of(activity.get("tag"))}
    return ReactionMark(f":{short}:", pictures.get(short))


def policy_of(document: dict[str, Any]) -> Policy | None:
    """Return what the author allows; None where nothing is said, which is everything.

    Both spellings of GoToSocial, single values and lists; PeerTube's comment policy as leave to reply.
    """
    given = document.get("interactionPolicy")
    rules = {
        deed: _leave(given.get(name)) if isinstance(given, dict) else None for deed, name in _POLICY.items()
    }
    if rules["reply"] is None:
        rules["reply"] = _peertube_leave(document)
    return Policy(**rules) if any(rules.values()) else None


def quote_of(document: dict[str, Any]) -> str | None:
    """Return the id of the quoted post in any of its spellings, or as the Link tag of FEP-e232."""
    return next((iri for iri in (web_iri(document.get(name)) for name in _QUOTES) if iri), None)


def _leave(value: Any) -> Leave | None:
    if not isinstance(value, dict):
        return None
    automatic = value.get("automaticApproval", value.get("always"))
    manual = value.get("manualApproval", value.get("approvalRequired"))
    if automatic is None and manual is None:
        return None
    return Leave(_named(automatic), _named(manual))


def _named(value: Any) -> tuple[str, ...]:
    given = [PUBLIC if id_of(one) in PUBLIC_SPELLINGS else one for one in listed(value)[:_MOST_NAMED]]
    return web_iris(given)


def _peertube_leave(document: dict[str, Any]) -> Leave | None:
    kind = count(document.get("commentsPolicy"))
    if kind == _COMMENTS_CLOSED:
        return Leave()
    return Leave(manual=(PUBLIC,)) if kind == _COMMENTS_MODERATED else None


def _medium(one: dict[str, Any]) -> Media | None:
    kind = next((_KINDS[name] for name in types_of(one.get("type")) if name in _KINDS), None)
    if kind is None:
        return None
    url, stated = _file(one)
    if url is None:
        return None
    if kind == "document":
        kind = _kind_by_type(stated) or _kind_by_ending(url) or "document"
    return _described(kind, url, stated, one)


def _itself(document: dict[str, Any]) -> Media | None:
    """Return the medium that a post is; for a film the tallest form of at most _TALLEST lines that plays."""
    kind = next(
        (_KINDS[name] for name in types_of(document.get("type")) if name in {"Image", "Video", "Audio"}), None
    )
    if kind is None:
        return None
    files = [*_links(document.get("url"))]
    bare = [one for one in listed(document.get("url"))[:64] if isinstance(one, str)]
    files += [{"href": one, "mediaType": f"{kind}/*"} for one in bare if _kind_by_ending(one) == kind]
    files += [inner for one in files if _type_of(one) in _STREAMS for inner in _links(one.get("tag"))]
    fitting = [one for one in files if _plays(one, kind)]
    low = [one for one in fitting if (count(one.get("height")) or 0) <= _TALLEST]
    chosen = max(low or fitting, key=lambda one: count(one.get("height")) or 0, default=None)
    if chosen is None:
        return None
    named = {"width": chosen.get("width"), "height": chosen.get("height")}
    stated = _type_of(chosen) or ""
    return _described(
        kind, str(web_iri(chosen.get("href"))), None if stated.endswith("/*") else stated, named
    )


def _plays(link: dict[str, Any], kind: MediaKind) -> bool:
    stated = _type_of(link) or ""
    if web_iri(link.get("href")) is None:
        return False
    return stated.startswith("image/") if kind == "image" else stated.startswith(_PLAYABLE)


def _links(value: Any) -> list[dict[str, Any]]:
    return [one for one in listed(value)[:64] if isinstance(one, dict)]


def _type_of(one: dict[str, Any]) -> str | None:
    return media_type(one.get("mediaType"))


def _file(one: dict[str, Any]) -> tuple[str | None, str | None]:
    """Return where the file is, and its type: among several Links the first that is no page (Pleroma)."""
    stated = _type_of(one)
    if (href := web_iri(one.get("href"))) is not None:
        return href, stated
    pages = None
    for link in listed(one.get("url")):
        address = web_iri(link.get("href")) if isinstance(link, dict) else web_iri(link)
        kind = _type_of(link) if isinstance(link, dict) else None
        if address is not None and kind != HTML:
            return address, stated or kind
        pages = pages or address
    return pages, stated


def _described(kind: MediaKind, url: str, stated: str | None, one: dict[str, Any]) -> Media:
    alt = in_a_language(one, "name", None)
    if alt is None:
        alt = in_a_language(one, "summary", None)
    return Media(
        kind=kind,
        url=url,
        media_type=stated,
        alt=plain(alt, MAX_ALT, joiners=True),
        width=count(one.get("width")) or 0,
        height=count(one.get("height")) or 0,
        blurhash=text(one.get("blurhash"), MAX_BLURHASH),
        focus=focus_of(one.get("focalPoint")),
    )


def _kind_by_type(stated: str | None) -> MediaKind | None:
    first = (stated or "").partition("/")[0]
    return {"image": "image", "video": "video", "audio": "audio"}.get(first)  # type: ignore[return-value]


def _kind_by_ending(url: str) -> MediaKind | None:
    path = url.partition("?")[0].lower()
    return next((kind for kind, endings in _ENDINGS.items() if path.endswith(endings)), None)


def _icon(value: Any) -> str | None:
    """Return where an emoji's picture is: https alone."""
    one = next(iter(listed(value)), None)
    url = _file(one)[0] if isinstance(one, dict) else web_iri(one)
    return url if url is not None and url.startswith("https://") else None


def _is_emoji(name: str) -> bool:
    """Tell whether a reaction is a picture, with the signs that belong to pictures and no letters."""
    kinds = [unicodedata.category(one) for one in name]
    pictures = any(kind == "So" or one in _PICTURES for kind, one in zip(kinds, name, strict=True))
    return pictures and all(
        kind[0] in "SMN" or one in _PICTURES | _JOINERS for kind, one in zip(kinds, name, strict=True)
    )
