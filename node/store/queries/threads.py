"""Threads: as lines of a list, and as pages with their comments."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit

from sqlalchemy import select as select_columns
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col, select

from node.errors import Gone, NotFound
from node.store.queries.athome import AtHome, at_home
from node.store.queries.crossposts import also_in, others_about
from node.store.queries.gatherings import EventView, PollView, event_of, poll_of, polls_of
from node.store.queries.people import ActorLine, lines_of, web_address
from node.store.queries.posts import confirmed_at, visible_to
from node.store.queries.saving import saved_among
from node.store.queries.standing import BanNote, Office, office_in
from node.store.queries.trees import Branch, Cut, closed, cut_tree
from node.store.queries.trimmings import BARE, Trimmings, trimmings_of
from node.store.tables.actors import Actor
from node.store.tables.posts import Post, Vote

COMMENTS_SHOWN = 100  # comments on one page of a thread: some 80 KB
DEEPEST_INDENT = 8  # further answers stand at this depth and name whom they answer
ANCESTORS_CHECKED = 50
COMMENTS_READ = 20_000  # of one thread; more than that is not laid out


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


@dataclass(frozen=True, slots=True)
class CommentLine:
    """A comment in its place."""

    token: str
    path: str
    anchor: str
    indent: int
    depth: int
    author: ActorLine
    answers: ActorLine | None  # whom it answers, named below the deepest indent
    answers_path: str
    content: str  # HTML as kept; empty when gone
    warning: str
    published: datetime
    updated: datetime | None
    score: int
    my_vote: int
    replies: int  # direct ones
    gone: str  # deleted, removed or empty
    is_mine: bool
    may_remove: bool
    waiting_for: str
    focused: bool
    by_thread_author: bool
    unconfirmed_by: str = ""
    hung: Trimmings = BARE
    locked: bool = False
    closed: bool = False  # takes no answers: locked, or below one that is
    distinguished: bool = False  # a moderator speaks as one
    sensitive: bool = False
    removal_reason: str = ""
    in_office: bool = False  # whether the viewer moderates here
    poll: PollView | None = None


@dataclass(frozen=True, slots=True)
class ThreadPage:
    """A thread, or one comment of it in context."""

    line: ThreadLine
    content: str
    language: str | None
    image_url: str | None
    image_alt: str
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
    votes = await _votes(session, [post.id for post in posts], viewer)
    spread = await also_in(session, posts, viewer)
    return tuple(_thread_line(post, actors, votes, spread.get(post.id or 0, ())) for post in posts)


def path_of(post: Post) -> str:
    """Return the address of a post's page here."""
    is_thread = post.parent_id is None and post.in_reply_to is None
    return f"/post/{post.token}" if is_thread else f"/comment/{post.token}"


def _thread_line(
    post: Post, actors: dict[int, ActorLine], votes: dict[int, int], also: tuple[ActorLine, ...]
) -> ThreadLine:
    group = actors.get(post.group_id or 0)
    gone = _gone(post)
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
        my_vote=votes.get(post.id or 0, 0),
        comments=post.comment_count,
        warning="" if gone else post.warning,
        sensitive=post.sensitive,
        locked=post.locked_at is not None,
        featured=post.featured_at is not None,
        waiting_for=_waiting_for(post, group),
        unconfirmed_by="" if post.verify_by is None else actors[post.author_id].host,
        also_in=also,
    )


def _waiting_for(post: Post, group: ActorLine | None) -> str:
    return "" if post.confirmed_at is not None or group is None or group.is_local else group.host


async def _votes(session: AsyncSession, ids: Collection[int | None], viewer: Actor | None) -> dict[int, int]:
    if viewer is None or not ids:
        return {}
    found = await session.execute(
        select(col(Vote.post_id), col(Vote.value)).where(
            col(Vote.actor_id) == viewer.id, col(Vote.post_id).in_(ids)
        )
    )
    return {row.post_id: row.value for row in found}


async def thread_page(
    session: AsyncSession,
    token: str,
    viewer: Actor | None,
    *,
    now: datetime,
    order: str = "top",
    after: str | None = None,
    focus: bool = False,
) -> ThreadPage:
    """Return a thread's page.

    token: of the thread; with *focus*, of the comment to show with what it answers and what answers it.
    order: of siblings, top, new or old. after: token of the last comment of the page before.
    Raises NotFound.
    """
    shown = await get_shown(session, token, viewer, comment=focus)
    root = shown if not focus else await _root_of(session, shown, viewer)
    branches = await _branches(session, root, viewer, now)
    at = shown.id if focus else None
    part = cut_tree(branches, root.id or 0, order, after=after, focus=at, size=COMMENTS_SHOWN)
    if focus and not part.shown:
        raise _absent()
    office = await office_in(session, root, viewer, now)
    comments = await _comments(
        session, part, root=root, viewer=viewer, office=office, focus=at, shut=closed(branches), now=now
    )
    line = (await lines_of_threads(session, [root], viewer))[0]
    gone = _gone(root)
    return ThreadPage(
        line=line,
        content="" if gone else root.content,
        language=root.language,
        image_url=None if gone else web_address(root.image_url),
        image_alt=root.image_alt,
        updated=root.updated,
        home_url=None if line.author.is_local else web_address(root.url or root.iri),
        gone=gone,
        is_mine=viewer is not None and viewer.id == root.author_id,
        may_remove=office.may_hide and (viewer is None or viewer.id != root.author_id),
        may_reply=viewer is not None
        and not gone
        and office.ban is None
        and (root.locked_at is None or office.holds),
        comments=comments,
        order=order,
        focus=next((one for one in comments if one.focused), None),
        next_after=part.next_after,
        poll=None if gone else await poll_of(session, root, viewer, now),
        event=None if gone else await event_of(session, root, viewer, now),
        hidden_before=part.hidden_before,
        at_home=await at_home(session, root, viewer, now),
        also=await lines_of_threads(session, await others_about(session, root, viewer, now), viewer),
        hung=(await trimmings_of(session, [root], viewer)).get(root.id or 0, BARE),
        removal_reason=root.removal_reason,
        in_office=office.holds,
        ban=office.ban,
        saved=await saved_among(session, viewer, [root.token, *(one.token for one in comments)]),
    )


async def _root_of(session: AsyncSession, comment: Post, viewer: Actor | None) -> Post:
    root = await session.get(Post, comment.root_id) if comment.root_id is not None else None
    if root is None:
        raise NotFound("The thread of this comment has not reached this node.")
    return await get_shown(session, root.token, viewer, comment=False)


async def _branches(session: AsyncSession, root: Post, viewer: Actor | None, now: datetime) -> list[Branch]:
    """Return the thread's comments as a tree needs them, without their words.

    A deleted comment keeps its place. What hangs below a comment that the viewer may not read has no place
    to hang from, and is left out with it (V74). A thread that was removed takes its comments along; one that
    its author deleted keeps them.
    """
    if root.removed_at is not None:
        return []
    shown = visible_to(viewer) & confirmed_at(now)
    gone = (col(Post.deleted_at).is_not(None) | col(Post.removed_at).is_not(None)) & col(Post.visibility).in_(
        ("public", "unlisted")
    )
    found = await session.execute(
        select_columns(
            col(Post.id),
            col(Post.parent_id),
            col(Post.token),
            col(Post.score),
            col(Post.published),
            col(Post.locked_at).is_not(None),
        )
        .where(col(Post.root_id) == root.id, shown | gone)
        .order_by(col(Post.published), col(Post.id))
        .limit(COMMENTS_READ)
    )
    return [
        Branch(number or 0, parent, token, score, at, locked)
        for number, parent, token, score, at, locked in found
    ]


def _gone(post: Post) -> str:
    if post.deleted_at is not None:
        return "deleted"
    return "removed" if post.removed_at is not None else ""


async def _comments(
    session: AsyncSession,
    part: Cut,
    *,
    root: Post,
    viewer: Actor | None,
    office: Office,
    focus: int | None,
    shut: set[int],
    now: datetime,
) -> tuple[CommentLine, ...]:
    ids = [branch.id for branch, _ in part.shown]
    posts = {post.id: post for post in await session.scalars(select(Post).where(col(Post.id).in_(ids)))}
    parents = await _parents(session, posts.values())
    everyone = [*(post.author_id for post in posts.values()), *parents.values(), root.group_id]
    actors = await lines_of(session, everyone)
    votes = await _votes(session, ids, viewer)
    hung = await trimmings_of(session, posts.values(), viewer)
    polls = await polls_of(session, list(posts.values()), viewer, now)
    lines = []
    for branch, depth in part.shown:
        post = posts[branch.id]
        gone = _gone(post)
        mine = viewer is not None and viewer.id == post.author_id
        answered = actors.get(parents.get(post.parent_id or 0, 0))
        lines.append(
            CommentLine(
                token=post.token,
                path=f"/comment/{post.token}",
                anchor=f"c-{post.token}",
                indent=min(depth, DEEPEST_INDENT),
                depth=depth,
                author=actors[post.author_id],
                answers=answered if depth >= DEEPEST_INDENT else None,
                answers_path="",
                content="" if gone else post.content,
                warning="" if gone else post.warning,
                published=post.published,
                updated=None if gone else post.updated,
                score=post.score,
                my_vote=votes.get(branch.id, 0),
                replies=part.replies.get(branch.id, 0),
                gone=gone,
                is_mine=mine,
                may_remove=office.may_hide and not mine,
                waiting_for=_waiting_for(post, actors.get(root.group_id or 0)),
                focused=branch.id == focus,
                by_thread_author=post.author_id == root.author_id,
                hung=hung.get(branch.id, BARE),
                unconfirmed_by="" if post.verify_by is None else actors[post.author_id].host,
                locked=post.locked_at is not None,
                closed=branch.id in shut and not office.holds,
                distinguished=post.distinguished,
                sensitive=post.sensitive,
                removal_reason=post.removal_reason,
                in_office=office.holds,
                poll=None if gone else polls.get(branch.id),
            )
        )
    return tuple(lines)


async def _parents(session: AsyncSession, posts: Iterable[Post]) -> dict[int, int]:
    """Return the authors of what the posts answer, by row number of the answered post."""
    wanted = {post.parent_id for post in posts if post.parent_id is not None}
    found = await session.execute(select(col(Post.id), col(Post.author_id)).where(col(Post.id).in_(wanted)))
    return {number or 0: author for number, author in found}
