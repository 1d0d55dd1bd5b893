"""Deletions that never reached us: what its origin says is gone, found while a thread is repaired (I.62).

Only a plain answer counts, 410 or a Tombstone: an origin that answers 404 may merely not show it to us.
"""

from __future__ import annotations

import structlog
from sqlmodel import col, select

from node.activities.forgetting import empty
from node.activities.keeping import count_thread
from node.activities.trimmings import forget
from node.errors import Gone, NodeError
from node.inbox.errands import Errand
from node.inbox.fetching import fetch_object
from node.runtime import Node
from node.store.queries.posts import find_post
from node.store.tables.actors import Actor
from node.store.tables.posts import Post

ASKED = 20  # comments of one thread that home does not list

log = structlog.get_logger()


async def look_for_deleted(errand: Errand, root: Post, listed: set[str]) -> None:
    """Ask about comments that are here and not in the whole list of their thread at home."""
    query = (
        select(Post.iri)
        .join(Actor, col(Actor.id) == col(Post.author_id))
        .where(
            col(Post.root_id) == root.id,
            col(Post.deleted_at).is_(None),
            col(Post.removed_at).is_(None),
            col(Actor.peer_id).is_not(None),
        )
        .order_by(col(Post.published))
    )
    async with errand.node.reading() as session:
        missing = [iri for iri in await session.scalars(query) if iri not in listed]
    for iri in missing[:ASKED]:
        if errand.is_over or errand.is_tired_of(iri):
            continue
        try:
            await fetch_object(errand.node, iri, errand.portion())
        except Gone:
            await bury(errand.node, iri)
        except NodeError as error:
            errand.failed(iri, error)


async def bury(node: Node, iri: str) -> None:
    """Do to the post of that id what its author's Delete would have done."""
    async with node.transaction() as tx:
        post = await find_post(tx.session, iri)
        if post is None or post.deleted_at is not None:
            return
        log.info("deleted at its origin", post=iri)
        empty(post)
        await forget(tx, post)
        post.deleted_at = tx.now
        await tx.session.flush()
        await count_thread(tx, post.root_id)
