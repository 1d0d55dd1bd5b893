"""Taking one's own deletion back: for an hour the words are kept aside, seen by nobody but their author.

The Undo goes to all who heard of the Delete. Lemmy and nodes of this kind show the post again; Mastodon has forgotten it
for good. A poll's votes and an event's guests cannot come back, so these are only offered as words to begin anew.
"""

from __future__ import annotations

from sqlalchemy import update
from sqlmodel import col, select

from node.activities import keeping
from node.activities.quoting import quote_what_is_linked
from node.activities.words import render
from node.activitypub import reading
from node.errors import Conflict
from node.outbox import bridging
from node.store.database import Transaction
from node.store.queries.documents import object_document
from node.store.queries.drafts import DELETED, UNDO_FOR, dumped, fields_of, kept_words
from node.store.queries.uploads import as_media, uploads_of
from node.store.tables.actors import Actor
from node.store.tables.drafts import Draft
from node.store.tables.gatherings import Event, Poll, PollOption
from node.store.tables.media import Medium
from node.store.tables.posts import Post


async def set_aside(tx: Transaction, post: Post, delete_iri: str | None) -> None:
    """Keep the words of a post that its author, a member here, is about to delete."""
    tx.session.add(
        Draft(
            token=tx.ids.token(),
            author_id=post.author_id,
            kind=DELETED,
            group_id=post.group_id,
            post_id=post.id,
            fields=dumped(await _typed(tx, post)),
            changed_at=tx.now,
            delete_iri=delete_iri,
        )
    )


async def linger(tx: Transaction, post: Post) -> None:
    """Let the bytes of a deleted post's files outlast the time in which it may come back; nobody sees them."""
    going = update(Medium).where(col(Medium.post_id) == post.id, col(Medium.gone_at) == tx.now)
    await tx.session.execute(
        going.values(gone_at=tx.now + UNDO_FOR), execution_options={"synchronize_session": "fetch"}
    )


async def revive(tx: Transaction, post: Post, author: Actor) -> None:
    """Show a deleted post of a member again. Raises Conflict once its words are forgotten."""
    kept = await kept_words(tx.session, post, tx.now)
    if kept is None or post.deleted_at is None:
        raise Conflict("The time to take this deletion back is over: its words are forgotten.")
    fields = fields_of(kept)
    if "kind" in fields:
        raise Conflict(
            "A poll or an event cannot be brought back, since its answers are gone. Begin it anew."
        )
    edited = post.updated
    await _files_back(tx, post)
    wanted = Post(**post.model_dump())
    wanted.deleted_at = None
    wanted.title, wanted.source = fields.get("title", ""), fields.get("source", "")
    wanted.content = await render(tx.session, wanted.source, author.home)
    wanted.warning, wanted.sensitive = fields.get("warning", ""), bool(fields.get("sensitive"))
    wanted.link_url, wanted.language = fields.get("link_url"), fields.get("language")
    await quote_what_is_linked(tx, author, wanted)
    media = tuple(as_media(one, author.home, one.alt) for one in await uploads_of(tx.session, post))
    wanted.image_url = next((one.url for one in media if one.kind == "image"), None)
    document = reading.read_object(await object_document(tx.session, wanted, gathering=None, media=media))
    post.deleted_at = None
    await keeping.revise(tx, post, document, said=False)
    post.updated = edited
    await tx.session.delete(kept)
    await tx.session.flush()
    await keeping.count_thread(tx, post.root_id or post.id)
    await bridging.bridge(tx, post)


async def _files_back(tx: Transaction, post: Post) -> None:
    back = update(Medium).where(col(Medium.post_id) == post.id, col(Medium.gone_at) > tx.now)
    await tx.session.execute(back.values(gone_at=None), execution_options={"synchronize_session": "fetch"})


async def _typed(tx: Transaction, post: Post) -> dict[str, str]:
    fields = {
        "title": post.title,
        "source": post.source,
        "link_url": post.link_url or "",
        "warning": post.warning,
        "sensitive": "yes" if post.sensitive else "",
        "language": post.language or "",
    }
    if await tx.session.get(Poll, post.id) is not None:
        names = await tx.session.scalars(
            select(PollOption.name)
            .where(col(PollOption.post_id) == post.id)
            .order_by(col(PollOption.position))
        )
        return fields | {"kind": "poll", "options": "\n".join(names)}
    if await tx.session.get(Event, post.id) is not None:
        return fields | {"kind": "event"}
    return fields
