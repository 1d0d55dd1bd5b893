"""Whether the pages that a profile names lead back to it: then they are its owner's (`rel="me"`)."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta

import structlog

from node.errors import NodeError, Refused, TooMany
from node.local.fields import REL
from node.network.client import Budget
from node.runtime import Node
from node.settings import MIB
from node.store.queries.actors import find_actor
from node.store.queries.fields import ProfileField, read_fields, write_fields
from node.store.tables.actors import Actor
from node.text.relations import links_of

AGAIN_AFTER = timedelta(days=7)
BELIEVED_FOR = timedelta(days=30)  # a mark outlives a page that cannot be reached for so long
FETCHES = 4  # for one page, redirects among them
LONGEST = MIB  # bytes of a page
ME = REL.partition(" ")[0]

log = structlog.get_logger()


async def check_links(node: Node, iri: str) -> datetime | None:
    """Look at each page that the profile of *iri* names, and note what leads back; return when to look again.

    None when there is no such profile, or it names no page.
    """
    async with node.reading() as session:
        actor = await find_actor(session, iri)
    if actor is None or actor.deleted_at is not None or not actor.is_local:
        return None
    asked = {one.source: await _judged(node, actor, one) for one in read_fields(actor.fields) if one.address}
    if not asked:
        return None
    async with node.transaction() as tx:
        kept = await find_actor(tx.session, iri)
        if kept is None:
            return None
        fields = read_fields(kept.fields)
        judged = [one.marked(asked[one.source]) if one.source in asked else one for one in fields]
        kept.fields = write_fields(judged)
        changed_meanwhile = any(one.address and one.source not in asked for one in fields)
        return tx.now if changed_meanwhile else tx.now + AGAIN_AFTER


async def _judged(node: Node, actor: Actor, field: ProfileField) -> datetime | None:
    """Return when the page last led back, now included; None: it does not."""
    now = node.clock.now()
    try:
        page = await node.client.get(field.address, accept="text/html", limit=LONGEST, budget=Budget(FETCHES))
    except NodeError as error:
        log.info("page of a profile not read", page=field.address, error=str(error))
        gone = isinstance(error, Refused) and not isinstance(error, TooMany)
        fresh = field.verified is not None and field.verified > now - BELIEVED_FOR
        return field.verified if fresh and not gone else None
    wanted = {one.removesuffix("/") for one in (actor.iri, actor.url) if one}
    source = page.body.decode("utf-8", "replace")
    back = await asyncio.to_thread(links_of, source, ME)
    return now if any(one.strip().removesuffix("/") in wanted for one in back) else None
