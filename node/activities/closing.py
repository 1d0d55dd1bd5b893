"""Delete{object: a group}, and its Undo: a group closes, and opens again (FEDERATION C.6, C.11).

While it is closed a Tombstone stands in its place. A group of ours is closed here alone, by the first of its
moderators or by an administrator: a moderator elsewhere cannot, as in Lemmy. A group elsewhere closes by its own
word. Microblogs hear of it as of an account that ends, and follow anew if it opens again.
"""

from __future__ import annotations

from node.activities import office
from node.activities.deeds import record
from node.activities.standing import is_moderator
from node.activities.telling import tell_followers
from node.activitypub.activity import Activity
from node.errors import Conflict, Forbidden
from node.store.database import Transaction
from node.store.queries.actors import get_actor
from node.store.queries.standing import is_administrator, owner_of
from node.store.queries.tasks import ask_for
from node.store.tables.actors import Actor


async def check(tx: Transaction, closing: Activity, group: Actor) -> None:
    """Its owner or an administrator here; of a group elsewhere the group itself."""
    actor = await get_actor(tx.session, closing.actor)
    if group.is_local:
        if closing.announced_by is not None or not await may_close(tx, actor, group):
            raise Forbidden(
                "Only a group's first moderator or an administrator of its node closes it.",
                detail=closing.iri,
            )
    elif group.iri not in {closing.announced_by, actor.iri}:
        raise Forbidden("A group is closed where it lives.", detail=f"{actor.iri}: {group.iri}")


async def may_close(tx: Transaction, actor: Actor, group: Actor) -> bool:
    """Tell whether *actor* may close a group of this node, or open it again."""
    if not (actor.is_local and group.is_local):
        return False
    if await is_administrator(tx.session, actor):
        return True
    return await owner_of(tx.session, group) == actor.id and await is_moderator(tx, actor, group)


async def close(tx: Transaction, closing: Activity, group: Actor) -> None:
    """Put a stone where the group was; its threads stay their authors'."""
    if group.deleted_at is not None:
        return
    group.deleted_at = tx.now
    await tx.session.flush()
    await record(tx, closing, "close", group=group)
    await tell_followers(tx, group, "closed", by=await get_actor(tx.session, closing.actor))


async def reopen(tx: Transaction, closing: Activity, group: Actor) -> None:
    """Take the stone away; a group elsewhere is read again."""
    if group.deleted_at is None:
        return
    group.deleted_at = None
    await tx.session.flush()
    await record(tx, closing, "reopen", group=group, reason="")
    if not group.is_local:
        await ask_for(tx, "refresh", group.iri)


def compose(tx: Transaction, actor: Actor, group: Actor) -> Activity:
    """A local owner or administrator closes a group of this node. Raises Conflict for a closed one."""
    if group.deleted_at is not None:
        raise Conflict(f"{group.handle} is closed already.")
    return office.act(tx, "Delete", actor, group, group.iri)


def compose_undo(tx: Transaction, actor: Actor, group: Actor) -> Activity:
    """And opens it again."""
    if group.deleted_at is None:
        raise Conflict(f"{group.handle} is not closed.")
    return office.take_back(tx, actor, office.act(tx, "Delete", actor, group, group.iri))
