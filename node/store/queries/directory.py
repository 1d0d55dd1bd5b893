"""The directory of groups, and how what it counts is kept up to date.

A page is a walk in the index of its order, so it costs as much with fifty thousand groups as with fifty. Small groups are
counted as they are looked at; of the others it is told what was counted last.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Literal

from sqlalchemy import ColumnElement, Row, exists, func, tuple_
from sqlalchemy import select as select_columns
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased
from sqlmodel import col, select

from node.store.database import Transaction
from node.store.queries.cards import words_about
from node.store.queries.paging import EPOCH, MICROSECOND, Position, write_position
from node.store.queries.people import LINE_COLUMNS, ActorLine, line_of
from node.store.queries.posts import OPEN
from node.store.queries.topics import topics_of
from node.store.tables.actors import Actor
from node.store.tables.directory import DirectoryEntry, GroupTopic, name_key, words_of
from node.store.tables.follows import Follow
from node.store.tables.posts import Post
from node.text.folding import fold

SHOWN = 25
COUNTED_ANEW = 1000  # threads or members up to which a group is counted as it is looked at
MOST_WORDS = 5
LANGUAGE_BY = 20  # newest threads that say in which language a group speaks
LATEST = datetime.max.replace(year=2200, tzinfo=EPOCH.tzinfo)

Order = Literal["active", "followers", "new", "name"]
Where = Literal["", "here", "elsewhere"]
_COLUMNS: dict[str, Any] = {
    "active": DirectoryEntry.active_at,
    "followers": DirectoryEntry.followers,
    "new": DirectoryEntry.founded_at,
    "name": DirectoryEntry.name_key,
}

_SHOWN: tuple[Any, ...] = (
    *LINE_COLUMNS,
    Actor.description,
    Actor.summary,
    Actor.private,
    Actor.home_followers,
    DirectoryEntry.members,
    DirectoryEntry.followers,
    DirectoryEntry.threads,
    DirectoryEntry.active_at,
    DirectoryEntry.founded_at,
    DirectoryEntry.language,
)


@dataclass(frozen=True, slots=True)
class Wish:
    """Which groups are asked for. words: of their names and descriptions. language: BCP 47. after: where the page begins."""

    sort: Order = "active"
    words: str = ""
    where: Where = ""
    language: str = ""
    topic: str = ""
    after: Position | None = None

    @property
    def narrowed(self) -> bool:
        """Whether it asks for some groups only."""
        return bool(self.words.strip() or self.where or self.language or self.topic)


@dataclass(frozen=True, slots=True)
class GroupLine:
    """A group in the directory."""

    actor: ActorLine
    description: str
    followers: int
    threads: int
    last_active: datetime | None
    language: str = ""
    topics: tuple[str, ...] = ()
    private: bool = False
    follow: str | None = None  # state of the viewer's follow


@dataclass(frozen=True, slots=True)
class Directory:
    """A page of the groups that this node has or knows. next_page: its cursor."""

    groups: tuple[GroupLine, ...]
    wish: Wish = field(default_factory=Wish)
    next_page: str | None = None


async def directory(session: AsyncSession, viewer: Actor | None, wish: Wish) -> Directory:
    """Return a page of groups."""
    column = _COLUMNS[wish.sort]
    here = tuple_(col(column), col(DirectoryEntry.group_id))
    bound = await _bound(session, wish)
    query = (
        select_columns(*_SHOWN)
        .join(DirectoryEntry, col(DirectoryEntry.group_id) == col(Actor.id))
        .where(here > bound if wish.sort == "name" else here < bound, *_fit(wish))
    )
    ways = (col(column), col(DirectoryEntry.group_id))
    query = query.order_by(*(way if wish.sort == "name" else way.desc() for way in ways)).limit(SHOWN + 1)
    rows = (await session.execute(query)).all()
    more = _cursor(wish, rows[SHOWN - 1]) if len(rows) > SHOWN else None
    return Directory(await _lines(session, rows[:SHOWN], viewer), wish, more)


def _fit(wish: Wish) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = [
        col(Actor.deleted_at).is_(None),
        col(Actor.discoverable).is_(True),
    ]
    if wish.where:
        conditions.append(col(DirectoryEntry.is_local).is_(wish.where == "here"))
    if wish.language:
        conditions.append(col(DirectoryEntry.language) == wish.language)
    if wish.topic:
        of_it = (
            col(GroupTopic.group_id) == col(DirectoryEntry.group_id),
            col(GroupTopic.topic) == wish.topic,
        )
        conditions.append(exists().where(*of_it))
    # Folded words are letters and digits: none of them has a meaning in a pattern.
    conditions += [col(DirectoryEntry.words).like(f"%{one}%") for one in fold(wish.words)[:MOST_WORDS]]
    return conditions


async def _bound(session: AsyncSession, wish: Wish) -> Any:
    """Return where the page begins, or what lies before every group."""
    after = wish.after
    if wish.sort == "name":
        name = None
        if after is not None:
            query = select(DirectoryEntry.name_key).where(col(DirectoryEntry.group_id) == after.id)
            name = await session.scalar(query)
        return tuple_(name or "", after.id if after is not None and name is not None else -1)
    if wish.sort == "followers":
        return tuple_(int(after.value), after.id) if after is not None else tuple_(2**31 - 1, 0)
    if after is None or after.value >= (LATEST - EPOCH) // MICROSECOND:
        return tuple_(LATEST, 0)
    return tuple_(EPOCH + timedelta(microseconds=max(int(after.value), 0)), after.id)


def _cursor(wish: Wish, row: Row[Any]) -> str:
    if wish.sort == "name":
        return write_position(0, row.id)
    if wish.sort == "followers":
        return write_position(row.followers, row.id)
    at: datetime = row.active_at if wish.sort == "active" else row.founded_at
    return write_position((at - EPOCH) // MICROSECOND, row.id)


async def _lines(
    session: AsyncSession, rows: Sequence[Row[Any]], viewer: Actor | None
) -> tuple[GroupLine, ...]:
    ids = [row.id for row in rows]
    members = await count_members(session, [row.id for row in rows if row.members < COUNTED_ANEW])
    living = await count_threads(session, [row.id for row in rows if row.threads < COUNTED_ANEW])
    topics = await topics_of(session, ids)
    follows = await follows_among(session, ids, viewer)
    found = []
    for row in rows:
        known = members.get(row.id, 0) if row.members < COUNTED_ANEW else row.members
        threads, active = row.threads, row.active_at
        if threads < COUNTED_ANEW:
            threads, active = living.get(row.id, (0, None))
        found.append(
            GroupLine(
                actor=line_of(row),
                description=words_about(row),
                followers=known if row.peer_id is None else max(known, row.home_followers or 0),
                threads=threads,
                last_active=active,
                language=row.language,
                topics=topics.get(row.id, ()),
                private=row.private,
                follow=follows.get(row.id),
            )
        )
    return tuple(found)


async def follows_among(session: AsyncSession, ids: Collection[int], viewer: Actor | None) -> dict[int, str]:
    """Return the states of the viewer's follows of these, by row number."""
    if viewer is None or not ids:
        return {}
    query = select(Follow.followee_id, Follow.state).where(
        col(Follow.follower_id) == viewer.id, col(Follow.followee_id).in_(ids)
    )
    return dict((await session.execute(query)).all())


async def count_members(session: AsyncSession, ids: Collection[int]) -> dict[int, int]:
    """Return how many follow each, as this node knows; who has none is left out."""
    query = (
        select(Follow.followee_id, func.count())
        .where(col(Follow.followee_id).in_(ids), col(Follow.state) == "accepted")
        .group_by(col(Follow.followee_id))
    )
    return dict((await session.execute(query)).all()) if ids else {}


async def count_threads(session: AsyncSession, ids: Collection[int]) -> dict[int, tuple[int, datetime]]:
    """Return how many threads anybody may read in each, and when the newest word came; who has none is left out."""
    query = (
        select_columns(col(Post.group_id), func.count(), func.max(col(Post.last_active)))
        .where(
            col(Post.group_id).in_(ids),
            col(Post.root_id).is_(None),
            col(Post.in_reply_to).is_(None),
            # As `visible_to(None)`, but the groups lead to these rows: nearly all are for everybody.
            col(Post.visibility).op("||")("").in_(OPEN),
            col(Post.deleted_at).is_(None),
            col(Post.removed_at).is_(None),
        )
        .group_by(col(Post.group_id))
    )
    if not ids:
        return {}
    return {number or 0: (count, at) for number, count, at in await session.execute(query)}


async def recount(tx: Transaction, ids: Collection[int], before: datetime) -> int:
    """Count groups again; return of how many something had changed. Noted is that, and who was last counted *before*."""
    query = (
        select(DirectoryEntry, Actor)
        .join(Actor, col(Actor.id) == col(DirectoryEntry.group_id))
        .where(col(DirectoryEntry.group_id).in_(ids))
    )
    rows = (await tx.session.execute(query)).all()
    members = await count_members(tx.session, ids)
    living = await count_threads(tx.session, ids)
    languages = await _languages(tx.session, ids)
    changed = 0
    for row, group in rows:
        threads, active = living.get(row.group_id, (0, group.published))
        known = members.get(row.group_id, 0)
        counted = {
            "members": known,
            "followers": known if group.is_local else max(known, group.home_followers or 0),
            "threads": threads,
            "active_at": active,
            "language": languages.get(row.group_id, ""),
            "name_key": name_key(group),
            "words": words_of(group),
        }
        differs = any(getattr(row, name) != value for name, value in counted.items())
        changed += differs
        if differs or row.counted_at < before:
            for name, value in {**counted, "counted_at": tx.now}.items():
                setattr(row, name, value)
    await tx.session.flush()
    return changed


async def _languages(session: AsyncSession, ids: Collection[int]) -> dict[int, str]:
    """Return the language that most of the newest threads of each group are in."""
    newest = aliased(Post)
    inner = (
        select(newest.id)
        .where(
            newest.group_id == col(Actor.id),
            col(newest.root_id).is_(None),
            col(newest.in_reply_to).is_(None),
            col(newest.deleted_at).is_(None),
            col(newest.removed_at).is_(None),
            col(newest.visibility) == "public",
        )
        .order_by(col(newest.published).desc())
        .limit(LANGUAGE_BY)
        .correlate(Actor)
    )
    query = (
        select_columns(col(Actor.id), col(Post.language), func.count())
        .join(Post, col(Post.id).in_(inner))
        .where(col(Actor.id).in_(ids), col(Post.language).is_not(None))
        .group_by(col(Actor.id), col(Post.language))
        .order_by(func.count(), col(Post.language).desc())
    )
    return {
        number or 0: (language or "").partition("-")[0].lower()
        for number, language, _ in await session.execute(query)
    }


async def due(session: AsyncSession, before: datetime, at_most: int, posts: int, follows: int) -> list[int]:
    """Return groups to be counted again: last counted before that, or among the newest posts or follows here."""
    old = select(DirectoryEntry.group_id).where(col(DirectoryEntry.counted_at) < before)
    found = dict.fromkeys(await session.scalars(old.order_by(col(DirectoryEntry.counted_at)).limit(at_most)))
    for table, group, newest in ((Post, Post.group_id, posts), (Follow, Follow.followee_id, follows)):
        last = await session.scalar(select(func.max(col(table.id)))) or 0
        lately = select_columns(col(group)).where(col(table.id) > last - newest)
        touched = select(DirectoryEntry.group_id).where(col(DirectoryEntry.group_id).in_(lately))
        found |= dict.fromkeys(await session.scalars(touched))
    return list(found)
