"""Threads of many groups in one list, and finding things by their words."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, or_
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col, func, select

from node.store.queries.actors import find_by_handle
from node.store.queries.crossposts import folded
from node.store.queries.groups import Listing
from node.store.queries.listings import groups_of_feeds
from node.store.queries.paging import cut, order_of, within
from node.store.queries.people import ActorLine, line_of
from node.store.queries.posts import confirmed_at, is_public, visible_to
from node.store.queries.threads import ThreadLine, lines_of_threads
from node.store.tables.actors import GROUP_KINDS, Actor
from node.store.tables.follows import Follow
from node.store.tables.posts import Post
from node.store.tables.trimmings import PostTag

THREADS_SHOWN = 25
SIDE_GROUPS = 12
FOUND_SHOWN = 20
ESCAPE = "\\"


@dataclass(frozen=True, slots=True)
class FeedPage:
    """The front page."""

    threads: tuple[ThreadLine, ...]
    groups: tuple[ActorLine, ...]  # followed ones for a member, those of the node for a stranger
    listing: Listing
    next_page: str | None
    everything: bool  # all public threads of the node's groups, not only what the viewer follows


@dataclass(frozen=True, slots=True)
class TagPage:
    """The threads that carry a hashtag."""

    name: str
    threads: tuple[ThreadLine, ...]
    listing: Listing
    next_page: str | None


@dataclass(frozen=True, slots=True)
class Found:
    """What a search found here."""

    actors: tuple[ActorLine, ...]
    threads: tuple[ThreadLine, ...]


async def feed_page(
    session: AsyncSession, viewer: Actor | None, listing: Listing, now: datetime, *, everything: bool
) -> FeedPage:
    """Return the front page: what *viewer* follows, or with *everything* the node's own public threads."""
    everything = everything or viewer is None
    chosen = _of_this_node() if everything or viewer is None else _followed_by(viewer)
    query = select(Post).where(
        col(Post.root_id).is_(None),
        col(Post.in_reply_to).is_(None),
        chosen,
        visible_to(viewer),
        confirmed_at(now),
    )
    period = within(listing.period, now)
    if listing.sort == "top" and period is not None:
        query = query.where(period)
    found, more = await cut(session, query, order_of(listing.sort), listing.after, THREADS_SHOWN)
    return FeedPage(
        threads=await lines_of_threads(session, folded(found), viewer),
        groups=await _side_groups(session, viewer),
        listing=listing,
        next_page=more,
        everything=everything,
    )


async def tag_feed(
    session: AsyncSession, name: str, viewer: Actor | None, listing: Listing, now: datetime
) -> TagPage:
    """Return a hashtag's page: threads that carry it and that *viewer* may read. name: as kept, without #."""
    tagged = select(PostTag.post_id).where(col(PostTag.name) == name)
    query = select(Post).where(
        col(Post.id).in_(tagged),
        col(Post.root_id).is_(None),
        col(Post.in_reply_to).is_(None),
        col(Post.visibility) == "public",
        visible_to(viewer),
        confirmed_at(now),
    )
    period = within(listing.period, now)
    if listing.sort == "top" and period is not None:
        query = query.where(period)
    found, more = await cut(session, query, order_of(listing.sort), listing.after, THREADS_SHOWN)
    return TagPage(name, await lines_of_threads(session, found, viewer), listing, more)


def _of_this_node() -> ColumnElement[bool]:
    local = select(Actor.id).where(col(Actor.peer_id).is_(None), col(Actor.kind).in_(GROUP_KINDS))
    return col(Post.group_id).in_(local) & (col(Post.visibility) == "public") & is_public()


def _followed_by(viewer: Actor) -> ColumnElement[bool]:
    followed = select(Follow.followee_id).where(
        col(Follow.follower_id) == viewer.id, col(Follow.state) == "accepted"
    )
    return or_(
        col(Post.group_id).in_(followed),
        groups_of_feeds(viewer.id),
        col(Post.author_id).in_(followed),
        col(Post.author_id) == viewer.id,
    )


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


async def search(session: AsyncSession, words: str, viewer: Actor | None, now: datetime) -> Found:
    """Find groups by name and threads by title. *words* is plain text: no character has a meaning (A95)."""
    pattern = f"%{_escaped(words.lower())}%"
    groups = await session.scalars(
        select(Actor)
        .where(
            col(Actor.kind).in_(GROUP_KINDS),
            col(Actor.deleted_at).is_(None),
            col(Actor.discoverable).is_(True),
            or_(
                func.lower(col(Actor.username)).like(pattern, escape=ESCAPE),
                func.lower(col(Actor.name)).like(pattern, escape=ESCAPE),
            ),
        )
        .order_by(col(Actor.username), col(Actor.id))
        .limit(FOUND_SHOWN)
    )
    threads = await session.scalars(
        select(Post)
        .where(
            col(Post.root_id).is_(None),
            col(Post.in_reply_to).is_(None),
            func.lower(col(Post.title)).like(pattern, escape=ESCAPE),
            visible_to(viewer),
            confirmed_at(now),
        )
        .order_by(col(Post.published).desc(), col(Post.id).desc())
        .limit(FOUND_SHOWN)
    )
    return Found(tuple(line_of(group) for group in groups), await lines_of_threads(session, threads, viewer))


def _escaped(words: str) -> str:
    for special in (ESCAPE, "%", "_"):
        words = words.replace(special, ESCAPE + special)
    return words
