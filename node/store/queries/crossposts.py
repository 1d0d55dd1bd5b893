"""Threads about one page: also discussed in other groups, and told once where one author spread it (C.13)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col, select

from node.store.queries.muting import NOTHING, Muting, kept
from node.store.queries.people import ActorLine, lines_of
from node.store.queries.posts import confirmed_at, visible_to
from node.store.tables.actors import Actor
from node.store.tables.posts import Post

SHOWN = 10
ONE_ACT = timedelta(days=2)  # threads by one author about one page within this are one act


async def others_about(
    session: AsyncSession, root: Post, viewer: Actor | None, now: datetime, muting: Muting = NOTHING
) -> list[Post]:
    """Return other threads about the same page that *viewer* may read and did not mute, the most talked in first."""
    if root.link_key is None or root.deleted_at is not None or root.removed_at is not None:
        return []
    query = (
        select(Post)
        .where(
            col(Post.link_key) == root.link_key,  # which a thread alone has
            col(Post.id) != root.id,
            col(Post.group_id).is_not(None),
            visible_to(viewer),
            confirmed_at(now),
            *muting.in_any_language.fit(),
        )
        .order_by(col(Post.comment_count).desc(), col(Post.published).desc())
        .limit(SHOWN)
    )
    return kept((await session.scalars(query)).all(), muting)


async def also_in(
    session: AsyncSession, posts: Sequence[Post], viewer: Actor | None
) -> dict[int, tuple[ActorLine, ...]]:
    """Return, by thread, the other groups in which its author posted the same page at about the same time."""
    keys = {post.link_key for post in posts if post.link_key is not None}
    if not keys:
        return {}
    query = select(Post).where(
        col(Post.link_key).in_(keys),
        col(Post.author_id).in_({post.author_id for post in posts}),
        col(Post.group_id).is_not(None),
        visible_to(viewer),
    )
    spread = list(await session.scalars(query.limit(SHOWN * len(keys))))
    groups = await lines_of(session, [one.group_id for one in spread])
    found: dict[int, tuple[ActorLine, ...]] = {}
    for post in posts:
        others = {one.group_id or 0: None for one in spread if _is_one_act(one, post)}
        others.pop(post.group_id or 0, None)
        if others:
            found[post.id or 0] = tuple(groups[number] for number in others)
    return found


def folded(posts: Iterable[Post]) -> list[Post]:
    """Return the threads of a list of many groups without those that say again what stands above them."""
    kept: list[Post] = []
    for post in posts:
        if not any(_is_one_act(post, above) for above in kept):
            kept.append(post)
    return kept


def _is_one_act(one: Post, other: Post) -> bool:
    return (
        one.link_key is not None
        and one.link_key == other.link_key
        and one.author_id == other.author_id
        and abs(one.published - other.published) <= ONE_ACT
    )
