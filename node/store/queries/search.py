"""Finding threads, groups and people by words. What is typed is plain text: no character has a meaning (A95).

The newest threads that match and that the viewer may see are looked at, not all: they come out of the index in the
order of their row numbers, and the walk ends when there are enough. Of those, what carries the words in its title
comes first, what is talked of most before the rest. Of comments the newest come first.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, or_
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col, func, select

from node.store.queries.hits import CommentHit, ThreadHit, comment_hits, find_comments, thread_hits
from node.store.queries.matching import (
    SHOWN,
    THREADS,
    Looked,
    Narrow,
    match,
    matching,
    posts_of,
    read_terms,
    wants_to_be_found,
)
from node.store.queries.muting import NOTHING, Muting
from node.store.queries.people import ActorLine, line_of
from node.store.tables.actors import GROUP_KINDS, PERSON_KINDS, Actor
from node.store.tables.posts import Post

SHORTEST_BEGINNING = 3  # letters from which on a word also finds longer ones
ESCAPE = "\\"

EVERYTHING = Narrow()


@dataclass(frozen=True, slots=True)
class Found:
    """What a search found here."""

    groups: tuple[ActorLine, ...] = ()
    people: tuple[ActorLine, ...] = ()
    threads: tuple[ThreadHit, ...] = ()
    comments: tuple[CommentHit, ...] = ()

    @property
    def nothing(self) -> bool:
        """Whether nothing was found."""
        return not (self.groups or self.people or self.threads or self.comments)

    @property
    def more_threads(self) -> bool:
        """Whether there may be more threads than are shown beside other kinds."""
        return len(self.threads) == SHOWN

    @property
    def more_comments(self) -> bool:
        """Whether there may be more comments."""
        return len(self.comments) == SHOWN


async def search(
    session: AsyncSession,
    words: str,
    viewer: Actor | None,
    now: datetime,
    narrow: Narrow = EVERYTHING,
    *,
    muting: Muting = NOTHING,
) -> Found:
    """Find groups by a part of their name, people by their whole name, threads and comments by their words.

    muting: what is not found, as the viewer does not want to come upon it.
    """
    terms = read_terms(words)
    looked = Looked(session, terms, viewer, now, narrow, muting.in_any_language)
    threads = await _threads(looked) if terms and narrow.takes("threads") else []
    comments = await find_comments(looked) if terms and narrow.takes("comments") else []
    named = words.strip()
    return Found(
        groups=await _groups(session, named, muting) if narrow.takes("groups") and named else (),
        people=await _people(session, named, muting) if narrow.takes("people") and named else (),
        threads=await thread_hits(session, threads, viewer, terms),
        comments=await comment_hits(session, comments, terms),
    )


async def _threads(looked: Looked) -> list[Post]:
    """Return the best threads: with the words in their title, then anywhere, then with words that begin so."""
    terms, size = looked.terms, looked.narrow.size
    begins = len(terms[-1][-1]) >= SHORTEST_BEGINNING
    found: dict[int, None] = {}
    for query, conditions in (
        (match(terms, sqlite=looked.sqlite, title_only=True), looked.fit),
        # What somebody wrote is looked through only when they allow it (FEP-5feb); titles are a table of contents.
        (match(terms, sqlite=looked.sqlite), (*looked.fit, wants_to_be_found())),
        *([(match(terms, sqlite=looked.sqlite, title_only=True, begins=True), looked.fit)] if begins else []),
    ):
        best = await matching(looked, THREADS, query, *conditions)
        found |= dict.fromkeys(number for _, number in sorted(best, reverse=True))
        if len(found) >= size:
            break
    return await posts_of(looked.session, list(found)[:size])


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
