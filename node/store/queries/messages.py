"""Private messages: finding them, and who may write to whom."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import ColumnElement, exists, or_
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col, select

from node.errors import NotFound
from node.ids import fingerprint
from node.store.batches import none_of
from node.store.queries.actors import is_follower
from node.store.queries.arrivals import is_blocked
from node.store.queries.standing import is_banned, shuns
from node.store.tables.actors import Actor
from node.store.tables.members import Member
from node.store.tables.messages import Message, MessageRecipient


def conversation_of(iris: Collection[str]) -> str:
    """Return the name of the conversation of these people, whoever of them writes."""
    return fingerprint(" ".join(sorted(set(iris))))


async def find_message(session: AsyncSession, iri: str | None) -> Message | None:
    """Return the message of that id, deleted or not, or None."""
    if not iri or none_of(session, Message, iri):
        return None
    found: Message | None = await session.scalar(select(Message).where(col(Message.iri) == iri))
    return found


async def recipients_of(session: AsyncSession, message: Message) -> list[Actor]:
    """Return whom a message is for, in the order of their names."""
    query = (
        select(Actor)
        .join(MessageRecipient, col(MessageRecipient.actor_id) == col(Actor.id))
        .where(col(MessageRecipient.message_id) == message.id)
        .order_by(col(Actor.username), col(Actor.id))
    )
    return list(await session.scalars(query))


async def takes_messages(session: AsyncSession, recipient: Actor, author: Actor, now: datetime) -> bool:
    """Tell whether *recipient* wants to hear from *author*: no block, no ban from a node, and their own choice.

    Of somebody elsewhere only their block is known here. Who follows nobody but has written first hears the answer.
    """
    if recipient.deleted_at is not None or await _is_kept_out(session, recipient, author, now):
        return False
    if not recipient.is_local:
        return True
    member = await session.scalar(select(Member).where(col(Member.actor_id) == recipient.id))
    if member is None or member.disabled_at is not None or member.messages_from == "nobody":
        return False
    if member.messages_from == "everyone" or await is_follower(session, recipient.id, author.id):
        return True
    written = (
        select(Message.id)
        .join(MessageRecipient, col(MessageRecipient.message_id) == col(Message.id))
        .where(col(Message.author_id) == recipient.id, col(MessageRecipient.actor_id) == author.id)
    )
    return await session.scalar(written.limit(1)) is not None


async def _is_kept_out(session: AsyncSession, recipient: Actor, author: Actor, now: datetime) -> bool:
    """Tell whether the two are kept apart: by a block, a ban from either's node, or this node from the other's."""
    elsewhere = [one.host for one in (recipient, author) if not one.is_local]
    return (
        await shuns(session, recipient.id, author.id)
        or await is_banned(session, author, recipient, now)
        or await is_blocked(session, elsewhere)
    )


def readable_by(actor: Actor) -> ColumnElement[bool]:
    """Condition: the actor wrote the message, or it was taken for them."""
    for_them = exists().where(
        col(MessageRecipient.message_id) == col(Message.id), col(MessageRecipient.actor_id) == actor.id
    )
    return or_(col(Message.author_id) == actor.id, for_them)


async def last_message(session: AsyncSession, key: str, actor: Actor) -> Message:
    """Return the newest message of a conversation that is the member's; raise NotFound."""
    found: Message | None = await session.scalar(
        select(Message)
        .where(col(Message.conversation) == key, readable_by(actor))
        .order_by(col(Message.published).desc(), col(Message.id).desc())
        .limit(1)
    )
    if found is None:
        raise NotFound("There is nothing at this address, or it is not for you to see.")
    return found


async def own_message(session: AsyncSession, token: str, actor: Actor) -> Message:
    """Return a living message that the member wrote; raise NotFound."""
    found: Message | None = await session.scalar(
        select(Message).where(
            col(Message.token) == token,
            col(Message.author_id) == actor.id,
            col(Message.deleted_at).is_(None),
        )
    )
    if found is None:
        raise NotFound("There is nothing at this address, or it is not for you to see.")
    return found


async def received_message(session: AsyncSession, token: str, actor: Actor) -> Message:
    """Return a living message that the member got from somebody; raise NotFound."""
    found: Message | None = await session.scalar(
        select(Message).where(
            col(Message.token) == token,
            readable_by(actor),
            col(Message.author_id) != actor.id,
            col(Message.deleted_at).is_(None),
        )
    )
    if found is None:
        raise NotFound("There is nothing at this address, or it is not for you to see.")
    return found


async def people_of(session: AsyncSession, message: Message) -> list[Actor]:
    """Return everybody in a message: its author first, then whom it is for."""
    return [await session.get_one(Actor, message.author_id), *await recipients_of(session, message)]
