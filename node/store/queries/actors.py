"""Finding actors and peers."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import bindparam, func
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col, select

from node.activitypub.origin import host_of
from node.errors import NotFound
from node.store.batches import BatchSession, none_of
from node.store.database import Transaction
from node.store.tables.actors import GROUP_KINDS, Actor
from node.store.tables.follows import Follow, Moderator
from node.store.tables.log import LogEntry
from node.store.tables.peers import Peer

# Asked for more than anything else: written once, for building it took a third of the time of asking.
_BY_IRI = select(Actor).where(col(Actor.iri) == bindparam("iri"))


async def find_actor(session: AsyncSession, iri: str) -> Actor | None:
    """Return the actor of that id, or None."""
    if isinstance(session, BatchSession):
        if iri not in session.actors:
            session.actors[iri] = await session.scalar(_BY_IRI, {"iri": iri})
        return session.actors[iri]
    found: Actor | None = await session.scalar(_BY_IRI, {"iri": iri})
    return found


async def get_actor(session: AsyncSession, iri: str) -> Actor:
    """Return the actor of that id, or raise NotFound."""
    found = await find_actor(session, iri)
    if found is None:
        raise NotFound("This actor is not known here.", detail=iri)
    return found


async def find_actors(session: AsyncSession, iris: Collection[str]) -> list[Actor]:
    """Return those of the ids that are known."""
    if not iris:
        return []
    if isinstance(session, BatchSession):
        found = [await find_actor(session, iri) for iri in dict.fromkeys(iris)]
        return [one for one in found if one is not None]
    return list(await session.scalars(select(Actor).where(col(Actor.iri).in_(iris))))


async def find_by_handle(
    session: AsyncSession, username: str, host: str, *, group: bool | None = None
) -> Actor | None:
    """Return the live actor called *username* at *host*; *group* narrows to groups or to the others."""
    query = select(Actor).where(
        col(Actor.lookup_name) == username.lower(),
        col(Actor.host) == host.lower(),
        col(Actor.deleted_at).is_(None),
    )
    if group is not None:
        is_group = col(Actor.kind).in_(GROUP_KINDS)
        query = query.where(is_group if group else ~is_group)
    found: Actor | None = await session.scalar(query.order_by(col(Actor.id)).limit(1))
    return found


async def find_at(session: AsyncSession, host: str, path: str) -> Actor | None:
    """Return the local actor whose id is at *path* of *host*: how routes look actors up."""
    found: Actor | None = await session.scalar(
        select(Actor).where(
            col(Actor.host) == host, col(Actor.path) == path, col(Actor.sealed_key).is_not(None)
        )
    )
    return found


async def moderates(session: AsyncSession, actor_id: int | None, group_id: int | None) -> bool:
    """Tell whether the actor is in the group's list of moderators."""
    if none_of(session, Moderator, actor_id):
        return False
    query = select(Moderator.id).where(
        col(Moderator.actor_id) == actor_id, col(Moderator.group_id) == group_id
    )
    return await session.scalar(query) is not None


async def is_follower(session: AsyncSession, follower_id: int | None, followee_id: int | None) -> bool:
    """Tell whether an accepted follow leads from one to the other (V67)."""
    query = select(Follow.id).where(
        col(Follow.follower_id) == follower_id,
        col(Follow.followee_id) == followee_id,
        col(Follow.state) == "accepted",
    )
    return await session.scalar(query) is not None


async def is_member(session: AsyncSession, actor_id: int | None, group_id: int | None) -> bool:
    """Tell whether the actor reads what is said in the group when it is private: a follower or a moderator.

    The group itself is of it too.
    """
    if actor_id is not None and actor_id == group_id:
        return True
    return await is_follower(session, actor_id, group_id) or await moderates(session, actor_id, group_id)


async def ensure_peer(tx: Transaction, iri: str) -> Peer:
    """Return the peer that serves *iri*, recording it when new: its lane begins at the head of the log."""
    host = host_of(iri)
    peer: Peer | None = await tx.session.scalar(select(Peer).where(col(Peer.host) == host))
    if peer is None:
        head = await tx.session.scalar(select(func.max(LogEntry.id))) or 0
        peer = Peer(host=host, first_seen=tx.now, cursor=head)
        tx.session.add(peer)
        await tx.session.flush()
    return peer
