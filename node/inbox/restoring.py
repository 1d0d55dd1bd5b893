"""Posts whose author took a deletion back: their words were forgotten here, so the origin is asked for them."""

from __future__ import annotations

from node.activities.keeping import count_thread, revise
from node.activities.marks import has_mark, lift_mark
from node.activitypub import strictjson
from node.inbox.fetching import fetch_object
from node.network.client import Budget
from node.runtime import Node
from node.store.queries.posts import get_post
from node.store.queries.tasks import ask_for
from node.store.tables.actors import Actor

FETCHES = 4  # for one post


async def bring_back(node: Node, iri: str) -> None:
    """Show the post again as its origin has it. Raises Refused when the origin shows nothing of the kind."""
    document = await fetch_object(node, iri, Budget(FETCHES))
    async with node.transaction() as tx:
        post = await get_post(tx.session, iri)
        author = await tx.session.get_one(Actor, post.author_id)
        if post.deleted_at is None or author.deleted_at is not None or document.attributed_to != author.iri:
            return
        post.deleted_at = None
        post.document = strictjson.dump(document.raw).decode()
        await revise(tx, post, document)
        await count_thread(tx, post.root_id or post.id)
        if await has_mark(tx, "deleted", iri, author.iri):  # it came after that, and its group told nobody
            await lift_mark(tx, "deleted", iri, author.iri)
            await ask_for(tx, "pass_on", iri)
