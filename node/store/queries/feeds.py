"""Threads of many groups in one list, and finding what an address or a handle names."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import or_
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col, select

from node.store.queries.actors import find_by_handle
from node.store.queries.crossposts import folded
from node.store.queries.groups import Listing
from node.store.queries.merging import Sources, Wanted, merged
from node.store.queries.paging import order_of, within
from node.store.queries.people import ActorLine, line_of
from node.store.queries.posts import confirmed_at, visible_to
from node.store.queries.threads import ThreadLine, lines_of_threads
from node.store.queries.trends import NONE, Trends, trends
from node.store.queries.upcoming import Upcoming, upcoming
from node.store.tables.actors import GROUP_KINDS, Actor
from node.store.tables.follows import Follow
from node.store.tables.listings import FeedItem
from node.store.tables.posts import Post
from node.store.tables.trimmings import PostTag

THREADS_SHOWN = 25
SIDE_GROUPS = 12
RISING_THREADS, RISING_TAGS = 3, 6
TAGGED_READ = 1000  # threads with a hashtag, the newest here, that its page puts in order


@dataclass(frozen=True, slots=True)
class FeedPage:
    """The front page."""

    threads: tuple[ThreadLine, ...]
    groups: tuple[ActorLine, ...]  # followed ones for a member, those of the node for a stranger
    listing: Listing
    next_page: str | None
    everything: bool  # all public threads of the node's groups, not only what the viewer follows
    upcoming: tuple[Upcoming, ...] = ()  # for a stranger
    trends: Trends = NONE  # at the beginning of the list alone


@dataclass(frozen=True, slots=True)
class TagPage:
    """The threads that carry a hashtag."""

    name: str
    threads: tuple[ThreadLine, ...]
    listing: Listing
    next_page: str | None


async def feed_page(
    session: AsyncSession, viewer: Actor | None, listing: Listing, now: datetime, *, everything: bool
) -> FeedPage:
    """Return the front page: what *viewer* follows, or with *everything* the node's own public threads."""
    everything = everything or viewer is None
    if everything or viewer is None:
        sources, told = Sources(groups=await groups_here(session)), [col(Post.visibility) == "public"]
    else:
        sources, told = await _followed_by(session, viewer), []
    since = within(listing.period, now) if listing.sort == "top" else None
    wanted = Wanted(order_of(listing.sort), listing.after, THREADS_SHOWN, since=since)
    found, more = await merged(session, sources, wanted, visible_to(viewer), confirmed_at(now), *told)
    return FeedPage(
        threads=await lines_of_threads(session, folded(found), viewer),
        groups=await _side_groups(session, viewer),
        listing=listing,
        next_page=more,
        everything=everything,
        upcoming=await upcoming(session, viewer, now) if viewer is None else (),
        trends=await trends(session, viewer, now, threads=RISING_THREADS, tags=RISING_TAGS)
        if listing.after is None
        else NONE,
    )


async def tag_feed(
    session: AsyncSession, name: str, viewer: Actor | None, listing: Listing, now: datetime
) -> TagPage:
    """Return a hashtag's page: threads that carry it and that *viewer* may read. name: as kept, without #."""
    sources = await tagged_with(session, name)
    since = within(listing.period, now) if listing.sort == "top" else None
    wanted = Wanted(order_of(listing.sort), listing.after, THREADS_SHOWN, since=since)
    told = (col(Post.visibility) == "public", visible_to(viewer), confirmed_at(now))
    found, more = await merged(session, sources, wanted, *told)
    return TagPage(name, await lines_of_threads(session, found, viewer), listing, more)


async def tagged_with(session: AsyncSession, name: str) -> Sources:
    """Return the newest threads here that carry a hashtag. name: as kept, without #."""
    tagged = select(PostTag.post_id).where(col(PostTag.name) == name).order_by(col(PostTag.post_id).desc())
    return Sources(others=list(await session.scalars(tagged.limit(TAGGED_READ))))


async def groups_here(session: AsyncSession) -> list[int]:
    """Return the row numbers of the node's own groups."""
    query = select(Actor.id).where(col(Actor.kind).in_(GROUP_KINDS), col(Actor.peer_id).is_(None))
    return [number for number in await session.scalars(query) if number is not None]


async def _followed_by(session: AsyncSession, viewer: Actor) -> Sources:
    """Return what *viewer* follows: groups, those that a followed feed holds, people; and the viewer's own threads."""
    accepted = (col(Follow.follower_id) == viewer.id, col(Follow.state) == "accepted")
    followed = select(Follow.followee_id).where(*accepted)
    ids = {number for number in await session.scalars(followed) if number is not None}
    items = await session.scalars(select(FeedItem.group_id).where(col(FeedItem.feed_id).in_(followed)))
    return Sources(groups=[*ids, *items], authors=[*ids, viewer.id or 0])


async def _side_groups(session: AsyncSession, viewer: Actor | None) -> tuple[ActorLine, ...]:
    query = select(Actor).where(col(Actor.kind).in_(GROUP_KINDS), col(Actor.deleted_at).is_(None))
    if viewer is None:
        query = query.where(col(Actor.peer_id).is_(None), col(Actor.discoverable).is_(True))
    else:
        query = query.join(Follow, col(Follow.followee_id) == col(Actor.id)).where(
            col(Follow.follower_id) == viewer.id, col(Follow.state) != "rejected"
        )
    found = await session.scalars(query.order_by(col(Actor.username)).limit(SIDE_GROUPS))
    return tuple(line_of(group) for group in found)


async def find_named(
    session: AsyncSession, viewer: Actor | None, *, address: str = "", username: str = "", host: str = ""
) -> ActorLine | ThreadLine | None:
    """Return what an address or a handle names, as far as this node has it and *viewer* may see it.

    address: an id or a page's URL. For a comment, the line is its own: its path leads to it.
    """
    if not address:
        actor = await find_by_handle(session, username, host)
        return line_of(actor) if actor is not None else None
    known = await session.scalar(
        select(Actor).where(
            or_(col(Actor.iri) == address, col(Actor.url) == address), col(Actor.deleted_at).is_(None)
        )
    )
    if known is not None:
        return line_of(known)
    post = await session.scalar(
        select(Post).where(or_(col(Post.iri) == address, col(Post.url) == address), visible_to(viewer))
    )
    return (await lines_of_threads(session, [post], viewer))[0] if post is not None else None
