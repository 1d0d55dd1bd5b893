"""Handles, and the WebFinger documents that tie them to ids (RFC 7033, FEDERATION.md A.2)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from node.activitypub.origin import host_name, host_of
from node.activitypub.values import listed, media_type, web_iri
from node.activitypub.vocabulary import ACTIVITY_JSON, ACTIVITYSTREAMS, ACTOR_TYPES, HTML
from node.errors import Malformed

PROFILE_PAGE = "http://webfinger.net/rel/profile-page"
SUBSCRIBE = "http://ostatus.org/schema/1.0/subscribe"
TYPE_PROPERTY = f"{ACTIVITYSTREAMS}#type"
_USERNAME = re.compile(r"^[\w.-]{1,100}$")
_PORT = re.compile(r"^[1-9]\d{0,4}$")
_MAX_LINKS = 64


@dataclass(frozen=True, slots=True)
class Handle:
    """A name at a host: `gardening@h.example`. The host is lower case, as A-labels; the name is as written."""

    username: str
    host: str

    def __str__(self) -> str:
        return f"{self.username}@{self.host}"

    @property
    def acct(self) -> str:
        """Return the handle as a WebFinger resource."""
        return f"acct:{self}"


@dataclass(frozen=True, slots=True)
class JrdLink:
    """One link of a WebFinger answer. kind: the actor's type, where it is told."""

    rel: str
    type: str | None
    href: str
    kind: str | None = None


@dataclass(frozen=True, slots=True)
class JrdDocument:
    """A WebFinger answer."""

    subject: str
    links: tuple[JrdLink, ...]


def parse_handle(text: str) -> Handle:
    """Read `@u@h`, `!u@h`, `~u@h`, `u@h` or `acct:u@h`, or raise Malformed."""
    bare = text.strip()
    if bare[:5].lower() == "acct:":
        bare = bare[5:]
    username, at, host = bare.removeprefix(bare[:1] if bare[:1] in {"@", "!", "~"} else "").partition("@")
    if not at or not _USERNAME.match(username):
        raise Malformed("A handle looks like @name@community.example.", detail=ascii(text)[:200])
    name, colon, port = host.partition(":")
    if colon and not _PORT.match(port):
        raise Malformed("A handle looks like @name@community.example.", detail=ascii(text)[:200])
    return Handle(username, host_name(name) + colon + port)


def jrd_for(
    handle: Handle,
    *,
    iri: str,
    kind: str | None,
    profile_url: str | None = None,
    subscribe_template: str | None = None,
    aliases: Sequence[str] = (),
    more: Sequence[dict[str, str]] = (),
) -> dict[str, Any]:
    """Build the WebFinger answer for an actor of ours.

    kind: `Person` or `Group`; None for the node's own actor. subscribe_template: with `{uri}` in it.
    more: links as they are, such as those of `intents`.
    """
    page = profile_url or iri
    links: list[dict[str, Any]] = [
        {"rel": PROFILE_PAGE, "type": HTML, "href": page},
        {"rel": "self", "type": ACTIVITY_JSON, "href": iri, "properties": {TYPE_PROPERTY: kind or "none"}},
    ]
    if subscribe_template is not None:
        links.append({"rel": SUBSCRIBE, "template": subscribe_template})
    links += more
    return {"subject": handle.acct, "aliases": list(dict.fromkeys((iri, page, *aliases))), "links": links}


def read_jrd(document: dict[str, Any], resource: str) -> JrdDocument:
    """Read a WebFinger answer, or raise Malformed. resource: what was asked, the subject if none is told."""
    subject = document.get("subject")
    if subject is not None and not isinstance(subject, str):
        raise Malformed("The WebFinger answer's subject is not text.", detail=repr(subject)[:200])
    links = []
    for one in listed(document.get("links"))[:_MAX_LINKS]:
        href = web_iri(one.get("href")) if isinstance(one, dict) else None
        if href is not None and isinstance(one.get("rel"), str):
            links.append(JrdLink(one["rel"], media_type(one.get("type")), href, _kind(one.get("properties"))))
    return JrdDocument(subject or resource, tuple(links))


def self_links(jrd: JrdDocument) -> list[tuple[str, str | None]]:
    """Return the actors an answer points to, each with its kind if told: id, then `Group`, `Person` or None."""
    wanted = {ACTIVITY_JSON, "application/ld+json"}
    return [(link.href, link.kind) for link in jrd.links if link.rel == "self" and link.type in wanted]


def subject_matches(jrd: JrdDocument, resource: str) -> bool:
    """Tell whether an answer is about the host that was asked (THREATS.md V24, A23).

    If not, ask the subject's own host before believing anything. Names may differ: an alias is allowed.
    """
    try:
        return _host(jrd.subject) == _host(resource)
    except Malformed:
        return False


def _host(resource: str) -> str:
    return host_of(resource) if "://" in resource else parse_handle(resource).host


def _kind(properties: Any) -> str | None:
    kind = properties.get(TYPE_PROPERTY) if isinstance(properties, dict) else None
    return kind if kind in ACTOR_TYPES else None
