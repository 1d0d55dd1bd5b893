"""Threads of many groups in one list, and finding what an address or a handle names."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, exists, literal, or_
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased
from sqlmodel import col, select

from node.store.queries.actors import find_by_handle
from node.store.queries.crossposts import folded
from node.store.queries.lists import Listing, View, wanted
from node.store.queries.merging import Sources, Wanted, count_merged, merged
from node.store.queries.muting import NOTHING, Muting
from node.store.queries.narrowing import is_of, narrowed
from node.store.queries.paging import EPOCH, order_of
from node.store.queries.people import ActorLine, line_of
from node.store.queries.posts import confirmed_at, visible_to
from node.store.queries.threads import ThreadLine, lines_of_threads
from node.store.queries.trends import NONE, Trends, trends
from node.store.queries.upcoming import Upcoming, upcoming
from node.store.tables.actors import GROUP_KINDS, Actor
from node.store.tables.follows import Follow
from node.store.tables.listings import FeedItem
from node.store.tables.peers import Peer
from node.store.tables.posts import Post
from node.store.tables.trimmings import PostTag

NEW_COUNTED = 99  # threads since the last visit; of more it is said that there are more
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
    view: (
        View  # whose threads: those that the viewer follows, the node's own, or all public ones that are here
    )
    upcoming: tuple[Upcoming, ...] = ()  # for a stranger
    new: int = 0  # threads of others since the viewer's last visit, at most NEW_COUNTED; none when they look further on
    # In the order of time: how many of the page came since; what stands below has been there. 0: no such border here.
    border: int = 0
    trends: Trends = NONE  # at the beginning of the list alone


@dataclass(frozen=True, slots=True)
class TagPage:
    """The threads that carry a hashtag."""

    name: str
    threads: tuple[ThreadLine, ...]
    listing: Listing
    next_page: str | None


async def feed_page(
    session: AsyncSession,
    viewer: Actor | None,
    listing: Listing,
    now: datetime,
    *,
    muting: Muting = NOTHING,
    visited: datetime | None = None,
) -> FeedPage:
    """Return the front page: what *viewer* follows, the node's own public threads, or all public ones that are here.

    Strangers follow nothing: they are shown the node's own. visited: until when the viewer had looked before.
    """
    view = listing.view or ("followed" if viewer is not None else "node")
    sources, told = Sources(everybody=True), [col(Post.visibility) == "public"]
    if view == "all":
        told += [_from_where_we_listen(), _may_be_come_upon()]
    elif view == "followed" and viewer is not None:
        sources, told = await _followed_by(session, viewer), []
    else:
        view, sources = "node", Sources(groups=await groups_here(session))
    sources, narrow = await narrowed(session, sources, listing.only)
    fit = (visible_to(viewer), confirmed_at(now), *told, *narrow)
    muting = muting.in_any_language if listing.only.lang else muting
    found, more = await merged(session, sources, wanted(listing, now), *fit, muting=muting)
    shown = folded(found)
    new = 0
    if visited is not None and viewer is not None and listing.after is None and not listing.only:
        since = Wanted(order_of("new"), None, NEW_COUNTED, visited, now)
        others = col(Post.author_id) != viewer.id
        new = await count_merged(session, sources, since, *fit, others, muting=muting)
    return FeedPage(
        threads=await lines_of_threads(session, shown, viewer),
        new=new,
        border=_border(shown, visited) if listing.sort == "new" else 0,
        groups=await _side_groups(session, viewer),
        listing=listing,
        next_page=more,
        view=view,
        upcoming=await upcoming(session, viewer, now) if viewer is None else (),
        trends=await trends(session, viewer, now, threads=RISING_THREADS, tags=RISING_TAGS, muting=muting)
        if listing.after is None
        else NONE,
    )


def _border(shown: Sequence[Post], visited: datetime | None) -> int:
    """Return how many of a page in the order of time came since; 0 when all did, or none."""
    if visited is None:
        return 0
    came = sum(post.published > visited for post in shown)
    return came if came < len(shown) else 0


async def tag_feed(
    session: AsyncSession,
    name: str,
    viewer: Actor | None,
    listing: Listing,
    now: datetime,
    *,
    muting: Muting = NOTHING,
) -> TagPage:
    """Return a hashtag's page: threads that carry it and that *viewer* may read. name: as kept, without #."""
    sources = await tagged_with(session, name)
    told = (col(Post.visibility) == "public", visible_to(viewer), confirmed_at(now), *is_of(listing.only))
    muting = muting.in_any_language if listing.only.lang else muting
    found, more = await merged(session, sources, wanted(listing, now), *told, muting=muting)
    return TagPage(name, await lines_of_threads(session, found, viewer), listing, more)


async def tagged_with(session: AsyncSession, name: str) -> Sources:
    """Return the newest threads here that carry a hashtag. name: as kept, without #."""
    tagged = select(PostTag.post_id).where(col(PostTag.name) == name).order_by(col(PostTag.post_id).desc())
    return Sources(others=list(await session.scalars(tagged.limit(TAGGED_READ))))


async def groups_here(session: AsyncSession) -> list[int]:
    """Return the row numbers of the node's own groups."""
    query = select(Actor.id).where(col(Actor.kind).in_(GROUP_KINDS), col(Actor.peer_id).is_(None))
    return [number for number in await session.scalars(query) if number is not None]


def _from_where_we_listen() -> ColumnElement[bool]:
    """Condition: neither the thread's group nor its author lives on a server that this node blocks, or below one."""
    theirs = aliased(Actor)
    host = col(Peer.host)
    blocked = exists().where(
        or_(col(theirs.id) == col(Post.author_id), col(theirs.id) == col(Post.group_id)),
        col(theirs.peer_id).is_not(None),
        col(Peer.blocked_at) > EPOCH,  # those that are; so it is asked of an index of them alone
        or_(col(theirs.host) == host, col(theirs.host).endswith(literal(".").concat(host))),
    )
    return ~blocked.correlate(Post)


def _may_be_come_upon() -> ColumnElement[bool]:
    """Condition: the thread is in a group, or its author lets strangers come upon them."""
    author = aliased(Actor)
    open_to_all = exists().where(col(author.id) == col(Post.author_id), col(author.discoverable).is_(True))
    return or_(col(Post.group_id).is_not(None), open_to_all.correlate(Post))


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
    return tuple(sorted((line_of(group) for group in found), key=lambda line: line.label.casefold()))


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
