"""Conversations: private messages among the same people, as pages show them."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import and_, func
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased
from sqlmodel import col, select

from node.errors import NotFound
from node.store.queries.messages import people_of, readable_by
from node.store.queries.people import ActorLine, line_of
from node.store.queries.underway import Underway, underway
from node.store.tables.actors import Actor
from node.store.tables.messages import Message, MessageRecipient
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
    opens_day: bool = False  # whether it is the first of its day (UTC)
    underway: Underway | None = None  # servers that it has yet to reach


@dataclass(frozen=True, slots=True)
class ConversationPage:
    """What a few people have written to each other, the oldest first."""

    key: str
    people: tuple[ActorLine, ...]
    messages: tuple[MessageLine, ...]
    may_answer: bool  # whether somebody is left to answer


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
    newest_first = list(found)
    people = await _people_of_each(session, newest_first)
    unread = await _unread(session, actor, [message.conversation for message in newest_first])
    return tuple(
        ConversationLine(
            key=message.conversation,
            people=_but(people[message.id or 0], actor),
            excerpt=shortened(plain_text(message.content), EXCERPT),
            is_mine=message.author_id == actor.id,
            at=message.published,
            unread=unread.get(message.conversation, 0),
        )
        for message in newest_first
    )


async def _unread(session: AsyncSession, actor: Actor, keys: Collection[str]) -> dict[str, int]:
    """Return how much is new in each of the conversations in which something is."""
    query = (
        select(col(Message.conversation), func.count())
        .select_from(MessageRecipient)
        .join(Message, col(Message.id) == col(MessageRecipient.message_id))
        .where(
            col(MessageRecipient.actor_id) == actor.id,
            col(MessageRecipient.read_at).is_(None),
            col(Message.deleted_at).is_(None),
            col(Message.conversation).in_(keys),
        )
        .group_by(col(Message.conversation))
    )
    return {row[0]: row[1] for row in await session.execute(query)}


async def _people_of_each(session: AsyncSession, messages: Collection[Message]) -> dict[int, list[Actor]]:
    """Return everybody in each of the messages by its row number: its author first, then whom it is for."""
    authors = select(Actor).where(col(Actor.id).in_({one.author_id for one in messages}))
    known = {actor.id: actor for actor in await session.scalars(authors)}
    people = {one.id or 0: [known[one.author_id]] for one in messages}
    recipients = (
        select(col(MessageRecipient.message_id), Actor)
        .join(Actor, col(Actor.id) == col(MessageRecipient.actor_id))
        .where(col(MessageRecipient.message_id).in_(people))
        .order_by(col(Actor.username), col(Actor.id))
    )
    for number, actor in await session.execute(recipients):
        people[number].append(actor)
    return people


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
    waits = await underway(session, actor, [message for message, _, _ in found])
    lines = [
        replace(_line(message, author, receipt, actor), underway=waits.get(message.id or 0))
        for message, author, receipt in reversed(found)
    ]
    days = [None, *(one.at.date() for one in lines)]
    lines = [replace(one, opens_day=one.at.date() != day) for one, day in zip(lines, days, strict=False)]
    people = await _others(session, found[0][0], actor)
    return ConversationPage(key, people, tuple(lines), any(not one.gone for one in people))


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
    return _but(await people_of(session, message), actor)


def _but(everybody: Collection[Actor], actor: Actor) -> tuple[ActorLine, ...]:
    people = {one.id: one for one in everybody}
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
