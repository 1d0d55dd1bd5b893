"""Create, Update, Delete{actor: Person, object: Note or ChatMessage to persons alone}: a private message.

A Note is one when it names no public, no collection and no group, and somebody here; a ChatMessage always is. It
is kept apart from posts, so that nothing which lists, serves, announces or fetches posts can come by it. What is
for nobody here is refused, and never public (pitfall 92). Source: FEDERATION C.12, RULE C5.
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import delete as sql_delete
from sqlalchemy import update as sql_update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col, select

from node.activities import notices
from node.activities.marks import has_mark
from node.activitypub import addressing
from node.activitypub.activity import Activity
from node.activitypub.documents import ObjectDocument
from node.errors import Forbidden, Gone, Refused
from node.store.columns import IRI_LENGTH
from node.store.database import Transaction
from node.store.queries.actors import find_actors
from node.store.queries.messages import conversation_of, find_message, takes_messages
from node.store.queries.posts import find_post
from node.store.tables.actors import Actor
from node.store.tables.members import Member, Notification
from node.store.tables.messages import Message, MessageRecipient
from node.text.clean import clean_html, plain_text
from node.text.markdown import to_html

MOST_RECIPIENTS = 20  # people in one conversation


@dataclass(frozen=True, slots=True)
class Correspondents:
    """Whom a message is for. wanting: those who take it."""

    named: list[Actor]
    wanting: list[Actor]


async def is_message(session: AsyncSession, document: ObjectDocument, author: Actor) -> bool:
    """Tell whether a document by *author* is a private message, or a new version of one."""
    if await find_message(session, document.iri) is not None:
        return True
    if document.type == "ChatMessage":
        return True
    if document.type != "Note" or not addressing.is_personal(document, author.followers):
        return False
    named = await find_actors(session, document.addressees)
    if any(one.is_group for one in named):
        return False
    if author.is_local:  # an answer of ours to what is not for everybody is no message
        return document.in_reply_to is None or await find_post(session, document.in_reply_to) is None
    return any(one.is_local for one in named)


async def check(tx: Transaction, activity: Activity, document: ObjectDocument, author: Actor) -> None:
    """The author says it themselves, to somebody here who takes it. For Create and Update."""
    if activity.announced_by is not None:
        raise Forbidden("Nobody passes a private message on.", detail=activity.iri)
    known = await find_message(tx.session, document.iri)
    if known is not None:
        if known.author_id != author.id:
            raise Forbidden("Only its author edits a message.", detail=f"{author.iri}: {known.iri}")
        return
    if document.is_public:
        raise Refused("A message for everybody is no message.", detail=document.iri)
    people = await _correspondents(tx, document, author)
    if not people.named:
        raise Refused("This message is for nobody known here.", detail=document.iri)
    if len(people.named) > MOST_RECIPIENTS:
        raise Refused("This message is for too many people at once.", detail=document.iri)
    refusing = [one for one in people.named if one not in people.wanting]
    if refusing and (author.is_local or not any(one.is_local for one in people.wanting)):
        raise Forbidden(f"{refusing[0].handle} takes no messages from you.", detail=document.iri)


async def apply(tx: Transaction, activity: Activity, document: ObjectDocument, author: Actor) -> None:
    """Keep the message for those who take it, and tell them; put a newer version in place."""
    known = await find_message(tx.session, document.iri)
    if known is not None:
        await _revise(tx, known, document)
        return
    if await has_mark(tx, "deleted", document.iri, author.iri):
        raise Gone("This message was deleted before it came.", detail=document.iri)
    people = await _correspondents(tx, document, author)
    message = _new(tx, document, author)
    tx.session.add(message)
    await tx.session.flush()
    for one in people.wanting:
        tx.session.add(MessageRecipient(message_id=message.id or 0, actor_id=one.id or 0))
    await tx.session.flush()
    if not activity.backfilled:
        await _notify(tx, message, author, people.wanting)


async def check_delete(tx: Transaction, delete: Activity, message: Message) -> None:
    """Its author alone takes a message back, and brings it back."""
    author = await tx.session.get_one(Actor, message.author_id)
    if author.iri != delete.actor or delete.announced_by is not None:
        raise Forbidden("Only its author deletes a message.", detail=f"{delete.actor}: {message.iri}")


async def delete(tx: Transaction, message: Message) -> None:
    """Show the words to nobody any more. They are swept when nobody can ask for them back."""
    message.deleted_at = message.deleted_at or tx.now
    await tx.session.flush()


async def restore(tx: Transaction, message: Message) -> None:
    """Show the words again, unless they are forgotten."""
    if message.content:
        message.deleted_at = None
        await tx.session.flush()


async def forget(tx: Transaction, actor: Actor) -> None:
    """Forget what an actor who left has written."""
    await tx.session.execute(
        sql_update(Message)
        .where(col(Message.author_id) == actor.id)
        .values(content="", source="", warning="", deleted_at=tx.now)
    )


async def mark_read(tx: Transaction, reader: Actor, conversation: str) -> None:
    """Note that a member has read a conversation; the notices of it have served."""
    of_it = select(Message.id).where(col(Message.conversation) == conversation)
    await tx.session.execute(
        sql_update(MessageRecipient)
        .where(
            col(MessageRecipient.actor_id) == reader.id,
            col(MessageRecipient.read_at).is_(None),
            col(MessageRecipient.message_id).in_(of_it),
        )
        .values(read_at=tx.now)
    )
    authors = select(Message.author_id).where(col(Message.conversation) == conversation)
    mine = select(Member.id).where(col(Member.actor_id) == reader.id)
    await tx.session.execute(
        sql_delete(Notification).where(
            col(Notification.kind) == "message",
            col(Notification.member_id).in_(mine),
            col(Notification.actor_id).in_(authors),
        )
    )


async def _correspondents(tx: Transaction, document: ObjectDocument, author: Actor) -> Correspondents:
    named = [
        one
        for one in await find_actors(tx.session, document.addressees)
        if one.id != author.id and not one.is_group and one.kind != "Application"
    ]
    wanting = [one for one in named if await takes_messages(tx.session, one, author, tx.now)]
    return Correspondents(named, wanting)


def _new(tx: Transaction, document: ObjectDocument, author: Actor) -> Message:
    content, warning = _words(document)
    reply = document.in_reply_to
    return Message(
        iri=document.iri,
        token=document.iri.rsplit("/", 1)[-1] if author.is_local else tx.ids.token(),
        author_id=author.id or 0,
        conversation=conversation_of((author.iri, *document.addressees)),
        in_reply_to=reply if reply is not None and len(reply) <= IRI_LENGTH else None,
        content=content,
        source=document.source_markdown or "",
        warning=warning,
        published=min(document.published or tx.now, tx.now),
        received_at=tx.now,
    )


async def _revise(tx: Transaction, message: Message, document: ObjectDocument) -> None:
    newer = document.updated or document.published
    if newer is None or newer < (message.updated or message.published) or message.deleted_at is not None:
        return
    content, warning = _words(document)
    if (content, warning) == (message.content, message.warning):
        return
    message.content, message.warning, message.source = content, warning, document.source_markdown or ""
    message.updated = min(newer, tx.now)
    await tx.session.flush()


def _words(document: ObjectDocument) -> tuple[str, str]:
    given = clean_html(document.content) if document.content else to_html(document.source_markdown or "")
    return given.strip(), plain_text(document.summary or "")[:500]


async def _notify(tx: Transaction, message: Message, author: Actor, recipients: list[Actor]) -> None:
    ids = [one.id or 0 for one in recipients if one.is_local]
    await notices.tell_once(
        tx, "message", ids, by=author, text=message.warning or plain_text(message.content)
    )
