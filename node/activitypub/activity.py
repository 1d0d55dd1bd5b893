"""The activity as the node judges it: read, and vouched for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from node.activitypub.documents import ActorDocument, ObjectDocument


@dataclass(frozen=True, slots=True, kw_only=True)
class Activity:
    """Something that somebody did. Whoever builds one vouches that *actor* did it.

    A page or command vouches by the session, the inbox by a verified signature, a backfill by a fetch
    from the origin. Handlers judge whether the actor may; they never ask again who it was.
    """

    type: str
    iri: str
    actor: str  # iri
    object: str | None  # iri of what it is about
    raw: Mapping[str, Any]  # the JSON, as received or as composed; what the group announces
    document: ObjectDocument | ActorDocument | None = None  # content of the object, believed
    target: str | None = None
    origin: str | None = None  # of a Move: where from
    audience: str | None = None  # iri of the one group whose matter this is
    to: tuple[str, ...] = ()
    cc: tuple[str, ...] = ()
    summary: str | None = None
    inner: Activity | None = None  # of Undo, Accept and Reject: the activity they answer
    answer: Mapping[str, Any] | None = None  # of one that is answered or undone: the JSON of the answer
    announced_by: str | None = None  # iri of the group that passed it on, None when it came direct
    shown_by: str | None = None  # iri of a group that shows another group's thread (RULE G3)
    verified: bool = True  # False: on the group's word while the origin is away (RULE B6c)
    hearsay: bool = False  # that it was done at all is the announcing group's word, not its actor's
    seen_gone: bool = False  # of a Delete: its object's own origin shows it no more
    backfilled: bool = False  # history: nobody is notified and nothing leaves

    @property
    def addressees(self) -> tuple[str, ...]:
        """Everybody it names as a recipient."""
        return self.to + self.cc
