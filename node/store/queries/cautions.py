"""What a member is told of their own standing: bans that keep them out, and warnings that they were given."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit

from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col, func, select

from node.store.queries.bans import in_force
from node.store.queries.people import ActorLine, lines_of, titles_of
from node.store.tables.actors import Actor
from node.store.tables.moderation import Ban, Caution
from node.store.tables.posts import Post

SHOWN = 50  # newest first


@dataclass(frozen=True, slots=True)
class OwnBan:
    """A ban that keeps a member out. group: None for a whole node, then *host* says which."""

    group: ActorLine | None
    host: str
    by: ActorLine | None
    reason: str
    at: datetime
    expires_at: datetime | None


@dataclass(frozen=True, slots=True)
class OwnCaution:
    """A warning that a member was given."""

    by: ActorLine
    group: ActorLine | None
    path: str  # of the post; empty when it is gone
    title: str  # of its thread
    reason: str
    at: datetime


@dataclass(frozen=True, slots=True)
class StandingPage:
    """What a member has to know of what moderators did to them."""

    bans: tuple[OwnBan, ...]
    cautions: tuple[OwnCaution, ...]


async def standing_page(session: AsyncSession, actor: Actor, now: datetime) -> StandingPage:
    """Return what keeps the member out at *now*, and the newest of their warnings."""
    return StandingPage(await own_bans(session, actor, now), await _cautions(session, actor))


async def own_bans(session: AsyncSession, actor: Actor, now: datetime) -> tuple[OwnBan, ...]:
    """Return the bans of *actor* that are in force, the newest first."""
    query = select(Ban).where(col(Ban.actor_id) == actor.id, in_force(now))
    bans = list(await session.scalars(query.order_by(col(Ban.at).desc(), col(Ban.id).desc()).limit(SHOWN)))
    actors = await lines_of(session, [one for ban in bans for one in (ban.group_id, ban.by_id)])
    return tuple(
        OwnBan(
            group=actors.get(ban.group_id or 0),
            host=urlsplit(ban.scope).netloc,
            by=actors.get(ban.by_id or 0),
            reason=ban.reason,
            at=ban.at,
            expires_at=ban.expires_at,
        )
        for ban in bans
    )


async def count_cautions(session: AsyncSession, subject: Actor, group: Actor | None) -> int:
    """Return how often somebody was warned, in one group or (group None) in all that are known here."""
    query = select(func.count()).select_from(Caution).where(col(Caution.subject_id) == subject.id)
    if group is not None:
        query = query.where(col(Caution.group_id) == group.id)
    return await session.scalar(query) or 0


async def _cautions(session: AsyncSession, actor: Actor) -> tuple[OwnCaution, ...]:
    query = select(Caution, Post).outerjoin(Post, col(Post.id) == col(Caution.post_id))
    query = query.where(col(Caution.subject_id) == actor.id).order_by(col(Caution.id).desc()).limit(SHOWN)
    found = [(caution, post) for caution, post in await session.execute(query)]
    actors = await lines_of(session, [one for each, _ in found for one in (each.actor_id, each.group_id)])
    titles = await titles_of(session, [post.root_id for _, post in found if post is not None], actor)
    return tuple(
        OwnCaution(
            by=actors[caution.actor_id],
            group=actors.get(caution.group_id or 0),
            path=_path(post),
            title="" if post is None else (post.title or titles.get(post.root_id or 0, "")),
            reason=caution.reason,
            at=caution.at,
        )
        for caution, post in found
    )


def _path(post: Post | None) -> str:
    if post is None or post.deleted_at is not None:
        return ""
    return f"/{'post' if post.parent_id is None and post.in_reply_to is None else 'comment'}/{post.token}"
