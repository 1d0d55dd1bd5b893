"""Whom somebody follows and who follows them, as lists of people and groups."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, func
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col, select

from node.store.queries.people import ActorLine, line_of
from node.store.tables.actors import GROUP_KINDS, Actor
from node.store.tables.follows import Follow
from node.store.tables.members import Member

SHOWN = 50
EXPORTED = 10_000  # follows in one file


@dataclass(frozen=True, slots=True)
class FollowLine:
    """One end of a follow."""

    id: int  # of the follow
    actor: ActorLine
    state: str  # pending, accepted
    since: datetime


@dataclass(frozen=True, slots=True)
class FollowList:
    """A page of follows, the newest first. older: row number that the next page begins below."""

    lines: tuple[FollowLine, ...] = ()
    older: int | None = None


async def followed_by(
    session: AsyncSession, actor: Actor, before: int | None, *, own: bool, groups: bool | None = None
) -> FollowList:
    """Return whom an actor follows. own: for the actor alone, with what waits for an answer and private groups.

    groups: only groups, or only people; None: both.
    """
    wanted = [col(Follow.follower_id) == actor.id, *_of_kind(groups)]
    if own:
        wanted.append(col(Follow.state) != "rejected")
    else:
        wanted += [col(Follow.state) == "accepted", col(Actor.private).is_(False), ~_hides()]
    return await _page(session, col(Follow.followee_id), wanted, before)


async def followers_of(
    session: AsyncSession, actor: Actor, before: int | None, *, own: bool = True
) -> FollowList:
    """Return who follows an actor, as far as it is known here. own: for the actor alone, with those who hide it."""
    wanted = [col(Follow.followee_id) == actor.id, col(Follow.state) == "accepted"]
    if not own:
        wanted.append(~_hides())
    return await _page(session, col(Follow.follower_id), wanted, before)


async def count_followed(session: AsyncSession, actor: Actor) -> int:
    """Return how many public groups and people an actor follows, as far as it is known here."""
    query = (
        select(func.count())
        .select_from(Follow)
        .join(Actor, col(Actor.id) == col(Follow.followee_id))
        .where(
            col(Follow.follower_id) == actor.id,
            col(Follow.state) == "accepted",
            col(Actor.private).is_(False),
            col(Actor.deleted_at).is_(None),
        )
    )
    return await session.scalar(query) or 0


async def hides_lists(session: AsyncSession, actor: Actor) -> bool:
    """Tell whether a member keeps to themselves whom they follow and who follows them."""
    query = select(Member.hides_lists).where(col(Member.actor_id) == actor.id)
    return bool(await session.scalar(query))


async def exported(session: AsyncSession, actor: Actor, *, groups: bool) -> list[str]:
    """Return the handles of whom an actor follows, without the mark of their kind."""
    query = (
        select(Actor)
        .join(Follow, col(Follow.followee_id) == col(Actor.id))
        .where(
            col(Follow.follower_id) == actor.id,
            col(Follow.state) != "rejected",
            col(Actor.deleted_at).is_(None),
            *_of_kind(groups),
        )
        .order_by(col(Follow.id))
        .limit(EXPORTED)
    )
    return [f"{one.username}@{one.host}" for one in await session.scalars(query)]


def _hides() -> ColumnElement[bool]:
    """Condition: the actor is a member who keeps such lists to themselves, so that they are on none of others."""
    query = select(Member.id).where(col(Member.actor_id) == col(Actor.id), col(Member.hides_lists).is_(True))
    return query.correlate(Actor).exists()


def _of_kind(groups: bool | None) -> list[ColumnElement[bool]]:
    if groups is None:
        return []
    return [col(Actor.kind).in_(GROUP_KINDS) if groups else col(Actor.kind).not_in(GROUP_KINDS)]


async def _page(
    session: AsyncSession, other: Any, wanted: list[ColumnElement[bool]], before: int | None
) -> FollowList:
    if before is not None:
        wanted.append(col(Follow.id) < before)
    found = (
        await session.execute(
            select(Follow, Actor)
            .join(Actor, col(Actor.id) == other)
            .where(*wanted, col(Actor.deleted_at).is_(None))
            .order_by(col(Follow.id).desc())
            .limit(SHOWN + 1)
        )
    ).all()
    lines = tuple(
        FollowLine(edge.id or 0, line_of(actor), edge.state, edge.created_at) for edge, actor in found[:SHOWN]
    )
    return FollowList(lines, lines[-1].id if len(found) > SHOWN else None)
