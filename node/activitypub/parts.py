"""The parts of a document: authors, keys, tags, pictures, links."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from node.activitypub import multikeys
from node.activitypub.documents import Image, KeyDocument, Link, Mention
from node.activitypub.origin import same_origin
from node.activitypub.values import (
    count,
    id_of,
    listed,
    media_type,
    page_url,
    plain,
    text,
    types_of,
    web_iri,
)
from node.activitypub.vocabulary import (
    ACTIVITY_JSON,
    ACTOR_TYPES,
    GROUP_TYPES,
    MAX_ATTACHMENTS,
    MAX_NAME,
    MAX_PEM,
    MAX_TAGS,
)
from node.errors import Malformed

_MAX_ALT = 1_500  # characters; the limit Mastodon sets for descriptions of media
_MAX_BLURHASH = 200
_MAX_FIELDS = 12  # of a profile; Mastodon shows four, others up to ten
_MAX_VALUE = 2_000  # characters of HTML
_LABELS = frozenset(
    {"Hashtag", "CommunityPostTag", "lemmy:CommunityTag"}
)  # labels of a group's posts are by name too
_PICTURE_ENDINGS = (".png", ".jpg", ".jpeg", ".gif", ".webp", ".avif")


def authors(value: Any) -> tuple[str | None, str | None]:
    """Return the one author and the one group in an `attributedTo`; each None if there is none.

    Raises Malformed for two of either, and for anything that is not an address: two readers that choose
    differently can be played against each other (THREATS.md V21, V22).
    """
    persons: dict[str, None] = {}
    groups: dict[str, None] = {}
    for one in listed(value):
        iri = web_iri(one)
        if iri is None or isinstance(one, list):
            raise Malformed("`attributedTo` must be an https address.", detail=repr(value)[:200])
        is_group = isinstance(one, dict) and not GROUP_TYPES.isdisjoint(types_of(one.get("type")))
        (groups if is_group else persons)[iri] = None
    if len(persons) > 1 or len(groups) > 1:
        raise Malformed("`attributedTo` names more than one author.", detail=repr(value)[:200])
    return next(iter(persons), None), next(iter(groups), None)


def owners_and_moderators(value: Any) -> tuple[tuple[str, ...], str | None]:
    """Return what a group's `attributedTo` means: the persons it belongs to, or its moderators' collection.

    A single bare string is the collection (FEDERATION.md I.13); what is typed as an actor is an owner.
    """
    owners: dict[str, None] = {}
    bare: list[str] = []
    for one in listed(value):
        iri = web_iri(one)
        if iri is None or isinstance(one, list):
            raise Malformed("`attributedTo` must be an https address.", detail=repr(value)[:200])
        if isinstance(one, dict) and not ACTOR_TYPES.isdisjoint(types_of(one.get("type"))):
            owners[iri] = None
        else:
            bare.append(iri)
    if len(bare) == 1 and not owners:
        return (), bare[0]
    return tuple(owners | dict.fromkeys(bare)), None


def keys_of(value: Any, actor: str) -> tuple[KeyDocument, ...]:
    """Return the keys under `publicKey`. A key that names another owner is left out (THREATS.md V01)."""
    found = []
    for one in listed(value)[:8]:
        iri = web_iri(one)
        if iri is None:
            continue
        if isinstance(one, str):
            found.append(KeyDocument(iri=iri, owner=actor, pem=""))
            continue
        owner = web_iri(one.get("owner") or one.get("controller")) or actor
        pem = one.get("publicKeyPem")
        if owner == actor and isinstance(pem, str) and 0 < len(pem) <= MAX_PEM:
            found.append(KeyDocument(iri=iri, owner=owner, pem=pem))
    return tuple(found)


def site_key_of(value: Any, feed: str) -> tuple[KeyDocument, ...]:
    """Return the key of a Feed's own site as the feed's: Lemmy signs with it under the feed's `#main-key` (C.17).

    The feed's document is what says so; a key of another origin says nothing here.
    """
    for one in _objects(value, 1):
        iri, pem = web_iri(one), one.get("publicKeyPem")
        if iri is not None and same_origin(iri, feed) and isinstance(pem, str) and 0 < len(pem) <= MAX_PEM:
            return (KeyDocument(iri=f"{feed}#main-key", owner=feed, pem=pem),)
    return ()


def proof_keys_of(value: Any, actor: str) -> tuple[KeyDocument, ...]:
    """Return the Ed25519 keys under `assertionMethod`, in any of its shapes: key, address, list (FEP-521a).

    As with `keys_of`, only the address is known where a string stands, and a key of another controller is left out;
    so is one of another kind.
    """
    found = []
    for one in listed(value)[:8]:
        iri = web_iri(one)
        if iri is None:
            continue
        pem = _multikey(one, actor) if isinstance(one, dict) else ""
        if pem is not None:
            found.append(KeyDocument(iri=iri, owner=actor, pem=pem))
    return tuple(found)


def _multikey(one: dict[str, Any], actor: str) -> str | None:
    multibase = one.get("publicKeyMultibase")
    if "Multikey" not in types_of(one.get("type")) or web_iri(one.get("controller")) != actor:
        return None
    try:
        return multikeys.pem_of(multibase) if isinstance(multibase, str) else None
    except Malformed:
        return None


def tags_of(value: Any) -> tuple[tuple[Mention, ...], tuple[str, ...], str | None]:
    """Return mentions, hashtags without `#`, and the post quoted by a Link tag (FEP-e232)."""
    mentions: dict[str, Mention] = {}
    hashtags: dict[str, None] = {}
    quote = None
    for tag in _objects(value, MAX_TAGS):
        kinds = types_of(tag.get("type"))
        if "Mention" in kinds and (href := web_iri(tag.get("href"))):
            mentions.setdefault(href, Mention(href, plain(tag.get("name"), MAX_NAME)))
        elif not _LABELS.isdisjoint(kinds) and (word := _hashtag(tag)):
            hashtags[word] = None
        elif "Link" in kinds and media_type(tag.get("mediaType")) in {ACTIVITY_JSON, "application/ld+json"}:
            quote = quote or web_iri(tag.get("href"))
    return tuple(mentions.values()), tuple(hashtags), quote


def images_of(document: dict[str, Any]) -> tuple[Image, ...]:
    """Return the pictures attached; where there are none, its `image`, else its last `icon`."""
    found: dict[str, Image] = {}
    for one in _objects(document.get("attachment"), MAX_ATTACHMENTS):
        if _is_picture(one) and (image := read_image(one)):
            found.setdefault(image.url, image)
    for name in ("image", "icon"):
        if not found and (image := last_image(document.get(name))):
            found[image.url] = image
    return tuple(found.values())


def fields_of(value: Any) -> tuple[tuple[str, str], ...]:
    """Return the fields of a profile, each a name and HTML, as Mastodon writes them (PropertyValue)."""
    found = []
    for one in _objects(value, MAX_ATTACHMENTS):
        name, said = plain(one.get("name"), MAX_NAME, joiners=True), text(one.get("value"), _MAX_VALUE)
        kinds = types_of(one.get("type"))
        if ("PropertyValue" in kinds or "schema:PropertyValue" in kinds) and name and said:
            found.append((name, said))
    return tuple(found[:_MAX_FIELDS])


def last_image(value: Any) -> Image | None:
    """Return the last readable picture of an `icon` or `image`: object, list or address (I.17)."""
    found = [image for image in map(read_image, listed(value)[-MAX_ATTACHMENTS:]) if image]
    return found[-1] if found else None


def read_image(value: Any) -> Image | None:
    """Read one picture: an address, or an object with a `url` in any of its shapes, or `href`."""
    if not isinstance(value, dict):
        url = web_iri(value)
        return Image(url) if url else None
    url = page_url(value.get("url")) or web_iri(value.get("href"))
    if url is None:
        return None
    alt = value.get("name") if value.get("name") is not None else value.get("summary")
    return Image(
        url=url,
        media_type=media_type(value.get("mediaType")),
        alt=plain(alt, _MAX_ALT, joiners=True),
        width=count(value.get("width")) or 0,
        height=count(value.get("height")) or 0,
        blurhash=text(value.get("blurhash"), _MAX_BLURHASH),
    )


def link_of(value: Any) -> Link | None:
    """Return the first page attached as Link or Page: what a link post is about."""
    for one in _objects(value, MAX_ATTACHMENTS):
        href = web_iri(one.get("href")) or page_url(one.get("url"))
        if href and not {"Link", "Page"}.isdisjoint(types_of(one.get("type"))):
            return Link(href, media_type(one.get("mediaType")), plain(one.get("name"), MAX_NAME))
    return None


def _objects(value: Any, limit: int) -> Iterator[dict[str, Any]]:
    return (one for one in listed(value)[:limit] if isinstance(one, dict))


def _hashtag(tag: dict[str, Any]) -> str | None:
    name = plain(tag.get("name"), MAX_NAME)
    if name is None:  # then the last part of its address, which may be relative (I.20)
        name = plain((id_of(tag.get("href")) or "").rstrip("/").rpartition("/")[2], MAX_NAME)
    word = (name or "").lstrip("#")
    return word if word and " " not in word else None


def _is_picture(one: dict[str, Any]) -> bool:
    kinds = types_of(one.get("type"))
    if "Image" in kinds:
        return True
    if "Document" not in kinds:
        return False
    kind = media_type(one.get("mediaType"))
    if kind is not None:
        return kind.startswith("image/")
    return (page_url(one.get("url")) or "").partition("?")[0].lower().endswith(_PICTURE_ENDINGS)
