"""GET of a post or comment, and of the collections below it (FEDERATION A.7, C.2, C.3, E)."""

from __future__ import annotations

from http import HTTPStatus

from sqlalchemy.ext.asyncio import AsyncSession
from starlette.requests import Request
from starlette.responses import Response

from node.activitypub import writing
from node.errors import NotFound
from node.store.queries.collections import find_gone, find_shown, reply_iris, thread_iris
from node.store.queries.documents import object_document
from node.store.tables.actors import Actor
from node.store.tables.posts import Post
from node.web.activitypub.serving import NOTHING, document, node_of, own_iri, to_origin


async def post(request: Request) -> Response:
    """GET /post/{token} or /comment/{token}: ours as a document, another node's by sending the asker there.

    410 and a Tombstone where something public was; 404 for what never was and what is not public alike.
    """
    token: str = request.path_params["token"]
    async with node_of(request).reading() as session:
        found = await find_shown(session, token)
        if found is not None:
            author = await session.get_one(Actor, found.author_id)
            if not author.is_local:
                return to_origin(found.iri)
            _check_address(request, found)
            return document(request, await object_document(session, found), page=found.url)
        gone = await find_gone(session, token)
    if gone is None:
        raise NotFound(NOTHING, detail=token)
    _check_address(request, gone)
    stone = writing.write_tombstone(
        gone.iri, former_type=gone.kind, deleted=gone.deleted_at or gone.removed_at
    )
    return document(request, stone, status=HTTPStatus.GONE)


async def context(request: Request) -> Response:
    """GET /post/{token}/context: the ids of a thread in order, where it or its group is ours (RULE E1)."""
    async with node_of(request).reading() as session:
        root = await find_shown(session, request.path_params["token"])
        if root is None or root.depth:
            raise NotFound(NOTHING)
        group = await session.get(Actor, root.group_id) if root.group_id else None
        if group is None or not group.is_local:
            await _check_ours(session, root)
        iris, total = await thread_iris(session, root)
    group_iri = group.iri if group else None
    listed = writing.write_ordered_collection(
        own_iri(request), iris, total=total, name=root.title, attributed_to=group_iri, audience=group_iri
    )
    return document(request, listed, page=_page_of(request))


async def replies(request: Request) -> Response:
    """GET .../replies: the ids of the direct answers."""
    async with node_of(request).reading() as session:
        found = await _ours_at(session, request)
        iris, total = await reply_iris(session, found)
    return _collection(request, total, iris)


async def likes(request: Request) -> Response:
    """GET .../likes: how many, not who."""
    async with node_of(request).reading() as session:
        found = await _ours_at(session, request)
    return _collection(request, found.upvotes, [])


async def shares(request: Request) -> Response:
    """GET .../shares: how many, not who."""
    async with node_of(request).reading() as session:
        found = await _ours_at(session, request)
    return _collection(request, found.shares, [])


def _collection(request: Request, total: int, iris: list[str]) -> Response:
    listed = writing.write_collection(own_iri(request), total=total, items=iris)
    return document(request, listed, page=_page_of(request))


async def _ours_at(session: AsyncSession, request: Request) -> Post:
    """Return the post whose collection is asked for; raise NotFound unless it is ours and public."""
    found = await find_shown(session, request.path_params["token"])
    if found is None or found.iri != _page_of(request):
        raise NotFound(NOTHING)
    await _check_ours(session, found)
    return found


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
