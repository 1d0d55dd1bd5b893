"""Lists that members brought: what is still to be looked up, what was found, and what was not."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import delete, func, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col, select

from node.store.database import Transaction
from node.store.queries.people import ActorLine, line_of
from node.store.tables.actors import Actor
from node.store.tables.follows import Follow
from node.store.tables.members import Member, Wanted

SHOWN = 25  # of what was found, and of what was not
MOST = 500  # that one member has at a time


@dataclass(frozen=True, slots=True)
class FoundLine:
    """Somebody or a group that was found and is not followed yet."""

    actor: ActorLine
    about: str


@dataclass(frozen=True, slots=True)
class FailedLine:
    """A name that led nowhere, and why."""

    name: str
    error: str  # a sentence of the catalogues


@dataclass(frozen=True, slots=True)
class WantedPage:
    """How far a member's list is."""

    waiting: int
    found: int  # that are not followed
    followed: int
    failed: int
    to_follow: tuple[FoundLine, ...]
    not_found: tuple[FailedLine, ...]

    @property
    def nothing(self) -> bool:
        """Whether there is no list."""
        return not (self.waiting or self.found or self.followed or self.failed)

    @property
    def looked_up(self) -> int:
        """How many of them have been looked up."""
        return self.found + self.followed + self.failed

    @property
    def all(self) -> int:
        """How many there are."""
        return self.looked_up + self.waiting


async def wanted_page(session: AsyncSession, member_id: int, viewer: Actor) -> WantedPage:
    """Return how far the member's list is."""
    mine = col(Wanted.member_id) == member_id
    counts = dict(
        (
            await session.execute(select(Wanted.state, func.count()).where(mine).group_by(col(Wanted.state)))
        ).all()
    )
    follows = (
        select(Follow.id)
        .where(col(Follow.follower_id) == viewer.id, col(Follow.followee_id) == col(Wanted.actor_id))
        .where(col(Follow.state) != "rejected")
        .exists()
    )
    is_found = (mine, col(Wanted.state) == "found")
    followed = await session.scalar(select(func.count()).select_from(Wanted).where(*is_found, follows)) or 0
    query = (
        select(Actor)
        .join(Wanted, col(Wanted.actor_id) == col(Actor.id))
        .where(*is_found, ~follows, col(Actor.deleted_at).is_(None), col(Actor.id) != viewer.id)
        .order_by(col(Wanted.id))
        .limit(SHOWN)
    )
    failed = select(Wanted).where(mine, col(Wanted.state) == "failed").order_by(col(Wanted.id)).limit(SHOWN)
    return WantedPage(
        waiting=counts.get("waiting", 0),
        found=counts.get("found", 0) - followed,
        followed=followed,
        failed=counts.get("failed", 0),
        to_follow=tuple(FoundLine(line_of(one), one.description) for one in await session.scalars(query)),
        not_found=tuple(FailedLine(one.name, one.error) for one in await session.scalars(failed)),
    )


async def bring(tx: Transaction, member_id: int, names: Sequence[str]) -> int:
    """Put names on a member's list that are not on it yet; return how many there is no room for."""
    mine = col(Wanted.member_id) == member_id
    known = set(await tx.session.scalars(select(Wanted.name).where(mine)))
    new = [name for name in names if name not in known]
    taken = new[: max(0, MOST - len(known))]
    tx.session.add_all([Wanted(member_id=member_id, name=name, at=tx.now) for name in taken])
    await tx.session.flush()
    return len(new) - len(taken)


async def next_of(session: AsyncSession, actor_iri: str, limit: int) -> list[tuple[int, str]]:
    """Return what is next to be looked up for a member, by row number."""
    query = (
        select(Wanted.id, Wanted.name)
        .join(Member, col(Member.id) == col(Wanted.member_id))
        .join(Actor, col(Actor.id) == col(Member.actor_id))
        .where(col(Actor.iri) == actor_iri, col(Wanted.state) == "waiting", col(Member.disabled_at).is_(None))
        .order_by(col(Wanted.id))
        .limit(limit)
    )
    return [(number or 0, name) for number, name in await session.execute(query)]


async def note(tx: Transaction, number: int, *, actor_id: int | None = None, error: str = "") -> None:
    """Note what was found, or why nothing was."""
    state = "found" if actor_id is not None else "failed"
    await tx.session.execute(
        update(Wanted)
        .where(col(Wanted.id) == number)
        .values(state=state, actor_id=actor_id, error=error[:500])
    )


async def try_again(tx: Transaction, member_id: int) -> None:
    """Look up once more what was not found."""
    failed = (col(Wanted.member_id) == member_id, col(Wanted.state) == "failed")
    await tx.session.execute(update(Wanted).where(*failed).values(state="waiting", error=""))


async def put_away(tx: Transaction, member_id: int) -> None:
    """Forget a member's list."""
    await tx.session.execute(delete(Wanted).where(col(Wanted.member_id) == member_id))


async def among_wanted(session: AsyncSession, member_id: int, ids: Sequence[int]) -> list[int]:
    """Return those of these actors that are on the member's list."""
    query = select(Wanted.actor_id).where(
        col(Wanted.member_id) == member_id, col(Wanted.actor_id).in_(ids), col(Wanted.state) == "found"
    )
    return [number for number in await session.scalars(query) if number is not None]
