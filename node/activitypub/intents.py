"""Activity Intents (FEP-3b86): addresses at which a server lets its members do something to what is elsewhere.

A server names them in the WebFinger answer of its member, as links whose `rel` is the verb and whose `template` has
names in braces. The older subscribe template knows one verb and one name. What a template says is the word of a
stranger: only one that stays on its own host is used (THREATS A72, A75).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from node.activitypub.origin import host_of, parse_iri
from node.activitypub.values import listed
from node.activitypub.webfinger import SUBSCRIBE
from node.errors import Malformed

PREFIX = "https://w3id.org/fep/3b86/"
OFFERED = (
    "Follow",
    "Like",
    "Dislike",
    "Object",
)  # with `{object}`; Create, for an answer, has names of its own
LONGEST = 1000  # characters of a template
_MAX_LINKS = 64
_NAME = re.compile(r"\{([^{}]{0,40})\}")


def write_intents(home: str) -> list[dict[str, str]]:
    """Return the links of a member's WebFinger answer. home: scheme and host of the node."""
    links = [
        {"rel": f"{PREFIX}{verb}", "template": f"{home}/intents/{verb.lower()}?object={{object}}"}
        for verb in OFFERED
    ]
    template = f"{home}/intents/create?inReplyTo={{inReplyTo}}&content={{content}}"
    return [*links, {"rel": f"{PREFIX}Create", "template": template}]


def read_intents(document: Mapping[str, Any], *, development: bool) -> dict[str, str]:
    """Return the templates of a WebFinger answer by verb in small letters; `subscribe` is the older one.

    Left out is what is no web address, and on a server for all https.
    """
    found: dict[str, str] = {}
    for one in listed(document.get("links"))[:_MAX_LINKS]:
        if not isinstance(one, dict):
            continue
        rel, template = one.get("rel"), one.get("template") or one.get("href")
        if not isinstance(rel, str) or not isinstance(template, str):
            continue
        if not _is_safe(template, development=development):
            continue
        if rel == SUBSCRIBE:
            found.setdefault("subscribe", template)
        elif rel.lower().startswith(PREFIX):
            found.setdefault(rel[len(PREFIX) :].lower(), template)
    return found


def expand(template: str, values: Mapping[str, str], host: str) -> str | None:
    """Return the address that a template makes of *values*; None when it leads to another host.

    Names that nothing is known of become empty. host: of the server that the template came from.
    """
    address = _NAME.sub(lambda found: quote(values.get(found[1], ""), safe=""), template)
    try:
        return address if host_of(address) == host else None
    except Malformed:
        return None


def _is_safe(template: str, *, development: bool) -> bool:
    """Tell whether a template is a web address whose host is written out."""
    if len(template) > LONGEST or not template.isprintable() or " " in template:
        return False
    authority = template.partition("://")[2].partition("/")[0]
    try:
        parse_iri(_NAME.sub("x", template), development=development)
    except Malformed:
        return False
    return "{" not in authority
