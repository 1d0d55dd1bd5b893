"""Parts of a group's page beside its threads: its dates, its people, what it is about."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import select as select_columns
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from node.store.queries.deeds import check_may_read
from node.store.queries.following import FollowList, followers_of
from node.store.queries.groups import moderators_of
from node.store.queries.people import ActorLine, count_followers, follow_state, get_named, line_of
from node.store.queries.posts import confirmed_at, visible_to
from node.store.queries.topics import topics_of
from node.store.queries.trimmings import tags_in
from node.store.queries.upcoming import Upcoming
from node.store.tables.actors import Actor
from node.store.tables.directory import DirectoryEntry
from node.store.tables.gatherings import Event
from node.store.tables.posts import Post

COMING, PAST = 50, 10  # dates shown

Part = Literal["dates", "people", "about"]
NOBODY = FollowList()


@dataclass(frozen=True, slots=True)
class GroupPart:
    """A part of a group's page."""

    part: Part
    actor: ActorLine
    private: bool
    follow: str | None  # state of the viewer's follow
    members: int  # as its home counts them, or as many as are known here where that is more
    coming: tuple[Upcoming, ...] = ()
    past: tuple[Upcoming, ...] = ()
    moderators: tuple[ActorLine, ...] = ()
    people: FollowList = NOBODY
    summary: str = ""  # HTML as kept
    founded: datetime | None = None
    posting_restricted: bool = False
    language: str = ""
    topics: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()

    @property
    def shut(self) -> bool:
        """Whether its dates and people are not for the viewer."""
        return self.private and self.part == "about" and self.follow != "accepted"


async def group_part(
    session: AsyncSession,
    name: str,
    host: str,
    viewer: Actor | None,
    now: datetime,
    *,
    part: Part,
    before: int | None = None,
) -> GroupPart:
    """Return a part of a group's page. before: where its list of people goes on.

    Raises as `get_named`, and Forbidden for dates and people of a private group, unless the viewer is of it.
    """
    group = await get_named(session, name, host, group=True)
    if part != "about":
        await check_may_read(session, group, viewer, now)
    known = await count_followers(session, group)
    found: dict[str, Any] = {
        "part": part,
        "actor": line_of(group),
        "private": group.private,
        "follow": await follow_state(session, viewer, group),
        "members": known if group.is_local else max(known, group.home_followers or 0),
    }
    if part == "dates":
        found["coming"] = await _dates(session, group, viewer, now, past=False)
        found["past"] = await _dates(session, group, viewer, now, past=True)
    elif part == "people":
        found["moderators"] = await moderators_of(session, group) if before is None else ()
        found["people"] = await followers_of(session, group, before, own=False)
    else:
        found |= await _about(session, group)
    return GroupPart(**found)


async def _about(session: AsyncSession, group: Actor) -> dict[str, object]:
    entry = await session.get(DirectoryEntry, group.id)
    return {
        "moderators": await moderators_of(session, group),
        "summary": group.summary,
        "founded": group.published,
        "posting_restricted": group.posting_restricted,
        "language": entry.language if entry is not None else "",
        "topics": (await topics_of(session, [group.id or 0])).get(group.id or 0, ()),
        "tags": await tags_in(session, group),
    }


async def _dates(
    session: AsyncSession, group: Actor, viewer: Actor | None, now: datetime, *, past: bool
) -> tuple[Upcoming, ...]:
    """Return the dates to come, the soonest first, or those of late, the latest first."""
    starts = col(Event.starts_at)
    columns: tuple[Any, ...] = (Post.token, Post.title, Event.starts_at, Event.ends_at, Event.timezone)
    query = (
        select_columns(*columns)
        .join(Event, col(Event.post_id) == col(Post.id))
        # By the dates: events are few. A busy group's posts are many, so its index is made of no use here.
        .where(starts < now if past else starts >= now, col(Post.group_id) + 0 == group.id)
        .where(col(Event.status) != "cancelled", visible_to(viewer), confirmed_at(now))
        .order_by(starts.desc() if past else starts, col(Event.post_id))
        .limit(PAST if past else COMING)
    )
    return tuple(
        Upcoming(f"/post/{token}", title, begins, ends, zone, None)
        for token, title, begins, ends, zone in await session.execute(query)
    )
