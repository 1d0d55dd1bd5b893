"""Finding posts, and who may see them. `visible_to` stands behind every door (THREATS V69)."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta
from functools import lru_cache

from sqlalchemy import BindParameter, ColumnElement, and_, bindparam, exists, or_
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col, select

from node.errors import NotFound
from node.store.batches import BatchSession
from node.store.tables.actors import Actor
from node.store.tables.follows import Follow, Moderator
from node.store.tables.members import Member
from node.store.tables.moderation import Block
from node.store.tables.posts import Addressee, Post

OPEN = ("public", "unlisted")  # what anybody may read

UNCONFIRMED_FOR = timedelta(days=7)  # how long a post waits for its group's word before it is hidden
_BY_IRI = select(Post).where(col(Post.iri) == bindparam("iri"))  # written once: see `queries.actors`


async def find_post(session: AsyncSession, iri: str) -> Post | None:
    """Return the post of that id whatever its state, or None. For judging; pages use `visible_to`."""
    if isinstance(session, BatchSession):
        if iri not in session.posts:
            session.posts[iri] = await session.scalar(_BY_IRI, {"iri": iri})
        return session.posts[iri]
    found: Post | None = await session.scalar(_BY_IRI, {"iri": iri})
    return found


async def get_post(session: AsyncSession, iri: str) -> Post:
    """Return the post of that id whatever its state, or raise NotFound."""
    found = await find_post(session, iri)
    if found is None:
        raise NotFound("This post is not known here.", detail=iri)
    return found


async def awaited_above(session: AsyncSession, post: Post) -> str | None:
    """Return the id of what the thread of *post* still waits for (R19); None when it hangs below its thread."""
    top = await session.get(Post, post.root_id) if post.root_id else post
    return top.in_reply_to if top is not None and top.parent_id is None else None


async def hold(session: AsyncSession, ids: Collection[int]) -> None:
    """Keep others from counting these posts until the unit of work ends, and read them anew.

    Two that count at once would each miss what the other has not committed; and of what was read before, a column whose
    new value is the one that was read would not be written. On SQLite there is one writer at a time.
    """
    if ids and session.get_bind().dialect.name == "postgresql":
        query = (
            select(Post).where(col(Post.id).in_(ids)).order_by(col(Post.id)).with_for_update(key_share=True)
        )
        (await session.scalars(query.execution_options(populate_existing=True))).all()


def is_public() -> ColumnElement[bool]:
    """Condition: anybody may read the post, so its document may be served and told."""
    return and_(
        col(Post.visibility).in_(OPEN),
        col(Post.deleted_at).is_(None),
        col(Post.removed_at).is_(None),
    )


def visible_to(viewer: Actor | None) -> ColumnElement[bool]:
    """Condition: *viewer*, None for a stranger, may read the post.

    Public and unlisted posts by anybody; those of a private group by its accepted followers and its moderators;
    followers-only ones by accepted followers of the author; those and direct ones by whom they address. Authors
    read their own. A deleted or removed post is nobody's; a thread page shows its place, not its words. Nor is one
    whose author a personal block keeps apart from the viewer.
    """
    return is_public() if viewer is None or viewer.id is None else visible_to_id(viewer.id)


@lru_cache(maxsize=64)  # a page asks for it several times, and its members ask for pages one after the other
def visible_to_id(viewer: int | BindParameter[int]) -> ColumnElement[bool]:
    """Condition: the actor of that id may read the post. A parameter makes it one for all, in statements written once."""
    followed = select(Follow.followee_id).where(
        col(Follow.follower_id) == viewer, col(Follow.state) == "accepted"
    )
    own = col(Post.author_id) == viewer
    from_followed = and_(col(Post.visibility) == "followers", col(Post.author_id).in_(followed))
    moderated = select(Moderator.group_id).where(col(Moderator.actor_id) == viewer)
    among_members = and_(
        col(Post.visibility) == "members",
        or_(col(Post.group_id).in_(followed), col(Post.group_id).in_(moderated)),
    )
    addressed = and_(
        col(Post.visibility).in_(("followers", "direct")),
        col(Post.id).in_(select(Addressee.post_id).where(col(Addressee.actor_id) == viewer)),
    )
    return and_(
        is_alive(), _not_apart(viewer), or_(is_public(), own, among_members, from_followed, addressed)
    )


async def is_visible(session: AsyncSession, post: Post, viewer: Actor | None) -> bool:
    """Tell whether *viewer* may read a post; a deleted one that was open keeps its place."""
    if post.visibility in OPEN:
        return True
    query = select(Post.id).where(col(Post.id) == post.id, visible_to(viewer))
    return await session.scalar(query) is not None


def is_alive() -> ColumnElement[bool]:
    """Condition: neither its author nor a moderator took the post away."""
    return and_(col(Post.deleted_at).is_(None), col(Post.removed_at).is_(None))


def _not_apart(viewer: int | BindParameter[int]) -> ColumnElement[bool]:
    """Condition: no personal block stands between *viewer* and the author.

    Whoever moderates there sees the post all the same: nobody is out of reach of moderators by blocking them.
    """
    blocked = select(Block.blocked_id).where(col(Block.blocker_id) == viewer)
    blocking = select(Block.blocker_id).where(col(Block.blocked_id) == viewer)
    moderated = select(Moderator.group_id).where(col(Moderator.actor_id) == viewer)
    administers = exists(
        select(Member.id).where(col(Member.actor_id) == viewer, col(Member.role) == "administrator")
    )
    apart = or_(col(Post.author_id).in_(blocked), col(Post.author_id).in_(blocking))
    return or_(~apart, and_(col(Post.group_id).is_not(None), col(Post.group_id).in_(moderated)), administers)


def spoken_in(languages: Collection[str]) -> ColumnElement[bool]:
    """Condition on posts: they say that they are in one of the *languages*, of whichever region."""
    told = col(Post.language)
    return or_(told.in_(languages), *(told.like(f"{one}-%") for one in languages))


def confirmed_at(now: datetime) -> ColumnElement[bool]:
    """Condition: the group vouches for the post, or still has time to (FEDERATION B.9, step 9)."""
    return or_(col(Post.confirmed_at).is_not(None), col(Post.received_at) > now - UNCONFIRMED_FOR)


async def is_locked(session: AsyncSession, post: Post) -> bool:
    """Tell whether a post takes no answers: it is locked, or something that it hangs from is."""
    if isinstance(session, BatchSession):
        above: Post | None = post
        while above is not None and above.locked_at is None:
            above = await session.get(Post, above.parent_id) if above.parent_id else None
        return above is not None
    line = select(Post.id, Post.parent_id, Post.locked_at).where(col(Post.id) == post.id).cte(recursive=True)
    line = line.union(
        select(Post.id, Post.parent_id, Post.locked_at).join(line, col(Post.id) == line.c.parent_id)
    )
    found = await session.scalar(select(line.c.id).where(line.c.locked_at.is_not(None)).limit(1))
    return found is not None


async def ids_below(session: AsyncSession, post: Post) -> list[int]:
    """Return the row numbers of everything that hangs below a post."""
    if post.root_id is None:
        found = await session.scalars(select(Post.id).where(col(Post.root_id) == post.id))
        return [one for one in found if one is not None]
    tree = select(Post.id).where(col(Post.parent_id) == post.id).cte(recursive=True)
    tree = tree.union(select(Post.id).join(tree, col(Post.parent_id) == tree.c.id))
    return list(await session.scalars(select(tree.c.id)))
