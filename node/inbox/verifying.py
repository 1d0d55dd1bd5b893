"""Posts that were taken on a group's word while their author's node was away (RULE B6c).

Its copy counts, or its absence does. While it stays away the post is shown as not confirmed and told to nobody, so
that a community keeps its threads when one node of many ends; it is asked again every day for a week, and later
when a member has the thread repaired.
"""

from __future__ import annotations

from datetime import datetime, timedelta

import structlog
from sqlmodel import col, select

from node.activities.forgetting import empty
from node.activities.keeping import count_thread, keep
from node.activities.trimmings import forget
from node.activitypub.documents import ObjectDocument
from node.errors import Refused, Unavailable
from node.inbox.fetching import fetch_object
from node.network.client import Budget
from node.runtime import Node
from node.store.database import Transaction
from node.store.queries.posts import find_post
from node.store.queries.tasks import ask_for
from node.store.tables.actors import Actor
from node.store.tables.posts import Post

FETCHES = 4  # for one post
FIRST_AFTER = timedelta(hours=6)
AGAIN_AFTER = timedelta(days=1)
FOR = timedelta(days=7)  # from the day it came

log = structlog.get_logger()


async def verify(node: Node, iri: str) -> datetime | None:
    """Look for the post at its origin; return when to ask again, None when that is settled or was asked enough.

    Whatever else the origin answers than the post by its author is no confirmation: the post is emptied.
    """
    try:
        await _confirm(node, await fetch_object(node, iri, Budget(FETCHES)))
    except Refused as error:
        log.info("post was never its author's", post=iri, error=str(error))
        await _disown(node, iri)
    except Unavailable as error:
        log.info("post not confirmed", post=iri, error=str(error))
        return await _again(node, iri)
    return None


async def ask_about_thread(tx: Transaction, root: Post) -> None:
    """Ask anew about every post of a thread that is not confirmed by its home."""
    query = select(Post.iri).where(
        (col(Post.id) == root.id) | (col(Post.root_id) == root.id), col(Post.verify_by).is_not(None)
    )
    for iri in list(await tx.session.scalars(query)):
        await ask_for(tx, "verify", iri)


async def _again(node: Node, iri: str) -> datetime | None:
    async with node.reading() as session:
        post = await find_post(session, iri)
    now = node.clock.now()
    waits = post is not None and post.verify_by is not None and now < post.received_at + FOR
    return now + AGAIN_AFTER if waits else None


async def _confirm(node: Node, document: ObjectDocument) -> None:
    async with node.transaction() as tx:
        post = await find_post(tx.session, document.iri)
        if post is None or post.verify_by is None:
            return
        author = await tx.session.get_one(Actor, post.author_id)
        await keep(tx, document, author=author, group=None, verified=True)


async def _disown(node: Node, iri: str) -> None:
    async with node.transaction() as tx:
        post = await find_post(tx.session, iri)
        if post is None or post.verify_by is None:
            return
        empty(post)
        await forget(tx, post)
        post.deleted_at, post.verify_by = post.deleted_at or tx.now, None
        await count_thread(tx, post.root_id)
