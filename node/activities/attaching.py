"""Uploads become part of a post of ours as its document names them, and go when it names them no more.

The document is the one way in for pages, commands and clients alike: whoever writes it, nothing is taken that is not
its author's own and part of nothing else.
"""

from __future__ import annotations

from sqlalchemy import or_
from sqlmodel import col

from node.activitypub.documents import ObjectDocument
from node.activitypub.origin import same_origin
from node.store.database import Transaction
from node.store.queries.media import own_token
from node.store.queries.uploads import loose_of, put_away, uploads_of
from node.store.tables.actors import Actor
from node.store.tables.media import Medium
from node.store.tables.posts import Post


async def attach(tx: Transaction, post: Post, document: ObjectDocument) -> None:
    """Make the uploads that the document of a local post names part of it, in that order, and let others go."""
    named = {
        token: medium.alt or ""
        for medium in document.media
        if same_origin(medium.url, post.iri) and (token := own_token(medium.url)) is not None
    }
    before = await uploads_of(tx.session, post)
    for one in before:
        if one.token not in named:
            one.gone_at = tx.now
    if named:
        author = await tx.session.get_one(Actor, post.author_id)
        found = await loose_of(tx.session, author, list(named), post_id=post.id)
        for position, medium in enumerate(found):
            medium.post_id, medium.position, medium.alt = post.id, position, named[medium.token]
    await tx.session.flush()


async def detach(tx: Transaction, post: Post) -> None:
    """Let the uploads of a deleted post go."""
    await put_away(tx.session, tx.now, col(Medium.post_id) == post.id)


async def let_go(tx: Transaction, actor: Actor) -> None:
    """Let all that an actor ever brought go, its face and banner with it; what it gave a group stays the group's."""
    of_nobody_else = or_(col(Medium.actor_id).is_(None), col(Medium.actor_id) == actor.id)
    await put_away(tx.session, tx.now, col(Medium.owner_id) == actor.id, of_nobody_else)
    await put_away(tx.session, tx.now, col(Medium.actor_id) == actor.id)
