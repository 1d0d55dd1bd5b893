"""Posts that a group of ours did not pass on when they came: it does so now (R18, R19).

A comment that came before what it answers was in no group's thread; a post that came after its deletion had no words,
until its author took that back. Whether the group takes them is judged now, by the same rules as if they had come in
order.
"""

from __future__ import annotations

import structlog

from node.activities import create
from node.activities.keeping import count_thread
from node.activitypub import reading
from node.activitypub.activity import Activity
from node.errors import Refused
from node.outbox import announcing
from node.runtime import Node
from node.store.database import Transaction
from node.store.queries.documents import announce_create_iri, create_document
from node.store.queries.log import find_entry
from node.store.queries.posts import awaited_above, find_post
from node.store.tables.actors import Actor
from node.store.tables.posts import Post

log = structlog.get_logger()


async def pass_on(node: Node, iri: str) -> None:
    """Let the group announce the post of that id, unless it did; hide the post if the group takes it not."""
    async with node.transaction() as tx:
        post = await find_post(tx.session, iri)
        if post is None or post.deleted_at or post.removed_at or await awaited_above(tx.session, post):
            return
        group = await tx.session.get(Actor, post.group_id) if post.group_id else None
        if (
            group is None
            or not group.is_local
            or await find_entry(tx.session, announce_create_iri(group, post))
        ):
            return
        author = await tx.session.get_one(Actor, post.author_id)
        activity = await _create(tx, post, group)
        try:
            await create.check(tx, activity)
        except Refused as error:
            log.info("late post not taken", post=iri, error=str(error))
            post.removed_at, post.removal_reason = tx.now, error.message[:1000]
            await count_thread(tx, post.root_id or post.id)
            return
        post.confirmed_at = post.confirmed_at or tx.now
        await announcing.announce(tx, activity, group=group, author=author)


async def _create(tx: Transaction, post: Post, group: Actor) -> Activity:
    raw = await create_document(tx.session, post)
    document = reading.read_object(raw["object"])
    return Activity(
        type="Create",
        iri=raw["id"],
        actor=raw["actor"],
        object=post.iri,
        raw=raw,
        document=document,
        audience=group.iri,
        to=document.to,
        cc=document.cc,
    )
