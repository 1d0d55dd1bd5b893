"""Finding arrivals: repeats, what is due, and what could not be handled."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import replace

from sqlalchemy import or_, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased
from sqlmodel import col, select

from node.activitypub.activity import Activity
from node.store.batches import known
from node.store.database import Transaction
from node.store.queries.bans import find_blocking
from node.store.queries.followers import find_follow
from node.store.queries.permissions import find_asked
from node.store.tables.actors import Actor
from node.store.tables.arrivals import Arrival
from node.store.tables.follows import Follow
from node.store.tables.gatherings import Attendance
from node.store.tables.moderation import Deed
from node.store.tables.peers import Peer
from node.store.tables.posts import Post, Share, Vote
from node.store.tables.trimmings import Reaction

_UNDOABLE = {"close": "Delete", "lock": "Lock", "remove": "Delete"}  # kind of deed -> activity


async def is_recorded(session: AsyncSession, iri: str) -> bool:
    """Tell whether the activity of that id has been taken before (RULE B7)."""
    return await session.scalar(select(Arrival.id).where(col(Arrival.iri) == iri)) is not None


async def dead_letters(session: AsyncSession, *, limit: int = 100) -> list[Arrival]:
    """Return the arrivals that were given up, the newest first: the operator's list."""
    query = select(Arrival).where(col(Arrival.state) == "dead").order_by(col(Arrival.id).desc())
    return list(await session.scalars(query.limit(limit)))


async def is_followed_here(session: AsyncSession, iri: str) -> bool:
    """Tell whether an actor of ours follows the actor of that id."""
    return await known(session, Follow, ("here", iri), lambda: _is_followed_here(session, iri))


async def _is_followed_here(session: AsyncSession, iri: str) -> bool:
    followee, follower = aliased(Actor), aliased(Actor)
    query = (
        select(Follow.id)
        .join(followee, col(Follow.followee_id) == followee.id)
        .join(follower, col(Follow.follower_id) == follower.id)
        .where(
            followee.iri == iri,
            col(Follow.state) == "accepted",
            follower.peer_id.is_(None),  # type: ignore[union-attr]
        )
    )
    return await session.scalar(query.limit(1)) is not None


async def is_blocked(session: AsyncSession, hosts: Iterable[str]) -> bool:
    """Tell whether our operator has blocked one of the hosts, or a host above one (A106)."""
    asked = frozenset(hosts)

    async def ask() -> bool:
        return bool(await blocked_among(session, asked))

    return await known(session, Peer, asked, ask)


async def blocked_among(session: AsyncSession, hosts: Collection[str]) -> set[str]:
    """Return those of the hosts that our operator has blocked, themselves or a host above them (A106)."""
    above = {host: _and_above(host) for host in hosts}
    names = {name for one in above.values() for name in one}
    query = select(Peer.host).where(col(Peer.host).in_(names), col(Peer.blocked_at).is_not(None))
    blocked = set(await session.scalars(query))
    return {host for host, names in above.items() if not blocked.isdisjoint(names)} if blocked else set()


def _and_above(host: str) -> list[str]:
    labels = host.partition(":")[0].split(".")
    return [host, *(".".join(labels[start:]) for start in range(len(labels)))]


async def is_wanted(session: AsyncSession, group: Actor) -> bool:
    """Tell whether what the group passes on concerns us: one of ours follows it, or it has threads here."""
    followed = await known(session, Follow, ("asked", group.id), lambda: _is_asked_for(session, group))
    if followed:
        return True
    return await session.scalar(select(Post.id).where(col(Post.group_id) == group.id).limit(1)) is not None


async def _is_asked_for(session: AsyncSession, group: Actor) -> bool:
    """Tell whether one of ours follows the group, or has asked to."""
    follower = aliased(Actor)
    followed = (
        select(Follow.id)
        .join(follower, col(Follow.follower_id) == follower.id)
        .where(
            col(Follow.followee_id) == group.id,
            col(Follow.state) != "rejected",
            follower.peer_id.is_(None),  # type: ignore[union-attr]
        )
    )
    return await session.scalar(followed.limit(1)) is not None


async def confirm(tx: Transaction, iri: str, group: Actor) -> None:
    """Note that *group* has taken a post of ours: by the post's id, or by that of the Create (RULE C1)."""
    await tx.session.execute(
        update(Post)
        .where(
            or_(col(Post.iri) == iri, col(Post.create_iri) == iri),
            col(Post.group_id) == group.id,
            col(Post.confirmed_at).is_(None),
        )
        .values(confirmed_at=tx.now)
    )


async def find_answered(session: AsyncSession, iri: str) -> Activity | None:
    """Return the follow, vote, reaction, boost, request, block, Join, Invite or act of office of that id, as it was, or None."""
    asked = await find_asked(session, iri)
    if asked is not None:
        return asked
    edge = await find_follow(session, iri)
    if edge is not None:
        followee = await session.get(Actor, edge.followee_id)
        return await _as_activity(session, edge.kind, iri, edge.follower_id, followee)
    vote: Vote | None = await session.scalar(select(Vote).where(col(Vote.iri) == iri))
    if vote is not None:
        kind = "Like" if vote.value > 0 else "Dislike"
        return await _as_activity(session, kind, iri, vote.actor_id, await session.get(Post, vote.post_id))
    mark: Reaction | None = await session.scalar(select(Reaction).where(col(Reaction.iri) == iri))
    if mark is not None:
        about = await session.get(Post, mark.post_id)
        return await _as_activity(session, "EmojiReact", iri, mark.actor_id, about)
    share: Share | None = await session.scalar(select(Share).where(col(Share.iri) == iri))
    if share is not None:
        return await _as_activity(
            session, "Announce", iri, share.actor_id, await session.get(Post, share.post_id)
        )
    taking_part = await _attendance(session, iri)
    return taking_part or await find_blocking(session, iri) or await _deed(session, iri)


async def _deed(session: AsyncSession, iri: str) -> Activity | None:
    """Return the act of a moderator that has this id, from the log of such acts."""
    deed: Deed | None = await session.scalar(
        select(Deed).where(col(Deed.iri) == iri, col(Deed.kind).in_(list(_UNDOABLE))).limit(1)
    )
    if deed is None or deed.actor_id is None:
        return None
    post = await session.get(Post, deed.post_id) if deed.post_id is not None else None
    group = await session.get(Actor, deed.group_id) if deed.group_id is not None else None
    kind = _UNDOABLE[deed.kind]
    summary = deed.reason if deed.kind == "remove" else None
    return await _as_activity(session, kind, iri, deed.actor_id, post or group, summary=summary)


async def _attendance(session: AsyncSession, iri: str) -> Activity | None:
    """Return the Join or Invite of that id; an invitation as its event's author made it."""
    found: Attendance | None = await session.scalar(select(Attendance).where(col(Attendance.iri) == iri))
    post = await session.get(Post, found.post_id) if found is not None else None
    if found is None or post is None:
        return None
    if found.kind != "invite":
        return await _as_activity(session, "Join", iri, found.actor_id, post)
    asked = await _as_activity(session, "Invite", iri, post.author_id, post)
    invited = await session.get(Actor, found.actor_id)
    return replace(asked, target=invited.iri) if asked is not None and invited is not None else None


async def _as_activity(
    session: AsyncSession,
    kind: str,
    iri: str,
    actor_id: int,
    about: Actor | Post | None,
    *,
    summary: str | None = None,
) -> Activity | None:
    actor = await session.get(Actor, actor_id)
    if actor is None or about is None:
        return None
    return Activity(type=kind, iri=iri, actor=actor.iri, object=about.iri, raw={}, summary=summary)
