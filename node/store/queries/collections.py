"""What collections and routes may show to everybody. Each count counts the rows that it would list (A97)."""

from __future__ import annotations

from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, or_
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased
from sqlmodel import col, select

from node.store.queries.posts import is_alive, visible_to
from node.store.relying import rely_on
from node.store.tables.actors import GROUP_KINDS, Actor
from node.store.tables.follows import Follow, Moderator
from node.store.tables.posts import Post

OUTBOX_LENGTH = 50  # Lemmy reads no more (RULE E2)
THREAD_LENGTH = 2000  # ids of a thread in one list, as PieFed; a longer one comes in pages (RULE E1)
PAGE_LENGTH = 500
FIRST_REPLIES = 10  # ids that stand in the post itself; more would make every fetch of it heavier
# What Lemmy can read inside Create; one item of another type makes it drop the whole list (RULE E2).
OUTBOX_KINDS = ("Page", "Article", "Note", "Video", "Event")
_OPEN = ("public", "unlisted")


@cache
def shown_to_members() -> ColumnElement[bool]:
    """Condition: members of its private group read the post, and its thread was not removed.

    Who asks is admitted before (`inbox.admission`): by server, as members of it read it there.
    """
    root = aliased(Post)
    closed = select(root.id).where(
        col(root.id) == col(Post.root_id),
        or_(col(root.visibility).not_in((*_OPEN, "members")), col(root.removed_at).is_not(None)),
    )
    return and_(col(Post.visibility) == "members", is_alive(), ~closed.exists())


@cache  # building the expression costs more than running it
def shown() -> ColumnElement[bool]:
    """Condition: anybody may read the post, and the thread it is in (V74); its author's node stands by it (B6c)."""
    return and_(visible_to(None), in_open_thread(), col(Post.verify_by).is_(None))


@cache
def in_open_thread() -> ColumnElement[bool]:
    """Condition: the thread is public and not removed. One that its author deleted keeps its comments."""
    root = aliased(Post)
    closed = select(root.id).where(
        col(root.id) == col(Post.root_id),
        or_(col(root.visibility).not_in(_OPEN), col(root.removed_at).is_not(None)),
    )
    return ~closed.exists()


async def find_shown(session: AsyncSession, token: str) -> Post | None:
    """Return the post of that name if anybody may read it."""
    found: Post | None = await session.scalar(select(Post).where(col(Post.token) == token, shown()))
    return found


async def find_shown_by_create(session: AsyncSession, create_iri: str) -> Post | None:
    """Return the post that a Create brought, if anybody may read it."""
    found: Post | None = await session.scalar(
        select(Post).where(col(Post.create_iri) == create_iri, shown()).limit(1)
    )
    return found


async def find_shown_to_members(
    session: AsyncSession, *, token: str = "", create_iri: str = ""
) -> tuple[Post, Actor] | None:
    """Return the post of a private group that has the name, or that a Create brought, and its group; or None."""
    is_it = col(Post.token) == token if token else col(Post.create_iri) == create_iri
    found = (
        await session.execute(
            select(Post, Actor)
            .join(Actor, col(Actor.id) == col(Post.group_id))
            .where(is_it, shown_to_members())
            .limit(1)
        )
    ).first()
    return (found[0], found[1]) if found is not None else None


async def find_closed_group(session: AsyncSession, named: list[str]) -> Actor | None:
    """Return the private group whose followers are among the ids, or None."""
    found: Actor | None = await session.scalar(
        select(Actor)
        .where(col(Actor.followers).in_(named), col(Actor.kind).in_(GROUP_KINDS))
        .order_by(col(Actor.id))
        .limit(1)
    )
    return found


def _readable(*, members: bool) -> ColumnElement[bool]:
    return or_(shown(), shown_to_members()) if members else shown()


async def find_gone(session: AsyncSession, token: str) -> Post | None:
    """Return the deleted or removed post of that name, if anybody could read it before."""
    found: Post | None = await session.scalar(
        select(Post).where(
            col(Post.token) == token,
            or_(col(Post.deleted_at).is_not(None), col(Post.removed_at).is_not(None)),
            col(Post.visibility).in_(_OPEN),
            in_open_thread(),
        )
    )
    return found


async def all_shown(session: AsyncSession, iris: list[str], *, members: bool = False) -> bool:
    """Tell whether every post among the ids may be read by anybody, or by members of its private group.

    Ids of no post count as readable.
    """
    if not iris:
        return True
    hidden = select(Post.id).where(col(Post.iri).in_(iris), ~_readable(members=members)).limit(1)
    return await session.scalar(hidden) is None


async def outbox_threads(session: AsyncSession, group: Actor) -> tuple[list[Post], int]:
    """Return a group's newest threads, and how many there are in all; of a private one those for its members too."""
    rely_on(f"o{group.id}")
    return await _newest(session, _threads(group))


async def featured_threads(session: AsyncSession, group: Actor) -> list[Post]:
    """Return a group's pinned threads, the last pinned first."""
    rely_on(f"o{group.id}")
    query = (
        select(Post)
        .where(*_threads(group), col(Post.featured_at).is_not(None))
        .order_by(col(Post.featured_at).desc(), col(Post.id).desc())
        .limit(OUTBOX_LENGTH)
    )
    return list(await session.scalars(query))


async def outbox_posts(session: AsyncSession, author: Actor) -> tuple[list[Post], int]:
    """Return an author's newest posts, and how many there are in all."""
    rely_on(f"o{author.id}", "x")
    return await _newest(session, [col(Post.author_id) == author.id, shown()])


def _is_taken() -> ColumnElement[bool]:
    """Condition: the post's group has taken it, if it is in one.

    What a group elsewhere may still refuse is not listed: who reads a list of ours would keep it, and show what
    the group does not.
    """
    return or_(col(Post.group_id).is_(None), col(Post.confirmed_at).is_not(None))


async def thread_iris(
    session: AsyncSession, root: Post, *, after: int = 0, at_most: int | None = None
) -> tuple[list[str], int]:
    """Return the ids of a thread, the root first, then as they were written; and their number.

    after: how many to leave out at the beginning. at_most: THREAD_LENGTH when None.
    """
    rely_on(f"t{root.id}")
    answers = and_(col(Post.root_id) == root.id, _is_taken())
    of_thread = and_(or_(col(Post.id) == root.id, answers), _readable(members=root.visibility == "members"))
    order = (col(Post.depth) > 0, col(Post.published), col(Post.id))
    return await _ids(session, of_thread, *order, after=after, at_most=at_most)


async def reply_iris(
    session: AsyncSession, post: Post, *, after: int = 0, at_most: int | None = None
) -> tuple[list[str], int]:
    """Return the ids of the direct answers, as they were written; and their number. after, at_most: see above."""
    rely_on(f"r{post.id}")
    answers = and_(
        col(Post.parent_id) == post.id, _readable(members=post.visibility == "members"), _is_taken()
    )
    return await _ids(session, answers, col(Post.published), col(Post.id), after=after, at_most=at_most)


async def follower_count(session: AsyncSession, actor: Actor) -> int:
    """Count who follows the actor and was accepted."""
    rely_on(f"f{actor.id}")
    return await _count(
        session,
        select(func.count(col(Follow.id))).where(
            col(Follow.followee_id) == actor.id, col(Follow.state) == "accepted"
        ),
    )


async def following_count(session: AsyncSession, actor: Actor) -> int:
    """Count whom the actor follows and was accepted by."""
    rely_on(f"f{actor.id}")
    return await _count(
        session,
        select(func.count(col(Follow.id))).where(
            col(Follow.follower_id) == actor.id, col(Follow.state) == "accepted"
        ),
    )


async def moderator_iris(session: AsyncSession, group: Actor) -> list[str]:
    """Return the ids of a group's moderators, the first first."""
    rely_on(f"m{group.id}", "g")
    query = (
        select(Actor.iri)
        .join(Moderator, col(Moderator.actor_id) == col(Actor.id))
        .where(col(Moderator.group_id) == group.id, col(Actor.deleted_at).is_(None))
        .order_by(col(Moderator.since), col(Moderator.id))
    )
    return list(await session.scalars(query))


def _threads(group: Actor) -> list[ColumnElement[bool]]:
    return [
        col(Post.group_id) == group.id,
        col(Post.depth) == 0,
        col(Post.in_reply_to).is_(None),
        col(Post.kind).in_(OUTBOX_KINDS),
        _readable(members=group.private),
    ]


async def _newest(session: AsyncSession, conditions: list[ColumnElement[bool]]) -> tuple[list[Post], int]:
    query = select(Post).where(*conditions).order_by(col(Post.published).desc(), col(Post.id).desc())
    total = await _count(session, select(func.count(col(Post.id))).where(*conditions))
    return list(await session.scalars(query.limit(OUTBOX_LENGTH))), total


async def _ids(
    session: AsyncSession,
    condition: ColumnElement[bool],
    *order: Any,
    after: int = 0,
    at_most: int | None = None,
) -> tuple[list[str], int]:
    query = select(Post.iri).where(condition).order_by(*order)
    query = query.offset(after).limit(THREAD_LENGTH if at_most is None else at_most)
    total = await _count(session, select(func.count(col(Post.id))).where(condition))
    return list(await session.scalars(query)), total


async def _count(session: AsyncSession, query: Select[Any]) -> int:
    return int(await session.scalar(query) or 0)
