"""What a moderator does in office, as it goes out: one form of address for all of it (FEDERATION C.6, C.8)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from node.activitypub import writing
from node.activitypub.activity import Activity
from node.activitypub.vocabulary import PUBLIC
from node.store.database import Transaction
from node.store.tables.actors import Actor


def addressed(group: Actor) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return `to` and `cc` of what concerns a whole group; Lemmy looks for the public in `to` alone."""
    if group.private:
        return tuple(one for one in (group.iri, group.followers) if one), ()
    return (group.iri, PUBLIC), (group.iri,)


def act(
    tx: Transaction,
    kind: str,
    moderator: Actor,
    group: Actor,
    thing: str,
    *,
    target: str | None = None,
    reason: str | None = None,
    extra: Mapping[str, Any] | None = None,
) -> Activity:
    """Write that a local *moderator* does *kind* to *thing*, an id, in *group*."""
    to, cc = addressed(group)
    iri = f"{moderator.home}/activities/{kind.lower()}/{tx.ids.token()}"
    raw = writing.write_activity(
        kind,
        iri=iri,
        actor=moderator.iri,
        obj=thing,
        to=to,
        cc=cc,
        audience=group.iri,
        target=target,
        summary=reason,
        extra=extra,
    )
    return Activity(
        type=kind,
        iri=iri,
        actor=moderator.iri,
        object=thing,
        raw=raw,
        target=target,
        audience=group.iri,
        to=to,
        cc=cc,
        summary=reason,
    )


def take_back(tx: Transaction, moderator: Actor, done: Activity) -> Activity:
    """Write the Undo of an act, embedded whole: the local *moderator* is the actor of both, as Lemmy has it."""
    iri = f"{moderator.home}/activities/undo/{tx.ids.token()}"
    raw = writing.write_undo(
        done.raw, iri=iri, actor=done.actor, to=done.to, cc=done.cc, audience=done.audience
    )
    return Activity(
        type="Undo",
        iri=iri,
        actor=done.actor,
        object=done.iri,
        raw=raw,
        to=done.to,
        cc=done.cc,
        audience=done.audience,
        inner=done,
    )
