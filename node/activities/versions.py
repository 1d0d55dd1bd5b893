"""What a post said before an edit: kept for its history, the newest of it, until the post itself goes."""

from __future__ import annotations

from sqlmodel import col, delete

from node.store.database import Transaction
from node.store.fresh import new_row
from node.store.tables.posts import Post
from node.store.tables.readings import Revision

KEPT = 50  # versions of one post; whoever edits more often overwrites the oldest


async def keep(tx: Transaction, post: Post) -> None:
    """Keep how *post* reads now; call it before that is changed."""
    slot, post.edits = post.edits % KEPT, post.edits + 1
    if post.edits > KEPT:
        await tx.session.execute(
            delete(Revision).where(col(Revision.post_id) == post.id, col(Revision.slot) == slot)
        )
    revision = new_row(
        Revision,
        post_id=post.id or 0,
        slot=slot,
        title=post.title,
        warning=post.warning,
        content=post.content,
        said_at=post.updated or post.published,
        replaced_at=tx.now,
    )
    tx.session.add(revision)
