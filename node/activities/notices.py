"""Word to members of what concerns them beside posts: requests, messages."""

from __future__ import annotations

from sqlalchemy import delete
from sqlmodel import col, select

from node.store.database import Transaction
from node.store.tables.actors import Actor
from node.store.tables.follows import Moderator
from node.store.tables.members import Member, Notification
from node.store.tables.posts import Post

LONGEST_TEXT = 300  # characters of what is quoted in a notice


async def tell(
    tx: Transaction, kind: str, actor_ids: list[int], *, by: Actor, group: Actor | None = None, text: str = ""
) -> None:
    """Notify those of the actors who are members here; never of what they did themselves."""
    query = select(Member).where(
        col(Member.actor_id).in_(actor_ids), col(Member.disabled_at).is_(None), col(Member.actor_id) != by.id
    )
    for member in await tx.session.scalars(query):
        tx.session.add(
            Notification(
                member_id=member.id or 0,
                kind=kind,
                group_id=group.id if group else None,
                text=text[:LONGEST_TEXT],
                actor_id=by.id or 0,
                at=tx.now,
            )
        )
    await tx.session.flush()


async def tell_oneself(
    tx: Transaction, kind: str, actor: Actor, *, post: Post | None = None, text: str = ""
) -> None:
    """Notify a member of what the node did in their name, or could not do."""
    member = await tx.session.scalar(
        select(Member.id).where(col(Member.actor_id) == actor.id, col(Member.disabled_at).is_(None))
    )
    if member is not None:
        tx.session.add(
            Notification(
                member_id=member,
                kind=kind,
                post_id=post.id if post is not None else None,
                text=text[:LONGEST_TEXT],
                actor_id=actor.id or 0,
                at=tx.now,
            )
        )
        await tx.session.flush()


async def tell_once(tx: Transaction, kind: str, actor_ids: list[int], *, by: Actor, text: str) -> None:
    """Notify members of the newest of its kind by somebody: the notice takes the place of the one before."""
    members = select(Member.id).where(col(Member.actor_id).in_(actor_ids))
    await tx.session.execute(
        delete(Notification).where(
            col(Notification.kind) == kind,
            col(Notification.actor_id) == by.id,
            col(Notification.member_id).in_(members),
        )
    )
    await tell(tx, kind, actor_ids, by=by, text=text)


async def tell_moderators(tx: Transaction, kind: str, group: Actor, *, about: Actor) -> None:
    """Notify the moderators here of what *about* asks of their group; asking again says it anew, once."""
    await take_back(tx, kind, group, about=about)
    ids = await tx.session.scalars(select(Moderator.actor_id).where(col(Moderator.group_id) == group.id))
    await tell(tx, kind, list(ids), by=about, group=group)


async def take_back(tx: Transaction, kind: str, group: Actor, *, about: Actor) -> None:
    """Drop the notices of what *about* asked of the group: it is settled."""
    await tx.session.execute(
        delete(Notification).where(
            col(Notification.kind) == kind,
            col(Notification.group_id) == group.id,
            col(Notification.actor_id) == about.id,
        )
    )
