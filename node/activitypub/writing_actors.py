"""Actors of ours to JSON, with every property of FEDERATION.md A.4 to A.6."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Literal

from node.activitypub.documents import Image
from node.activitypub.strictjson import without_nulls
from node.activitypub.vocabulary import CONTEXT, HTML, MARKDOWN


@dataclass(frozen=True, slots=True, kw_only=True)
class LocalActor:
    """An actor of this node, ready to be written.

    iri, inbox, outbox, public_key_pem and published are needed by every peer. summary: clean HTML;
    summary_source: its Markdown. moderators, posting_restricted_to_mods, tags: of groups alone.
    proof_key: multibase of the Ed25519 key of its proofs, empty for none.
    languages: code and name. tags: id and name of a group's labels for posts. fields: name and HTML value.
    """

    iri: str
    type: Literal["Application", "Group", "Person", "Service"]
    preferred_username: str
    inbox: str
    outbox: str
    public_key_pem: str
    published: datetime
    shared_inbox: str
    name: str | None = None
    webfinger: str | None = None
    url: str | None = None
    summary: str | None = None
    summary_source: str | None = None
    description: str | None = None
    followers: str | None = None
    following: str | None = None
    featured: str | None = None
    moderators: str | None = None
    icon: Image | None = None
    image: Image | None = None
    sensitive: bool = False
    posting_restricted_to_mods: bool = False
    manually_approves_followers: bool = False
    discoverable: bool = True
    indexable: bool = True
    languages: tuple[tuple[str, str], ...] = ()
    tags: tuple[tuple[str, str], ...] = ()
    fields: tuple[tuple[str, str], ...] = ()
    also_known_as: tuple[str, ...] = ()
    moved_to: str | None = None
    updated: datetime | None = None
    proof_key: str = ""

    @property
    def key_id(self) -> str:
        """Return the id of the actor's key; it never changes (RULE B3)."""
        return f"{self.iri}#main-key"

    @property
    def proof_key_id(self) -> str:
        """Return the id of the key of the actor's proofs (FEP-521a)."""
        return f"{self.iri}#ed25519-key"


def write_actor(actor: LocalActor) -> dict[str, Any]:
    """Write an actor for anyone who asks, or for an Update."""
    document = {
        "@context": CONTEXT,
        "id": actor.iri,
        "type": actor.type,
        "preferredUsername": actor.preferred_username,
        "name": actor.name,
        "webfinger": actor.webfinger,
        "url": actor.url,
        **_about(actor),
        "inbox": actor.inbox,
        "outbox": actor.outbox,
        "followers": actor.followers,
        "following": actor.following,
        "featured": actor.featured,
        "endpoints": {"sharedInbox": actor.shared_inbox},
        "manuallyApprovesFollowers": actor.manually_approves_followers,
        "icon": write_image(actor.icon),
        "image": write_image(actor.image),
        "published": write_moment(actor.published),
        "updated": write_moment(actor.updated),
        "publicKey": {"id": actor.key_id, "owner": actor.iri, "publicKeyPem": actor.public_key_pem},
        "assertionMethod": _proof_keys(actor),
        **(_group(actor) if actor.type == "Group" else {}),
        **(_member(actor) if actor.type in {"Person", "Service"} else {}),
    }
    written: dict[str, Any] = without_nulls(document)
    return written


def write_image(image: Image | None) -> dict[str, Any] | None:
    """Write a picture, its `url` a plain string as Lemmy needs it."""
    if image is None:
        return None
    written: dict[str, Any] = without_nulls(
        {
            "type": "Image",
            "mediaType": image.media_type,
            "url": image.url,
            "name": image.alt or None,
            "width": image.width or None,
            "height": image.height or None,
            "blurhash": image.blurhash,
        }
    )
    return written


def write_moment(when: datetime | None) -> str | None:
    """Write an instant in whole seconds, UTC: `2026-11-03T09:00:00Z`."""
    return None if when is None else when.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def write_source(markdown: str | None) -> dict[str, str] | None:
    """Write the Markdown that a text was made from."""
    return None if markdown is None else {"content": markdown, "mediaType": MARKDOWN}


def _proof_keys(actor: LocalActor) -> list[dict[str, str]] | None:
    if not actor.proof_key:
        return None
    key = {"id": actor.proof_key_id, "type": "Multikey", "controller": actor.iri}
    return [{**key, "publicKeyMultibase": actor.proof_key}]


def _about(actor: LocalActor) -> dict[str, Any]:
    return {
        "summary": actor.summary,
        "mediaType": HTML if actor.summary is not None else None,
        "source": write_source(actor.summary_source),
        "description": actor.description,
        "movedTo": actor.moved_to,
        "alsoKnownAs": list(actor.also_known_as) if actor.type != "Application" else None,
    }


def _group(actor: LocalActor) -> dict[str, Any]:
    languages = [{"identifier": code, "name": name} for code, name in actor.languages]
    return {
        "attributedTo": actor.moderators,
        "moderators": actor.moderators,
        "sensitive": actor.sensitive,
        "postingRestrictedToMods": actor.posting_restricted_to_mods,
        "discoverable": actor.discoverable,
        "indexable": actor.indexable,
        "language": languages or None,
        "tag": [
            {"type": "CommunityPostTag", "id": iri, "preferredUsername": name.lower(), "name": name}
            for iri, name in actor.tags
        ]
        or None,
    }


def _member(actor: LocalActor) -> dict[str, Any]:
    return {
        "discoverable": actor.discoverable,
        "indexable": actor.indexable,
        "attachment": [
            {"type": "PropertyValue", "name": name, "value": value} for name, value in actor.fields
        ],
    }
