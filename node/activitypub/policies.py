"""What an author allows, kept as text and judged (GoToSocial's interaction policies; FEDERATION D.5)."""

from __future__ import annotations

import json
from typing import Any

from node.activitypub.trimmings import Deed, Leave, Policy, Verdict
from node.activitypub.vocabulary import PUBLIC

_DEEDS: tuple[Deed, ...] = ("like", "reply", "announce", "quote")
_ANYBODY = Leave((PUBLIC,))
OPEN = Policy(like=_ANYBODY, reply=_ANYBODY, announce=_ANYBODY, quote=_ANYBODY)
"""What we say of public posts: saying it tells peers that we answer their requests."""


def dump(policy: Policy | None) -> str:
    """Return a policy as text for the store; empty for none."""
    if policy is None:
        return ""
    said = {deed: leave for deed in _DEEDS if (leave := policy.of(deed)) is not None}
    return json.dumps({deed: [list(leave.automatic), list(leave.manual)] for deed, leave in said.items()})


def load(text: str) -> Policy | None:
    """Return what `dump` wrote."""
    if not text:
        return None
    said: dict[str, Any] = json.loads(text)
    return Policy(**{deed: Leave(tuple(pair[0]), tuple(pair[1])) for deed, pair in said.items()})


def verdict(
    policy: Policy | None,
    deed: Deed,
    actor: str,
    *,
    author: str,
    collections: tuple[str, ...] = (),
    named: tuple[str, ...] = (),
) -> Verdict:
    """Judge whether *actor* may do something to a post of *author*.

    collections: the author's followers and following. named: whom the post mentions; they may always answer,
    and authors may do anything (GoToSocial, "Implicit assumptions").
    """
    leave = policy.of(deed) if policy is not None else None
    if leave is None or actor == author or (deed == "reply" and actor in named):
        return "yes"
    return leave.verdict(actor, collections)


def open_to(actors: tuple[str, ...], author: str, *, locked: bool) -> Policy:
    """Return the policy of a post that only *actors* read: they answer and like, its author alone shows it around."""
    readers, alone = Leave((*actors, author)), Leave((author,))
    return Policy(like=readers, reply=alone if locked else readers, announce=alone, quote=alone)
