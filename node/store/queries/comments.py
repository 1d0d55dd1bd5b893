"""Comments of a thread, as a page shows them: a tree cut to pages, each with its words and what hangs from it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from sqlalchemy import ColumnElement, false
from sqlalchemy import select as select_columns
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col, select

from node.store.queries.gatherings import PollView, polls_of
from node.store.queries.muting import NOTHING, Muting, Why
from node.store.queries.people import ActorLine, lines_of
from node.store.queries.posts import confirmed_at, visible_to
from node.store.queries.standing import Office
from node.store.queries.states import how_gone, votes_of, waiting_for
from node.store.queries.trees import Branch, Cut
from node.store.queries.trimmings import BARE, Trimmings, trimmings_of
from node.store.tables.actors import Actor
from node.store.tables.posts import Post
from node.text.clean import excerpt

DEEPEST_INDENT = 8  # further answers stand at this depth and name whom they answer
COMMENTS_READ = 20_000  # of one thread; more than that is not laid out
ANSWERED_WORDS = 120  # characters


@dataclass(frozen=True, slots=True)
class CommentLine:
    """A comment in its place."""

    token: str
    path: str
    anchor: str
    indent: int
    depth: int
    author: ActorLine
    answers: ActorLine | None  # whom it answers, where that is not seen from its place
    answers_path: str  # of that comment
    answers_words: str  # its beginning, plain; empty where the comments stand as a tree
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
    is_new: bool = False  # to the viewer, since they last read the thread
    below: int = 0  # comments below it, on this page or not
    muted: Why = ""  # why the viewer does not want to come upon it; empty: they may


@dataclass(frozen=True, slots=True)
class Bough:
    """A comment with those below it, as far as they stand on the page."""

    comment: CommentLine
    below: tuple[Bough, ...]


async def branches_of(
    session: AsyncSession, root: Post, viewer: Actor | None, now: datetime, since: datetime | None = None
) -> list[Branch]:
    """Return the thread's comments as a tree needs them, without their words.

    A deleted comment keeps its place. What hangs below a comment that the viewer may not read has no place
    to hang from, and is left out with it (V74). A thread that was removed takes its comments along; one that
    its author deleted keeps them. since: what others said that came later than that is new; None: nothing is.
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
            _news(viewer, since),
        )
        .where(col(Post.root_id) == root.id, shown | gone)
        .order_by(col(Post.published), col(Post.id))
        .limit(COMMENTS_READ)
    )
    return [
        Branch(number or 0, parent, token, score, at, locked, bool(is_new))
        for number, parent, token, score, at, locked, is_new in found
    ]


def _news(viewer: Actor | None, since: datetime | None) -> ColumnElement[bool]:
    if viewer is None or since is None:
        return false()
    here = col(Post.deleted_at).is_(None) & col(Post.removed_at).is_(None)
    return (col(Post.received_at) > since) & (col(Post.author_id) != viewer.id) & here


async def lines_of_comments(
    session: AsyncSession,
    part: Cut,
    *,
    root: Post,
    viewer: Actor | None,
    office: Office,
    focus: int | None,
    shut: set[int],
    now: datetime,
    flat: bool = False,
    muting: Muting = NOTHING,
) -> tuple[CommentLine, ...]:
    """Return the part of a tree with its words. focus: of the comment shown in context. shut: what takes no answers.

    muting: of the viewer; what is looked at alone, and what somebody in office looks at, is as any other.
    """
    ids = [branch.id for branch, _ in part.shown]
    posts = {post.id: post for post in await session.scalars(select(Post).where(col(Post.id).in_(ids)))}
    parents = await _parents(session, posts.values(), root)
    everyone = [
        *(post.author_id for post in posts.values()),
        *(one.author_id for one in parents.values()),
        root.group_id,
    ]
    actors = await lines_of(session, everyone)
    votes = await votes_of(session, ids, viewer)
    hung = await trimmings_of(session, posts.values(), viewer)
    polls = await polls_of(session, list(posts.values()), viewer, now)
    lines: list[CommentLine] = []
    for branch, depth in part.shown:
        post = posts[branch.id]
        above = parents.get(post.parent_id or 0)
        named = above is not None and (flat or depth >= DEEPEST_INDENT or (not lines and depth > 0))
        line = replace(
            _line(post, actors, root, viewer, office),
            indent=min(depth, DEEPEST_INDENT),
            depth=depth,
            is_new=branch.is_new,
            answers=actors.get(above.author_id) if above is not None and named else None,
            answers_path=above.path if above is not None else "",
            answers_words=above.words if above is not None and flat else "",
            my_vote=votes.get(branch.id, 0),
            replies=part.replies.get(branch.id, 0),
            focused=branch.id == focus,
            hung=hung.get(branch.id, BARE),
            closed=branch.id in shut and not office.holds,
            poll=None if how_gone(post) else polls.get(branch.id),
            below=part.below.get(branch.id, 0),
            muted="" if branch.id == focus or office.holds else muting.why(post, actors[post.author_id].host),
        )
        lines.append(line)
    return tuple(lines)


def _line(
    post: Post,
    actors: Mapping[int, ActorLine],
    root: Post,
    viewer: Actor | None,
    office: Office,
) -> CommentLine:
    """Return a comment as its own row tells it."""
    gone = how_gone(post)
    mine = viewer is not None and viewer.id == post.author_id
    return CommentLine(
        token=post.token,
        path=f"/comment/{post.token}",
        anchor=f"c-{post.token}",
        indent=0,
        depth=0,
        author=actors[post.author_id],
        answers=None,
        answers_path="",
        answers_words="",
        content="" if gone else post.content,
        warning="" if gone else post.warning,
        published=post.published,
        updated=None if gone else post.updated,
        score=post.score,
        my_vote=0,
        replies=0,
        gone=gone,
        is_mine=mine,
        may_remove=office.may_hide and not mine,
        waiting_for=waiting_for(post, actors.get(root.group_id or 0)),
        focused=False,
        by_thread_author=post.author_id == root.author_id,
        unconfirmed_by="" if post.verify_by is None else actors[post.author_id].host,
        locked=post.locked_at is not None,
        distinguished=post.distinguished,
        sensitive=post.sensitive,
        removal_reason=post.removal_reason,
        in_office=office.holds,
    )


@dataclass(frozen=True, slots=True)
class _Above:
    """A comment that is answered."""

    author_id: int
    path: str
    words: str


async def _parents(session: AsyncSession, posts: Iterable[Post], root: Post) -> dict[int, _Above]:
    """Return the comments that the posts answer, by row number."""
    wanted = {post.parent_id for post in posts if post.parent_id not in {None, root.id}}
    found = await session.scalars(
        select(Post).where(col(Post.id).in_(wanted or {0}))
    )  # as many statements as ever
    return {
        one.id or 0: _Above(
            one.author_id,
            f"/comment/{one.token}",
            "" if how_gone(one) or one.warning or one.sensitive else excerpt(one.content, ANSWERED_WORDS),
        )
        for one in found
    }


def grown(comments: Sequence[CommentLine]) -> tuple[Bough, ...]:
    """Return comments in their order as the tree that they are, down to the deepest indent."""

    @dataclass
    class Open:
        line: CommentLine | None
        depth: int
        below: list[Bough] = field(default_factory=list)

    opened = [Open(None, -1)]

    def close(depth: int) -> None:
        while opened[-1].depth >= depth:
            done = opened.pop()
            assert done.line is not None, "the ground is never closed"
            opened[-1].below.append(Bough(done.line, tuple(done.below)))

    for line in comments:
        close(line.indent)
        opened.append(Open(line, line.indent))
    close(0)
    return tuple(opened[0].below)
