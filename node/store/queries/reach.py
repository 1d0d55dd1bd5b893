"""Whom word reaches: of the followers and actors that it is for, those at some peers, with their inboxes."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from sqlalchemy import BindParameter, ColumnElement, Integer, bindparam, func, or_
from sqlalchemy import select as sql_select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col, select

from node.store.tables.actors import Actor
from node.store.tables.follows import Follow

# Followers for each peer that is asked about: with more, it is less work to look through those known at the peers.
KNOWN_THERE = 50
REACHABLE = (
    col(Actor.deleted_at).is_(None),
    or_(col(Actor.shared_inbox).is_not(None), col(Actor.inbox).is_not(None)),
)
_INBOX = func.coalesce(Actor.shared_inbox, Actor.inbox)


@dataclass(slots=True)
class Reach:
    """Who at some peers hears of what: their inboxes, by peer and by whom they follow or who they are."""

    by_followee: dict[tuple[int, int], list[str]] = field(default_factory=dict)
    by_actor: dict[tuple[int, int], list[str]] = field(default_factory=dict)
    anywhere: dict[int, str] = field(default_factory=dict)  # some inbox of the peer
    followees: dict[int, list[int]] = field(default_factory=dict)  # by peer
    actors: dict[int, list[int]] = field(default_factory=dict)


async def find_reach(
    session: AsyncSession,
    ids: Collection[int],
    *,
    followees: Collection[int],
    actors: Collection[int],
    everyone: bool,
) -> Reach:
    """Return whom word for those followees' followers, those actors and everyone concerns at these peers, as of now."""
    found = Reach()
    rows: Iterable[Any]
    if followees:
        asked = {"peers": list(ids), "followees": list(followees)}
        many = await session.scalar(_to_see_whether_many(), asked | {"number": len(ids) * KNOWN_THERE})
        rows = await session.execute(_to_reach_followers(by_peer=many is not None), asked)
        for peer_id, followee_id, where in rows:
            found.by_followee.setdefault((peer_id, followee_id), []).append(where)
            found.followees.setdefault(peer_id, []).append(followee_id)
    if actors:
        rows = await session.execute(_to_reach_actors(), {"peers": list(ids), "actors": list(actors)})
        for peer_id, actor_id, where in rows:
            found.by_actor.setdefault((peer_id, actor_id), []).append(where)
            found.actors.setdefault(peer_id, []).append(actor_id)
    if everyone:
        rows = await session.execute(_to_reach_anybody(), {"peers": list(ids)})
        found.anywhere = {peer_id or 0: where for peer_id, where in rows}
    return found


@cache
def _to_see_whether_many() -> Any:
    """Whether the followees have more followers than *number*."""
    followed = col(Follow.followee_id).in_(bindparam("followees", expanding=True))
    some = select(Follow.followee_id).where(followed, col(Follow.state) == "accepted")
    return some.offset(bindparam("number", type_=Integer)).limit(1)


@cache
def _to_reach_followers(*, by_peer: bool) -> Any:
    """by_peer: look through those who are known at the peers, rather than through all the followers.

    Neither database knows which of the two is less work: that differs from group to group.
    """
    followee = col(Follow.followee_id)
    asked: BindParameter[int] = bindparam("followees", expanding=True)
    return (
        sql_select(col(Actor.peer_id), followee, _INBOX)
        .distinct()
        .join(Follow, col(Follow.follower_id) == col(Actor.id))
        .where(*_there(), col(Follow.state) == "accepted")
        .where((followee + 0).in_(asked) if by_peer else followee.in_(asked))  # a sum is in no index
    )


@cache
def _to_reach_actors() -> Any:
    named = col(Actor.id).in_(bindparam("actors", expanding=True))
    return sql_select(col(Actor.peer_id), col(Actor.id), _INBOX).where(*_there(), named)


@cache
def _to_reach_anybody() -> Any:
    some = sql_select(col(Actor.peer_id), func.min(_INBOX)).where(*_there())
    return some.group_by(col(Actor.peer_id))


def _there() -> tuple[ColumnElement[bool], ...]:
    return (col(Actor.peer_id).in_(bindparam("peers", expanding=True)), *REACHABLE)
