"""What members here write to people: private messages, edited and taken back (FEDERATION C.12, RULE C5)."""

from __future__ import annotations

from node.activities.drafts import CommentDraft
from node.activities.words import render
from node.activitypub import reading, writing
from node.activitypub.activity import Activity
from node.activitypub.documents import Mention
from node.activitypub.writing_messages import kind_for, write_message
from node.errors import Refused
from node.store.database import Transaction
from node.store.queries.messages import recipients_of
from node.store.tables.actors import Actor
from node.store.tables.messages import Message
from node.store.tables.peers import Peer


async def compose(
    tx: Transaction,
    author: Actor,
    recipients: list[Actor],
    draft: CommentDraft,
    *,
    answers: Message | None = None,
) -> Activity:
    """A local author writes to people, here or elsewhere. answers: the message that it is an answer to."""
    others = [one for one in recipients if one.id != author.id]
    if not others:
        raise Refused("Name somebody to write to.")
    if any(one.is_group or one.kind == "Application" for one in others):
        raise Refused("Messages are for people. In a group, write a thread.")
    iri = f"{author.home}/message/{tx.ids.token()}"
    kind, is_micro = await _dialect(tx, others)
    document = write_message(
        kind,
        iri=iri,
        author=author.iri,
        recipients=_mentions(others),
        content=await render(tx.session, draft.source, author.home),
        source=draft.source,
        published=tx.now,
        in_reply_to=answers.iri if answers is not None and is_micro else None,
    )
    return _carrying(tx, "Create", author, document)


async def compose_edit(tx: Transaction, author: Actor, message: Message, draft: CommentDraft) -> Activity:
    """A local author changes the words of a message."""
    others = await recipients_of(tx.session, message)
    kind, is_micro = await _dialect(tx, others)
    document = write_message(
        kind,
        iri=message.iri,
        author=author.iri,
        recipients=_mentions(others),
        content=await render(tx.session, draft.source, author.home),
        source=draft.source,
        published=message.published,
        updated=tx.now,
        in_reply_to=message.in_reply_to if is_micro else None,
    )
    return _carrying(tx, "Update", author, document)


async def compose_delete(tx: Transaction, author: Actor, message: Message) -> Activity:
    """A local author takes a message back."""
    to = tuple(one.iri for one in await recipients_of(tx.session, message))
    iri = f"{author.home}/activities/delete/{tx.ids.token()}"
    raw = writing.write_delete(message.iri, iri=iri, actor=author.iri, to=to)
    return Activity(type="Delete", iri=iri, actor=author.iri, object=message.iri, raw=raw, to=to)


def _carrying(tx: Transaction, kind: str, author: Actor, document: dict[str, object]) -> Activity:
    iri = f"{author.home}/activities/{kind.lower()}/{tx.ids.token()}"
    read = reading.read_object(document)
    write = writing.write_create if kind == "Create" else writing.write_update
    return Activity(
        type=kind,
        iri=iri,
        actor=author.iri,
        object=read.iri,
        raw=write(document, iri=iri, actor=author.iri),
        document=read,
        to=read.to,
        cc=read.cc,
    )


async def _dialect(tx: Transaction, recipients: list[Actor]) -> tuple[str, bool]:
    """Return the type that the recipient's software reads, and whether it is a microblog; of several, a Note."""
    peers = {one.peer_id for one in recipients}
    peer = (
        await tx.session.get(Peer, recipients[0].peer_id) if len(peers) == 1 and None not in peers else None
    )
    if peer is None:
        return "Note", False
    kind = kind_for(peer.software, peer.version) if len(recipients) == 1 else "Note"
    return kind, peer.dialect == "micro"


def _mentions(actors: list[Actor]) -> list[Mention]:
    return [Mention(one.iri, f"@{one.username}@{one.host}") for one in actors]
