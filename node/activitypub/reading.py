"""JSON from elsewhere to documents: tolerant of every shape that peers send, Malformed for the rest.

Only form is judged here. Whether the sender may say it, and whether ids are under the right origin, is
asked by the inbox. Contexts are ignored and never fetched.
"""

from __future__ import annotations

import html
from typing import Any, Literal

from node.activitypub import parts, reading_gatherings, reading_media
from node.activitypub.documents import (
    ActivityDocument,
    ActorDocument,
    CollectionDocument,
    KeyDocument,
    ObjectDocument,
    TombstoneDocument,
)
from node.activitypub.structure import check_structure
from node.activitypub.values import (
    addresses,
    count,
    flag,
    id_of,
    in_a_language,
    language_of,
    listed,
    media_type,
    moment,
    page_url,
    plain,
    required_iri,
    text,
    types_of,
    web_iri,
    web_iris,
)
from node.activitypub.vocabulary import (
    ACTIVITY_TYPES,
    ACTOR_TYPES,
    COLLECTION_TYPES,
    GROUP_TYPES,
    HTML,
    KEY_TYPES,
    MARKDOWN,
    MAX_CONTENT,
    MAX_NAME,
    MAX_SUMMARY,
    OBJECT_TYPES,
    PLAIN,
    TOMBSTONE,
)
from node.errors import Malformed

__all__ = [
    "Kind",
    "id_of",
    "kind_of",
    "read_activity",
    "read_actor",
    "read_collection",
    "read_key",
    "read_object",
    "read_proof_key",
    "read_tombstone",
]

Kind = Literal["activity", "actor", "object", "collection", "tombstone", "key"]

_KINDS: dict[Kind, frozenset[str]] = {
    "activity": ACTIVITY_TYPES,
    "actor": ACTOR_TYPES,
    "object": OBJECT_TYPES,
    "collection": COLLECTION_TYPES,
    "tombstone": frozenset({TOMBSTONE}),
    "key": KEY_TYPES,
}
_OF_A_GROUP = {"Article", "Event"}  # what Mobilizon attributes to the group, with who wrote it as `actor`
_MAX_USERNAME = 100
_NOT_IN_USERNAMES = frozenset(" @/:?#\\<>\"'")


def kind_of(document: dict[str, Any]) -> Kind:
    """Tell which reader a document is for; Malformed if its types contradict each other or say nothing.

    An actor's type without an inbox but with a key is a key: the stub that GoToSocial serves.
    """
    types = types_of(document.get("type"))
    kind = _stated(types) or _guess(document, has_type=bool(types))
    if kind == "actor" and document.get("inbox") is None and document.get("publicKey") is not None:
        return "key"
    return kind


def read_activity(document: dict[str, Any], *, need_id: bool = True) -> ActivityDocument:
    """Read an activity, or raise Malformed.

    need_id: False for one that stands inside another and may lack an id; `iri` is empty then.
    """
    check_structure(document)
    has_id = need_id or document.get("id") is not None
    given = document.get("object")
    return ActivityDocument(
        iri=required_iri(document, "id") if has_id else "",
        type=_type(document, "activity"),
        actor=required_iri(document, "actor"),
        object_iri=web_iri(given),
        object=given if isinstance(given, (str, dict, list)) else None,
        to=addresses(document.get("to")),
        cc=addresses(document.get("cc")),
        audience=web_iri(document.get("audience")),
        target=web_iri(document.get("target")),
        origin=web_iri(document.get("origin")),
        summary=text(in_a_language(document, "summary", None), MAX_SUMMARY),
        content=_content(in_a_language(document, "content", None)),
        published=moment(document.get("published")),
        raw=document,
    )


def read_actor(document: dict[str, Any]) -> ActorDocument:
    """Read an actor, or raise Malformed: it needs a type, an id and an inbox."""
    check_structure(document)
    iri = required_iri(document, "id")
    endpoints = document.get("endpoints")
    shared = endpoints.get("sharedInbox") if isinstance(endpoints, dict) else document.get("sharedInbox")
    kind = _type(document, "actor")
    owners, moderators = _attribution(document, is_group=kind in GROUP_TYPES)
    icon, image = parts.last_image(document.get("icon")), parts.last_image(document.get("image"))
    about = in_a_language(document, "summary", None)
    return ActorDocument(
        iri=iri,
        type=kind,
        types=types_of(document.get("type")),
        preferred_username=_username(document.get("preferredUsername")),
        inbox=required_iri(document, "inbox"),
        name=plain(in_a_language(document, "name", None), MAX_NAME),
        summary=text(document.get("content") if about is None else about, MAX_SUMMARY),
        summary_source=_markdown(document, MAX_SUMMARY),
        description=plain(document.get("description"), MAX_SUMMARY, joiners=True),
        url=page_url(document.get("url")),
        shared_inbox=web_iri(shared),
        outbox=web_iri(document.get("outbox")),
        followers=web_iri(document.get("followers")),
        following=web_iri(document.get("following")),
        featured=web_iri(document.get("featured")),
        moderators=moderators,
        owners=owners,
        icon_url=icon.url if icon else None,
        image_url=image.url if image else None,
        public_keys=_keys(document, iri, kind),
        proof_keys=parts.proof_keys_of(document.get("assertionMethod"), iri),
        manually_approves_followers=flag(document.get("manuallyApprovesFollowers")),
        posting_restricted_to_mods=flag(document.get("postingRestrictedToMods")),
        sensitive=flag(document.get("sensitive")),
        discoverable=flag(document.get("discoverable"), default=True),
        indexable=flag(document.get("indexable")),
        fields=parts.fields_of(document.get("attachment")),
        also_known_as=web_iris(listed(document.get("alsoKnownAs"))[:32]),
        moved_to=web_iri(document.get("movedTo")),
        webfinger=plain(document.get("webfinger"), MAX_NAME),
        published=moment(document.get("published")),
        updated=moment(document.get("updated")),
        raw=document,
    )


def read_object(document: dict[str, Any]) -> ObjectDocument:
    """Read a post, comment or the like, or raise Malformed: it needs a type, an id and one author."""
    check_structure(document)
    iri, kind = required_iri(document, "id"), _type(document, "object")
    person, group = _authors(document, kind)
    language = language_of(document)
    content, content_type, markdown = _body(document, language)
    name = plain(in_a_language(document, "name", language), MAX_NAME, joiners=True)
    url = page_url(document.get("url"))
    mentions, hashtags, tagged_quote = parts.tags_of(document.get("tag"))
    return ObjectDocument(
        iri=iri,
        type=kind,
        attributed_to=person or group or required_iri(document, "actor"),
        group_attribution=group,
        name=name,
        content=reading_gatherings.without_title(content, name) if kind == "Question" else content,
        content_media_type=content_type,
        source_markdown=markdown,
        summary=text(in_a_language(document, "summary", language), MAX_SUMMARY),
        language=language,
        in_reply_to=_parent(document.get("inReplyTo")),
        to=addresses(document.get("to")),
        cc=addresses(document.get("cc")),
        audience=web_iri(document.get("audience")),
        context=web_iri(document.get("context")),
        url=url,
        link_url=_link(document, kind, url),
        images=parts.images_of(document),
        mentions=mentions,
        hashtags=hashtags,
        sensitive=flag(document.get("sensitive")),
        published=moment(document.get("published")),
        updated=moment(document.get("updated")),
        replies=web_iri(document.get("replies")),
        quote=reading_media.quote_of(document) or tagged_quote,
        media=reading_media.media_of(document),
        emojis=reading_media.emojis_of(document.get("tag")),
        policy=reading_media.policy_of(document),
        quote_stamp=web_iri(document.get("quoteAuthorization")),
        approved_by=web_iri(document.get("approvedBy")),
        comments_enabled=_told(document, "commentsEnabled", otherwise=True),
        stickied=_told(document, "stickied", otherwise=False),
        distinguished=flag(document.get("distinguished")),
        poll=reading_gatherings.poll_of(document) if kind == "Question" else None,
        event=reading_gatherings.event_of(document) if kind == "Event" else None,
        raw=document,
    )


def read_collection(document: dict[str, Any]) -> CollectionDocument:
    """Read a collection or a page of one, or raise Malformed. An unnamed page embedded in one has no id."""
    check_structure(document)
    given = (
        document.get("orderedItems") if document.get("orderedItems") is not None else document.get("items")
    )
    first = document.get("first")
    return CollectionDocument(
        iri=required_iri(document, "id") if document.get("id") is not None else "",
        type=_type(document, "collection"),
        total_items=count(document.get("totalItems")),
        items=tuple(one for one in listed(given) if isinstance(one, (str, dict))),
        first=first if isinstance(first, dict) else web_iri(first),
        next=web_iri(document.get("next")),
        prev=web_iri(document.get("prev")),
        last=web_iri(document.get("last")),
    )


def read_tombstone(document: dict[str, Any]) -> TombstoneDocument:
    """Read what stands where something was, or raise Malformed: it needs an id."""
    check_structure(document)
    _type(document, "tombstone")
    former = types_of(document.get("formerType"))
    return TombstoneDocument(
        iri=required_iri(document, "id"),
        former_type=former[0] if former else None,
        deleted=moment(document.get("deleted")),
    )


def read_key(document: dict[str, Any]) -> KeyDocument:
    """Read a key that stands alone, or the one key of an actor or its stub, or raise Malformed.

    What it says of its owner is a claim: believe it once the owner's own document lists the key (V01).
    """
    check_structure(document)
    if document.get("publicKey") is not None:
        keys = parts.keys_of(document["publicKey"], required_iri(document, "id"))
    else:
        owner = "owner" if document.get("owner") is not None else "controller"
        keys = parts.keys_of(document, required_iri(document, owner))
    if len(keys) != 1 or not keys[0].pem:
        raise Malformed("The document does not hold one key in PEM form.", detail=repr(document)[:200])
    return keys[0]


def _authors(document: dict[str, Any], kind: str) -> tuple[str | None, str | None]:
    organised = reading_gatherings.organiser_of(document) if kind in _OF_A_GROUP else None
    return organised or parts.authors(document.get("attributedTo"))


def read_proof_key(document: dict[str, Any], actor: str) -> KeyDocument:
    """Read a Multikey that stands alone and names *actor* as its controller, or raise Malformed.

    A claim, as with `read_key`: the actor's own document must list its address.
    """
    check_structure(document)
    keys = parts.proof_keys_of(document, actor)
    if len(keys) != 1 or not keys[0].pem:
        raise Malformed(
            "The document does not hold one Ed25519 key of this actor.", detail=repr(document)[:200]
        )
    return keys[0]


def _guess(document: dict[str, Any], *, has_type: bool) -> Kind:
    if document.get("publicKeyPem") is not None:
        return "key"
    if not has_type:
        raise Malformed("The document does not say its type.")
    if document.get("inbox") is not None:
        return "actor"
    if document.get("orderedItems") is not None or document.get("items") is not None:
        return "collection"
    if document.get("actor") is not None and document.get("attributedTo") is None:
        return "activity"
    return "object"


def _stated(types: tuple[str, ...]) -> Kind | None:
    kinds = {kind for kind, known in _KINDS.items() if not known.isdisjoint(types)}
    if len(kinds) > 1:
        raise Malformed("The document's types contradict each other.", detail=repr(types)[:200])
    return next(iter(kinds), None)


def _type(document: dict[str, Any], wanted: Kind) -> str:
    """Return the first type that we know, else the first; Malformed if it is one of another kind."""
    types = types_of(document.get("type"))
    if not types:
        raise Malformed("The document does not say its type.")
    if _stated(types) not in {wanted, None}:
        raise Malformed(f"This is not an {wanted}.", detail=repr(types)[:200])
    return next((one for one in types if one in _KINDS[wanted]), types[0])


def _attribution(document: dict[str, Any], *, is_group: bool) -> tuple[tuple[str, ...], str | None]:
    owners, collection = parts.owners_and_moderators(document.get("attributedTo"))
    if not is_group:
        return (owners or (() if collection is None else (collection,))), None
    return owners, web_iri(document.get("moderators")) or collection


def _keys(document: dict[str, Any], iri: str, kind: str) -> tuple[KeyDocument, ...]:
    given = document.get("publicKey")
    return parts.keys_of(given, iri) or (parts.site_key_of(given, iri) if kind == "Feed" else ())


def _username(value: Any) -> str:
    name = value if isinstance(value, str) and len(value) <= _MAX_USERNAME else ""
    return name if name == plain(name, _MAX_USERNAME) and _NOT_IN_USERNAMES.isdisjoint(name) else ""


def _content(value: Any) -> str | None:
    content = text(value, MAX_CONTENT + 1)
    if content is not None and len(content) > MAX_CONTENT:
        raise Malformed(f"The content has more than {MAX_CONTENT} characters.")
    return content


def _markdown(document: dict[str, Any], limit: int) -> str | None:
    source = document.get("source")  # Mbin sends an address here, Pleroma the text, others BBCode (I.23)
    if not isinstance(source, dict) or media_type(source.get("mediaType")) != MARKDOWN:
        return None
    return text(source.get("content"), limit)


def _body(document: dict[str, Any], language: str | None) -> tuple[str | None, str, str | None]:
    content = _content(in_a_language(document, "content", language))
    kind = media_type(document.get("mediaType")) or HTML
    markdown = _content(_markdown(document, MAX_CONTENT + 1))
    if kind == MARKDOWN:
        return None, kind, markdown or content
    if kind == PLAIN and content is not None:
        content = f"<p>{html.escape(content, quote=False)}</p>".replace("\n", "<br>")
    return content, kind, markdown


def _parent(value: Any) -> str | None:
    parent = web_iri(value)
    if parent is None and any(listed(value)):  # read as absent, a reply would become a thread
        raise Malformed("`inReplyTo` must be an https address.", detail=repr(value)[:200])
    return parent


def _told(document: dict[str, Any], name: str, *, otherwise: bool) -> bool | None:
    value = document.get(name)
    return None if value is None else flag(value, default=otherwise)


def _link(document: dict[str, Any], kind: str, url: str | None) -> str | None:
    link = parts.link_of(document.get("attachment"))
    if link is not None:
        return link.href
    if kind == "Link":
        return web_iri(document.get("href")) or url
    if kind in {"Audio", "Event", "Video"}:
        return url if url != document.get("id") else None  # its own page is no link
    source = document.get("source")  # Mbin's link posts
    return web_iri(source) if isinstance(source, str) else None
