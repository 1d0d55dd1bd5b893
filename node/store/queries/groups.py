"""Groups: their pages, their directory, and how to follow them from elsewhere."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, func, or_
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col, select

from node.store.queries.actors import is_member
from node.store.queries.cards import words_about
from node.store.queries.followers import count_waiting
from node.store.queries.listings import sources_of
from node.store.queries.lists import Listing, wanted
from node.store.queries.media import Picture, picture_of_actor
from node.store.queries.merging import Sources, merged
from node.store.queries.muting import NOTHING, Muting, kept
from node.store.queries.narrowing import is_of, narrowed
from node.store.queries.people import (
    ActorLine,
    count_followers,
    follow_state,
    get_named,
    line_of,
    web_address,
)
from node.store.queries.posts import confirmed_at, visible_to
from node.store.queries.reports import count_waiting as count_reports
from node.store.queries.standing import BanNote, office_of
from node.store.queries.threads import ThreadLine, lines_of_threads
from node.store.queries.trimmings import tags_in
from node.store.tables.actors import GROUP_KINDS, Actor
from node.store.tables.follows import Moderator
from node.store.tables.peers import Peer
from node.store.tables.posts import Post
from node.store.tables.tasks import Task

PINNED_SHOWN = 10


@dataclass(frozen=True, slots=True)
class GroupPage:
    """A group, with a page of its threads."""

    actor: ActorLine
    summary: str  # HTML as kept
    url: str | None  # its page at home, for a remote one
    founded: datetime
    follow: str | None  # state of the viewer's follow
    followers: int  # that this node knows
    home_followers: int | None  # as its home counts them
    moderators: tuple[ActorLine, ...]
    is_moderator: bool
    may_start: bool  # whether the viewer may start a thread
    ban: BanNote | None  # what keeps the viewer from taking part
    posting_restricted: bool
    private: bool  # its members alone read it
    waiting: int  # requests to be let in, for its moderators
    reports: int  # that wait, for its moderators
    fetching: int | None  # posts fetched so far while its history is coming; None: not now
    moved_to: str | None  # id of the group that took its place
    silent: bool  # its home has not answered for days
    pinned: tuple[ThreadLine, ...]
    threads: tuple[ThreadLine, ...]
    listing: Listing
    next_page: str | None  # cursor
    banner: Picture | None = None
    words: str = ""  # what it is, in a line of plain text
    tags: tuple[str, ...] = ()  # hashtags of its newest threads, the most used first

    @property
    def shut(self) -> bool:
        """Whether its dates and people are not for the viewer."""
        return self.private and self.follow != "accepted" and not self.is_moderator

    @property
    def findable(self) -> bool:
        """Whether search engines may keep this page of it."""
        return self.actor.discoverable and not self.private and self.listing.after is None


async def group_page(
    session: AsyncSession,
    name: str,
    host: str,
    *,
    viewer: Actor | None,
    listing: Listing,
    now: datetime,
    muting: Muting = NOTHING,
) -> GroupPage:
    """Return a group's page. Nothing is left out of it for its moderators, whatever they muted.

    name: ``bees`` or ``bees@beta.example``. host: of this node. Raises NotFound, Gone, Malformed.
    """
    group = await get_named(session, name, host, group=True)
    sources = await sources_of(session, group)
    is_moderator, ban = await office_of(session, viewer, group, now) if viewer is not None else (False, None)
    muting = NOTHING if is_moderator else muting.inside(group)
    fit: tuple[ColumnElement[bool], ...] = (visible_to(viewer), confirmed_at(now))
    is_first = listing.after is None
    pinned = await _pinned(session, sources, muting, *fit, *is_of(listing.only)) if is_first else []
    sources, narrow = await narrowed(session, sources, listing.only)
    fit = (*fit, *narrow, col(Post.featured_at).is_(None))
    found, more = await merged(session, sources, wanted(listing, now), *fit, muting=muting)
    return GroupPage(
        actor=line_of(group),
        summary=group.summary,
        url=None if group.is_local else web_address(group.url or group.iri),
        founded=group.published,
        follow=await follow_state(session, viewer, group),
        followers=await count_followers(session, group),
        home_followers=None if group.is_local else group.home_followers,
        moderators=await moderators_of(session, group),
        is_moderator=is_moderator,
        ban=ban,
        may_start=viewer is not None
        and ban is None
        and group.moved_to is None
        and group.kind != "Feed"
        and (is_moderator or not group.posting_restricted)
        and (not group.private or await is_member(session, viewer.id, group.id)),
        posting_restricted=group.posting_restricted,
        private=group.private,
        waiting=await count_waiting(session, group) if is_moderator else 0,
        reports=await count_reports(session, group) if is_moderator else 0,
        fetching=await _fetching(session, group),
        moved_to=group.moved_to,
        silent=await _is_silent(session, group),
        pinned=await lines_of_threads(session, pinned, viewer),
        threads=await lines_of_threads(session, found, viewer),
        listing=listing,
        next_page=more,
        banner=picture_of_actor("b", group.id or 0, group.image_url, is_local=group.is_local),
        words=words_about(group),
        tags=await tags_in(session, group),
    )


async def _pinned(
    session: AsyncSession, sources: Sources, muting: Muting, *fit: ColumnElement[bool]
) -> list[Post]:
    shown = or_(col(Post.group_id).in_(sources.groups), col(Post.id).in_(sources.others))
    query = select(Post).where(
        shown if sources.others else col(Post.group_id).in_(sources.groups),
        col(Post.featured_at).is_not(None),
        col(Post.root_id).is_(None),
        col(Post.in_reply_to).is_(None),
        *fit,
        *muting.fit(),
    )
    found = await session.scalars(query.order_by(col(Post.featured_at).desc()).limit(PINNED_SHOWN))
    return kept(found.all(), muting)


async def moderators_of(session: AsyncSession, group: Actor) -> tuple[ActorLine, ...]:
    """Return a group's moderators, in the order in which they were appointed."""
    found = await session.scalars(
        select(Actor)
        .join(Moderator, col(Moderator.actor_id) == col(Actor.id))
        .where(col(Moderator.group_id) == group.id, col(Actor.deleted_at).is_(None))
        .order_by(col(Moderator.since), col(Moderator.id))
        .limit(20)
    )
    return tuple(line_of(actor) for actor in found)


async def _fetching(session: AsyncSession, group: Actor) -> int | None:
    if group.is_local:
        return None
    progress: int | None = await session.scalar(
        select(Task.progress).where(col(Task.kind) == "backfill", col(Task.subject) == group.iri)
    )
    return progress


async def _is_silent(session: AsyncSession, group: Actor) -> bool:
    if group.peer_id is None:
        return False
    peer = await session.get(Peer, group.peer_id)
    return peer is not None and peer.state in {"sleeping", "dead"}


async def count_groups(session: AsyncSession) -> int:
    """Return how many groups of this node its directory names."""
    query = (
        select(func.count())
        .select_from(Actor)
        .where(
            col(Actor.kind).in_(GROUP_KINDS),
            col(Actor.deleted_at).is_(None),
            col(Actor.discoverable).is_(True),
            col(Actor.peer_id).is_(None),
        )
    )
    return await session.scalar(query) or 0
