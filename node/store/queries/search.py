"""Finding threads, groups and people by words. What is typed is plain text: no character has a meaning (A95).

The newest threads that match and that the viewer may see are looked at, not all: they come out of the index in the
order of their row numbers, and the walk ends when there are enough. Of those, what carries the words in its title
comes first, what is talked of most before the rest.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Integer, Text, TextClause, bindparam, exists, or_, text
from sqlalchemy import select as select_columns
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col, func, select

from node.store.queries.muting import NOTHING, Muting
from node.store.queries.people import ActorLine, line_of
from node.store.queries.posts import confirmed_at, visible_to
from node.store.queries.threads import ThreadLine, lines_of_threads
from node.store.tables.actors import GROUP_KINDS, PERSON_KINDS, Actor
from node.store.tables.posts import Post
from node.store.tables.search import SearchText
from node.text.folding import fold

SHOWN = 20
LOOKED_AT = 100  # matching threads, the newest, among which the best are sought
LOOKS = 5  # each twice as far as the one before, while what matches is not for the viewer
AFTER_ALL = 2**31 - 1  # no row number is greater
MOST_WORDS = 8  # of a query; what is typed beyond them is passed over
SHORTEST_BEGINNING = 3  # letters from which on a word also finds longer ones
ESCAPE = "\\"

Term = tuple[str, ...]  # words that follow each other


@dataclass(frozen=True, slots=True)
class Found:
    """What a search found here."""

    groups: tuple[ActorLine, ...] = ()
    people: tuple[ActorLine, ...] = ()
    threads: tuple[ThreadLine, ...] = ()

    @property
    def nothing(self) -> bool:
        """Whether nothing was found."""
        return not (self.groups or self.people or self.threads)


async def search(
    session: AsyncSession, words: str, viewer: Actor | None, now: datetime, *, muting: Muting = NOTHING
) -> Found:
    """Find groups by a part of their name, people by their whole name, and threads by their words.

    muting: what is not found, as the viewer does not want to come upon it.
    """
    terms = read_terms(words)
    threads = await _threads(session, terms, viewer, now, muting.in_any_language) if terms else []
    return Found(
        groups=await _groups(session, words.strip(), muting),
        people=await _people(session, words.strip(), muting),
        threads=await lines_of_threads(session, threads, viewer),
    )


def read_terms(words: str) -> list[Term]:
    """Return what is looked for: each word that blanks part, as the folded words that it is made of."""
    terms = dict.fromkeys(tuple(fold(word)) for word in words.split())
    return [term for term in terms if term][:MOST_WORDS]


async def _threads(
    session: AsyncSession, terms: list[Term], viewer: Actor | None, now: datetime, muting: Muting
) -> list[Post]:
    """Return the best threads: with the words in their title, then anywhere, then with words that begin so."""
    sqlite = session.get_bind().dialect.name == "sqlite"
    statement = _SQLITE if sqlite else _POSTGRESQL
    fit = (visible_to(viewer), confirmed_at(now), *muting.fit())
    # What somebody wrote is looked through only when they allow it (FEP-5feb); titles are a group's table of contents.
    allowed = exists().where(col(Actor.id) == col(Post.author_id), col(Actor.indexable).is_(True))
    begins = len(terms[-1][-1]) >= SHORTEST_BEGINNING
    found: dict[int, None] = {}
    for query, conditions in (
        (_match(terms, sqlite=sqlite, title_only=True), fit),
        (_match(terms, sqlite=sqlite), (*fit, allowed)),
        *([(_match(terms, sqlite=sqlite, title_only=True, begins=True), fit)] if begins else []),
    ):
        found |= dict.fromkeys(await _best(session, statement, query, muting, *conditions))
        if len(found) >= SHOWN:
            break
    ids = list(found)[:SHOWN]
    if not ids:
        return []
    posts = {post.id: post for post in await session.scalars(select(Post).where(col(Post.id).in_(ids)))}
    return [posts[number] for number in ids]


async def _best(
    session: AsyncSession, statement: TextClause, query: str, muting: Muting, *conditions: ColumnElement[bool]
) -> list[int]:
    """Return threads that match and of which the conditions are true, of the newest those talked of most first."""
    fit: list[tuple[float, int]] = []
    before, size = AFTER_ALL, LOOKED_AT
    for _ in range(LOOKS):
        values = {"query": query, "before": before, "size": size}
        ids = list(await session.scalars(statement, values))
        if ids:
            fit += await _fitting(session, ids, muting, *conditions)
        if len(ids) < size or len(fit) >= LOOKED_AT:
            break
        before, size = ids[-1], size * 2
    return [number for _, number in sorted(fit, reverse=True)]


async def _fitting(
    session: AsyncSession, ids: list[int], muting: Muting, *conditions: ColumnElement[bool]
) -> list[tuple[float, int]]:
    """Return which threads fit, with their place in "hot"; without those in which the viewer's muted words stand."""
    hot, number = col(Post.hot), col(Post.id)
    which = (number.in_(ids), *conditions)
    if not muting.has_words:
        rows = await session.execute(select_columns(hot, number).where(*which))
        return [(value, one or 0) for value, one in rows]
    said = select_columns(hot, number, col(Post.author_id), col(SearchText.title), col(SearchText.text))
    read = await session.execute(said.join(SearchText, col(SearchText.post_id) == number).where(*which))
    return [
        (value, one or 0)
        for value, one, author, title, words in read
        if author == muting.own or not (muting.names(title.split()) or muting.names(words.split()))
    ]


# The words alone are asked, newest first: neither planner is then tempted to begin with the posts.
_SQLITE, _POSTGRESQL = (
    text(statement).bindparams(bindparam("query", type_=Text), bindparam("before", type_=Integer))
    for statement in (
        (
            "SELECT rowid FROM search_words WHERE search_words MATCH :query AND rowid < :before"
            " ORDER BY rowid DESC LIMIT :size"
        ),
        (
            "SELECT post_id FROM search_texts WHERE search_words @@ to_tsquery('simple', :query) AND post_id < :before"
            " ORDER BY post_id DESC LIMIT :size"
        ),
    )
)


def _match(terms: list[Term], *, sqlite: bool, title_only: bool = False, begins: bool = False) -> str:
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


async def _groups(session: AsyncSession, words: str, muting: Muting) -> tuple[ActorLine, ...]:
    """Find groups in whose name the words stand, in the middle of a word as well: names of groups have no blanks."""
    pattern = f"%{_escaped(words.lower())}%"
    named = (
        select(Actor.id)
        .where(
            col(Actor.kind).in_(GROUP_KINDS),
            col(Actor.deleted_at).is_(None),
            col(Actor.discoverable).is_(True),
            or_(
                func.lower(col(Actor.username)).like(pattern, escape=ESCAPE),
                func.lower(col(Actor.name)).like(pattern, escape=ESCAPE),
            ),
            *_not_muted(muting),
        )
        .order_by(col(Actor.username), col(Actor.id))
        .limit(SHOWN)
    )
    return await _lines(session, named)


async def _people(session: AsyncSession, words: str, muting: Muting) -> tuple[ActorLine, ...]:
    """Find people of that name, ours first."""
    named = (
        select(Actor.id)
        .where(
            col(Actor.lookup_name) == words.removeprefix("@").lower(),
            col(Actor.kind).in_(PERSON_KINDS),
            col(Actor.deleted_at).is_(None),
            col(Actor.discoverable).is_(True),
            col(Actor.path) != "/",  # a node's own actor is nobody
            *_not_muted(muting),
        )
        .order_by(col(Actor.peer_id).is_not(None), col(Actor.id))
        .limit(SHOWN)
    )
    return await _lines(session, named)


def _not_muted(muting: Muting) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if muting.actors:
        conditions.append(col(Actor.id).not_in(muting.actors))
    if muting.hosts:
        conditions.append(col(Actor.host).not_in(muting.hosts))
    return conditions


async def _lines(session: AsyncSession, named: Any) -> tuple[ActorLine, ...]:
    ids = list(await session.scalars(named))
    if not ids:
        return ()
    found = {actor.id: actor for actor in await session.scalars(select(Actor).where(col(Actor.id).in_(ids)))}
    return tuple(line_of(found[number]) for number in ids)


def _escaped(words: str) -> str:
    for special in (ESCAPE, "%", "_"):
        words = words.replace(special, ESCAPE + special)
    return words
