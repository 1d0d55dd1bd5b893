"""The history of a group, fetched when the first member here joins it, and more of it when asked (RULE E3).

Its outbox names the threads, flat or in pages; each comes from its own origin; then each thread's comments, who
moderates, what is featured, how many follow. What is known is not fetched again, so an interrupted backfill goes
on where it was, and the next one goes further back.
"""

from __future__ import annotations

from datetime import datetime

import structlog
from sqlalchemy import delete, update
from sqlmodel import col, select

from node.activitypub import reading
from node.activitypub.documents import CollectionDocument
from node.errors import NodeError, Unavailable
from node.inbox.actors import fetch_actor
from node.inbox.conversation import CHUNK, keep, parents_first, visit
from node.inbox.errands import Errand, Report, to_nobody
from node.inbox.fetching import fetch_collection
from node.inbox.listings import PAGES, Listing, items_of, read_listing
from node.network.client import Budget
from node.runtime import Node
from node.store.queries.posts import find_post
from node.store.tables.actors import Actor
from node.store.tables.follows import Moderator
from node.store.tables.posts import Post

MODERATORS = 50
FEATURED = 20  # posts that a group may feature here
THREADS_VISITED = 50  # whose comments are asked for, the newest first

log = structlog.get_logger()


async def backfill(node: Node, iri: str, report: Report = to_nobody, *, since: datetime | None = None) -> int:
    """Fetch the group's history, further back than the last time; return how many posts it brought.

    report: called with the number of objects that are here. since: when this was begun; threads that were visited
    after that are not visited again. Raises Unavailable when the group's node is away.
    """
    group = await fetch_actor(node, iri, Budget(node.settings.fetches_per_activity), anew=True)
    if group.is_local or not group.is_group:
        return 0
    limit = node.settings.backfill_limit
    errand = Errand(node, limit // 2 or limit, report)
    await fetch_moderators(node, group)
    await count_followers_at_home(node, group)
    await _fetch_threads(errand, group)
    await fetch_featured(node, group, errand)
    errand.left += limit - limit // 2
    errand.budget.left += 2 * limit  # the threads have had theirs
    for thread in await _to_visit(node, group, since):
        if errand.is_over or errand.is_tired_of(group.iri):
            break
        try:
            await visit(errand, thread, deep=True)
        except NodeError as error:
            errand.failed(thread.iri, error)
    if errand.is_tired_of(group.iri):
        raise Unavailable("The group's node cannot be reached at the moment.", detail=group.iri)
    return errand.new


async def _fetch_threads(errand: Errand, group: Actor) -> None:
    if group.outbox is None:
        return
    listing = await read_listing(errand.node, group.outbox, errand.budget)
    if listing is None:
        return
    stopped_at: str | None = None
    async for page in listing.pages(at_most=PAGES, begin_at=group.history_page):
        await _take_page(errand, group, listing, page)
        if errand.is_over:
            stopped_at = page.iri if page.iri != listing.iri else None
            break
    async with errand.node.transaction() as tx:
        kept = await tx.session.get_one(Actor, group.id)
        kept.history_page = stopped_at or listing.page_after


async def _take_page(errand: Errand, group: Actor, listing: Listing, page: CollectionDocument) -> None:
    unknown = await errand.unknown_among(page.items)
    await errand.report(errand.here)
    for start in range(0, len(unknown), CHUNK):
        if errand.is_over:
            return
        documents = await errand.fetch_all(unknown[start : start + CHUNK], vouched_by=listing.iri)
        for document in parents_first(documents):
            errand.left -= 1
            await keep(errand, document, listed_by=group)


async def _to_visit(node: Node, group: Actor, since: datetime | None) -> list[Post]:
    """Return threads of the group whose comments may be missing, those never visited first."""
    query = select(Post).where(
        col(Post.group_id) == group.id,
        col(Post.root_id).is_(None),
        col(Post.in_reply_to).is_(None),
        col(Post.deleted_at).is_(None),
        col(Post.removed_at).is_(None),
        col(Post.document) != "",
    )
    if since is not None:
        query = query.where(col(Post.refreshed_at).is_(None) | (col(Post.refreshed_at) < since))
    order = (col(Post.refreshed_at).nulls_first(), col(Post.published).desc())
    async with node.reading() as session:
        return list(await session.scalars(query.order_by(*order).limit(THREADS_VISITED)))


async def fetch_moderators(node: Node, group: Actor) -> None:
    """Replace the group's list of moderators by that of its own collection (A10, I.89)."""
    if group.moderators is None:
        return
    budget = Budget(MODERATORS + PAGES)
    try:
        items = items_of(node, group.moderators, budget)
        iris = [iri async for item in items if (iri := reading.id_of(item))]
        found = [await fetch_actor(node, iri, budget) for iri in dict.fromkeys(iris[:MODERATORS])]
    except NodeError as error:
        log.info("moderators not read", group=group.iri, error=str(error))
        return
    async with node.transaction() as tx:
        await tx.session.execute(delete(Moderator).where(col(Moderator.group_id) == group.id))
        await tx.session.execute(update(Actor).where(col(Actor.id) == group.id).values(moderators_at=tx.now))
        for actor_id in dict.fromkeys(actor.id for actor in found):
            tx.session.add(Moderator(group_id=group.id or 0, actor_id=actor_id or 0, since=tx.now))


async def count_followers_at_home(node: Node, group: Actor) -> None:
    """Note how many follow the group, as its home counts them."""
    if group.followers is None:
        return
    try:
        total = (await fetch_collection(node, group.followers, Budget(PAGES))).total_items
    except NodeError as error:
        log.info("followers not counted", group=group.iri, error=str(error))
        return
    async with node.transaction() as tx:
        (await tx.session.get_one(Actor, group.id)).home_followers = total


async def fetch_featured(node: Node, group: Actor, errand: Errand) -> None:
    """Feature what the group's own collection names, and nothing else of the group."""
    if group.featured is None:
        return
    named: list[str] = []
    try:
        listing = await read_listing(node, group.featured, Budget(PAGES + 1))
        if listing is None:
            return
        async for page in listing.pages():
            items = list(page.items[: FEATURED - len(named)])
            named += [iri for item in items if (iri := reading.id_of(item))]
            unknown = await errand.unknown_among(items)
            for document in await errand.fetch_all(unknown, vouched_by=listing.iri):
                errand.left -= 1
                await keep(errand, document, listed_by=group)
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
