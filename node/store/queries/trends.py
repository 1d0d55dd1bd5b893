"""What rises right now: threads, hashtags and groups that more people turn to today than on the days before.

Weighed are people, not posts or votes, and those of one server together less the more they are: nobody rises by writing
much, and no server by being large. Only what anybody may read counts, and what nobody asked to be left out.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, func
from sqlalchemy import select as select_columns
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col, select

from node.store.database import Transaction
from node.store.queries.muting import NOTHING, Muting, kept
from node.store.queries.people import ActorLine, lines_of
from node.store.queries.posts import confirmed_at, visible_to
from node.store.tables.actors import Actor
from node.store.tables.directory import Trend
from node.store.tables.posts import Post, Vote
from node.store.tables.trimmings import PostTag
from node.text.folding import fold

POSTS_READ = 20_000  # the newest here
VOTES_READ = 20_000
TODAY, BEFORE = timedelta(days=1), timedelta(days=7)
DAYS_BEFORE = 6  # in BEFORE, without today
NEWER = timedelta(days=3)  # threads that began before that do not rise any more
FEWEST = 2  # people who make anything rise
KINDS = ("thread", "tag", "group")
KEPT = 10  # of each kind
CANDIDATES = 60  # that are looked at for being shown
PER_AUTHOR, PER_GROUP, PER_SERVER = 1, 2, 3


@dataclass(frozen=True, slots=True)
class TrendLine:
    """A thread that rises."""

    path: str
    title: str
    group: ActorLine | None
    people: int


@dataclass(frozen=True, slots=True)
class TagLine:
    """A hashtag that rises. name: without #."""

    name: str
    people: int


@dataclass(frozen=True, slots=True)
class Trends:
    """What rises right now, the steepest first."""

    threads: tuple[TrendLine, ...] = ()
    tags: tuple[TagLine, ...] = ()
    groups: tuple[ActorLine, ...] = ()

    @property
    def nothing(self) -> bool:
        """Whether nothing rises."""
        return not (self.threads or self.tags or self.groups)


NONE = Trends()


@dataclass
class Gathered:
    """Who turned to what. people: by the thing, today; before: as many people a day as in the days before it."""

    people: dict[int | str, set[int]] = field(default_factory=lambda: defaultdict(set))
    before: Counter[int | str] = field(default_factory=Counter)


@dataclass(frozen=True, slots=True)
class _Said:
    """A post as it is weighed."""

    id: int
    thread: int
    author: int
    group: int | None
    today: bool


async def trends(
    session: AsyncSession,
    viewer: Actor | None,
    now: datetime,
    *,
    threads: int,
    tags: int,
    groups: int = 0,
    muting: Muting = NOTHING,
) -> Trends:
    """Return what rises, as far as *viewer* may see it and wants to: at most so many of each."""
    rows = list(
        await session.scalars(select(Trend).where(col(Trend.kind).in_(KINDS)).order_by(col(Trend.rank)))
    )
    named = [row for row in rows if row.kind == "tag" and not muting.names(fold(row.tag))][:tags]
    wanted = [row.post_id for row in rows if row.post_id is not None]
    posts = await _shown(session, wanted, viewer, now, muting) if wanted and threads else {}
    places = [row.group_id for row in rows if row.kind == "group"] if groups else []
    actors = await lines_of(session, [*places, *(group for _, _, group in posts.values())])
    lines = tuple(
        TrendLine(f"/post/{token}", title, actors.get(group or 0), row.people)
        for row in rows
        if row.post_id in posts
        for token, title, group in (posts[row.post_id],)
    )
    open_ones = (actors[one] for one in places if one in actors)
    return Trends(
        threads=lines[:threads],
        tags=tuple(TagLine(row.tag, row.people) for row in named),
        groups=tuple(
            one
            for one in open_ones
            if one.discoverable and not one.gone and not muting.actor(one.id) and not muting.server(one.host)
        )[:groups],
    )


async def _shown(
    session: AsyncSession, ids: Collection[int], viewer: Actor | None, now: datetime, muting: Muting
) -> dict[int | None, tuple[str, str, int | None]]:
    query = select(Post).where(
        col(Post.id).in_(ids),
        col(Post.visibility) == "public",
        visible_to(viewer),
        confirmed_at(now),
        *muting.fit(),
    )
    found = kept(list(await session.scalars(query)), muting)
    return {post.id: (post.token, post.title, post.group_id) for post in found}


async def reckon(session: AsyncSession, now: datetime) -> list[Trend]:
    """Return what rises now, as rows to be kept."""
    said = await _newest_posts(session, now)
    threads, groups = Gathered(), Gathered()
    days: set[tuple[int, int]] = set()
    begun = {(one.thread, one.author) for one in said if one.id == one.thread}
    for one in said:
        if one.today:
            threads.people[one.thread].add(one.author)
            if one.group is not None:
                groups.people[one.group].add(one.author)
        elif one.group is not None and (one.group, one.author) not in days:
            days.add((one.group, one.author))
            groups.before[one.group] += 1
    for post_id, voter in await _newest_votes(session, now):
        threads.people[post_id].add(voter)
    for thread, author in begun:  # nobody's own word makes their thread rise
        threads.people[thread].discard(author)
    tags = await _tags(session, said)
    hosts = await _hosts(session, [*threads.people.values(), *groups.people.values(), *tags.people.values()])
    return [
        *await _rising_threads(session, threads, hosts, now),
        *_rising_tags(tags, hosts, now),
        *await _rising_groups(session, groups, hosts, now),
    ]


async def keep(tx: Transaction, rows: Iterable[Trend]) -> None:
    """Put these in the place of those before."""
    await tx.session.execute(delete(Trend))
    tx.session.add_all(list(rows))
    await tx.session.flush()


async def _newest_posts(session: AsyncSession, now: datetime) -> list[_Said]:
    last = await session.scalar(select(func.max(Post.id))) or 0
    columns: tuple[Any, ...] = (Post.id, Post.root_id, Post.author_id, Post.group_id, Post.published)
    query = select_columns(*columns).where(
        col(Post.id) > last - POSTS_READ,
        col(Post.visibility) == "public",
        col(Post.deleted_at).is_(None),
        col(Post.removed_at).is_(None),
        col(Post.backfilled).is_(False),
        col(Post.published) > now - BEFORE,
    )
    return [
        _Said(number or 0, root or number or 0, author, group, published > now - TODAY)
        for number, root, author, group, published in await session.execute(query)
    ]


async def _newest_votes(session: AsyncSession, now: datetime) -> list[tuple[int, int]]:
    last = await session.scalar(select(func.max(Vote.id))) or 0
    query = select(Vote.post_id, Vote.actor_id).where(
        col(Vote.id) > last - VOTES_READ, col(Vote.value) > 0, col(Vote.at) > now - TODAY
    )
    return [(post_id, voter) for post_id, voter in await session.execute(query)]


async def _tags(session: AsyncSession, said: list[_Said]) -> Gathered:
    """Return who wrote with which hashtag."""
    known = {one.id: one for one in said}
    found, days = Gathered(), set()
    if not known:
        return found
    query = select(PostTag.post_id, PostTag.name).where(col(PostTag.post_id) >= min(known))
    for post_id, name in await session.execute(query):
        one = known.get(post_id)
        if one is not None and one.today:
            found.people[name].add(one.author)
        elif one is not None and (name, one.author) not in days:
            days.add((name, one.author))
            found.before[name] += 1
    return found


async def _hosts(session: AsyncSession, people: Iterable[set[int]]) -> dict[int, str]:
    """Return where each is at home; who asked to be in no list counts for nothing."""
    ids = list({one for some in people for one in some})
    found: dict[int, str] = {}
    for start in range(0, len(ids), 500):
        query = select(Actor.id, Actor.host).where(
            col(Actor.id).in_(ids[start : start + 500]),
            col(Actor.deleted_at).is_(None),
            col(Actor.discoverable).is_(True),
        )
        found |= {number or 0: host for number, host in await session.execute(query)}
    return found


def _weight(people: set[int], hosts: dict[int, str]) -> float:
    """Return how much people weigh together: of each server the root of their number."""
    return sum(math.sqrt(count) for count in Counter(hosts[one] for one in people if one in hosts).values())


def _steepest(gathered: Gathered, hosts: dict[int, str]) -> Iterator[tuple[int | str, float, int]]:
    """Yield what enough people turned to, the steepest rise first, with its weight and how many they are."""
    found = []
    for thing, people in gathered.people.items():
        known = {one for one in people if one in hosts}
        if len(known) >= FEWEST:
            weight = _weight(known, hosts)
            usual = gathered.before[thing] / DAYS_BEFORE
            found.append((thing, weight * weight / (weight + usual), len(known)))
    yield from sorted(found, key=lambda one: (-one[1], str(one[0])))


async def _rising_threads(
    session: AsyncSession, gathered: Gathered, hosts: dict[int, str], now: datetime
) -> list[Trend]:
    ranked = list(_steepest(gathered, hosts))[:CANDIDATES]
    if not ranked:
        return []
    query = (
        select_columns(col(Post.id), col(Post.author_id), col(Post.group_id), col(Actor.host))
        .join(Actor, col(Actor.id) == col(Post.author_id))
        .where(
            col(Post.id).in_([thing for thing, _, _ in ranked]),
            col(Post.root_id).is_(None),
            col(Post.in_reply_to).is_(None),
            col(Post.visibility) == "public",
            visible_to(None),
            confirmed_at(now),
            col(Post.sensitive).is_(False),
            col(Post.warning) == "",
            col(Post.published) > now - NEWER,
            col(Actor.discoverable).is_(True),
        )
    )
    fit = {number: (author, group, host) for number, author, group, host in await session.execute(query)}
    open_ones = await _open_groups(session, [group for _, group, _ in fit.values()])
    taken: Counter[tuple[str, object]] = Counter()
    rows: list[Trend] = []
    for thing, _, people in ranked:
        author, group, host = fit.get(int(thing), (0, None, ""))
        limits = {
            ("author", author): PER_AUTHOR,
            ("group", group or -author): PER_GROUP,
            ("server", host): PER_SERVER,
        }
        known = thing in fit and (group is None or group in open_ones)
        if not known or any(taken[key] >= most for key, most in limits.items()):
            continue
        taken.update(limits.keys())
        rows.append(Trend(kind="thread", rank=len(rows) + 1, post_id=int(thing), people=people, at=now))
        if len(rows) == KEPT:
            break
    return rows


def _rising_tags(gathered: Gathered, hosts: dict[int, str], now: datetime) -> list[Trend]:
    ranked = list(_steepest(gathered, hosts))[:KEPT]
    return [
        Trend(kind="tag", rank=rank, tag=str(name), people=people, at=now)
        for rank, (name, _, people) in enumerate(ranked, 1)
    ]


async def _rising_groups(
    session: AsyncSession, gathered: Gathered, hosts: dict[int, str], now: datetime
) -> list[Trend]:
    ranked = list(_steepest(gathered, hosts))[:CANDIDATES]
    homes = await _open_groups(session, [int(thing) for thing, _, _ in ranked])
    taken: Counter[str] = Counter()
    rows: list[Trend] = []
    for thing, _, people in ranked:
        home = homes.get(int(thing))
        if home is None or taken[home] >= PER_SERVER or len(rows) == KEPT:
            continue
        taken[home] += 1
        rows.append(Trend(kind="group", rank=len(rows) + 1, group_id=int(thing), people=people, at=now))
    return rows


async def _open_groups(session: AsyncSession, ids: Collection[int | None]) -> dict[int, str]:
    """Return which of these groups may be named to anybody, and where each is at home."""
    wanted = {one for one in ids if one is not None}
    if not wanted:
        return {}
    query = select(Actor.id, Actor.host).where(
        col(Actor.id).in_(wanted),
        col(Actor.deleted_at).is_(None),
        col(Actor.discoverable).is_(True),
        col(Actor.private).is_(False),
        col(Actor.sensitive).is_(False),
    )
    return {number or 0: host for number, host in await session.execute(query)}
