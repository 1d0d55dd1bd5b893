"""After a Move: who followed the old account here follows the new one, a few in a transaction."""

from __future__ import annotations

import structlog
from sqlmodel import col, select

from node.activities import follow
from node.activities.perform import perform
from node.errors import Refused
from node.inbox.actors import fetch_actor
from node.network.client import Budget
from node.runtime import Node
from node.store.database import Transaction
from node.store.queries.actors import get_actor
from node.store.tables.actors import Actor
from node.store.tables.follows import Follow
from node.store.tables.members import Member, Notification

AT_ONCE = 20  # followers carried over in one transaction
FETCHES = 4  # for the new account, should it be due for another look

log = structlog.get_logger()


async def carry_followers(node: Node, iri: str) -> int:
    """Carry the followers here of the account of that id over to where it moved; return how many.

    Interrupted, it goes on where it was: whoever was carried follows the old one no longer.
    """
    async with node.reading() as session:
        old = await get_actor(session, iri)
    if old.moved_to is None:
        return 0
    new = await fetch_actor(node, old.moved_to, Budget(FETCHES))
    carried = 0
    while True:
        async with node.transaction() as tx:
            followers = await _next(tx, old)
            for follower in followers:
                await _carry(tx, follower, old, new)
        if not followers:
            return carried
        carried += len(followers)


async def _next(tx: Transaction, old: Actor) -> list[Actor]:
    return list(
        await tx.session.scalars(
            select(Actor)
            .join(Follow, col(Follow.follower_id) == col(Actor.id))
            .where(
                col(Follow.followee_id) == old.id,
                col(Follow.state) != "rejected",
                col(Actor.peer_id).is_(None),
                col(Actor.deleted_at).is_(None),
            )
            .order_by(col(Follow.id))
            .limit(AT_ONCE)
        )
    )


async def _carry(tx: Transaction, follower: Actor, old: Actor, new: Actor) -> None:
    try:
        async with tx.session.begin_nested():
            await perform(tx, follow.compose(tx, follower, new))
            await _tell(tx, follower, old, new)
    except Refused as error:  # they may not follow the new one; the old one is gone all the same
        log.info("follower not carried over", follower=follower.iri, to=new.iri, error=str(error))
    undo = await follow.compose_undo(tx, follower, old)
    if undo is not None:
        await perform(tx, undo)


async def _tell(tx: Transaction, follower: Actor, old: Actor, new: Actor) -> None:
    member: Member | None = await tx.session.scalar(
        select(Member).where(col(Member.actor_id) == follower.id, col(Member.disabled_at).is_(None))
    )
    if member is not None:
        tx.session.add(
            Notification(
                member_id=member.id or 0, kind="moved", actor_id=new.id or 0, text=old.handle, at=tx.now
            )
        )
        await tx.session.flush()
