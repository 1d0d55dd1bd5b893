"""Bans: who may ban whom from where, what a ban does, and lifting one (FEDERATION C.8; THREATS V29, A09).

A ban ends by the clock: nothing is said and nothing is done then (pitfall 87). Bans by nodes elsewhere are good for
their own groups, and for everything when they are of their own people: who administers another node is never guessed,
its host vouches for the act (pitfall 90).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit

from sqlmodel import col, select

from node.activities import hiding
from node.activities.deeds import reason_of, record
from node.activities.marks import has_mark, leave_mark
from node.activities.standing import check_may_moderate, is_moderator
from node.activities.telling import tell
from node.activitypub.activity import Activity
from node.activitypub.origin import origin_of, same_origin
from node.activitypub.values import flag, moment
from node.errors import Forbidden, NotFound, Refused
from node.store.database import Transaction
from node.store.queries.actors import find_actor, get_actor
from node.store.queries.bans import find_ban, within
from node.store.queries.standing import is_administrator
from node.store.tables.actors import Actor
from node.store.tables.follows import Moderator
from node.store.tables.moderation import Ban

_TOP = frozenset({"", "/"})  # paths at which nodes stand: with and without the slash (pitfall 42)


@dataclass(frozen=True, slots=True)
class Place:
    """Where somebody is banned from: a group, or (group None) the node at *home*. scope: its name in the table."""

    scope: str
    home: str
    group: Actor | None = None
    is_ours: bool = False


async def place_of(tx: Transaction, target: str) -> Place:
    """Return what a Block's target means; raises NotFound for what is neither a group nor a node known here."""
    actor = await find_actor(tx.session, target)
    if actor is not None and actor.is_group:
        return Place(actor.iri, actor.home, actor)
    if (actor is not None and actor.kind == "Application") or urlsplit(target).path in _TOP:
        home = origin_of(target)
        own = await find_actor(tx.session, f"{home}/")
        return Place(f"{home}/", home, is_ours=own is not None and own.is_local)
    raise NotFound("Nothing that is known here is closed by this ban.", detail=target)


async def check(tx: Transaction, block: Activity, *, lifting: bool = False) -> None:
    """Moderators ban from their groups those who do not stand before them, a node's administrators from the node."""
    place = await place_of(tx, block.target or "")
    person = await get_actor(tx.session, block.object or "")
    if person.is_group or person.kind == "Application":
        raise Refused("People are banned; a whole server is blocked.", detail=person.iri)
    if not lifting and block.object == block.actor:
        raise Refused("Nobody bans themselves.", detail=block.iri)
    if place.group is None:
        await _check_node(tx, block, place, person, lifting=lifting)
        return
    await _check_group(tx, block, place.group, person)
    if not lifting:
        await _check_rank(tx, block, place.group, person)


async def ban(tx: Transaction, block: Activity) -> None:
    """Keep the person out until the ban ends, and hide what they posted there if it says so."""
    place = await place_of(tx, block.target or "")
    if await has_mark(tx, "undone:Block", block.iri, place.scope):
        return
    person, by = await get_actor(tx.session, block.object or ""), await get_actor(tx.session, block.actor)
    fresh = await _is_fresh(tx, block, place, person)
    row = await _row(tx, block, place, person)
    row.by_id, row.reason, row.at = by.id, reason_of(block), tx.now
    row.expires_at = ends_at(block)
    over = row.expires_at is not None and row.expires_at <= tx.now
    row.content_removed = row.content_removed or flag(block.raw.get("removeData"))
    await tx.session.flush()
    if flag(block.raw.get("removeData")):
        reach = within(person, place.group, place.home, is_ours=place.is_ours)
        await hiding.hide(tx, row, reach)
    if over and not row.content_removed:
        await tx.session.delete(row)
        await tx.session.flush()
    elif fresh and not over:
        await _note(tx, block, "ban", place, person, expires_at=row.expires_at)
        await tell(tx, person, "ban", by=by, group=place.group, text=row.reason)


async def lift(tx: Transaction, block: Activity) -> None:
    """Let the person in again; a Block of that id that comes later is void (R18).

    What was hidden with the ban comes back when the Undo has `restoreData`; that of the Block says nothing (I.88).
    """
    place = await place_of(tx, block.target or "")
    person, by = await get_actor(tx.session, block.object or ""), await get_actor(tx.session, block.actor)
    if block.iri:
        await leave_mark(tx, "undone:Block", block.iri, place.scope)
    row = await find_ban(tx.session, person.id, place.scope)
    if row is None:
        return
    was_on = row.expires_at is None or row.expires_at > tx.now
    if row.content_removed and flag((block.answer or {}).get("restoreData")):
        await hiding.show(tx, row)
        row.content_removed = False
    if row.content_removed:  # kept as one that has ended: the content may be shown again later
        row.expires_at = tx.now
    else:
        await tx.session.delete(row)
    await tx.session.flush()
    if was_on:
        await _note(tx, block, "unban", place, person)
        await tell(tx, person, "unban", by=by, group=place.group)


def ends_at(block: Activity) -> datetime | None:
    """Return when a ban ends: the earlier of `endTime` and `expires`; None: when it is lifted (pitfall 87)."""
    stated = [moment(block.raw.get(name)) for name in ("endTime", "expires")]
    return min((one for one in stated if one is not None), default=None)


async def _check_node(
    tx: Transaction, block: Activity, place: Place, person: Actor, *, lifting: bool
) -> None:
    if block.announced_by is not None or not same_origin(block.actor, place.scope):
        raise Forbidden("A node bans from itself alone.", detail=f"{block.actor}: {block.target}")
    if not place.is_ours:
        return
    if not await is_administrator(tx.session, await get_actor(tx.session, block.actor)):
        raise Forbidden("Only administrators ban from the whole node.", detail=block.actor)
    if not lifting and await is_administrator(tx.session, person):
        raise Forbidden("An administrator is not banned. Take the role away first.", detail=person.iri)


async def _check_group(tx: Transaction, block: Activity, group: Actor, person: Actor) -> None:
    """As all acts of office; a member here may hear of it from the moderator, when no Announce leads here (C.8)."""
    if block.announced_by is None and not group.is_local and person.is_local:
        actor = await get_actor(tx.session, block.actor)
        if not actor.is_local and await is_moderator(tx, actor, group):
            return
    await check_may_moderate(tx, block, group)


async def _check_rank(tx: Transaction, block: Activity, group: Actor, person: Actor) -> None:
    """Moderators rank as they were appointed, as in Lemmy; a group elsewhere has judged by its own order."""
    actor = await get_actor(tx.session, block.actor)
    if not (group.is_local or actor.is_local):
        return
    if group.is_local and await is_administrator(tx.session, person):
        raise Forbidden("An administrator of its node is not banned from a group.", detail=person.iri)
    seats = list(
        await tx.session.scalars(
            select(Moderator.actor_id)
            .where(col(Moderator.group_id) == group.id)
            .order_by(col(Moderator.since), col(Moderator.id))
        )
    )
    if person.id not in seats or (group.is_local and await is_administrator(tx.session, actor)):
        return
    if actor.id not in seats or seats.index(actor.id) > seats.index(person.id):
        raise Forbidden("Moderators ban those who came after them alone.", detail=block.iri)


async def _is_fresh(tx: Transaction, block: Activity, place: Place, person: Actor) -> bool:
    """Tell whether this is news: not the same ban again, by the moderator's server and by the group."""
    known = await find_ban(tx.session, person.id, place.scope)
    return known is None or known.iri != block.iri


async def _row(tx: Transaction, block: Activity, place: Place, person: Actor) -> Ban:
    row = await find_ban(tx.session, person.id, place.scope)
    if row is None:
        row = Ban(
            actor_id=person.id or 0,
            scope=place.scope,
            group_id=place.group.id if place.group else None,
            iri=block.iri,
            at=tx.now,
        )
        tx.session.add(row)
    elif row.iri != block.iri:
        await hiding.rename(tx, row, block.iri)
        row.iri = block.iri
    return row


async def _note(
    tx: Transaction,
    block: Activity,
    kind: str,
    place: Place,
    person: Actor,
    *,
    expires_at: datetime | None = None,
) -> None:
    """Write it into the log of moderation; what other nodes do on the whole is in theirs."""
    if place.group is not None or place.is_ours:
        reason = None if kind == "ban" else ""
        await record(tx, block, kind, group=place.group, subject=person, reason=reason, expires_at=expires_at)
