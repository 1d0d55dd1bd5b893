"""Move{actor: old, object: old, target: new}: an account, or a whole group, is elsewhere from now on.

The new one must name the old one in `alsoKnownAs`, as its own document says at that moment: the inbox fetches
it anew before. Followers here follow the new one in place of the old one; that is done in the background, since
they may be many. Threads stay where they are. Source: FEP-7628; FEDERATION G.1; Mastodon's rules.
"""

from __future__ import annotations

from datetime import timedelta

from node.activitypub import writing
from node.activitypub.activity import Activity
from node.errors import Conflict, Forbidden, Refused
from node.store.database import Transaction
from node.store.queries.actors import find_actor, get_actor
from node.store.queries.tasks import ask_for
from node.store.tables.actors import Actor

COOL_DOWN = timedelta(days=30)  # between two moves of one account, as on Mastodon (FEDERATION G.1)
MOST_ALIASES = 20


async def check(tx: Transaction, move: Activity) -> None:
    """Only themselves, to one who claims them, of the same kind, and not again at once."""
    if move.announced_by is not None:
        raise Forbidden("Nobody else moves an account.", detail=move.iri)
    old = await get_actor(tx.session, move.actor)
    new = await find_actor(tx.session, move.target or "")
    if new is None:
        raise Refused("Where this account moves to is not known.", detail=f"{move.iri}: {move.target}")
    await check_pair(tx, old, new)


async def check_pair(tx: Transaction, old: Actor, new: Actor) -> None:
    """Raise Forbidden, Refused or Conflict unless *old* may move to *new* now."""
    if old.deleted_at is not None or new.deleted_at is not None:
        raise Refused("This account has ended.", detail=f"{old.iri} to {new.iri}")
    if old.iri == new.iri or old.is_group != new.is_group:
        raise Refused("An account moves to another of its kind.", detail=f"{old.iri} to {new.iri}")
    if old.iri not in aliases_of(new):
        raise Forbidden(
            f"{new.handle} does not say that it is {old.handle} too. Add that there first, as an alias.",
            detail=f"{old.iri} to {new.iri}",
        )
    if new.moved_to is not None:
        raise Refused(f"{new.handle} has moved on itself.", detail=f"{new.iri} to {new.moved_to}")
    if old.moved_to != new.iri and old.moved_at is not None and tx.now < old.moved_at + COOL_DOWN:
        raise Conflict(
            f"{old.handle} moved less than {COOL_DOWN.days} days ago. Wait until those are over.",
            detail=old.iri,
        )


async def apply(tx: Transaction, move: Activity) -> None:
    """Note where the account is now, and ask for its followers here to be carried over."""
    old = await get_actor(tx.session, move.actor)
    if old.moved_to != move.target or old.moved_at is None:
        old.moved_at = tx.now
    old.moved_to = move.target
    old.updated = tx.now if old.is_local else old.updated
    await tx.session.flush()
    await ask_for(tx, "carry", old.iri)


async def compose(tx: Transaction, old: Actor, new: Actor) -> Activity:
    """A local account or group moves; raises as `check_pair`.

    new: as fetched a moment ago. The Move goes to the followers, by the old one's key, and to the new one.
    """
    await check_pair(tx, old, new)
    iri = f"{old.home}/activities/move/{tx.ids.token()}"
    to = (old.followers,) if old.followers else ()
    raw = writing.write_activity(
        "Move", iri=iri, actor=old.iri, obj=old.iri, target=new.iri, to=to, cc=(new.iri,), published=tx.now
    )
    return Activity(
        type="Move",
        iri=iri,
        actor=old.iri,
        object=old.iri,
        target=new.iri,
        raw=raw,
        to=to,
        cc=(new.iri,),
    )


def aliases_of(actor: Actor) -> tuple[str, ...]:
    """Return the ids under which an actor says it is known as well."""
    return tuple(actor.also_known_as.split())


def add_alias(actor: Actor, iri: str) -> None:
    """Let a local actor say that it is *iri* too; raises Conflict past MOST_ALIASES, Refused for itself."""
    known = aliases_of(actor)
    if iri == actor.iri:
        raise Refused("This is the account itself: an alias is another one.", detail=iri)
    if len(known) >= MOST_ALIASES and iri not in known:
        raise Conflict(f"An account has at most {MOST_ALIASES} aliases. Remove one first.", detail=actor.iri)
    actor.also_known_as = "\n".join(dict.fromkeys((*known, iri)))


def remove_alias(actor: Actor, iri: str) -> None:
    """Let a local actor no longer say so; one that it never said is gone already."""
    actor.also_known_as = "\n".join(one for one in aliases_of(actor) if one != iri)


def come_back(tx: Transaction, actor: Actor) -> None:
    """A local account takes its move back: it may act again. Whoever followed it elsewhere stays there."""
    actor.moved_to, actor.updated = None, tx.now
