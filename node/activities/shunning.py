"""Personal blocks: one person wants nothing to do with another (pitfall 86).

Neither sees what the other writes, the blocked one cannot answer, vote for or write to the one who blocked, and
neither follows the other any more. It is nobody else's business: no group and no moderator hears of it.
"""

from __future__ import annotations

from sqlalchemy import delete as sql_delete
from sqlmodel import col

from node.activities.marks import has_mark, leave_mark
from node.activitypub.activity import Activity
from node.errors import Forbidden, Refused
from node.store.database import Transaction
from node.store.queries.actors import find_actor, get_actor
from node.store.queries.bans import find_block
from node.store.tables.actors import Actor
from node.store.tables.follows import Follow
from node.store.tables.moderation import Block


async def check(tx: Transaction, block: Activity) -> None:
    """Anybody may, of whom it concerns: one of the two lives here."""
    if block.announced_by is not None:
        raise Forbidden("A personal block is no group's business.", detail=block.iri)
    if block.object == block.actor:
        raise Refused("Nobody blocks themselves.", detail=block.iri)
    by = await get_actor(tx.session, block.actor)
    other = await get_actor(tx.session, block.object or "")
    if by.deleted_at is not None:
        raise Refused("This actor has left.", detail=by.iri)
    if by.is_group or other.is_group:
        raise Refused("People block people; leave a group to hear nothing of it.", detail=block.iri)
    if not (by.is_local or other.is_local):
        raise Refused("Neither of the two lives here.", detail=block.iri)


async def begin(tx: Transaction, block: Activity) -> None:
    """Keep the two apart, unless this very block was taken back before it came (R18)."""
    by, other = await _both(tx, block)
    if other is None or await has_mark(tx, "undone:Block", block.iri, by.iri):
        return
    known = await find_block(tx.session, by.id, other.id)
    if known is None:
        tx.session.add(Block(blocker_id=by.id or 0, blocked_id=other.id or 0, iri=block.iri, at=tx.now))
    else:
        known.iri = block.iri
    pair = (by.id, other.id)
    await tx.session.execute(
        sql_delete(Follow).where(
            col(Follow.follower_id).in_(pair),
            col(Follow.followee_id).in_(pair),
        )
    )
    await tx.session.flush()


async def end(tx: Transaction, block: Activity) -> None:
    """Take it back; a Block of that id that comes later is void."""
    by, other = await _both(tx, block)
    if block.iri:
        await leave_mark(tx, "undone:Block", block.iri, by.iri)
    known = await find_block(tx.session, by.id, other.id) if other is not None else None
    if known is not None:
        await tx.session.delete(known)
        await tx.session.flush()


async def _both(tx: Transaction, block: Activity) -> tuple[Actor, Actor | None]:
    return await get_actor(tx.session, block.actor), await find_actor(tx.session, block.object or "")
