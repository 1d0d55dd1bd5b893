"""Actors as pages name them."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from sqlalchemy import Row
from sqlalchemy import select as select_columns
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col, func, select

from node.errors import Gone, NotFound
from node.store.queries.actors import find_actor, find_by_handle
from node.store.queries.media import Picture, picture_of_actor
from node.store.queries.posts import visible_to
from node.store.tables.actors import GROUP_KINDS, Actor
from node.store.tables.follows import Follow
from node.store.tables.posts import Post

TINTS = 6  # of initial letters, in the stylesheet


@dataclass(frozen=True, slots=True)
class ActorLine:
    """An actor as pages name it."""

    id: int
    iri: str
    label: str  # the name it gives itself, else its handle, else its id
    handle: str  # with the mark of its kind; the id when no handle leads back to it
    path: str  # its page here
    host: str
    is_group: bool
    is_local: bool
    is_bot: bool
    gone: bool
    face: Picture | None = None
    discoverable: bool = True  # whether lists and search engines may name it
    indexable: bool = True  # whether searches may find what it writes in public

    @property
    def initial(self) -> str:
        """The letter that stands for it where it shows no face."""
        return next((sign.upper() for sign in self.label if sign.isalnum()), "?")

    @property
    def tint(self) -> int:
        """Which of the tints stands behind that letter: 0 to 5, always the same for one actor."""
        return self.id % TINTS


def line_of(actor: Actor | Row[Any]) -> ActorLine:
    """Return the actor as pages name it. A remote handle that does not lead back is not shown as one."""
    is_group, is_local = actor.kind in GROUP_KINDS, actor.peer_id is None
    named = is_local or actor.handle_verified
    name = f"{'c' if is_group else 'u'}/{quote(actor.username, safe='')}"
    return ActorLine(
        id=actor.id or 0,
        iri=actor.iri,
        label=actor.name.strip() or (actor.username if named else actor.iri),
        handle=f"{'!' if is_group else '@'}{actor.username}@{actor.host}" if named else actor.iri,
        path=f"/{name}" if is_local else f"/{name}@{actor.host}",
        host=actor.host,
        is_group=is_group,
        is_local=is_local,
        is_bot=actor.kind in {"Service", "Application"},
        gone=actor.deleted_at is not None,
        face=picture_of_actor("i", actor.id or 0, actor.icon_url, is_local=is_local),
        discoverable=actor.discoverable,
        indexable=actor.indexable,
    )


# All of an actor that a line tells: the rest, keys and documents among it, is ten times as much.
LINE_COLUMNS: tuple[Any, ...] = (
    Actor.id,
    Actor.iri,
    Actor.kind,
    Actor.host,
    Actor.username,
    Actor.name,
    Actor.handle_verified,
    Actor.peer_id,
    Actor.deleted_at,
    Actor.icon_url,
    Actor.discoverable,
    Actor.indexable,
)


def web_address(address: str | None) -> str | None:
    """Return the address when a browser may be sent there: nothing but http and https (A65)."""
    return address if address and address.startswith(("https://", "http://")) else None


async def lines_of(session: AsyncSession, ids: Collection[int | None]) -> dict[int, ActorLine]:
    """Return the actors of these row numbers, by row number."""
    wanted = {one for one in ids if one is not None}
    if not wanted:
        return {}
    found = await session.execute(select_columns(*LINE_COLUMNS).where(col(Actor.id).in_(wanted)))
    return {row.id: line_of(row) for row in found}


async def get_named(session: AsyncSession, name: str, host: str, *, group: bool) -> Actor:
    """Return the actor that a page's address names: ``bees``, or ``bees@beta.example``.

    host: authority of this node. Raises NotFound, or Gone for one that was deleted.
    """
    username, _, elsewhere = name.partition("@")
    found = await find_by_handle(session, username, elsewhere or host, group=group)
    if found is None:
        raise await _absent(session, username, elsewhere or host, group=group)
    return found


async def find_person(session: AsyncSession, typed: str, host: str) -> Actor | None:
    """Return the person that an id or a handle means, as known here, or None: ``@ada@beta.example``, ``ada``.

    host: authority of this node. An id finds any actor.
    """
    typed = typed.strip()
    if typed.startswith(("https://", "http://")):
        return await find_actor(session, typed)
    username, _, elsewhere = typed.lstrip("@").partition("@")
    return await find_by_handle(session, username, elsewhere or host, group=False)


async def find_group(session: AsyncSession, typed: str, host: str) -> Actor | None:
    """Return the group that an id or a handle means, as known here, or None: ``!bees@beta.example``, ``bees``.

    host: authority of this node. An id finds any actor.
    """
    typed = typed.strip()
    if typed.startswith(("https://", "http://")):
        return await find_actor(session, typed)
    username, _, elsewhere = typed.lstrip("!@").partition("@")
    return await find_by_handle(session, username, elsewhere or host, group=True)


async def _absent(session: AsyncSession, username: str, host: str, *, group: bool) -> NotFound | Gone:
    was = await session.scalar(
        select(Actor.id).where(
            col(Actor.lookup_name) == username.lower(),
            col(Actor.host) == host.lower(),
            col(Actor.deleted_at).is_not(None),
        )
    )
    if was is not None:
        return Gone("This group was deleted.") if group else Gone("This account was deleted.")
    if group:
        return NotFound("There is no group of this name here.")
    return NotFound("There is nobody of this name here.")


async def follow_state(session: AsyncSession, follower: Actor | None, followee: Actor) -> str | None:
    """Return the state of a follow: pending, accepted, rejected; None when there is none."""
    if follower is None:
        return None
    state: str | None = await session.scalar(
        select(Follow.state).where(
            col(Follow.follower_id) == follower.id, col(Follow.followee_id) == followee.id
        )
    )
    return state


async def count_followers(session: AsyncSession, actor: Actor) -> int:
    """Return how many accepted followers of an actor this node knows."""
    return (
        await session.scalar(
            select(func.count()).where(col(Follow.followee_id) == actor.id, col(Follow.state) == "accepted")
        )
        or 0
    )


async def titles_of(
    session: AsyncSession, ids: Collection[int | None], viewer: Actor | None
) -> dict[int, str]:
    """Return the titles of the threads that *viewer* may read, by row number."""
    wanted = {one for one in ids if one is not None}
    if not wanted:
        return {}
    found = await session.execute(
        select(col(Post.id), col(Post.title)).where(col(Post.id).in_(wanted), visible_to(viewer))
    )
    return {number or 0: title for number, title in found}
