"""GET of a post or comment, and of the collections below it (FEDERATION A.7, C.2, C.3, E)."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession
from starlette.requests import Request
from starlette.responses import Response

from node.activitypub import writing, writing_objects
from node.activitypub.vocabulary import PLAIN_CONTEXT
from node.errors import NotFound
from node.store.queries import collections as queries
from node.store.queries.collections import (
    find_gone,
    find_shown,
    find_shown_to_members,
    reply_iris,
    thread_iris,
)
from node.store.queries.documents import object_document
from node.store.queries.untouched import find_origin
from node.store.relying import rely_on
from node.store.tables.actors import Actor
from node.store.tables.gatherings import Event
from node.store.tables.posts import Post
from node.web.activitypub.asking import admit, is_admitted
from node.web.activitypub.hot import kept
from node.web.activitypub.serving import NOTHING, document, node_of, own_iri, to_origin

LAST_PAGE = 1_000_000  # no thread has more, and databases count no further than their integers


@kept
async def post(request: Request) -> Response:
    """GET /post/{token} or /comment/{token}: ours as a document, another node's by sending the asker there.

    410 and a Tombstone where something public was; 404 for what never was and what is not public alike.
    """
    token: str = request.path_params["token"]
    await admit_to_post(request, token)
    async with node_of(request).reading() as session:
        found = await _find(session, request, token)
        if found is not None:
            author = await session.get_one(Actor, found.author_id)
            if not author.is_local:
                return to_origin(found.iri)
            _check_address(request, found)
            written = await object_document(session, found)
            return document(request, written | await _first_replies(session, found), page=found.url)
        gone = await find_gone(session, token)
        origin = await find_origin(session, token) if gone is None else None
    if origin is not None:
        return to_origin(origin)
    if gone is None:
        raise NotFound(NOTHING, detail=token)
    _check_address(request, gone)
    stone = writing.write_tombstone(
        gone.iri, former_type=gone.kind, deleted=gone.deleted_at or gone.removed_at
    )
    return document(request, stone, status=HTTPStatus.GONE)


@kept
async def context(request: Request) -> Response:
    """GET /post/{token}/context: the ids of a thread in order, where it or its group is ours (RULE E1).

    Flat as long as others read it so; a longer one is the cover of its pages.
    """
    await admit_to_post(request, request.path_params["token"])
    async with node_of(request).reading() as session:
        root, group = await _thread_here(session, request)
        iris, total = await thread_iris(session, root)
    iri = own_iri(request)
    flat = total <= queries.THREAD_LENGTH
    listed = writing.write_ordered_collection(
        iri,
        iris if flat else None,
        total=total,
        name=root.title,
        attributed_to=group,
        audience=group,
        first=None if flat else f"{iri}/1",
        last=None if flat else f"{iri}/{_pages(total)}",
    )
    return document(request, listed, page=_page_of(request))


@kept
async def context_page(request: Request) -> Response:
    """GET /post/{token}/context/{number}: one page of a long thread, the first is 1."""
    number = min(int(request.path_params["number"]), LAST_PAGE)
    before = (number - 1) * queries.PAGE_LENGTH
    await admit_to_post(request, request.path_params["token"])
    async with node_of(request).reading() as session:
        root, _ = await _thread_here(session, request)
        iris, total = await thread_iris(session, root, after=max(before, 0), at_most=queries.PAGE_LENGTH)
    if total <= queries.THREAD_LENGTH or not 1 <= number <= _pages(total):
        raise NotFound(NOTHING, detail=f"page {number} of {total}")
    whole = _page_of(request)
    listed = writing.write_ordered_collection(
        own_iri(request),
        iris,
        total=total,
        part_of=whole,
        next_page=f"{whole}/{number + 1}" if number < _pages(total) else None,
        previous_page=f"{whole}/{number - 1}" if number > 1 else None,
    )
    return document(request, listed, page=whole.rpartition("/")[0])


@kept
async def replies(request: Request) -> Response:
    """GET .../replies: the ids of the direct answers."""
    await admit_to_post(request, request.path_params["token"])
    async with node_of(request).reading() as session:
        found = await _ours_at(session, request)
        iris, total = await reply_iris(session, found)
    return _collection(request, total, iris)


@kept
async def replies_page(request: Request) -> Response:
    """GET .../replies/{number}: page by page, behind the first, which stands in the post."""
    number = min(int(request.path_params["number"]), LAST_PAGE)
    after = 0 if number == 1 else queries.FIRST_REPLIES + (number - 2) * queries.PAGE_LENGTH
    at_most = queries.FIRST_REPLIES if number == 1 else queries.PAGE_LENGTH
    await admit_to_post(request, request.path_params["token"])
    async with node_of(request).reading() as session:
        found = await _ours_at(session, request, own_iri(request).rpartition("/replies/")[0])
        iris, total = await reply_iris(session, found, after=max(after, 0), at_most=at_most)
    if number < 1 or (number > 1 and not iris):
        raise NotFound(NOTHING, detail=f"page {number} of {total}")
    more = after + len(iris) < total
    page = writing_objects.write_replies_page(f"{found.iri}/replies", iris, number=number, more=more)
    return document(request, {"@context": PLAIN_CONTEXT, **page}, page=found.url or found.iri)


@kept
async def likes(request: Request) -> Response:
    """GET .../likes: how many, not who."""
    await admit_to_post(request, request.path_params["token"])
    async with node_of(request).reading() as session:
        found = await _ours_at(session, request)
        rely_on(f"v{found.id}")
    return _collection(request, found.upvotes, [])


@kept
async def attendees(request: Request) -> Response:
    """GET .../attendees: how many come to an event of ours, not who."""
    async with node_of(request).reading() as session:
        found = await _ours_at(session, request)
        event = await session.get(Event, found.id)
    if event is None:
        raise NotFound(NOTHING)
    return _collection(request, event.participants, [])


@kept
async def shares(request: Request) -> Response:
    """GET .../shares: how many, not who."""
    await admit_to_post(request, request.path_params["token"])
    async with node_of(request).reading() as session:
        found = await _ours_at(session, request)
        rely_on(f"v{found.id}")
    return _collection(request, found.shares, [])


async def _thread_here(session: AsyncSession, request: Request) -> tuple[Post, str | None]:
    """Return the thread whose context is asked for, and its group's id; raise NotFound for one that is not ours."""
    root = await _find(session, request, request.path_params["token"])
    if root is None or root.depth:
        raise NotFound(NOTHING)
    group = await session.get(Actor, root.group_id) if root.group_id else None
    if group is None or not group.is_local:
        await _check_ours(session, root)
    return root, group.iri if group is not None else None


def _pages(total: int) -> int:
    return -(-total // queries.PAGE_LENGTH)


def _collection(request: Request, total: int, iris: list[str]) -> Response:
    listed = writing.write_collection(own_iri(request), total=total, items=iris)
    return document(request, listed, page=_page_of(request))


async def _first_replies(session: AsyncSession, post: Post) -> dict[str, Any]:
    """Return `replies` of a post that is fetched, the first page inside.

    What is delivered names the collection alone: at first there are no answers, and receivers keep what they got.
    """
    iris, total = await reply_iris(session, post, at_most=queries.FIRST_REPLIES)
    return {"replies": writing_objects.write_replies(f"{post.iri}/replies", iris, total=total)}


async def _ours_at(session: AsyncSession, request: Request, iri: str | None = None) -> Post:
    """Return the post whose collection is asked for; raise NotFound unless it is ours and public.

    iri: its id, when the collection is not right below it.
    """
    found = await _find(session, request, request.path_params["token"])
    if found is None or found.iri != (iri or _page_of(request)):
        raise NotFound(NOTHING)
    await _check_ours(session, found)
    return found


async def admit_to_post(request: Request, token: str) -> None:
    """Ask who it is that wants a post of a private group written here. Raises as `admit`; others pass by."""
    async with node_of(request).reading() as session:
        found = await find_shown_to_members(session, token=token)
        if found is None:
            return
        post, group = found
        author = await session.get_one(Actor, post.author_id)
    if not author.is_local and not (post.depth == 0 and group.is_local):
        raise NotFound(NOTHING, detail=token)  # its own server says who reads it
    await admit(request, group)


async def _find(session: AsyncSession, request: Request, token: str) -> Post | None:
    """Return the post of that name, if anybody may read it or who asks was admitted to it."""
    if is_admitted(request):
        found = await find_shown_to_members(session, token=token)
        if found is not None:
            return found[0]
    return await find_shown(session, token)


async def _check_ours(session: AsyncSession, found: Post) -> None:
    author = await session.get_one(Actor, found.author_id)
    if not author.is_local:
        raise NotFound(NOTHING, detail=found.iri)


def _check_address(request: Request, found: Post) -> None:
    """A comment's name under /post/ is no address of anything."""
    if found.iri != own_iri(request):
        raise NotFound(NOTHING, detail=found.iri)


def _page_of(request: Request) -> str:
    return own_iri(request).rpartition("/")[0]
