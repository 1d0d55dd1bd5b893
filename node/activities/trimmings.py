"""What hangs on a post is kept with it: media, hashtags, emoji, policy, what it quotes."""

from __future__ import annotations

from sqlalchemy import delete as sql_delete
from sqlmodel import col, select

from node.activities import versions
from node.activities.attaching import attach, detach
from node.activitypub import policies
from node.activitypub.documents import ObjectDocument
from node.activitypub.origin import host_of, same_origin
from node.activitypub.trimmings import CustomEmoji
from node.store.batches import none_of
from node.store.columns import IRI_LENGTH
from node.store.database import Transaction
from node.store.queries.posts import find_post
from node.store.queries.tasks import ask_for
from node.store.tables.actors import Actor
from node.store.tables.posts import Post
from node.store.tables.trimmings import Attachment, Emoji, Permission, PostTag, Reaction
from node.text.hashtags import MOST, tag_name

MAX_POLICY = 32 * 1024  # characters; a longer list of names is no policy


async def hang(tx: Transaction, post: Post, document: ObjectDocument, *, is_new: bool = False) -> None:
    """Keep what hangs on *post* as *document* has it, in place of what hung there before. is_new: nothing did."""
    assert post.id is not None
    if not is_new:
        await _drop(tx, post, Attachment, PostTag)
    for position, medium in enumerate(document.media):
        focus = medium.focus or (None, None)
        tx.session.add(
            Attachment(
                post_id=post.id,
                position=position,
                kind=medium.kind,
                media_type=medium.media_type or "",
                url=medium.url,
                alt=medium.alt or "",
                blurhash=medium.blurhash or "",
                focus_x=focus[0],
                focus_y=focus[1],
                width=medium.width,
                height=medium.height,
            )
        )
    if not post.document:
        await attach(tx, post, document)
    names = dict.fromkeys(name for one in document.hashtags if (name := tag_name(one)))
    tx.session.add_all(PostTag(post_id=post.id, name=name) for name in list(names)[:MOST])
    await _learn(tx, host_of(document.iri), document.emojis)
    await _leave(tx, post, document)
    if not post.document and post.link_url and post.quote_iri is None:  # what is quoted is shown itself
        await ask_for(tx, "card", post.iri)
    await tx.session.flush()


async def forget(tx: Transaction, post: Post) -> None:
    """Take down what hung on a deleted post, reactions and earlier versions included."""
    await _drop(tx, post, Attachment, PostTag, Reaction)
    await versions.drop(tx, post)
    author = await tx.session.get_one(Actor, post.author_id)
    if author.is_local:  # files are of our own people
        await detach(tx, post)
    post.quote_iri = post.quote_stamp = None


async def _leave(tx: Transaction, post: Post, document: ObjectDocument) -> None:
    """Note what the author allows and whose leave they name; a new quoted post needs a new stamp."""
    written = policies.dump(document.policy)
    is_theirs = bool(post.document)  # what we allow is said anew whenever a post of ours is written
    post.policy = written if is_theirs and len(written) <= MAX_POLICY else ""
    post.approved_by = document.approved_by or post.approved_by
    if document.quote != post.quote_iri:
        post.quote_iri, post.quote_stamp = document.quote, None
    stamp = document.quote_stamp
    if stamp is not None and document.quote is not None and same_origin(stamp, document.quote):
        post.quote_stamp = stamp if await _is_given(tx, stamp, post, document.quote) else None
    if is_theirs and (post.quote_stamp is not None or document.approved_by is not None):
        await ask_for(tx, "stamps", post.iri)


async def _is_given(tx: Transaction, stamp: str, post: Post, quote: str) -> bool:
    """Tell whether a stamp can hold: one of ours must be what we gave; another node's is looked up later."""
    quoted = await find_post(tx.session, quote)
    author = await tx.session.get(Actor, quoted.author_id) if quoted is not None else None
    if quoted is None or author is None or not author.is_local:
        return True
    permission = await tx.session.scalar(
        select(Permission.id).where(
            col(Permission.stamp) == stamp,
            col(Permission.interaction) == post.iri,
            col(Permission.post_id) == quoted.id,
            col(Permission.state) == "granted",
        )
    )
    return permission is not None


async def _learn(tx: Transaction, host: str, emojis: tuple[CustomEmoji, ...]) -> None:
    """Note a node's custom emoji; of two pictures for one name the newer."""
    if not emojis:
        return
    named = [one.shortcode for one in emojis]
    query = select(Emoji).where(col(Emoji.host) == host, col(Emoji.shortcode).in_(named))
    known = {row.shortcode: row for row in await tx.session.scalars(query)}
    for emoji in emojis:
        row = known.get(emoji.shortcode)
        if row is None and len(emoji.url) <= IRI_LENGTH:
            tx.session.add(Emoji(host=host, shortcode=emoji.shortcode, url=emoji.url, updated=emoji.updated))
        elif (
            row is not None and emoji.updated is not None and (not row.updated or emoji.updated > row.updated)
        ):
            row.url, row.updated = emoji.url, emoji.updated


async def _drop(tx: Transaction, post: Post, *tables: type[Attachment | PostTag | Reaction]) -> None:
    for table in tables:
        if none_of(tx.session, table, post.id):
            continue
        await tx.session.execute(sql_delete(table).where(col(table.post_id) == post.id))
