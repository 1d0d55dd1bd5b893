"""Add and Remove{actor: moderator, object, target}: a thread of a group's pinned ones, one of its moderators.

`target` is the group's own `featured` or `moderators` address, compared as it stands (pitfall 43). NodeBB says Remove of
a topic from a category too: see `taking_out`.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Literal

from sqlmodel import col, select

from node.activities import office, taking_out
from node.activities.deeds import record
from node.activities.handler import Handler
from node.activities.standing import check_may_moderate
from node.activities.telling import tell
from node.activitypub.activity import Activity
from node.errors import Conflict, Forbidden, Refused
from node.store.database import Transaction
from node.store.queries.actors import get_actor
from node.store.queries.posts import get_post
from node.store.queries.standing import find_curated, is_administrator
from node.store.queries.tasks import ask_for
from node.store.tables.actors import Actor
from node.store.tables.follows import Moderator
from node.store.tables.posts import Post

REREAD_EVERY = timedelta(
    days=1
)  # the list at its home is the authority, asked this often at most (pitfall 89)


async def check(tx: Transaction, change: Activity) -> None:
    """Whoever has authority in the group (RULE C4); moderators are dismissed by those before them alone."""
    if await taking_out.concerns(tx, change):
        await taking_out.check(tx, change)
        return
    group, collection = await _place(tx, change)
    if collection == "featured":
        post = await get_post(tx.session, change.object or "")
        if post.group_id != group.id or post.parent_id is not None or post.in_reply_to is not None:
            raise Forbidden("A group pins its own threads alone.", detail=f"{group.iri}: {post.iri}")
        await check_may_moderate(tx, change, group)
        return
    person = await get_actor(tx.session, change.object or "")
    if person.is_group or (person.deleted_at is not None and change.type == "Add"):
        raise Refused("Only people who are there moderate a group.", detail=person.iri)
    if await _is_hint(tx, change, group, person):
        return
    await check_may_moderate(tx, change, group)
    if group.is_local and change.type == "Remove":
        await _check_rank(tx, change, group, person)


async def apply(tx: Transaction, change: Activity) -> None:
    """Change the list."""
    if await taking_out.concerns(tx, change):
        await taking_out.apply(tx, change)
        return
    group, collection = await _place(tx, change)
    if collection == "featured":
        await _pin(tx, change, group)
        return
    person = await get_actor(tx.session, change.object or "")
    if not group.is_local:
        due = (group.moderators_at or tx.now) + REREAD_EVERY
        is_stale = group.moderators_at is None or due <= tx.now
        await ask_for(tx, "moderators", group.iri, due_at=tx.now if is_stale else due)
    if not await _is_hint(tx, change, group, person):
        await _seat(tx, change, group, person)


def compose_pin(tx: Transaction, moderator: Actor, group: Actor, post: Post, *, pin: bool) -> Activity:
    """A local moderator pins a thread of the group, or no longer. Raises Conflict for a group without pins."""
    return _compose(tx, moderator, group, post.iri, group.featured, add=pin)


def compose_seat(
    tx: Transaction, moderator: Actor, group: Actor, person: Actor, *, appoint: bool
) -> Activity:
    """A local moderator appoints another, or dismisses one. Raises Conflict for a group without a list."""
    return _compose(tx, moderator, group, person.iri, group.moderators, add=appoint)


def _compose(
    tx: Transaction, moderator: Actor, group: Actor, thing: str, collection: str | None, *, add: bool
) -> Activity:
    if collection is None:
        raise Conflict(f"{group.handle} keeps no such list.")
    return office.act(tx, "Add" if add else "Remove", moderator, group, thing, target=collection)


async def _place(tx: Transaction, change: Activity) -> tuple[Actor, Literal["featured", "moderators"]]:
    """Return the group and which of its lists is meant; Refused when it is nobody's that is known here."""
    named = (change.announced_by, change.audience, change.actor, *change.addressees)
    found = await find_curated(tx.session, change.target or "", [one for one in named if one])
    if found is None:
        raise Refused("This is no list of a group known here.", detail=f"{change.iri}: {change.target}")
    return found


async def _is_hint(tx: Transaction, change: Activity, group: Actor, person: Actor) -> bool:
    """Tell whether it only says that the list at the group's home is to be read again (A10).

    So a member here hears of it whose group nobody here follows: its host sends no Announce then.
    """
    if group.is_local or change.announced_by is not None or change.actor == group.iri:
        return False
    actor = await get_actor(tx.session, change.actor)
    return not actor.is_local and person.is_local


async def _check_rank(tx: Transaction, change: Activity, group: Actor, person: Actor) -> None:
    """Moderators rank as they were appointed; who came later dismisses nobody from before (as in Lemmy)."""
    seats = list(
        await tx.session.scalars(
            select(Moderator.actor_id)
            .where(col(Moderator.group_id) == group.id)
            .order_by(col(Moderator.since), col(Moderator.id))
        )
    )
    if person.id not in seats:
        return
    if len(seats) == 1:
        raise Conflict("A group keeps at least one moderator. Appoint another one first.")
    actor = await get_actor(tx.session, change.actor)
    if await is_administrator(tx.session, actor):
        return
    if actor.id not in seats or seats.index(actor.id) > seats.index(person.id):
        raise Forbidden("Moderators dismiss those who came after them alone.", detail=change.iri)


async def _pin(tx: Transaction, change: Activity, group: Actor) -> None:
    post = await get_post(tx.session, change.object or "")
    pin = change.type == "Add"
    if (post.featured_at is not None) != pin:
        post.featured_at = tx.now if pin else None
        await record(tx, change, "feature" if pin else "unfeature", group=group, post=post)


async def _seat(tx: Transaction, change: Activity, group: Actor, person: Actor) -> None:
    seat = await tx.session.scalar(
        select(Moderator).where(col(Moderator.group_id) == group.id, col(Moderator.actor_id) == person.id)
    )
    appoint = change.type == "Add"
    if (seat is not None) == appoint:
        return
    if seat is None:
        tx.session.add(Moderator(group_id=group.id or 0, actor_id=person.id or 0, since=tx.now))
    else:
        await tx.session.delete(seat)
    await tx.session.flush()
    await record(tx, change, "appoint" if appoint else "dismiss", group=group, subject=person)
    actor = await get_actor(tx.session, change.actor)
    await tell(tx, person, "appointed" if appoint else "dismissed", by=actor, group=group)


ADD = Handler("Add", check=check, apply=apply, needs=("actor", "curated"))
REMOVE = Handler("Remove", check=check, apply=apply, needs=("actor", "curated"))
