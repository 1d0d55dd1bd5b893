"""What a document says of a post's standing in its group: closed, pinned, a moderator's word.

Lock and Add tell of changes; documents tell how things are, to whoever fetches them (FEDERATION C.2). Their word
is good where they come from the group's own home, and a moderator is one by the group's list alone.
"""

from __future__ import annotations

from node.activities import taking_out
from node.activities.marks import has_mark
from node.activities.standing import group_of, is_moderator
from node.activitypub.documents import ObjectDocument
from node.activitypub.origin import same_origin
from node.store.database import Transaction
from node.store.tables.actors import Actor
from node.store.tables.posts import Post


async def put_on(tx: Transaction, post: Post, document: ObjectDocument) -> None:
    """Give *post*, which is in its place, the standing that its document may state."""
    group = await group_of(tx, post)
    if group is None:
        return
    if not group.is_local and same_origin(document.iri, group.iri):
        if document.comments_enabled is not None:
            post.locked_at = None if document.comments_enabled else (post.locked_at or tx.now)
        if document.stickied is not None and post.in_reply_to is None:
            post.featured_at = (post.featured_at or tx.now) if document.stickied else None
    author = await tx.session.get_one(Actor, post.author_id)
    post.distinguished = document.distinguished and await is_moderator(tx, author, group)
    await tx.session.flush()


async def catch_up(tx: Transaction, post: Post) -> None:
    """Hide a post that its group removed before it came (R22), or keep it out of the group."""
    group = await group_of(tx, post)
    if group is None or await taking_out.catch_up(tx, post, group):
        return
    if await has_mark(tx, "removed", post.iri, group.iri):
        post.removed_at = post.removed_at or tx.now
        await tx.session.flush()
