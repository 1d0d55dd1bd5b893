"""Block{actor, object: a person}: with `target` a ban, without one a personal block (pitfall 86).

`target` is a group, or a node's own actor: then the ban is from all groups of that node, and from everything when
it is the person's own. Undo carries a Block that peers make anew, so it is matched by person and target; whoever
may ban may lift (FEDERATION C.8).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from node.activities import banning, office, shunning
from node.activities.handler import Handler
from node.activitypub import writing
from node.activitypub.activity import Activity
from node.activitypub.vocabulary import PUBLIC
from node.store.database import Transaction
from node.store.queries.bans import find_block
from node.store.tables.actors import Actor


@dataclass(frozen=True, slots=True)
class BanDraft:
    """What whoever bans decides. ends_at: None until it is lifted. remove_content: hide what was posted there."""

    reason: str = ""
    ends_at: datetime | None = None
    remove_content: bool = False


async def check(tx: Transaction, block: Activity) -> None:
    """Whoever has authority there bans; anybody blocks for themselves."""
    if block.target is None:
        await shunning.check(tx, block)
    else:
        await banning.check(tx, block)


async def apply(tx: Transaction, block: Activity) -> None:
    """Keep them out."""
    if block.target is None:
        await shunning.begin(tx, block)
    else:
        await banning.ban(tx, block)


async def may_undo(tx: Transaction, block: Activity) -> None:
    """As the Block itself."""
    if block.target is None:
        await shunning.check(tx, block)
    else:
        await banning.check(tx, block, lifting=True)


async def undo(tx: Transaction, block: Activity) -> None:
    """Let them in again."""
    if block.target is None:
        await shunning.end(tx, block)
    else:
        await banning.lift(tx, block)


def compose(tx: Transaction, by: Actor, person: Actor, group: Actor | None, draft: BanDraft) -> Activity:
    """A local moderator bans *person* from *group*, or a local administrator from this node (group None)."""
    extra: dict[str, Any] = {"removeData": draft.remove_content}
    if draft.ends_at is not None:  # Lemmy reads the one, Mbin the other (pitfall 87)
        extra |= dict.fromkeys(("endTime", "expires"), writing.write_moment(draft.ends_at))
    return _ban(tx, by, person, group, reason=draft.reason, extra=extra)


def compose_undo(
    tx: Transaction, by: Actor, person: Actor, group: Actor | None, *, restore: bool = False, reason: str = ""
) -> Activity:
    """A local moderator or administrator lifts a ban; restore: what was hidden with it is shown again."""
    undo = office.take_back(tx, by, _ban(tx, by, person, group, reason=reason, extra={}))
    return replace(undo, raw={**undo.raw, "restoreData": restore})


def compose_personal(tx: Transaction, by: Actor, person: Actor) -> Activity:
    """A local member wants nothing to do with *person*. Only microblogs are told: others take it for a ban."""
    return _personal(by, person, f"{by.home}/activities/block/{tx.ids.token()}")


async def compose_personal_undo(tx: Transaction, by: Actor, person: Actor) -> Activity | None:
    """A local member thinks better of it; None when they never blocked *person*."""
    known = await find_block(tx.session, by.id, person.id)
    return office.take_back(tx, by, _personal(by, person, known.iri)) if known is not None else None


def _ban(
    tx: Transaction,
    by: Actor,
    person: Actor,
    group: Actor | None,
    *,
    reason: str,
    extra: Mapping[str, Any],
) -> Activity:
    """Write a ban. Of one from a whole node Lemmy lists every node that it knows in `cc`; nobody needs the list."""
    if group is not None:
        return office.act(tx, "Block", by, group, person.iri, target=group.iri, reason=reason, extra=extra)
    iri, target, to = f"{by.home}/activities/block/{tx.ids.token()}", f"{by.home}/", (PUBLIC,)
    raw = writing.write_activity(
        "Block", iri=iri, actor=by.iri, obj=person.iri, to=to, target=target, summary=reason, extra=extra
    )
    return Activity(
        type="Block",
        iri=iri,
        actor=by.iri,
        object=person.iri,
        raw=raw,
        target=target,
        to=to,
        summary=reason,
    )


def _personal(by: Actor, person: Actor, iri: str) -> Activity:
    raw = writing.write_activity("Block", iri=iri, actor=by.iri, obj=person.iri, to=(person.iri,))
    return Activity(type="Block", iri=iri, actor=by.iri, object=person.iri, raw=raw, to=(person.iri,))


HANDLER = Handler(
    "Block",
    check=check,
    apply=apply,
    needs=("actor", "subject"),
    undo=undo,
    may_undo=may_undo,
    of_office=lambda block: block.target is not None,
)
