"""All that a member has here, for the file that they take along."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col, select

from node.store.queries.drafts import fields_of
from node.store.queries.fields import read_fields
from node.store.tables.actors import Actor
from node.store.tables.drafts import Draft
from node.store.tables.members import Member, Saved
from node.store.tables.messages import Message
from node.store.tables.mutes import Mute
from node.store.tables.posts import Post

AT_ONCE = 500  # rows read at a time


async def posts_of(session: AsyncSession, actor: Actor) -> AsyncIterator[dict[str, Any]]:
    """Yield what the actor wrote and did not delete, the oldest first."""
    after = 0
    while True:
        query = (
            select(Post)
            .where(col(Post.author_id) == actor.id, col(Post.deleted_at).is_(None), col(Post.id) > after)
            .order_by(col(Post.id))
            .limit(AT_ONCE)
        )
        found = list(await session.scalars(query))
        for post in found:
            yield {
                "id": post.iri,
                "title": post.title,
                "markdown": post.source,
                "html": post.content,
                "link": post.link_url,
                "in_reply_to": post.in_reply_to,
                "visibility": post.visibility,
                "published": post.published.isoformat(),
            }
        if len(found) < AT_ONCE:
            return
        after = found[-1].id or 0
        session.expunge_all()


async def messages_of(session: AsyncSession, actor: Actor) -> AsyncIterator[dict[str, Any]]:
    """Yield the private messages that the actor wrote, the oldest first. Those of others are not theirs to copy."""
    after = 0
    while True:
        query = (
            select(Message)
            .where(
                col(Message.author_id) == actor.id, col(Message.deleted_at).is_(None), col(Message.id) > after
            )
            .order_by(col(Message.id))
            .limit(AT_ONCE)
        )
        found = list(await session.scalars(query))
        for one in found:
            yield {
                "id": one.iri,
                "conversation": one.conversation,
                "markdown": one.source,
                "published": one.published.isoformat(),
            }
        if len(found) < AT_ONCE:
            return
        after = found[-1].id or 0
        session.expunge_all()


async def saved_by(session: AsyncSession, member_id: int) -> list[dict[str, str]]:
    """Return the addresses of what the member saved, the oldest first."""
    found = await session.execute(
        select(col(Post.iri), col(Saved.at))
        .join(Saved, col(Saved.post_id) == col(Post.id))
        .where(col(Saved.member_id) == member_id)
        .order_by(col(Saved.id))
    )
    return [{"id": iri, "saved": at.isoformat()} for iri, at in found]


async def drafts_of(session: AsyncSession, actor: Actor) -> list[dict[str, Any]]:
    """Return what the actor has begun and not published, the oldest first."""
    found = await session.scalars(
        select(Draft).where(col(Draft.author_id) == actor.id).order_by(col(Draft.id))
    )
    return [
        {
            "kind": one.kind,
            "words": fields_of(one),
            "changed": one.changed_at.isoformat(),
            "goes_out": one.publish_at.isoformat() if one.publish_at is not None else None,
        }
        for one in found
    ]


async def muted_by(session: AsyncSession, member_id: int) -> list[dict[str, str | None]]:
    """Return what the member muted, the oldest first; people and groups by their id."""
    found = await session.execute(
        select(Mute, col(Actor.iri))
        .outerjoin(Actor, col(Actor.id) == col(Mute.actor_id))
        .where(col(Mute.member_id) == member_id)
        .order_by(col(Mute.id))
    )
    return [
        {
            "kind": mute.kind,
            "what": iri or mute.text,
            "muted": mute.at.isoformat(),
            "until": mute.expires_at.isoformat() if mute.expires_at else None,
        }
        for mute, iri in found
    ]


def profile_of(actor: Actor, member: Member) -> dict[str, Any]:
    """Return the member's profile and choices."""
    return {
        "id": actor.iri,
        "handle": actor.handle,
        "name": actor.name,
        "about": actor.summary_source,
        "fields": [{"name": one.name, "value": one.source} for one in read_fields(actor.fields)],
        "language": member.language,
        "zone": member.zone,
        "messages_from": member.messages_from,
        "joined": member.created_at.isoformat(),
    }
