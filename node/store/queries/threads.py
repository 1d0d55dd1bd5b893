"""Threads: as lines of a list, and as pages with their comments."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from urllib.parse import urlencode, urlsplit

from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col, select

from node.errors import Gone, NotFound
from node.store.queries.athome import AtHome, at_home
from node.store.queries.cards import GroupCard, group_card
from node.store.queries.comments import Bough, CommentLine, branches_of, grown, lines_of_comments
from node.store.queries.crossposts import also_in, others_about
from node.store.queries.gatherings import EventView, PollView, event_of, poll_of
from node.store.queries.links import LinkView, link_of
from node.store.queries.media import Picture, pictures_of_threads
from node.store.queries.muting import NOTHING, Muting
from node.store.queries.people import ActorLine, lines_of, web_address
from node.store.queries.posts import visible_to
from node.store.queries.readings import find_reading, unread_in
from node.store.queries.saving import saved_among
from node.store.queries.standing import BanNote, Office, office_in
from node.store.queries.states import how_gone, votes_of, waiting_for
from node.store.queries.trees import Cut, Place, closed, cut_tree
from node.store.queries.trimmings import BARE, Trimmings, trimmings_of
from node.store.tables.actors import Actor
from node.store.tables.posts import Post
from node.text.clean import excerpt

COMMENTS_SHOWN = 100  # comments on one page of a thread: some 80 KB
ANCESTORS_CHECKED = 50
WORDS = 160  # characters of a text that stand for it


@dataclass(frozen=True, slots=True)
class ThreadLine:
    """A thread in a list."""

    token: str
    path: str
    title: str
    author: ActorLine
    group: ActorLine | None
    link_url: str | None
    link_host: str
    published: datetime
    last_active: datetime
    score: int
    my_vote: int
    comments: int
    warning: str
    sensitive: bool
    locked: bool
    featured: bool
    waiting_for: str  # host whose word is awaited; empty when the post is in
    unconfirmed_by: str = ""  # its author's host, when that has not stood by it yet (RULE B6c)
    also_in: tuple[ActorLine, ...] = ()  # groups in which its author posted the same page (C.13)
    unread: int | None = None  # comments since the viewer last read it; None: they never did
    picture: Picture | None = None  # that stands for it; none of what is sensitive


@dataclass(frozen=True, slots=True)
class ThreadPage:
    """A thread, or one comment of it in context."""

    line: ThreadLine
    content: str
    language: str | None
    updated: datetime | None
    home_url: str | None  # of a remote thread: its page at home
    gone: str
    is_mine: bool
    may_remove: bool
    may_reply: bool
    comments: tuple[CommentLine, ...]
    order: str
    focus: CommentLine | None  # the comment shown in context
    next_after: str | None  # token after which the next page begins
    poll: PollView | None
    event: EventView | None
    hidden_before: bool  # whether this page does not begin at the first comment
    at_home: AtHome | None = None
    also: tuple[ThreadLine, ...] = ()  # other threads about the same page
    hung: Trimmings = BARE
    removal_reason: str = ""
    in_office: bool = False  # whether the viewer moderates here
    ban: BanNote | None = None  # what keeps the viewer from answering
    saved: frozenset[str] = frozenset()  # tokens of what of it the viewer keeps
    boughs: tuple[Bough, ...] = ()  # the comments as the tree that they are; in a flat view, side by side
    flat: bool = False
    since: datetime | None = None  # what came later is new to the viewer; None: nothing is marked
    new: int = 0  # comments that are new to the viewer, on all pages
    first_new: Place | None = None
    link: LinkView | None = None  # what is at its link
    card: GroupCard | None = None
    findable: bool = False  # whether search engines may keep the page

    @property
    def words(self) -> str:
        """What it says in a line of plain text: its warning, where it has one; empty for what is sensitive or has no words."""
        about = self.focus or self.line
        if about.warning or about.sensitive:
            return about.warning
        return excerpt(self.focus.content if self.focus is not None else self.content, WORDS)

    @property
    def path(self) -> str:
        """The address of what the page shows."""
        return self.focus.path if self.focus is not None else self.line.path

    def way(self, order: str = "", *, flat: bool | None = None, after: str | None = None) -> str:
        """Return the address of another part or order of the page: what is new stays marked on it."""
        asked = {
            "order": order or self.order,
            "view": "flat" if (self.flat if flat is None else flat) else "tree",
        }
        if after:
            asked["after"] = after
        if self.since is not None:
            asked["since"] = str(int(self.since.timestamp()))
        return f"{self.path}?{urlencode(asked)}"


async def get_shown(session: AsyncSession, token: str, viewer: Actor | None, *, comment: bool) -> Post:
    """Return the post that a page may show *viewer*: also a deleted one, for its place.

    Raises NotFound alike for what is not there and what they may not read (A96).
    """
    post = await session.scalar(select(Post).where(col(Post.token) == token))
    absent = _absent()
    if post is None or (post.parent_id is not None or post.in_reply_to is not None) != comment:
        raise absent
    if post.deleted_at is not None or post.removed_at is not None:
        if post.visibility in {"public", "unlisted"}:
            return post
        raise absent
    if await session.scalar(select(Post.id).where(col(Post.id) == post.id, visible_to(viewer))) is None:
        raise absent
    return post


def _absent() -> NotFound:
    return NotFound("There is nothing at this address, or it is not for you to see.")


async def get_visible(session: AsyncSession, token: str, viewer: Actor | None, *, comment: bool) -> Post:
    """Return a living post to act on; raises NotFound, or Gone for a deleted one."""
    post = await get_shown(session, token, viewer, comment=comment)
    if post.deleted_at is not None or post.removed_at is not None:
        raise Gone("This was deleted.")
    await _check_above(session, post, viewer)
    return post


async def _check_above(session: AsyncSession, post: Post, viewer: Actor | None) -> None:
    """Raise NotFound when something that the post hangs from is not for the viewer (V74)."""
    for _ in range(ANCESTORS_CHECKED):
        above = await session.get(Post, post.parent_id) if post.parent_id is not None else None
        if above is None:
            break
        post = await get_shown(session, above.token, viewer, comment=above.root_id is not None)


async def lines_of_threads(
    session: AsyncSession, posts: Iterable[Post], viewer: Actor | None
) -> tuple[ThreadLine, ...]:
    """Return threads as a list shows them."""
    posts = list(posts)
    actors = await lines_of(session, [one for post in posts for one in (post.author_id, post.group_id)])
    votes = await votes_of(session, [post.id for post in posts], viewer)
    spread = await also_in(session, posts, viewer)
    unread = await unread_in(session, posts, viewer)
    pictures = await pictures_of_threads(session, [post for post in posts if not how_gone(post)])
    return tuple(
        replace(
            _thread_line(post, actors, votes.get(n, 0), spread.get(n, ()), pictures.get(n)),
            unread=unread.get(n),
        )
        for post, n in ((post, post.id or 0) for post in posts)
    )


def path_of(post: Post) -> str:
    """Return the address of a post's page here."""
    is_thread = post.parent_id is None and post.in_reply_to is None
    return f"/post/{post.token}" if is_thread else f"/comment/{post.token}"


def _thread_line(
    post: Post, actors: dict[int, ActorLine], vote: int, also: tuple[ActorLine, ...], picture: Picture | None
) -> ThreadLine:
    group = actors.get(post.group_id or 0)
    gone = how_gone(post)
    link = None if gone else web_address(post.link_url)
    return ThreadLine(
        token=post.token,
        path=path_of(post),
        title="" if gone else post.title,
        author=actors[post.author_id],
        group=group,
        link_url=link,
        link_host=(urlsplit(link).hostname or "").removeprefix("www.") if link else "",
        published=post.published,
        last_active=post.last_active,
        score=post.score,
        my_vote=vote,
        comments=post.comment_count,
        warning="" if gone else post.warning,
        sensitive=post.sensitive,
        locked=post.locked_at is not None,
        featured=post.featured_at is not None,
        waiting_for=waiting_for(post, group),
        unconfirmed_by="" if post.verify_by is None else actors[post.author_id].host,
        also_in=also,
        picture=picture,
    )


async def thread_page(
    session: AsyncSession,
    token: str,
    viewer: Actor | None,
    *,
    now: datetime,
    order: str = "top",
    after: str | None = None,
    focus: bool = False,
    flat: bool = False,
    since: datetime | None = None,
    muting: Muting = NOTHING,
) -> ThreadPage:
    """Return a thread's page.

    token: of the thread; with *focus*, of the comment to show with what it answers and what answers it. order: of
    siblings, top, new or old. after: token of the last comment of the page before. since: what came later is new; None:
    what came since the viewer last read the thread. muting: what the viewer does not want to meet. Raises NotFound.
    """
    shown = await get_shown(session, token, viewer, comment=focus)
    root = shown if not focus else await _root_of(session, shown, viewer)
    since = since or await find_reading(session, root, viewer)
    office = await office_in(session, root, viewer, now)
    looked = _Looked(root, viewer, office, now, shown.id if focus else None, flat and not focus, muting)
    part, comments = await _comments(session, looked, order, after, since)
    line = (await lines_of_threads(session, [root], viewer))[0]
    gone = how_gone(root)
    return ThreadPage(
        line=line,
        content="" if gone else root.content,
        language=root.language,
        updated=root.updated,
        home_url=None if line.author.is_local else web_address(root.url or root.iri),
        gone=gone,
        is_mine=viewer is not None and viewer.id == root.author_id,
        may_remove=office.may_hide and (viewer is None or viewer.id != root.author_id),
        may_reply=viewer is not None and not gone and _is_open(root, office),
        comments=comments,
        order=order,
        focus=next((one for one in comments if one.focused), None),
        next_after=part.next_after,
        poll=None if gone else await poll_of(session, root, viewer, now),
        event=None if gone else await event_of(session, root, viewer, now),
        hidden_before=part.hidden_before,
        at_home=await at_home(session, root, viewer, now),
        also=await lines_of_threads(session, await others_about(session, root, viewer, now, muting), viewer),
        hung=(await trimmings_of(session, [root], viewer)).get(root.id or 0, BARE),
        removal_reason=root.removal_reason,
        in_office=office.holds,
        ban=office.ban,
        saved=await saved_among(session, viewer, [root.token, *(one.token for one in comments)]),
        boughs=grown(comments),
        flat=looked.flat,
        since=since,
        new=part.new,
        first_new=part.first_new,
        card=await group_card(session, root.group_id, viewer),
        link=None if gone else await link_of(session, root),
        findable=_is_findable(root, line) and not part.hidden_before,
    )


def _is_findable(root: Post, line: ThreadLine) -> bool:
    """Tell whether search engines may keep a thread's page: it is for everybody, and author and group agree."""
    return (
        root.visibility == "public"
        and not how_gone(root)
        and line.author.indexable
        and (line.group is None or line.group.discoverable)
    )


@dataclass(frozen=True, slots=True)
class _Looked:
    """A thread, and who looks at it. focus: of the comment that is looked at alone."""

    root: Post
    viewer: Actor | None
    office: Office
    now: datetime
    focus: int | None
    flat: bool
    muting: Muting


async def _comments(
    session: AsyncSession, looked: _Looked, order: str, after: str | None, since: datetime | None
) -> tuple[Cut, tuple[CommentLine, ...]]:
    root, viewer = looked.root, looked.viewer
    branches = await branches_of(session, root, viewer, looked.now, since)
    part = cut_tree(
        branches,
        root.id or 0,
        order,
        after=after,
        focus=looked.focus,
        flat=looked.flat,
        size=COMMENTS_SHOWN,
    )
    if looked.focus is not None and not part.shown:
        raise _absent()
    comments = await lines_of_comments(
        session,
        part,
        root=root,
        viewer=viewer,
        office=looked.office,
        focus=looked.focus,
        shut=closed(branches),
        now=looked.now,
        flat=looked.flat,
        muting=looked.muting,
    )
    return part, comments


def _is_open(root: Post, office: Office) -> bool:
    """Tell whether a thread takes an answer of somebody of that office."""
    return office.ban is None and (root.locked_at is None or office.holds)


async def _root_of(session: AsyncSession, comment: Post, viewer: Actor | None) -> Post:
    root = await session.get(Post, comment.root_id) if comment.root_id is not None else None
    if root is None:
        raise NotFound("The thread of this comment has not reached this node.")
    return await get_shown(session, root.token, viewer, comment=False)
