"""What a post said before an edit: kept for its history, the newest of it, until the post itself goes."""

from __future__ import annotations

from collections.abc import Collection

from sqlmodel import col, delete

from node.store.batches import BatchSession
from node.store.database import Transaction
from node.store.fresh import new_row
from node.store.tables.posts import Post
from node.store.tables.readings import Revision

KEPT = 50  # versions of one post; whoever edits more often overwrites the oldest


async def drop(tx: Transaction, post: Post) -> None:
    """Let the earlier versions of a deleted post go; those of a batch go together, at its end."""
    if not post.edits:
        return
    if isinstance(tx.session, BatchSession):
        tx.session.versions_to_drop.add(post.id or 0)
    else:
        await drop_all(tx, {post.id or 0})


async def drop_all(tx: Transaction, posts: Collection[int]) -> None:
    """Let the earlier versions of posts go, by row number."""
    if posts:
        await tx.session.execute(
            delete(Revision).where(col(Revision.post_id).in_(posts)),
            execution_options={"synchronize_session": False},
        )


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
