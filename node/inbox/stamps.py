"""Leave that a post names is looked up where it is said to be given (FEP-044f; GoToSocial's `approvedBy`).

A stamp that is not there, or that speaks of other posts or by another author, is none: the quote is a link then.
"""

from __future__ import annotations

import structlog

from node.activitypub.origin import same_origin
from node.activitypub.values import types_of, web_iri
from node.errors import Refused
from node.inbox.fetching import fetch_document, is_ours
from node.network.client import Budget
from node.runtime import Node
from node.store.queries.posts import find_post
from node.store.tables.actors import Actor
from node.store.tables.posts import Post

FETCHES = 4  # for one post

log = structlog.get_logger()


async def check_stamps(node: Node, iri: str) -> None:
    """Look for the stamps that the post of that id names; forget those that do not hold.

    Raises Unavailable when their origin is away.
    """
    async with node.reading() as session:
        post = await find_post(session, iri)
        quoted = await find_post(session, post.quote_iri) if post is not None and post.quote_iri else None
        answered = await session.get(Post, post.parent_id) if post is not None and post.parent_id else None
        owners = [
            await session.get(Actor, one.author_id) if one is not None else None for one in (quoted, answered)
        ]
    if post is None:
        return
    budget = Budget(FETCHES)
    bad_quote = post.quote_stamp is not None and not await _holds(
        node, post.quote_stamp, budget, author=owners[0], kind="QuoteAuthorization", interaction=iri
    )
    bad_reply = post.approved_by is not None and not await _holds(
        node, post.approved_by, budget, author=owners[1], kind="ReplyApproval", interaction=iri
    )
    async with node.transaction() as tx:
        kept = await find_post(tx.session, iri)
        if kept is None:
            return
        if bad_quote and kept.quote_stamp == post.quote_stamp:
            kept.quote_stamp = None
        if bad_reply and kept.approved_by == post.approved_by:
            kept.approved_by = None


async def _holds(
    node: Node, stamp: str, budget: Budget, *, author: Actor | None, kind: str, interaction: str
) -> bool:
    """Tell whether the stamp is there, of that kind, by that author, for that post."""
    if is_ours(node, stamp):
        return True  # judged when the post was kept, against what we gave
    if author is None or not same_origin(stamp, author.iri):
        return False
    try:
        found = await fetch_document(node, stamp, budget)
    except Refused as error:
        log.info("no such stamp", stamp=stamp, error=str(error))
        return False
    if "Accept" in types_of(found.get("type")):  # GoToSocial before 0.19
        return web_iri(found.get("actor")) == author.iri and web_iri(found.get("object")) == interaction
    named = web_iri(found.get("interactingObject")) or web_iri(found.get("object"))
    by = web_iri(found.get("attributedTo"))
    return kind in types_of(found.get("type")) and by == author.iri and named == interaction
