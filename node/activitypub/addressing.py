"""To whom a document is addressed, and who may therefore see it."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any, Literal

from node.activitypub.documents import ActivityDocument, ObjectDocument
from node.activitypub.vocabulary import PUBLIC, PUBLIC_SPELLINGS

_COLLECTIONS = ("/followers", "/following")
Visibility = Literal["public", "unlisted", "followers", "direct"]


def recipients(document: ActivityDocument | ObjectDocument) -> tuple[str, ...]:
    """Return the actors and collections addressed, audience last, each once, the public left out."""
    named = document.addressees + ((document.audience,) if document.audience else ())
    return tuple(dict.fromkeys(one for one in named if one not in PUBLIC_SPELLINGS))


def is_public(to: Collection[str], cc: Collection[str]) -> bool:
    """Tell whether the public is addressed, in `to` or `cc`."""
    return visibility(to, cc, None) in {"public", "unlisted"}


def visibility(to: Collection[str], cc: Collection[str], followers_iri: str | None) -> Visibility:
    """Tell who may see a document, the way the microblogs do (FEDERATION.md D.5).

    followers_iri: the followers collection of its author, if there is one. Unknown recipients make nothing
    public (I.92).
    """
    if any(one in PUBLIC_SPELLINGS for one in to):
        return "public"
    if any(one in PUBLIC_SPELLINGS for one in cc):
        return "unlisted"
    if followers_iri and (followers_iri in to or followers_iri in cc):
        return "followers"
    return "direct"


def is_personal(document: ObjectDocument, followers_iri: str | None) -> bool:
    """Tell whether a document is for persons alone: no public and no collection, and words (FEDERATION C.12).

    A Note with a name and without words is a vote in a poll (pitfall 98).
    """
    if not document.addressees or visibility(document.to, document.cc, followers_iri) != "direct":
        return False
    if document.name and not document.content:
        return False
    return not any(one.endswith(_COLLECTIONS) for one in document.addressees)


def among_members(group: str, followers: str | None) -> tuple[str, ...]:
    """Return whom everything in a private group addresses: the group and its followers (FEDERATION C.16)."""
    return (group, followers or f"{group}/followers")


def without_public(raw: Mapping[str, Any], to: tuple[str, ...]) -> dict[str, Any]:
    """Copy an activity with *to* in place of its recipients wherever these include the public, inside it too."""
    found = dict(raw)
    named = [one for name in ("to", "cc") for one in _listed(raw.get(name))]
    if not PUBLIC_SPELLINGS.isdisjoint(named):
        found["to"], found["cc"] = list(to), []
    inner = raw.get("object")
    if isinstance(inner, dict):
        found["object"] = without_public(inner, to)
    return found


def _listed(value: Any) -> list[str]:
    return [one for one in (value if isinstance(value, list) else [value]) if isinstance(one, str)]


def mentions_of(document: ObjectDocument) -> tuple[str, ...]:
    """Return the ids of the actors mentioned *and* addressed: a notice needs both (FEDERATION.md D.5)."""
    addressed = set(document.addressees) - {PUBLIC}
    return tuple(dict.fromkeys(one.href for one in document.mentions if one.href in addressed))
