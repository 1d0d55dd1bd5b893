"""Word to a member of this node about what a moderator did to them, their post or their group."""

from __future__ import annotations

from sqlmodel import col, select

from node.store.database import Transaction
from node.store.tables.actors import Actor
from node.store.tables.follows import Follow
from node.store.tables.members import Member, Notification
from node.store.tables.posts import Post


async def tell(
    tx: Transaction,
    whom: Actor | None,
    kind: str,
    *,
    by: Actor,
    post: Post | None = None,
    group: Actor | None = None,
    text: str = "",
) -> None:
    """Tell *whom*, if a member here, once for each kind and post; nobody hears of what they did themselves."""
    if whom is None or not whom.is_local or whom.id == by.id:
        return
    member: Member | None = await tx.session.scalar(
        select(Member).where(col(Member.actor_id) == whom.id, col(Member.disabled_at).is_(None))
    )
    if member is None:
        return
    if post is not None:
        known = await tx.session.scalar(
            select(Notification).where(
                col(Notification.member_id) == member.id,
                col(Notification.kind) == kind,
                col(Notification.post_id) == post.id,
            )
        )
        if known is not None:
            known.text, known.actor_id, known.at, known.read_at = text, by.id or 0, tx.now, None
            await tx.session.flush()
            return
    tx.session.add(
        Notification(
            member_id=member.id or 0,
            kind=kind,
            post_id=post.id if post else None,
            group_id=group.id if group else None,
            text=text,
            actor_id=by.id or 0,
            at=tx.now,
        )
    )
    await tx.session.flush()


async def tell_followers(tx: Transaction, group: Actor, kind: str, *, by: Actor) -> None:
    """Tell the members here who follow *group*."""
    query = (
        select(Actor)
        .join(Follow, col(Follow.follower_id) == col(Actor.id))
        .where(
            col(Follow.followee_id) == group.id, col(Follow.state) == "accepted", col(Actor.peer_id).is_(None)
        )
    )
    for follower in list(await tx.session.scalars(query)):
        await tell(tx, follower, kind, by=by, group=group)
