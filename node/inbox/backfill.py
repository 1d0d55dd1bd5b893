"""The history of a group, fetched once when the first member here joins it (RULE E3).

Its outbox names the posts, flat or in pages; each post comes from its own origin; `context` or `replies` name
the comments. Then who moderates, and what is featured. What is known is not fetched again, so an interrupted
backfill goes on where it was.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

import structlog
from sqlalchemy import delete, update
from sqlmodel import col

from node.activitypub import reading
from node.activitypub.documents import CollectionDocument, ObjectDocument
from node.activitypub.origin import same_origin
from node.errors import NodeError, Refused, TooMany, Unavailable
from node.inbox.actors import fetch_actor
from node.inbox.fetching import checked_object, fetch_collection, fetch_document, fetch_object
from node.inbox.resolve import keep_post
from node.network.client import Budget
from node.runtime import Node
from node.store.queries.posts import find_post
from node.store.tables.actors import Actor
from node.store.tables.follows import Moderator
from node.store.tables.posts import Post

PAGES = 5  # of one collection (A48)
MODERATORS = 50
WRAPPERS = 3  # an id of an Announce of a Create of a Page is the deepest shape seen
PATIENCE = 5  # fetches in a row that find nobody: then the rest waits for another attempt

Item = str | dict[str, Any]
Report = Callable[[int], Awaitable[None]]

log = structlog.get_logger()


@dataclass
class Backfill:
    """One group's backfill. done: objects that are here now, for those who watch."""

    node: Node
    group: Actor
    report: Report
    left: int
    done: int = 0
    failed_in_a_row: int = 0
    seen: set[str] = field(default_factory=set)

    def budget(self) -> Budget:
        """Return a budget for one object."""
        return Budget(self.node.settings.fetches_per_activity)


async def backfill(node: Node, iri: str, report: Report) -> None:
    """Fetch the group's history. report: called with the number of objects that are here.

    Raises Unavailable when the group's node, or too many others in a row, are away.
    """
    group = await fetch_actor(node, iri, Budget(node.settings.fetches_per_activity), anew=True)
    if group.is_local or not group.is_group:
        return
    work = Backfill(node, group, report, left=node.settings.backfill_limit)
    await fetch_moderators(node, group)
    if group.outbox is not None:
        async for item in items_of(node, group.outbox, work.budget()):
            if work.left <= 0:
                break
            await _take_thread(work, item)
    await fetch_featured(node, group)


async def items_of(node: Node, iri: str, budget: Budget) -> AsyncIterator[Item]:
    """Yield what a collection holds, flat or in at most PAGES pages of its own origin; nothing if it is none."""
    try:
        page: CollectionDocument | None = await fetch_collection(node, iri, budget)
    except Refused as error:
        log.info("collection not read", collection=iri, error=str(error))
        return
    seen = {iri}
    for _ in range(PAGES + 1):
        if page is None:
            return
        for item in page.items:
            yield item
        page = await _next_page(node, page, iri, seen, budget)


async def _next_page(
    node: Node, page: CollectionDocument, iri: str, seen: set[str], budget: Budget
) -> CollectionDocument | None:
    if isinstance(page.first, dict):
        return reading.read_collection(page.first)
    following = page.next or page.first
    if following is None or following in seen or not same_origin(following, iri):
        return None
    seen.add(following)
    try:
        return await fetch_collection(node, following, budget)
    except NodeError as error:
        log.info("page not read", collection=iri, page=following, error=str(error))
        return None


async def _take_thread(work: Backfill, item: Item) -> None:
    document = await _take(work, item, vouched_by=work.group.iri)
    if document is None or document.in_reply_to is not None:
        return
    for collection in (document.context, document.replies):
        if collection is None or work.left <= 0:
            continue
        found = False
        try:
            async for answer in items_of(work.node, collection, work.budget()):
                found = True
                if work.left <= 0:
                    break
                await _take(work, answer, vouched_by=collection)
        except Unavailable as error:
            log.info("answers not read", collection=collection, error=str(error))
        if found:
            return


async def _take(work: Backfill, item: Item, *, vouched_by: str) -> ObjectDocument | None:
    """Keep one post; return its document, or None when it was skipped or seen before."""
    try:
        document = await _document(work, item, vouched_by)
        if document is None or document.iri in work.seen:
            return None
        work.left -= 1
        if document.in_reply_to is None and not same_origin(vouched_by, work.group.iri):
            return None  # a thread of another group, or of none: its author's list does not place it here
        work.seen.add(document.iri)
        listed_by = work.group if same_origin(vouched_by, work.group.iri) else None
        post = await keep_post(work.node, document, work.budget(), listed_by=listed_by)
        if post.group_id == work.group.id:
            work.done += 1
        work.failed_in_a_row = 0
    except (Refused, TooMany) as error:
        log.info("history skipped", group=work.group.iri, error=str(error))
        return None
    except Unavailable as error:
        work.failed_in_a_row += 1
        if work.failed_in_a_row >= PATIENCE:
            raise
        log.info("history skipped", group=work.group.iri, error=str(error))
        return None
    await work.report(work.done)
    return document


async def _document(work: Backfill, item: Item, vouched_by: str) -> ObjectDocument | None:
    """Return the post in an item, whatever it is wrapped in; None for what is no post."""
    budget = work.budget()
    current: Any = item
    for _ in range(WRAPPERS):
        if isinstance(current, str):
            if current in work.seen:
                return None
            fetched = await fetch_document(work.node, current, budget)
            current, vouched_by = fetched, reading.id_of(fetched) or current
        kind = reading.kind_of(current)
        if kind == "object":
            iri = reading.id_of(current) or ""
            is_own = same_origin(iri, vouched_by)
            return checked_object(current) if is_own else await fetch_object(work.node, iri, budget)
        if kind != "activity":
            return None
        current = current.get("object")
        if isinstance(current, list):
            current = next(iter(current), None)
        if not isinstance(current, (str, dict)):
            return None
    return None


async def fetch_moderators(node: Node, group: Actor) -> None:
    """Replace the group's list of moderators by that of its own collection (A10, I.89)."""
    if group.moderators is None:
        return
    budget = Budget(MODERATORS + PAGES)
    found: list[Actor] = []
    try:
        async for item in items_of(node, group.moderators, budget):
            iri = reading.id_of(item)
            if iri is not None and len(found) < MODERATORS:
                found.append(await fetch_actor(node, iri, budget))
    except NodeError as error:
        log.info("moderators not read", group=group.iri, error=str(error))
        return
    async with node.transaction() as tx:
        await tx.session.execute(delete(Moderator).where(col(Moderator.group_id) == group.id))
        for actor_id in dict.fromkeys(actor.id for actor in found):
            tx.session.add(Moderator(group_id=group.id or 0, actor_id=actor_id or 0, since=tx.now))


async def fetch_featured(node: Node, group: Actor) -> None:
    """Feature what the group's own collection names, and nothing else of the group."""
    if group.featured is None:
        return
    named: list[str] = []
    try:
        async for item in items_of(node, group.featured, Budget(PAGES + 1)):
            iri = reading.id_of(item)
            if iri is not None:
                named.append(iri)
    except NodeError as error:
        log.info("featured posts not read", group=group.iri, error=str(error))
        return
    async with node.transaction() as tx:
        await tx.session.execute(
            update(Post)
            .where(col(Post.group_id) == group.id, col(Post.iri).not_in(named))
            .values(featured_at=None)
        )
        for iri in named:
            post = await find_post(tx.session, iri)
            if post is not None and post.group_id == group.id:
                post.featured_at = post.featured_at or tx.now
