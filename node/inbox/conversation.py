"""A thread as its home has it: its comments, and what home counts (RULE E3, E4).

`context` lists the whole thread; where there is none, `replies` is followed from answer to answer, as Mastodon
and its kin serve it. A list is a hint and no more: it places nothing in a thread that does not answer it.
"""

from __future__ import annotations

import json
from collections import deque
from dataclasses import dataclass
from typing import Any

from sqlmodel import col, select

from node.activitypub import reading
from node.activitypub.documents import ObjectDocument
from node.activitypub.origin import same_origin
from node.activitypub.values import count
from node.errors import NodeError, Refused, TooMany, Unavailable
from node.inbox.departing import look_for_deleted
from node.inbox.errands import PATIENCE, Errand, Item
from node.inbox.fetching import fetch_collection, fetch_document, is_ours
from node.inbox.listings import Listing, read_listing
from node.inbox.resolve import keep_post
from node.runtime import Node
from node.store.tables.actors import Actor
from node.store.tables.posts import Post

COLLECTIONS = 40  # `replies` of one thread that are read on one visit
CHUNK = 20  # items fetched side by side before they are kept
MOST = 10_000_000  # what anybody may count at home; more is nonsense


@dataclass(slots=True)
class Visit:
    """What one visit at home found. unchanged: nothing, since the last one."""

    etag: str = ""
    unchanged: bool = False
    found: bool = False
    comments: int | None = None  # as home counts them
    at_least: bool = False  # there may be more: only direct answers were counted
    listed: set[str] | None = None  # ids in the list of the whole thread, when all of it was read
    upvotes: int | None = None


async def visit(errand: Errand, root: Post, *, anew: bool = False, deep: bool = False) -> Visit:
    """Bring what is missing of a thread of another node, and note what its home counts.

    anew: read it even if it has not changed since. deep: look below comments that are here already, too.
    Raises Unavailable when its home is away.
    """
    seen = Visit()
    for context in await trusted_contexts(errand.node, root):
        seen = await _read_context(errand, root, context, etag="" if anew else root.refresh_etag)
    if seen.listed is not None and deep:
        await look_for_deleted(errand, root, seen.listed)
    if not seen.unchanged:
        if not seen.found and root.replies_iri is not None:
            await _read_replies(errand, root, deep=deep, seen=seen)
        seen.upvotes = await _votes_at_home(errand, root)
    await _write_down(errand.node, root, seen)
    return seen


async def trusted_contexts(node: Node, post: Post) -> list[str]:
    """Return where the whole thread may be read: at its author's node or its group's, never at a third (V53)."""
    context = post.context_iri
    if context is None or is_ours(node, context):
        return []
    async with node.reading() as session:
        group = await session.get(Actor, post.group_id) if post.group_id else None
    homes = [post.iri, post.in_reply_to or post.iri, *([group.iri] if group is not None else [])]
    return [context] if any(same_origin(context, home) for home in homes) else []


async def take(errand: Errand, items: list[Item], place: str, root_id: int | None) -> list[Post]:
    """Keep the comments in *items* that are not here, and return them; for at most PATIENCE strays.

    place: the list they stand in. root_id: of the thread that they must turn out to belong to; None: any.
    """
    kept: list[Post] = []
    for start in range(0, len(items), CHUNK):
        if errand.is_over or errand.strays >= PATIENCE:
            break
        documents = await errand.fetch_all(items[start : start + CHUNK], vouched_by=place)
        for document in parents_first(documents):
            if errand.left <= 0 or errand.strays >= PATIENCE:
                break
            errand.left -= 1
            if document.in_reply_to is None:
                errand.stray(document, place)  # a thread: no author's list places it anywhere
                continue
            post = await keep(errand, document)
            if post is not None and root_id is not None and post.root_id != root_id:
                errand.stray(document, place)
            elif post is not None:
                kept.append(post)
    return kept


async def keep(errand: Errand, document: ObjectDocument, *, listed_by: Actor | None = None) -> Post | None:
    """Keep one post of the errand and say so; None when it cannot be."""
    try:
        post = await keep_post(errand.node, document, errand.portion(), listed_by=listed_by)
    except (Refused, Unavailable) as error:
        if not isinstance(error, TooMany):
            errand.failed(document.iri, error)
        return None
    errand.new += 1
    errand.here += 1
    await errand.report(errand.here)
    return post


def parents_first(documents: list[ObjectDocument]) -> list[ObjectDocument]:
    """Return the documents so that none stands before what it answers; loops go last, as they came."""
    waiting = {document.iri: document for document in documents}
    ordered: list[ObjectDocument] = []
    while waiting:
        ready = [one for one in waiting.values() if one.in_reply_to not in waiting] or [*waiting.values()]
        ordered += ready
        for one in ready:
            del waiting[one.iri]
    return ordered


async def _read_context(errand: Errand, root: Post, context: str, *, etag: str) -> Visit:
    listing = await read_listing(errand.node, context, errand.budget, etag=etag)
    if listing is None:
        return Visit()
    seen = Visit(listing.etag, unchanged=listing.head is None, found=listing.head is None)
    before = errand.here
    listed = await _read_pages(errand, listing, root)
    whole = listing.total
    seen.listed = listed if whole is not None and root.iri in listed and len(listed) >= whole else None
    if seen.unchanged or errand.here > before:
        seen.found = True
        seen.comments = max(whole - 1, 0) if whole is not None else None  # the thread is one of its items
    return seen


async def _read_pages(errand: Errand, listing: Listing, root: Post) -> set[str]:
    """Take what the pages list, and return the ids that they name."""
    listed: set[str] = set()
    async for page in listing.pages(backwards=root.comment_count > 0):
        unknown = await errand.unknown_among(page.items)
        listed |= {iri for item in page.items if (iri := reading.id_of(item)) is not None}
        await take(errand, unknown, listing.iri, root.id)
        if errand.is_over or errand.strays >= PATIENCE:
            break
    return listed


async def _read_replies(errand: Errand, root: Post, *, deep: bool, seen: Visit) -> None:
    """Follow `replies` breadth first, from a queue: no depth of theirs is a depth of ours (A47, V64)."""
    queue = deque([(root.replies_iri, root.iri)])
    asked: set[str] = set()
    while queue and len(asked) < COLLECTIONS and not errand.is_over and errand.strays < PATIENCE:
        iri, owner = queue.popleft()
        if iri is None or iri in asked or is_ours(errand.node, iri) or not same_origin(iri, owner):
            continue
        asked.add(iri)
        if errand.is_tired_of(iri):
            continue
        try:
            listing = await read_listing(errand.node, iri, errand.budget)
        except (Unavailable, TooMany) as error:
            if owner == root.iri:
                raise
            errand.failed(iri, error)
            continue
        if listing is None:
            continue
        if owner == root.iri:
            seen.comments, seen.at_least = listing.total, True
        queue.extend(await _below(errand, listing, root, deep=deep))


async def _below(errand: Errand, listing: Listing, root: Post, *, deep: bool) -> list[tuple[str | None, str]]:
    """Take the answers in one list, and return where theirs are."""
    below: list[tuple[str | None, str]] = []
    async for page in listing.pages():
        unknown = await errand.unknown_among(page.items)
        fresh = await take(errand, unknown, listing.iri, root.id)
        if deep:
            fresh = await _of_thread(errand.node, [reading.id_of(item) for item in page.items], root)
        below += [(post.replies_iri, post.iri) for post in fresh]
        if errand.is_over or errand.strays >= PATIENCE:
            break
    return below


async def _of_thread(node: Node, iris: list[str | None], root: Post) -> list[Post]:
    wanted = [iri for iri in iris[: CHUNK * PATIENCE] if iri is not None]
    async with node.reading() as session:
        return list(
            await session.scalars(
                select(Post).where(
                    col(Post.iri).in_(wanted),
                    col(Post.root_id) == root.id,
                    col(Post.replies_iri).is_not(None),
                )
            )
        )


async def _votes_at_home(errand: Errand, root: Post) -> int | None:
    """Return how many like the thread at home: told by `likes`, a collection or its address (RULE E1)."""
    likes: Any = json.loads(root.document).get("likes") if root.document else None
    iri = reading.id_of(likes)
    if likes is None or (iri is not None and not same_origin(iri, root.iri)):
        return None
    try:
        if isinstance(likes, dict) and "totalItems" in likes:  # it was counted when the thread was read
            again = await fetch_document(errand.node, root.iri, errand.portion(), exact=True)
            likes = again.get("likes")
            return count(likes.get("totalItems")) if isinstance(likes, dict) else None
        if iri is None:
            return None
        return (await fetch_collection(errand.node, iri, errand.portion())).total_items
    except NodeError as error:
        errand.failed(root.iri, error)
        return None


async def _write_down(node: Node, root: Post, seen: Visit) -> None:
    async with node.transaction() as tx:
        post = await tx.session.get_one(Post, root.id)
        post.refreshed_at = tx.now
        if not seen.unchanged:
            post.refresh_etag = seen.etag
            told = seen.comments if (seen.comments or 0) <= MOST else None
            fewer = seen.at_least and told is not None and told <= post.comment_count
            post.home_comments = None if fewer else told
            post.home_upvotes = seen.upvotes if (seen.upvotes or 0) <= MOST else None
        if post.home_comments is not None or post.home_upvotes is not None:
            post.home_counted_at = tx.now
