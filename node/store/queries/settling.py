"""Whom a newcomer might follow: groups that live here or that others here follow, and people who write."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import func
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col, select

from node.store.queries.people import ActorLine, line_of, lines_of
from node.store.queries.posts import visible_to
from node.store.tables.actors import Actor
from node.store.tables.follows import Follow
from node.store.tables.posts import Post

GROUPS_OFFERED = 12  # of each sort
PEOPLE_OFFERED = 12
POSTS_READ = 300  # the newest here, whose authors are offered
POSTS_LOOKED_AT = 3000  # among so many of the newest: a reader of few is not kept waiting


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A group or a person to follow."""

    actor: ActorLine
    about: str  # one plain line
    followers: int


async def groups_to_follow(session: AsyncSession, viewer: Actor, *, here: bool) -> tuple[Suggestion, ...]:
    """Return groups that *viewer* does not follow yet, the most followed first."""
    followers = (
        select(func.count())
        .where(col(Follow.followee_id) == col(Actor.id), col(Follow.state) == "accepted")
        .correlate(Actor)
        .scalar_subquery()
    )
    query = (
        select(Actor, followers)
        .where(
            col(Actor.kind) == "Group",
            col(Actor.deleted_at).is_(None),
            col(Actor.moved_to).is_(None),
            col(Actor.discoverable).is_(True),
            col(Actor.private).is_(False),
            col(Actor.peer_id).is_(None) if here else col(Actor.peer_id).is_not(None),
            col(Actor.id).not_in(select(Follow.followee_id).where(col(Follow.follower_id) == viewer.id)),
        )
        .order_by(followers.desc(), col(Actor.id))
        .limit(GROUPS_OFFERED)
    )
    return tuple(
        Suggestion(line_of(group), group.description, count)
        for group, count in await session.execute(query)
        if here or count
    )


async def people_to_follow(session: AsyncSession, viewer: Actor) -> tuple[Suggestion, ...]:
    """Return people whom *viewer* does not follow yet, those who wrote last first."""
    last = await session.scalar(select(func.max(Post.id))) or 0
    newest = (
        select(Post.author_id)
        .where(
            col(Post.id) > last - POSTS_LOOKED_AT,
            visible_to(viewer),
            col(Post.visibility) == "public",
            col(Post.author_id) != viewer.id,
        )
        .order_by(col(Post.id).desc())
        .limit(POSTS_READ)
    )
    authors = list(dict.fromkeys(await session.scalars(newest)))
    if not authors:
        return ()
    known = select(Follow.followee_id).where(col(Follow.follower_id) == viewer.id)
    fit = await session.scalars(
        select(Actor).where(
            col(Actor.id).in_(authors),
            col(Actor.kind) == "Person",
            col(Actor.discoverable).is_(True),
            col(Actor.deleted_at).is_(None),
            col(Actor.id).not_in(known),
        )
    )
    people = {one.id or 0: one for one in fit}
    shown = [people[one] for one in authors if one in people][:PEOPLE_OFFERED]
    return tuple(Suggestion(line_of(one), one.description, 0) for one in shown)


async def find_offered(session: AsyncSession, numbers: list[int]) -> list[Actor]:
    """Return living actors by their row numbers."""
    named = await lines_of(session, numbers)
    return [
        actor
        for one in named.values()
        if not one.gone and (actor := await session.get(Actor, one.id)) is not None
    ]
