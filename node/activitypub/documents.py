"""What a document says, whoever wrote it: made by `reading`, frozen.

Ids are exact strings as received. Texts are as received too: HTML is *not* cleaned here. `raw` is the
document itself, for passing on unchanged; it takes no part in equality.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from node.activitypub.gatherings import EventDocument, PollDocument
from node.activitypub.trimmings import CustomEmoji, Media, Policy
from node.activitypub.vocabulary import PUBLIC


@dataclass(frozen=True, slots=True)
class Link:
    """A reference to a page."""

    href: str
    media_type: str | None = None
    name: str | None = None


@dataclass(frozen=True, slots=True)
class Image:
    """A picture; sizes in pixels, 0 when not told."""

    url: str
    media_type: str | None = None
    alt: str | None = None
    width: int = 0
    height: int = 0
    blurhash: str | None = None


@dataclass(frozen=True, slots=True)
class Mention:
    """An actor named in a text. Rely on href: the name may be anything (FEDERATION.md I.21)."""

    href: str
    name: str | None = None


@dataclass(frozen=True, slots=True)
class KeyDocument:
    """A public key and who claims it. An empty `pem` means: only its address is known, fetch it."""

    iri: str
    owner: str
    pem: str


@dataclass(frozen=True, slots=True)
class ActorDocument:
    """A person, group, bot or node.

    summary: HTML as received. summary_source: Markdown. description: one plain line.
    public_keys: sign requests; proof_keys: sign documents, Ed25519. Neither stands in for the other.
    moderators: on a group, the collection of its moderators. owners: the persons a channel belongs to.
    discoverable: True unless denied; indexable: False unless granted.
    """

    iri: str
    type: str
    types: tuple[str, ...]
    preferred_username: str  # empty when absent or unusable: then there is no handle to show
    inbox: str
    name: str | None = None
    summary: str | None = None
    summary_source: str | None = None
    description: str | None = None
    url: str | None = None
    shared_inbox: str | None = None
    outbox: str | None = None
    followers: str | None = None
    following: str | None = None
    featured: str | None = None
    moderators: str | None = None
    owners: tuple[str, ...] = ()
    icon_url: str | None = None
    image_url: str | None = None
    public_keys: tuple[KeyDocument, ...] = ()
    proof_keys: tuple[KeyDocument, ...] = ()
    manually_approves_followers: bool = False
    posting_restricted_to_mods: bool = False
    sensitive: bool = False
    discoverable: bool = True
    indexable: bool = False
    fields: tuple[tuple[str, str], ...] = ()  # name, plain; value, HTML as received
    also_known_as: tuple[str, ...] = ()
    moved_to: str | None = None
    webfinger: str | None = None
    published: datetime | None = None
    updated: datetime | None = None
    raw: dict[str, Any] = field(default_factory=dict, compare=False, repr=False)

    @property
    def is_private_group(self) -> bool:
        """Tell whether it is a group whose posts are for its members, as Lemmy says it (FEDERATION C.16).

        Mobilizon, whose groups approve their followers and post in public, knows no `postingRestrictedToMods`.
        """
        return (
            self.type == "Group"
            and self.manually_approves_followers
            and self.raw.get("postingRestrictedToMods") is not None
        )


@dataclass(frozen=True, slots=True)
class ObjectDocument:
    """A post, comment, video, event: anything written by somebody.

    attributed_to: the one author. group_attribution: the group it is attributed to besides.
    content: HTML, or None; Markdown content arrives in source_markdown alone.
    url: its page; link_url: the page it is about. Hashtags are without `#`.
    images: what pictures it; media: everything that is to be seen or heard with it. policy: None: everybody
    may do everything. quote_stamp, approved_by: where the other author's leave is said to be; unverified.
    comments_enabled, stickied: None when not told, as by Lemmy 1.0, which sends Lock and Add instead.
    """

    iri: str
    type: str
    attributed_to: str
    group_attribution: str | None = None
    name: str | None = None
    content: str | None = None
    content_media_type: str = "text/html"
    source_markdown: str | None = None
    summary: str | None = None
    language: str | None = None
    in_reply_to: str | None = None
    to: tuple[str, ...] = ()
    cc: tuple[str, ...] = ()
    audience: str | None = None
    context: str | None = None
    url: str | None = None
    link_url: str | None = None
    images: tuple[Image, ...] = ()
    mentions: tuple[Mention, ...] = ()
    hashtags: tuple[str, ...] = ()
    sensitive: bool = False
    published: datetime | None = None
    updated: datetime | None = None
    replies: str | None = None
    comments_enabled: bool | None = None
    stickied: bool | None = None
    distinguished: bool = False
    quote: str | None = None
    media: tuple[Media, ...] = ()
    emojis: tuple[CustomEmoji, ...] = ()
    policy: Policy | None = None
    quote_stamp: str | None = None
    approved_by: str | None = None
    poll: PollDocument | None = None
    event: EventDocument | None = None
    raw: dict[str, Any] = field(default_factory=dict, compare=False, repr=False)

    @property
    def addressees(self) -> tuple[str, ...]:
        """Return everyone in `to`, then `cc`, each once."""
        return tuple(dict.fromkeys(self.to + self.cc))

    @property
    def is_public(self) -> bool:
        """Tell whether the public is addressed, in `to` or `cc`: either will do for groups (I.6)."""
        return PUBLIC in self.to or PUBLIC in self.cc

    @property
    def is_unlisted(self) -> bool:
        """Tell whether the public is addressed in `cc` alone."""
        return PUBLIC in self.cc and PUBLIC not in self.to


@dataclass(frozen=True, slots=True)
class ActivityDocument:
    """Something an actor did.

    object: as received. object_iri: its id; of a list, the first one's. iri is empty only for an embedded
    activity that was read with `need_id=False`.
    """

    iri: str
    type: str
    actor: str
    object_iri: str | None = None
    object: dict[str, Any] | str | list[Any] | None = field(default=None, compare=False)
    to: tuple[str, ...] = ()
    cc: tuple[str, ...] = ()
    audience: str | None = None
    target: str | None = None
    origin: str | None = None
    summary: str | None = None
    content: str | None = None
    published: datetime | None = None
    raw: dict[str, Any] = field(default_factory=dict, compare=False, repr=False)

    @property
    def inner(self) -> dict[str, Any] | None:
        """Return the object if it is embedded and typed; a list of one counts as that one."""
        one = self.object
        if isinstance(one, list) and len(one) == 1:
            one = one[0]
        return one if isinstance(one, dict) and one.get("type") else None

    @property
    def addressees(self) -> tuple[str, ...]:
        """Return everyone in `to`, then `cc`, each once."""
        return tuple(dict.fromkeys(self.to + self.cc))


@dataclass(frozen=True, slots=True)
class TombstoneDocument:
    """What stands where something was."""

    iri: str
    former_type: str | None = None
    deleted: datetime | None = None


@dataclass(frozen=True, slots=True)
class CollectionDocument:
    """A collection or one page of it. total_items is None when not told."""

    iri: str
    type: str
    total_items: int | None = None
    items: tuple[str | dict[str, Any], ...] = field(default=(), compare=False)
    first: str | dict[str, Any] | None = field(default=None, compare=False)
    next: str | None = None
    prev: str | None = None
    last: str | None = None
