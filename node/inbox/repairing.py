"""Mending one thread: what a member asks for with a button, and what a comment without its parent asks for (E4)."""

from __future__ import annotations

from node.activities.keeping import place_below, revise, says_otherwise
from node.activities.update import is_newer
from node.activitypub import reading, strictjson
from node.errors import Gone, NodeError, NotFound, Refused
from node.inbox.conversation import keep, take, trusted_contexts, visit
from node.inbox.departing import bury
from node.inbox.errands import Errand, Report, to_nobody
from node.inbox.fetching import fetch_object
from node.inbox.listings import read_listing
from node.inbox.verifying import ask_about_thread
from node.network.client import Budget
from node.runtime import Node
from node.store.queries.posts import find_post
from node.store.tables.posts import Post

POSTS = 200  # brought by one repair
FETCHES = 5  # for the thread itself


async def repair(node: Node, iri: str, report: Report = to_nobody) -> int:
    """Fetch what is missing of the thread that the post of that id is in; return how many posts that brought.

    report: called with the number of posts that are here. Raises Unavailable when its home is away.
    """
    async with node.reading() as session:
        post = await find_post(session, iri)
        if post is None:
            raise NotFound("This post is not known here.", detail=iri)
        root = await session.get(Post, post.root_id) if post.root_id else post
    errand = Errand(node, POSTS, report)
    if root is not None and root.in_reply_to is not None:
        await _find_the_thread_of(errand, root)
        return errand.new
    if root is None or not root.document:
        return 0  # a thread of ours is at home here
    async with node.transaction() as tx:
        await ask_about_thread(tx, root)
    await _read_again(node, root)
    await visit(errand, root, anew=True, deep=True)
    async with node.transaction() as tx:
        mended = await tx.session.get_one(Post, root.id)
        mended.repaired_at, mended.repair_found = tx.now, errand.new
    return errand.new


async def _find_the_thread_of(errand: Errand, orphan: Post) -> None:
    """Walk up from an answer whose thread is not here; else take what `context` lists, the thread included."""
    errand.budget = Budget(errand.node.settings.fetches_per_activity)  # it was one arrival that asked (V53)
    document = reading.read_object(strictjson.load(orphan.document.encode()))
    await keep(errand, document)
    errand.new = 0
    async with errand.node.reading() as session:
        found = await find_post(session, orphan.iri)
    if found is None or found.parent_id is not None:
        errand.new = 1
        return
    for context in await trusted_contexts(errand.node, orphan):
        listing = await read_listing(errand.node, context, errand.budget)
        if listing is None:
            continue
        listed: set[str] = set()
        async for page in listing.pages():
            unknown = await errand.unknown_among(page.items)
            listed |= {iri for item in page.items if (iri := reading.id_of(item)) is not None}
            await take(errand, unknown, listing.iri, None)
            if errand.is_over:
                break
        if orphan.iri in listed and await _is_gone(errand, orphan.in_reply_to or ""):
            await _place_by_list(errand.node, orphan.iri, context, listed)


async def _is_gone(errand: Errand, iri: str) -> bool:
    """Tell whether its origin says that there was something of that id, and is no more."""
    try:
        await fetch_object(errand.node, iri, errand.budget)
    except Gone:
        return True
    except NodeError as error:
        errand.failed(iri, error)
    return False


async def _place_by_list(node: Node, iri: str, context: str, listed: set[str]) -> None:
    """Put an answer to what is gone below the thread in whose list, at home, it stands."""
    async with node.transaction() as tx:
        orphan = await find_post(tx.session, iri)
        if orphan is None or orphan.parent_id is not None:
            return
        for one in sorted(listed - {iri}):
            thread = await find_post(tx.session, one)
            if thread is not None and thread.in_reply_to is None and thread.context_iri == context:
                await place_below(tx, orphan, thread)
                return


async def _read_again(node: Node, root: Post) -> None:
    """Take the newest version of the thread itself; its likes are counted in it, by some."""
    try:
        document = await fetch_object(node, root.iri, Budget(FETCHES))
    except Gone:
        await bury(node, root.iri)
        return
    except Refused:
        return  # it may merely not be shown to us
    async with node.transaction() as tx:
        post = await tx.session.get_one(Post, root.id)
        if post.verify_by is not None or post.deleted_at is not None:
            return
        if not await is_newer(tx, post, document):
            return
        if document.updated is not None or await says_otherwise(tx, post, document):
            await revise(tx, post, document)  # else nobody edited it: it would be shown as edited now
