"""What hangs on a post, as documents tell it: media, custom emoji, leave to interact. Frozen, no database."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from node.activitypub.vocabulary import PUBLIC

MediaKind = Literal["image", "video", "audio", "document"]
Deed = Literal["like", "reply", "announce", "quote"]
Verdict = Literal["yes", "ask", "no"]


@dataclass(frozen=True, slots=True)
class Media:
    """A picture, film, sound or file; sizes in pixels, 0 when not told.

    focus: what must stay in sight when it is cut, from -1 to 1 rightwards and upwards.
    """

    kind: MediaKind
    url: str
    media_type: str | None = None
    alt: str | None = None
    width: int = 0
    height: int = 0
    blurhash: str | None = None
    focus: tuple[float, float] | None = None


@dataclass(frozen=True, slots=True)
class CustomEmoji:
    """A picture that stands for `:shortcode:`; shortcode without colons."""

    shortcode: str
    url: str
    updated: datetime | None = None


@dataclass(frozen=True, slots=True)
class ReactionMark:
    """What somebody put on a post: a character, or `:shortcode:` with its picture."""

    emoji: str
    icon_url: str | None = None


@dataclass(frozen=True, slots=True)
class Leave:
    """Who may do one thing at once, and who after asking: actors, collections of them, or the public."""

    automatic: tuple[str, ...] = ()
    manual: tuple[str, ...] = ()

    def verdict(self, actor: str, collections: tuple[str, ...] = ()) -> Verdict:
        """Judge *actor*. collections: the author's followers and following.

        The more specific entry wins, of two alike the wider leave (GoToSocial, "Conflicting values"). Who is in a
        collection only the author's node can tell, so leave by a collection is asked for.
        """
        for name in (actor, *collections, PUBLIC):
            if name in self.automatic:
                return "ask" if name in collections else "yes"
            if name in self.manual:
                return "ask"
        return "no"


@dataclass(frozen=True, slots=True)
class Policy:
    """What an author lets others do with a post (FEDERATION D.5). None: nothing is said, so anybody may."""

    like: Leave | None = None
    reply: Leave | None = None
    announce: Leave | None = None
    quote: Leave | None = None

    def of(self, deed: Deed) -> Leave | None:
        """Return what is said about one thing."""
        found: Leave | None = getattr(self, deed)
        return found
