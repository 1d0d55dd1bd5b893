"""The moderation log, and what else a moderator sees of their group."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, and_, or_
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col, select

from node.errors import NotFound
from node.store.queries.actors import is_follower
from node.store.queries.people import ActorLine, line_of, lines_of
from node.store.queries.posts import OPEN, visible_to
from node.store.queries.standing import holds_office
from node.store.tables.actors import Actor
from node.store.tables.follows import Moderator
from node.store.tables.moderation import Deed
from node.store.tables.posts import Post

DEEDS_SHOWN = 50
RECENT = 10  # on a moderator's own page


@dataclass(frozen=True, slots=True)
class DeedLine:
    """One thing that was done in office."""

    kind: str  # remove, restore, lock, unlock, feature, unfeature, appoint, dismiss, edit, close ...
    by: ActorLine | None  # None: only the group is known to have
    about: ActorLine | None  # the person, or the author of the post
    path: str  # page of the post, empty when it is about none
    title: str  # of a thread that may be read; empty otherwise
    reason: str
    at: datetime
    expires_at: datetime | None


@dataclass(frozen=True, slots=True)
class LogPage:
    """A moderation log, the newest first."""

    group: ActorLine | None  # None: of what administrators did for the whole node
    lines: tuple[DeedLine, ...]
    before: int | None  # row number that the next page begins below


@dataclass(frozen=True, slots=True)
class Seat:
    """A moderator, as those see them who may appoint and dismiss."""

    actor: ActorLine
    since: datetime
    may_dismiss: bool


async def check_may_read(session: AsyncSession, group: Actor, viewer: Actor | None, now: datetime) -> None:
    """Raise NotFound for the log of a private group unless the viewer belongs to it."""
    if not group.private:
        return
    if viewer is None or not (
        await is_follower(session, viewer.id, group.id) or await holds_office(session, viewer, group, now)
    ):
        raise NotFound("There is nothing at this address, or it is not for you to see.")


async def log_page(
    session: AsyncSession, group: Actor | None, viewer: Actor | None, before: int | None
) -> LogPage:
    """Return a page of the log of a group, or (group None) of the whole node. before: of the page above, or None."""
    found = await _deeds(session, group, before, DEEDS_SHOWN + 1)
    shown = found[:DEEDS_SHOWN]
    more = shown[-1].id if len(found) > DEEDS_SHOWN else None
    return LogPage(line_of(group) if group else None, await _lines(session, shown, viewer), more)


async def recent_deeds(session: AsyncSession, group: Actor, viewer: Actor | None) -> tuple[DeedLine, ...]:
    """Return the newest entries of a group's log."""
    return await _lines(session, await _deeds(session, group, None, RECENT), viewer)


async def _deeds(session: AsyncSession, group: Actor | None, before: int | None, limit: int) -> list[Deed]:
    query = select(Deed).where(_of_node() if group is None else col(Deed.group_id) == group.id)
    if before is not None:
        query = query.where(col(Deed.id) < before)
    return list(await session.scalars(query.order_by(col(Deed.id).desc()).limit(limit)))


def _of_node() -> ColumnElement[bool]:
    """Condition: it was done in no group; of posts that not everybody could read nothing is told."""
    open_posts = select(Post.id).where(col(Post.visibility).in_(OPEN))
    told = or_(col(Deed.post_id).is_(None), col(Deed.post_id).in_(open_posts))
    return and_(col(Deed.group_id).is_(None), told)


async def seats(session: AsyncSession, group: Actor, viewer: Actor, *, administers: bool) -> tuple[Seat, ...]:
    """Return a group's moderators in their order; those after the viewer are the viewer's to dismiss."""
    found = (
        await session.execute(
            select(Moderator, Actor)
            .join(Actor, col(Actor.id) == col(Moderator.actor_id))
            .where(col(Moderator.group_id) == group.id)
            .order_by(col(Moderator.since), col(Moderator.id))
        )
    ).all()
    lines = await lines_of(session, [actor.id for _, actor in found])
    below, kept = administers or not group.is_local, []
    for seat, actor in found:
        below = below or actor.id == viewer.id
        alone = group.is_local and len(found) == 1
        kept.append(Seat(lines[actor.id or 0], seat.since, may_dismiss=below and not alone))
    return tuple(kept)


async def _lines(session: AsyncSession, deeds: list[Deed], viewer: Actor | None) -> tuple[DeedLine, ...]:
    actors = await lines_of(session, [one for deed in deeds for one in (deed.actor_id, deed.subject_id)])
    wanted = {deed.post_id for deed in deeds if deed.post_id is not None}
    posts = {post.id: post for post in await session.scalars(select(Post).where(col(Post.id).in_(wanted)))}
    readable = set(await session.scalars(select(Post.id).where(col(Post.id).in_(wanted), visible_to(viewer))))
    return tuple(
        DeedLine(
            kind=deed.kind,
            by=actors.get(deed.actor_id or 0),
            about=actors.get(deed.subject_id or 0),
            path=_path(posts.get(deed.post_id)),
            title=posts[deed.post_id].title if deed.post_id in readable else "",
            reason=deed.reason,
            at=deed.at,
            expires_at=deed.expires_at,
        )
        for deed in deeds
    )


def _path(post: Post | None) -> str:
    if post is None:
        return ""
    return f"/{'post' if post.in_reply_to is None else 'comment'}/{post.token}"
