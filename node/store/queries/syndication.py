"""What feed readers and calendars are given: the newest threads, and the dates, that anybody may read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement
from sqlalchemy import select as sql_select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from node.errors import Forbidden, NotFound
from node.store.queries.feeds import groups_here, tagged_with
from node.store.queries.listings import sources_of
from node.store.queries.merging import Sources, Wanted, merged
from node.store.queries.paging import order_of
from node.store.queries.people import ActorLine, get_named, line_of, lines_of, web_address
from node.store.queries.posts import confirmed_at, visible_to
from node.store.queries.threads import path_of
from node.store.queries.trimmings import MediaLine, media_lines, tags_of
from node.store.tables.actors import Actor
from node.store.tables.gatherings import Event
from node.store.tables.posts import Post

ENTRIES = 30
DATES = 200
PAST = timedelta(days=30)  # for which dates stay in a calendar


@dataclass(frozen=True, slots=True)
class Entry:
    """A thread as a feed has it. content: HTML as kept."""

    iri: str
    path: str
    title: str
    content: str
    warning: str
    language: str
    link_url: str | None
    author: ActorLine
    group: ActorLine | None
    published: datetime
    updated: datetime
    tags: tuple[str, ...]
    media: tuple[MediaLine, ...]


@dataclass(frozen=True, slots=True)
class Syndication:
    """The newest threads of somebody or something, the newest first. about: whose they are, None: of the whole node."""

    about: ActorLine | None
    entries: tuple[Entry, ...]


@dataclass(frozen=True, slots=True)
class Dates:
    """The dates of a group, the first first."""

    group: ActorLine
    events: tuple[tuple[Post, Event], ...]


async def of_group(session: AsyncSession, name: str, host: str, now: datetime) -> Syndication:
    """Return a group's threads. Raises NotFound, Gone and Malformed as `get_named`, Forbidden for a private group."""
    group = await _open_group(session, name, host)
    return Syndication(line_of(group), await _entries(session, await sources_of(session, group), now))


async def of_person(session: AsyncSession, name: str, host: str, now: datetime) -> Syndication:
    """Return a person's threads. Raises as `get_named`."""
    person = await get_named(session, name, host, group=False)
    if person.kind == "Application" and person.is_local:
        raise NotFound("There is nobody of this name here.")
    return Syndication(line_of(person), await _entries(session, Sources(authors=[person.id or 0]), now))


async def of_tag(session: AsyncSession, name: str, now: datetime) -> Syndication:
    """Return the threads that carry a hashtag. name: as kept, without #."""
    sources = await tagged_with(session, name)
    return Syndication(None, await _entries(session, sources, now, col(Post.visibility) == "public"))


async def of_node(session: AsyncSession, now: datetime) -> Syndication:
    """Return the public threads of the node's own groups."""
    sources = Sources(groups=await groups_here(session))
    return Syndication(None, await _entries(session, sources, now, col(Post.visibility) == "public"))


async def dates_of(session: AsyncSession, name: str, host: str, now: datetime) -> Dates:
    """Return the dates of a group that are to come or were lately. Raises as `of_group`."""
    group = await _open_group(session, name, host)
    query = (
        sql_select(Post, Event)
        .join(Event, col(Event.post_id) == col(Post.id))
        .where(col(Event.starts_at) >= now - PAST, col(Post.group_id) == group.id)
        .where(visible_to(None), confirmed_at(now))
        .order_by(col(Event.starts_at), col(Event.post_id))
        .limit(DATES)
    )
    rows = (await session.execute(query)).all()
    return Dates(line_of(group), tuple((post, event) for post, event in rows))


async def _open_group(session: AsyncSession, name: str, host: str) -> Actor:
    group = await get_named(session, name, host, group=True)
    if group.private:
        raise Forbidden(
            "What is said in this group is for its members alone, so it has no feed.", detail=name
        )
    return group


async def _entries(
    session: AsyncSession, sources: Sources, now: datetime, *told: ColumnElement[bool]
) -> tuple[Entry, ...]:
    fit = (visible_to(None), confirmed_at(now), *told)
    posts, _ = await merged(session, sources, Wanted(order_of("new"), None, ENTRIES), *fit)
    if not posts:
        return ()
    actors = await lines_of(session, [one for post in posts for one in (post.author_id, post.group_id)])
    ids = [post.id for post in posts]
    media, tags = await media_lines(session, ids), await tags_of(session, ids)
    return tuple(
        _entry(post, actors, media.get(post.id or 0, ()), tags.get(post.id or 0, ())) for post in posts
    )


def _entry(
    post: Post, actors: dict[int, ActorLine], media: Sequence[MediaLine], tags: Sequence[str]
) -> Entry:
    return Entry(
        iri=post.iri,
        path=path_of(post),
        title=post.title,
        content=post.content,
        warning=post.warning,
        language=post.language or "",
        link_url=web_address(post.link_url),
        author=actors[post.author_id],
        group=actors.get(post.group_id or 0),
        published=post.published,
        updated=post.updated or post.published,
        tags=tuple(tags),
        media=tuple(media),
    )
