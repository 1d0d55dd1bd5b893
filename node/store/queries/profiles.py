"""Profiles: a person's page with its parts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from sqlalchemy import ColumnElement
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col, select

from node.errors import NotFound
from node.store.queries.cards import words_about
from node.store.queries.fields import ProfileField, read_fields
from node.store.queries.following import (
    FollowList,
    count_followed,
    followed_by,
    followers_of,
    hides_lists,
)
from node.store.queries.media import Picture, picture_of_actor
from node.store.queries.paging import Position, cut, order_of
from node.store.queries.people import (
    ActorLine,
    count_followers,
    follow_state,
    get_named,
    line_of,
    lines_of,
    titles_of,
    web_address,
)
from node.store.queries.posts import visible_to
from node.store.queries.standing import shuns
from node.store.tables.actors import Actor
from node.store.tables.follows import Moderator
from node.store.tables.posts import Post

PROFILE_PAGE = 25  # posts and comments on a page

Part = Literal["all", "threads", "comments", "followers", "following"]


@dataclass(frozen=True, slots=True)
class ProfileEntry:
    """A thread or comment in a profile."""

    is_thread: bool
    path: str
    title: str  # of the thread
    content: str  # HTML as kept; cleaned again where it is shown
    group: ActorLine | None
    score: int
    comments: int
    published: datetime


@dataclass(frozen=True, slots=True)
class ProfilePage:
    """A person's page. part: which of its lists is shown."""

    actor: ActorLine
    summary: str
    fields: tuple[ProfileField, ...]
    url: str | None  # its page at home, for a remote one
    since: datetime
    is_self: bool
    blocked: bool  # by the viewer
    follow: str | None  # state of the viewer's follow
    followers: int
    followed: int
    lists_hidden: bool  # from everybody but themselves
    moderates: tuple[ActorLine, ...]
    offices: tuple[ActorLine, ...]  # groups that the viewer moderates
    part: Part
    entries: tuple[ProfileEntry, ...]
    following_page: str | None  # cursor
    people: FollowList
    banner: Picture | None = None
    words: str = ""  # who it is, in a line of plain text
    continued: bool = False  # whether this is not the beginning of a list

    @property
    def findable(self) -> bool:
        """Whether search engines may keep this page of it."""
        return self.actor.discoverable and self.actor.indexable and self.part == "all" and not self.continued


async def profile_page(
    session: AsyncSession,
    name: str,
    host: str,
    viewer: Actor | None,
    after: Position | None,
    *,
    part: Part = "all",
    before: int | None = None,
) -> ProfilePage:
    """Return a person's page; raises NotFound and Gone as `get_named`, NotFound for lists kept from others.

    after: where its posts go on; before: where a list of people goes on.
    """
    actor = await get_named(session, name, host, group=False)
    if actor.kind == "Application" and actor.is_local:
        raise NotFound("There is nobody of this name here.")
    is_self = viewer is not None and viewer.id == actor.id
    hidden = await hides_lists(session, actor)
    if part in {"followers", "following"} and hidden and not is_self:
        raise NotFound("This list is not for everybody to see.")
    people = await _people(session, actor, part, before, is_self=is_self)
    rows, more = ((), None) if people else await _entries(session, actor, viewer, after, part)
    return ProfilePage(
        actor=line_of(actor),
        summary=actor.summary,
        fields=read_fields(actor.fields),
        url=None if actor.is_local else web_address(actor.url or actor.iri),
        since=actor.published,
        is_self=is_self,
        blocked=viewer is not None and await shuns(session, viewer.id, actor.id),
        follow=await follow_state(session, viewer, actor),
        followers=await count_followers(session, actor),
        followed=await count_followed(session, actor),
        lists_hidden=hidden,
        moderates=await _moderated(session, actor),
        offices=await _moderated(session, viewer) if viewer is not None and not is_self else (),
        part=part,
        entries=rows,
        following_page=more,
        people=people or FollowList(),
        banner=picture_of_actor("b", actor.id or 0, actor.image_url, is_local=actor.is_local),
        words=words_about(actor),
        continued=after is not None or before is not None,
    )


async def _people(
    session: AsyncSession, actor: Actor, part: Part, before: int | None, *, is_self: bool
) -> FollowList | None:
    if part == "followers":
        return await followers_of(session, actor, before, own=is_self)
    return await followed_by(session, actor, before, own=is_self) if part == "following" else None


async def _entries(
    session: AsyncSession, actor: Actor, viewer: Actor | None, after: Position | None, part: Part
) -> tuple[tuple[ProfileEntry, ...], str | None]:
    query = select(Post).where(col(Post.author_id) == actor.id, visible_to(viewer), *_of_kind(part))
    found, more = await cut(session, query, order_of("new"), after, PROFILE_PAGE)
    groups = await lines_of(session, [post.group_id for post in found])
    roots = await titles_of(session, [post.root_id for post in found], viewer)
    return tuple(
        ProfileEntry(
            is_thread=post.root_id is None and post.in_reply_to is None,
            path=f"/post/{post.token}" if post.root_id is None else f"/comment/{post.token}",
            title=post.title if post.root_id is None else roots.get(post.root_id, ""),
            content=post.content,
            group=groups.get(post.group_id or 0),
            score=post.score,
            comments=post.comment_count,
            published=post.published,
        )
        for post in found
        # A public answer below a thread that the viewer may not read is not shown either (V74).
        if post.root_id is None or post.root_id in roots
    ), more


def _of_kind(part: Part) -> list[ColumnElement[bool]]:
    """Return the condition on posts; of threads in the words of the index of living threads."""
    if part == "threads":
        return [
            col(Post.root_id).is_(None),
            col(Post.in_reply_to).is_(None),
            col(Post.deleted_at).is_(None),
            col(Post.removed_at).is_(None),
        ]
    return [col(Post.root_id).is_not(None)] if part == "comments" else []


async def _moderated(session: AsyncSession, actor: Actor) -> tuple[ActorLine, ...]:
    found = await session.scalars(
        select(Actor)
        .join(Moderator, col(Moderator.group_id) == col(Actor.id))
        .where(col(Moderator.actor_id) == actor.id, col(Actor.deleted_at).is_(None))
        .order_by(col(Actor.username))
        .limit(20)
    )
    return tuple(line_of(group) for group in found)
