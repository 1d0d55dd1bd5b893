"""What a batch will ask for one by one, asked for at once: a few queries for hundreds of arrivals.

Everything here only spares later queries: what is not loaded is asked for when it is needed.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Hashable, Iterable, Sequence
from typing import Any

from sqlalchemy import ARRAY, ColumnElement, Integer, String, any_, cast, false, func, tuple_
from sqlalchemy import select as columns
from sqlmodel import col, select

from node.store.batches import HANGS_ON_POSTS, BatchSession
from node.store.queries.posts import hold
from node.store.tables.actors import Actor
from node.store.tables.follows import Moderator
from node.store.tables.messages import Message
from node.store.tables.moderation import Ban, Block
from node.store.tables.posts import Mark, Post, Vote

MOST_AT_ONCE = 5000  # values in one list; SQLite takes 32,766 and PostgreSQL 32,767


async def load(session: BatchSession, iris: Collection[str], *, new: int) -> None:
    """Load the actors and posts of these ids, what those hang from, and what stands in their way.

    The posts are held, in the order of their numbers: see `hold`. new: how many posts there may come to be.
    """
    wanted = sorted(iris)[:MOST_AT_ONCE]
    for actor in await session.scalars(select(Actor).where(among(session, Actor.iri, wanted))):
        session.know(actor)
    objects = [iri for iri in wanted if iri not in session.actors]
    await _load_posts(session, objects)
    for iri in wanted:
        session.actors.setdefault(iri, None)
        session.posts.setdefault(iri, None)
    missing = [iri for iri in objects if session.posts[iri] is None]
    await _note(session, Message, wanted, Message.iri, among_too=missing)
    awaited = select(Post.in_reply_to).where(
        among(session, Post.in_reply_to, missing), col(Post.parent_id).is_(None)
    )
    session.awaited |= dict.fromkeys(missing, False)
    session.awaited |= {iri: True for iri in await session.scalars(awaited.distinct()) if iri}
    ids = [one.id for one in session.actors.values() if one is not None and one.id is not None]
    await _note(session, Ban, ids, Ban.actor_id)
    await _note(session, Block, ids, Block.blocked_id)
    await _note(session, Moderator, ids, Moderator.actor_id)
    if new:
        await session.number_posts(new)


async def load_marks(session: BatchSession, fingerprints: Collection[str]) -> None:
    """Load which of these marks there are."""
    wanted = sorted(fingerprints)[:MOST_AT_ONCE]
    await _note(session, Mark, wanted, Mark.fingerprint)


async def load_votes(session: BatchSession, pairs: Iterable[tuple[str, str]]) -> None:
    """Load the votes of actors on posts. pairs: id of the post, id of the actor."""
    found = ((session.posts.get(post), session.actors.get(actor)) for post, actor in pairs)
    wanted = sorted(
        {
            (post.id, actor.id)
            for post, actor in found
            if post is not None and post.id and actor is not None and actor.id
        }
    )[: MOST_AT_ONCE // 2]
    session.votes |= dict.fromkeys(wanted)
    if wanted:
        query = select(Vote).where(tuple_(col(Vote.post_id), col(Vote.actor_id)).in_(wanted))
        for vote in await session.scalars(query):
            session.votes[vote.post_id, vote.actor_id] = vote


async def _load_posts(session: BatchSession, iris: Sequence[str]) -> None:
    """Load posts with their parents, threads, authors and groups."""
    named = await session.execute(
        columns(*map(col, (Post.id, Post.parent_id, Post.root_id, Post.author_id, Post.group_id))).where(
            among(session, Post.iri, iris)
        )
    )
    rows = named.all()
    ids = sorted({one for row in rows for one in row[:3] if one})
    await hold(session, ids)
    for post in await session.scalars(select(Post).where(among(session, Post.id, ids))):
        session.know(post)
    people = {one for row in rows for one in row[3:] if one}
    people |= {post.author_id for post in session.posts.values() if post is not None}
    people -= {one.id for one in session.actors.values() if one is not None}
    for actor in await session.scalars(select(Actor).where(among(session, Actor.id, sorted(people)))):
        session.know(actor)
    for table in HANGS_ON_POSTS:
        await _note(session, table, ids, table.post_id)


async def _note(
    session: BatchSession,
    table: type[Any],
    keys: Sequence[Hashable],
    key: Any,
    *,
    among_too: Sequence[Hashable] | None = None,
) -> None:
    """Note for which of the keys the table has a row. among_too: those that are asked for, where others cannot be."""
    facts = session.facts.setdefault(table, {})
    facts |= dict.fromkeys(keys, False)
    asked = keys if among_too is None else among_too
    if asked:
        found = await session.scalars(select(key).where(among(session, key, asked)).distinct())
        facts |= dict.fromkeys(found, True)


def among(session: BatchSession, column: Any, values: Sequence[Any]) -> ColumnElement[bool]:
    """Condition: the column has one of the values, texts or numbers. They travel as one parameter, however many."""
    if not values:  # PostgreSQL cannot tell of what kind nothing is
        return false()
    if session.is_sqlite:
        listed = func.json_each(json.dumps(values)).table_valued("value")
        return col(column).in_(select(listed.c.value))
    kind = String if values and isinstance(values[0], str) else Integer
    return col(column) == any_(cast(values, ARRAY(kind)))
