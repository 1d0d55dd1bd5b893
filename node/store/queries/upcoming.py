"""What takes place soon in the node's own groups."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col, select

from node.store.queries.people import ActorLine, lines_of
from node.store.queries.posts import visible_to
from node.store.tables.actors import Actor
from node.store.tables.gatherings import Event
from node.store.tables.posts import Post

SHOWN = 4
READ = 200  # of all dates to come, among which the node's own are looked for


@dataclass(frozen=True, slots=True)
class Upcoming:
    """A date to come."""

    path: str
    title: str
    starts_at: datetime
    ends_at: datetime | None
    timezone: str
    group: ActorLine | None


async def upcoming(session: AsyncSession, viewer: Actor | None, now: datetime) -> tuple[Upcoming, ...]:
    """Return the next public dates of groups that live here, the soonest first."""
    soon = (
        select(Event.post_id)
        .where(col(Event.starts_at) >= now, col(Event.status) != "cancelled")
        .order_by(col(Event.starts_at), col(Event.post_id))
        .limit(READ)
    )
    near = list(await session.scalars(soon))
    if not near:
        return ()
    found = (
        await session.execute(
            select(Event, Post)
            .join(Post, col(Post.id) == col(Event.post_id))
            .join(Actor, col(Actor.id) == col(Post.group_id))
            .where(
                col(Event.post_id).in_(near),
                col(Actor.peer_id).is_(None),
                col(Post.visibility) == "public",
                visible_to(viewer),
            )
            .order_by(col(Event.starts_at), col(Event.post_id))
            .limit(SHOWN)
        )
    ).all()
    groups = await lines_of(session, [post.group_id for _, post in found])
    return tuple(
        Upcoming(
            path=f"/post/{post.token}",
            title=post.title,
            starts_at=event.starts_at,
            ends_at=event.ends_at,
            timezone=event.timezone,
            group=groups.get(post.group_id or 0),
        )
        for event, post in found
    )
