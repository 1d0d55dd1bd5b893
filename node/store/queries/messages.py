"""Private messages: finding them, who may write to whom, conversations as pages show them."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, and_, exists, func, or_
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased
from sqlmodel import col, select

from node.errors import NotFound
from node.ids import fingerprint
from node.store.queries.actors import is_follower
from node.store.queries.people import ActorLine, line_of
from node.store.tables.actors import Actor
from node.store.tables.members import Member
from node.store.tables.messages import Message, MessageRecipient
from node.store.tables.moderation import Ban, Block
from node.text.clean import plain_text, shortened

CONVERSATIONS_SHOWN = 100
MESSAGES_SHOWN = 200  # the newest of a conversation
EXCERPT = 120  # characters


@dataclass(frozen=True, slots=True)
class ConversationLine:
    """A conversation in the list of a member's."""

    key: str
    people: tuple[ActorLine, ...]  # without the member
    excerpt: str  # plain text of the last message
    is_mine: bool  # whether the member wrote it
    at: datetime
    unread: int


@dataclass(frozen=True, slots=True)
class MessageLine:
    """A message in its conversation."""

    token: str
    author: ActorLine
    content: str  # HTML as kept; empty when it was deleted
    warning: str
    at: datetime
    edited: bool
    is_mine: bool
    is_new: bool
    gone: bool


@dataclass(frozen=True, slots=True)
class ConversationPage:
    """What a few people have written to each other, the oldest first."""

    key: str
    people: tuple[ActorLine, ...]
    messages: tuple[MessageLine, ...]
    may_answer: bool  # whether somebody is left to answer


def conversation_of(iris: Collection[str]) -> str:
    """Return the name of the conversation of these people, whoever of them writes."""
    return fingerprint(" ".join(sorted(set(iris))))


async def find_message(session: AsyncSession, iri: str | None) -> Message | None:
    """Return the message of that id, deleted or not, or None."""
    if not iri:
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
    """Tell whether *recipient* wants to hear from *author*: no block, no ban from this node, and their own choice.

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
    blocked = select(Block.id).where(
        col(Block.blocker_id) == recipient.id, col(Block.blocked_id) == author.id
    )
    if await session.scalar(blocked.limit(1)) is not None:
        return True
    banned = select(Ban.id).where(
        col(Ban.actor_id) == author.id,
        col(Ban.group_id).is_(None),
        col(Ban.scope).in_((f"{recipient.home}/", recipient.home)),
        or_(col(Ban.expires_at).is_(None), col(Ban.expires_at) > now),
    )
    return await session.scalar(banned.limit(1)) is not None


def readable_by(actor: Actor) -> ColumnElement[bool]:
    """Condition: the actor wrote the message, or it was taken for them."""
    for_them = exists().where(
        col(MessageRecipient.message_id) == col(Message.id), col(MessageRecipient.actor_id) == actor.id
    )
    return or_(col(Message.author_id) == actor.id, for_them)


async def conversations(session: AsyncSession, actor: Actor) -> tuple[ConversationLine, ...]:
    """Return the member's conversations, the last to be written in first."""
    newest = (
        select(func.max(Message.id))
        .where(readable_by(actor), col(Message.deleted_at).is_(None))
        .group_by(col(Message.conversation))
    )
    found = await session.scalars(
        select(Message)
        .where(col(Message.id).in_(newest))
        .order_by(col(Message.published).desc(), col(Message.id).desc())
        .limit(CONVERSATIONS_SHOWN)
    )
    return tuple([await _conversation(session, message, actor) for message in found])


async def _conversation(session: AsyncSession, message: Message, actor: Actor) -> ConversationLine:
    return ConversationLine(
        key=message.conversation,
        people=await _others(session, message, actor),
        excerpt=shortened(plain_text(message.content), EXCERPT),
        is_mine=message.author_id == actor.id,
        at=message.published,
        unread=await _unread(session, actor, col(Message.conversation) == message.conversation),
    )


async def _unread(session: AsyncSession, actor: Actor, *conditions: ColumnElement[bool]) -> int:
    query = (
        select(func.count())
        .select_from(MessageRecipient)
        .join(Message, col(Message.id) == col(MessageRecipient.message_id))
        .where(
            col(MessageRecipient.actor_id) == actor.id,
            col(MessageRecipient.read_at).is_(None),
            col(Message.deleted_at).is_(None),
            *conditions,
        )
    )
    return await session.scalar(query) or 0


async def conversation_page(session: AsyncSession, key: str, actor: Actor) -> ConversationPage:
    """Return a conversation as the member reads it; raise NotFound for one that is not theirs (A96)."""
    mine = aliased(MessageRecipient)
    found = (
        await session.execute(
            select(Message, Actor, mine)
            .join(Actor, col(Actor.id) == col(Message.author_id))
            .outerjoin(mine, and_(mine.message_id == col(Message.id), mine.actor_id == actor.id))  # type: ignore[arg-type]
            .where(col(Message.conversation) == key, readable_by(actor))
            .order_by(col(Message.published).desc(), col(Message.id).desc())
            .limit(MESSAGES_SHOWN)
        )
    ).all()
    if not found:
        raise NotFound("There is nothing at this address, or it is not for you to see.")
    lines = [_line(message, author, receipt, actor) for message, author, receipt in reversed(found)]
    people = await _others(session, found[0][0], actor)
    return ConversationPage(key, people, tuple(lines), any(not one.gone for one in people))


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


async def conversations_with(
    session: AsyncSession, actor: Actor, others: Collection[int | None]
) -> dict[int, str]:
    """Return the conversations in which others last wrote to the member, by row number of who wrote."""
    newest = (
        select(func.max(Message.id))
        .where(col(Message.author_id).in_([one for one in others if one]), readable_by(actor))
        .group_by(col(Message.author_id))
    )
    found = await session.execute(
        select(col(Message.author_id), col(Message.conversation)).where(col(Message.id).in_(newest))
    )
    return {row.author_id: row.conversation for row in found}


async def _others(session: AsyncSession, message: Message, actor: Actor) -> tuple[ActorLine, ...]:
    people = {one.id: one for one in await people_of(session, message)}
    return tuple(line_of(one) for number, one in people.items() if number != actor.id or len(people) == 1)


def _line(message: Message, author: Actor, receipt: MessageRecipient | None, actor: Actor) -> MessageLine:
    gone = message.deleted_at is not None
    return MessageLine(
        token=message.token,
        author=line_of(author),
        content="" if gone else message.content,
        warning="" if gone else message.warning,
        at=message.published,
        edited=message.updated is not None and not gone,
        is_mine=author.id == actor.id,
        is_new=receipt is not None and receipt.read_at is None and not gone,
        gone=gone,
    )
