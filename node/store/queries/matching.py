"""Words in the full-text indexes of threads and of comments, and which of what matches the viewer may see."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from sqlalchemy import ColumnElement, Integer, Text, TextClause, bindparam, exists, literal, text
from sqlalchemy import select as select_columns
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col, select

from node.store.queries.muting import NOTHING, Muting
from node.store.queries.posts import confirmed_at, visible_to
from node.store.tables.actors import Actor
from node.store.tables.posts import Post
from node.store.tables.search import CommentText, SearchText
from node.text.folding import fold

SHOWN = 20
SHOWN_ALONE = 50  # where one kind alone is asked for
LOOKED_AT = 100  # matching posts, the newest, among which the best are sought
LOOKS = 5  # each twice as far as the one before, while what matches is not for the viewer
DEEPEST = 20_000  # matching posts, the newest, among which those of a group or an author are sought
AFTER_ALL = 2**31 - 1  # no row number is greater
MOST_WORDS = 8  # of a query; what is typed beyond them is passed over

Kind = Literal["", "threads", "comments", "groups", "people"]
Term = tuple[str, ...]  # words that follow each other


@dataclass(frozen=True, slots=True)
class Narrow:
    """Of what is asked for some only. group, author: row numbers. since: what was published after that."""

    kind: Kind = ""
    group: int | None = None
    author: int | None = None
    since: datetime | None = None

    @property
    def to_posts(self) -> bool:
        """Whether it asks for what groups and people do not have."""
        return self.group is not None or self.author is not None or self.since is not None

    def takes(self, kind: Kind) -> bool:
        """Tell whether that kind is asked for."""
        return self.kind in {"", kind} and not (kind in {"groups", "people"} and self.to_posts)

    @property
    def size(self) -> int:
        """How many of a kind are shown."""
        return SHOWN_ALONE if self.kind else SHOWN


@dataclass(frozen=True, slots=True)
class Looked:
    """A search: who looks for what."""

    session: AsyncSession
    terms: list[Term]
    viewer: Actor | None
    now: datetime
    narrow: Narrow
    muting: Muting = NOTHING

    @property
    def sqlite(self) -> bool:
        """Whether this is SQLite."""
        return self.session.get_bind().dialect.name == "sqlite"

    @property
    def fit(self) -> tuple[ColumnElement[bool], ...]:
        """Conditions on posts: the viewer may see them, and they are of the time that is asked for."""
        since = (col(Post.published) > self.narrow.since,) if self.narrow.since is not None else ()
        return (visible_to(self.viewer), confirmed_at(self.now), *since, *self.muting.fit())


@dataclass(frozen=True, slots=True)
class Index:
    """An index of words, on either database; the posts of a group or an author alone have a statement of their own."""

    words: type[SearchText | CommentText]  # the words themselves, folded
    sqlite: TextClause
    postgresql: TextClause
    sqlite_of: TextClause
    postgresql_of: TextClause

    def statement(self, looked: Looked) -> TextClause:
        """Return what to ask."""
        narrowed = looked.narrow.group is not None or looked.narrow.author is not None
        if looked.sqlite:
            return self.sqlite_of if narrowed else self.sqlite
        return self.postgresql_of if narrowed else self.postgresql


# The words alone are asked, newest first: neither planner is then tempted to begin with the posts.
_SQLITE = "SELECT rowid AS number FROM {table} WHERE {table} MATCH :query AND rowid < :before ORDER BY rowid DESC LIMIT {size}"
_POSTGRESQL = (
    "SELECT post_id AS number FROM {table} WHERE search_words @@ to_tsquery('simple', :query) AND post_id < :before"
    " ORDER BY post_id DESC LIMIT {size}"
)
_OF_SOME = (
    "SELECT number FROM ({way}) AS hits WHERE EXISTS (SELECT 1 FROM posts WHERE posts.id = hits.number"
    " AND (CAST(:group AS INTEGER) IS NULL OR posts.group_id = :group)"
    " AND (CAST(:author AS INTEGER) IS NULL OR posts.author_id = :author)) ORDER BY number DESC LIMIT :size"
)


def _index(words: type[SearchText | CommentText], sqlite_table: str, postgresql_table: str) -> Index:
    found = []
    for way, table in ((_SQLITE, sqlite_table), (_POSTGRESQL, postgresql_table)):
        found.append(_typed(way.format(table=table, size=":size")))
        found.append(_typed(_OF_SOME.format(way=way.format(table=table, size=DEEPEST)), "group", "author"))
    return Index(words, found[0], found[2], found[1], found[3])


def _typed(statement: str, *more: str) -> TextClause:
    numbers = [bindparam(name, type_=Integer) for name in ("before", "size", *more)]
    return text(statement).bindparams(bindparam("query", type_=Text), *numbers)


THREADS = _index(SearchText, "search_words", "search_texts")
COMMENTS = _index(CommentText, "search_words_of_comments", "comment_texts")


def read_terms(words: str) -> list[Term]:
    """Return what is looked for: each word that blanks part, as the folded words that it is made of."""
    terms = dict.fromkeys(tuple(fold(word)) for word in words.split())
    return [term for term in terms if term][:MOST_WORDS]


def match(terms: list[Term], *, sqlite: bool, title_only: bool = False, begins: bool = False) -> str:
    """Return the terms in the language of the index. Folded words are letters and digits: nothing to escape."""
    if sqlite:
        phrases = [f'"{" ".join(term)}"' for term in terms]
        all_of = " AND ".join([*phrases[:-1], phrases[-1] + ("*" if begins else "")])
        return f"title : ({all_of})" if title_only else all_of
    label = ":A" if title_only else ""
    last = f"{label}*" if begins and title_only else ":*" if begins else label
    phrases = ["<->".join(f"'{word}'{label}" for word in term) for term in terms[:-1]]
    end = [*(f"'{word}'{label}" for word in terms[-1][:-1]), f"'{terms[-1][-1]}'{last}"]
    return " & ".join(f"({phrase})" for phrase in [*phrases, "<->".join(end)])


def wants_to_be_found() -> ColumnElement[bool]:
    """Condition on posts: their author allows that their words are looked through (FEP-5feb)."""
    return exists().where(col(Actor.id) == col(Post.author_id), col(Actor.indexable).is_(True))


async def matching(
    looked: Looked, index: Index, query: str, *conditions: ColumnElement[bool]
) -> list[tuple[float, int]]:
    """Return posts that match and of which the conditions are true, some of the newest: how talked of, and row number."""
    statement, narrow = index.statement(looked), looked.narrow
    fit: list[tuple[float, int]] = []
    before, size = AFTER_ALL, LOOKED_AT
    for _ in range(LOOKS):
        values = {"query": query, "before": before, "size": size}
        if statement in {index.sqlite_of, index.postgresql_of}:
            values |= {"group": narrow.group, "author": narrow.author}
        ids = list(await looked.session.scalars(statement, values))
        if ids:
            fit += await _fitting(looked, index, ids, *conditions)
        if len(ids) < size or len(fit) >= LOOKED_AT:
            break
        before, size = ids[-1], size * 2
    return fit


async def _fitting(
    looked: Looked, index: Index, ids: list[int], *conditions: ColumnElement[bool]
) -> list[tuple[float, int]]:
    """Return which posts fit, with how talked of they are; without those in which the viewer's muted words stand."""
    hot, number, muting = col(Post.hot), col(Post.id), looked.muting
    which = (number.in_(ids), *conditions)
    if not muting.has_words:
        rows = await looked.session.execute(select_columns(hot, number).where(*which))
        return [(value, one or 0) for value, one in rows]
    title = col(SearchText.title) if index.words is SearchText else literal("")
    said = select_columns(hot, number, col(Post.author_id), title, col(index.words.text))
    read = await looked.session.execute(
        said.join(index.words, col(index.words.post_id) == number).where(*which)
    )
    return [
        (value, one or 0)
        for value, one, author, title, words in read
        if author == muting.own or not (muting.names(title.split()) or muting.names(words.split()))
    ]


async def posts_of(session: AsyncSession, ids: list[int]) -> list[Post]:
    """Return the posts of these row numbers, in their order."""
    if not ids:
        return []
    posts = {post.id: post for post in await session.scalars(select(Post).where(col(Post.id).in_(ids)))}
    return [posts[number] for number in ids]
