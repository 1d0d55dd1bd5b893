"""What a search shows of threads and comments: where the words stand. Comments are found here as well."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col, select

from node.store.queries.matching import COMMENTS, Looked, Term, match, matching, posts_of, wants_to_be_found
from node.store.queries.people import ActorLine, lines_of
from node.store.queries.posts import OPEN, confirmed_at, visible_to
from node.store.queries.threads import ThreadLine, lines_of_threads
from node.store.tables.actors import Actor
from node.store.tables.posts import Post
from node.text.clean import plain_text
from node.text.marking import Piece, around, marked

WORDS_SHOWN = 220  # characters around the first word that was found
READ = 20_000  # characters of HTML in which the words are looked for
ANCESTORS = 50  # comments that one may hang from


@dataclass(frozen=True, slots=True)
class ThreadHit:
    """A thread that was found. words: some of its text, unless it is behind a warning or not to be looked through."""

    line: ThreadLine
    title: tuple[Piece, ...]
    words: tuple[Piece, ...]

    @property
    def token(self) -> str:
        """The thread's own."""
        return self.line.token


@dataclass(frozen=True, slots=True)
class CommentHit:
    """A comment that was found. title: of its thread."""

    token: str
    path: str
    title: str
    author: ActorLine
    group: ActorLine | None
    published: datetime
    warning: str
    words: tuple[Piece, ...]


async def thread_hits(
    session: AsyncSession, threads: Sequence[Post], viewer: Actor | None, terms: list[Term]
) -> tuple[ThreadHit, ...]:
    """Return threads as a search shows them."""
    looked_for, beginning = _words(terms), terms[-1][-1] if terms else ""
    lines = await lines_of_threads(session, threads, viewer)
    return tuple(
        ThreadHit(
            line,
            marked(line.title, looked_for, beginning),
            _said(post, looked_for) if line.author.indexable else (),
        )
        for line, post in zip(lines, threads, strict=True)
    )


async def comment_hits(
    session: AsyncSession, comments: Sequence[Post], terms: list[Term]
) -> tuple[CommentHit, ...]:
    """Return comments, whose threads the viewer may see, as a search shows them."""
    actors = await lines_of(session, [one for post in comments for one in (post.author_id, post.group_id)])
    wanted = {post.root_id for post in comments}
    titles: dict[int | None, str] = {}
    if wanted:
        query = select(Post.id, Post.title).where(col(Post.id).in_(wanted))
        titles = dict((await session.execute(query)).all())
    return tuple(
        CommentHit(
            token=post.token,
            path=f"/comment/{post.token}",
            title=titles.get(post.root_id, ""),
            author=actors[post.author_id],
            group=actors.get(post.group_id or 0),
            published=post.published,
            warning=post.warning,
            words=_said(post, _words(terms)),
        )
        for post in comments
    )


def _words(terms: list[Term]) -> frozenset[str]:
    return frozenset(word for term in terms for word in term)


def _said(post: Post, words: frozenset[str]) -> tuple[Piece, ...]:
    if post.warning or post.sensitive or not post.content:
        return ()
    return around(plain_text(post.content[:READ]), words, WORDS_SHOWN)


async def find_comments(looked: Looked) -> list[Post]:
    """Return the newest comments with all the words, whose threads and all that they hang from the viewer may see."""
    query = match(looked.terms, sqlite=looked.sqlite)
    found = await matching(looked, COMMENTS, query, *looked.fit, wants_to_be_found())
    ids = sorted((number for _, number in found), reverse=True)
    shown = await _in_sight(looked, ids[: 2 * looked.narrow.size])
    return await posts_of(looked.session, shown[: looked.narrow.size])


async def _in_sight(looked: Looked, ids: list[int]) -> list[int]:
    """Return those of which the thread is there for the viewer, and nothing in between is kept from them (V74)."""
    if not ids:
        return []
    session = looked.session
    line = (
        select(Post.id.label("start"), Post.parent_id.label("up"), Post.root_id.label("root"))  # type: ignore[union-attr]
        .where(col(Post.id).in_(ids))
        .cte("walk", recursive=True)
    )
    line = line.union(select(line.c.start, Post.parent_id, line.c.root).join(line, col(Post.id) == line.c.up))
    rows = (await session.execute(select(line.c.start, line.c.up, line.c.root))).all()
    above = {number for _, up, root in rows for number in (up, root) if number is not None}
    seen = select(Post.id).where(col(Post.id).in_(above), visible_to(looked.viewer))
    visible = set(await session.scalars(seen))
    places = select(Post.id).where(col(Post.id).in_(above), col(Post.visibility).in_(OPEN))
    gone = places.where(col(Post.deleted_at).is_not(None) | col(Post.removed_at).is_not(None))
    passable = visible | set(await session.scalars(gone))
    there = select(Post.id).where(
        col(Post.id).in_({root for _, _, root in rows}), visible_to(looked.viewer), confirmed_at(looked.now)
    )
    roots = set(await session.scalars(there))
    hidden = {
        start for start, up, root in rows if root not in roots or (up is not None and up not in passable)
    }
    return [one for one in ids if one not in hidden]
