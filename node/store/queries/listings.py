"""Which threads a group's page holds: its own, those of siblings that it shows, those of a feed's groups."""

from __future__ import annotations

from sqlalchemy import delete, or_, text
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col, select
from sqlmodel.sql.expression import SelectOfScalar

from node.store.database import Transaction
from node.store.queries.merging import Sources
from node.store.tables.actors import GROUP_KINDS, OWN_GROUPS, Actor
from node.store.tables.follows import Follow
from node.store.tables.listings import FeedItem, Listing
from node.store.tables.posts import Post

LISTED_READ = 1000  # threads of siblings, the newest here, that a group's page puts in order with its own
FIRST_LISTED = 500  # threads of a sibling that are shown at once when two groups are joined


async def sources_of(session: AsyncSession, group: Actor) -> Sources:
    """Return whose threads are read in *group*: its own and the newest of its siblings; those of a feed's groups."""
    if group.kind == "Feed":
        items = await session.scalars(select(FeedItem.group_id).where(col(FeedItem.feed_id) == group.id))
        return Sources(groups=list(items))
    listed = await session.scalars(_listed_in(group).order_by(col(Listing.post_id).desc()).limit(LISTED_READ))
    return Sources(groups=[group.id or 0], others=list(listed))


async def show_in_siblings(tx: Transaction, thread: Post) -> None:
    """Show a new thread in our groups that follow its group, or its author (RULE G1, G3)."""
    if thread.parent_id is not None or thread.in_reply_to is not None:
        return
    if thread.visibility not in {"public", "unlisted"}:
        return
    sources = [one for one in (thread.group_id, thread.author_id) if one is not None]
    for group_id in await _siblings(tx.session, sources):
        if group_id != thread.group_id:
            await _list(tx, group_id, [thread.id or 0])


async def show_beside(tx: Transaction, sibling: Actor, thread: Post) -> None:
    """Show another group's thread where *sibling* shows it, and in our groups that follow that one (RULE G3)."""
    if thread.visibility not in {"public", "unlisted"} or thread.group_id == sibling.id:
        return
    for group_id in [sibling.id or 0, *await _siblings(tx.session, [sibling.id or 0])]:
        if group_id != thread.group_id:
            await _list(tx, group_id, [thread.id or 0])


async def show_existing(tx: Transaction, group: Actor, sibling: Actor) -> None:
    """Show in *group* the newest threads of *sibling* that are here already."""
    query = (
        select(Post.id)
        .where(
            or_(
                col(Post.group_id) == sibling.id,
                col(Post.id).in_(_listed_in(sibling)),
                (col(Post.author_id) == sibling.id) & col(Post.group_id).is_(None),
            ),
            col(Post.parent_id).is_(None),
            col(Post.in_reply_to).is_(None),
            col(Post.visibility).in_(("public", "unlisted")),
        )
        .order_by(col(Post.published).desc())
        .limit(FIRST_LISTED)
    )
    await _list(tx, group.id or 0, [one for one in await tx.session.scalars(query) if one])


async def hide_sibling(tx: Transaction, group: Actor, sibling: Actor) -> None:
    """Show nothing more of *sibling* in *group*."""
    theirs = select(Post.id).where(
        or_(
            col(Post.group_id) == sibling.id,
            col(Post.author_id) == sibling.id,
            col(Post.id).in_(_listed_in(sibling)),
        )
    )
    await tx.session.execute(
        delete(Listing).where(col(Listing.group_id) == group.id, col(Listing.post_id).in_(theirs))
    )


async def unlist(tx: Transaction, group: Actor, thread: Post) -> bool:
    """Show *thread* of a sibling in *group* no longer; return whether it was shown (RULE G4)."""
    found = await tx.session.scalar(
        select(Listing).where(col(Listing.group_id) == group.id, col(Listing.post_id) == thread.id)
    )
    if found is None:
        return False
    await tx.session.delete(found)
    await tx.session.flush()
    return True


async def siblings_of(session: AsyncSession, group: Actor) -> list[tuple[Actor, Follow]]:
    """Return whom a group of ours follows, itself or through its relay, with the follow."""
    stands_for = select(Actor.id).where(or_(col(Actor.id) == group.id, col(Actor.represents_id) == group.id))
    found = await session.execute(
        select(Actor, Follow)
        .join(Follow, col(Follow.followee_id) == col(Actor.id))
        .where(col(Follow.follower_id).in_(stands_for))
        .order_by(col(Follow.id))
    )
    return [(actor, follow) for actor, follow in found]


def _listed_in(group: Actor) -> SelectOfScalar[int]:
    return select(Listing.post_id).where(col(Listing.group_id) == group.id)


async def _siblings(session: AsyncSession, followee_ids: list[int]) -> list[int]:
    """Return the ids of our groups that follow one of them, themselves or through their relay."""
    # From our few groups rather than from followers, of whom a group may have any number.
    follows = select(Follow.id).where(col(Follow.follower_id) == col(Actor.id)).correlate(Actor)
    ours = await session.execute(
        select(Actor.id, Actor.kind, Actor.represents_id).where(text(OWN_GROUPS), follows.exists())
    )
    stands_for = {
        own_id: own_id if kind in GROUP_KINDS else represented for own_id, kind, represented in ours
    }
    if not stands_for:
        return []
    following = await session.scalars(
        select(Follow.follower_id).where(
            col(Follow.follower_id).in_(stands_for),
            col(Follow.followee_id).in_(followee_ids),
            col(Follow.state) == "accepted",
        )
    )
    found = {stands_for[one] for one in following}
    return sorted(one for one in found if one is not None)


async def _list(tx: Transaction, group_id: int, post_ids: list[int]) -> None:
    known = set(
        await tx.session.scalars(
            select(Listing.post_id).where(
                col(Listing.group_id) == group_id, col(Listing.post_id).in_(post_ids)
            )
        )
    )
    for post_id in post_ids:
        if post_id not in known:
            tx.session.add(Listing(group_id=group_id, post_id=post_id, at=tx.now))
    await tx.session.flush()
