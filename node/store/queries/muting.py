"""What a member does not want to come upon: asked of every list, and of comments in their threads.

People, groups and servers are conditions of a query. Words are compared here, folded as searches fold them: no index
knows the words of one member. What is left out is made up for by what comes after it, so that pages stay full.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import ColumnElement, and_, exists, or_
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased
from sqlmodel import col, func, select

from node.store.queries.people import ActorLine, line_of
from node.store.queries.posts import spoken_in
from node.store.tables.actors import Actor
from node.store.tables.mutes import Mute
from node.store.tables.posts import Post
from node.text.folding import fold, fold_html

MOST = 300  # things that one member may mute: a page asks all of them
READ = 20_000  # characters of a post's HTML that are looked through

Kind = Literal["words", "person", "group", "server"]
Why = Literal["", "words", "person", "server"]


@dataclass(frozen=True, slots=True)
class MuteNote:
    """That something is muted. until: None for good."""

    id: int
    until: datetime | None


@dataclass(frozen=True, slots=True)
class Muting:
    """All that a member has muted, as of one moment. own: the member's actor, whose posts are never left out.

    words: single ones, folded. phrases: several that follow each other, blanks between and around them. languages: those
    in which alone lists of many groups shall be; none: whichever.
    """

    own: int = 0
    actors: Mapping[int, MuteNote] = field(default_factory=dict)  # people and groups, by row number
    hosts: Mapping[str, MuteNote] = field(default_factory=dict)
    words: frozenset[str] = frozenset()
    phrases: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()

    def actor(self, number: int) -> MuteNote | None:
        """Return the note on a person or group, None when they are not muted."""
        return self.actors.get(number)

    def server(self, host: str) -> MuteNote | None:
        """Return the note on a server, None when it is not muted."""
        return self.hosts.get(host.lower())

    @property
    def has_words(self) -> bool:
        """Whether posts must be read to know."""
        return bool(self.words or self.phrases)

    def fit(self) -> tuple[ColumnElement[bool], ...]:
        """Return conditions on threads: neither the author nor the group nor the home of either is muted.

        Nor is it in a language that the member does not read; what does not say its language may be in any.
        """
        fit = self.fit_to(col(Post.author_id), col(Post.group_id))
        if not self.languages:
            return fit
        own = col(Post.author_id) == self.own
        return (*fit, or_(own, col(Post.language).is_(None), spoken_in(self.languages)))

    def fit_to(self, author: Any, group: Any) -> tuple[ColumnElement[bool], ...]:
        """Return the same conditions on other columns that name an author, and a group or nothing."""
        terms: list[ColumnElement[bool]] = []
        if self.actors:
            terms.append(author.not_in(self.actors) & (group.is_(None) | group.not_in(self.actors)))
        if self.hosts:
            them = aliased(Actor)
            there = exists().where(or_(them.id == author, them.id == group), col(them.host).in_(self.hosts))
            terms.append(~there.correlate_except(them))
        return (or_(author == self.own, and_(*terms)),) if terms else ()

    def names(self, words: Iterable[str]) -> bool:
        """Tell whether muted words stand among folded *words*."""
        said = list(words)
        if not self.words.isdisjoint(said):
            return True
        text = f" {' '.join(said)} " if self.phrases else ""
        return any(phrase in text for phrase in self.phrases)

    def silences(self, post: Post) -> bool:
        """Tell whether a post of somebody else holds muted words, in title, warning or text."""
        if not self.has_words or post.author_id == self.own:
            return False
        said = [*fold(post.title), *fold(post.warning)]
        return self.names(said) or self.names(fold_html(post.content, READ))

    def why(self, post: Post, host: str) -> Why:
        """Return why a comment is muted, empty when it is not. host: of its author."""
        if post.author_id == self.own:
            return ""
        if post.author_id in self.actors:
            return "person"
        if host.lower() in self.hosts:
            return "server"
        return "words" if self.silences(post) else ""

    def inside(self, group: Actor) -> Muting:
        """Return it for the page of a group itself, where the group and its server are not left out."""
        actors = {number: note for number, note in self.actors.items() if number != group.id}
        hosts = {host: note for host, note in self.hosts.items() if host != group.host}
        return replace(self, actors=actors, hosts=hosts, languages=())

    @property
    def in_any_language(self) -> Muting:
        """The same, whatever the language."""
        return replace(self, languages=()) if self.languages else self


NOTHING = Muting()


@dataclass(frozen=True, slots=True)
class MuteLine:
    """Something muted, as its page shows it. actor: of a person or a group. text: the words, or the host."""

    id: int
    kind: str
    text: str
    actor: ActorLine | None
    at: datetime
    until: datetime | None


def in_force(now: Any) -> ColumnElement[bool]:
    """Condition on mutes: they have not ended. now: an instant, or a parameter for one."""
    return or_(col(Mute.expires_at).is_(None), col(Mute.expires_at) > now)


async def muting_of(session: AsyncSession, member_id: int, own: int, now: datetime) -> Muting:
    """Return what a member has muted. own: row number of their actor."""
    rows = await session.scalars(select(Mute).where(col(Mute.member_id) == member_id, in_force(now)))
    actors, hosts = {}, {}
    words: list[str] = []
    for one in rows:
        note = MuteNote(one.id or 0, one.expires_at)
        if one.kind == "words":
            words.append(one.key)
        elif one.kind == "server":
            hosts[one.key] = note
        elif one.actor_id is not None:
            actors[one.actor_id] = note
    return Muting(
        own=own,
        actors=actors,
        hosts=hosts,
        words=frozenset(one for one in words if " " not in one),
        phrases=tuple(f" {one} " for one in words if " " in one),
    )


async def mutes_of(session: AsyncSession, member_id: int, now: datetime) -> tuple[MuteLine, ...]:
    """Return what a member has muted, for them to look through: the newest first."""
    found = await session.execute(
        select(Mute, Actor)
        .outerjoin(Actor, col(Actor.id) == col(Mute.actor_id))
        .where(col(Mute.member_id) == member_id, in_force(now))
        .order_by(col(Mute.id).desc())
        .limit(MOST)
    )
    return tuple(
        MuteLine(
            mute.id or 0, mute.kind, mute.text, line_of(actor) if actor else None, mute.at, mute.expires_at
        )
        for mute, actor in found
    )


async def count_mutes(session: AsyncSession, member_id: int) -> int:
    """Return how much a member has muted, what has ended but is not swept included."""
    query = select(func.count()).select_from(Mute).where(col(Mute.member_id) == member_id)
    return await session.scalar(query) or 0


async def find_mute(session: AsyncSession, member_id: int, kind: str, key: str) -> Mute | None:
    """Return the mute of that kind and key, ended or not, or None."""
    found: Mute | None = await session.scalar(
        select(Mute).where(col(Mute.member_id) == member_id, col(Mute.kind) == kind, col(Mute.key) == key)
    )
    return found


def kept(posts: Collection[Post], muting: Muting) -> list[Post]:
    """Return those posts that hold no muted words."""
    return [post for post in posts if not muting.silences(post)]
