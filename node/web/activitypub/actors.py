"""GET of an actor: the node itself, a person, a group (FEDERATION A.4 to A.6)."""

from __future__ import annotations

from http import HTTPStatus

from sqlalchemy.ext.asyncio import AsyncSession
from starlette.requests import Request
from starlette.responses import Response

from node.activitypub import writing
from node.activitypub.webfinger import parse_handle
from node.errors import Malformed, NotFound
from node.store.queries.actors import find_at, find_by_handle
from node.store.queries.documents import actor_document
from node.web.activitypub.hot import kept
from node.web.activitypub.serving import NOTHING, document, node_of, to_origin


@kept
async def instance(request: Request) -> Response:
    """GET /: the node's own actor, whose key signs what the node fetches. Never asks for a signature."""
    async with node_of(request).reading() as session:
        return await _local(session, request, "/")


@kept
async def person(request: Request) -> Response:
    """GET /u/{name}, or /u/{name}@{host} for somebody elsewhere."""
    return await _actor(request, "/u/", group=False)


@kept
async def group(request: Request) -> Response:
    """GET /c/{name}, or /c/{name}@{host} for a group elsewhere."""
    return await _actor(request, "/c/", group=True)


async def stub(request: Request) -> Response:
    """GET of an actor without a signature where one is asked for: as much as it takes to check one (FEDERATION B.2)."""
    path: str = request.scope["path"]
    async with node_of(request).reading() as session:
        actor = await find_at(session, node_of(request).settings.host, path)
        if actor is None or actor.deleted_at is not None:
            return await _local(session, request, path)
    whole = actor_document(actor)
    named = ("@context", "id", "type", "preferredUsername", "inbox", "publicKey", "assertionMethod")
    return document(request, {name: whole[name] for name in named if name in whole})


async def _actor(request: Request, folder: str, *, group: bool) -> Response:
    name: str = request.path_params["name"]
    async with node_of(request).reading() as session:
        if "@" not in name:
            return await _local(session, request, folder + name)
        try:
            handle = parse_handle(name)
        except Malformed as error:
            raise NotFound(NOTHING, detail=name) from error
        actor = await find_by_handle(session, handle.username, handle.host, group=group)
        if actor is None:
            raise NotFound(NOTHING, detail=name)
        return to_origin(actor.iri)


async def _local(session: AsyncSession, request: Request, path: str) -> Response:
    actor = await find_at(session, node_of(request).settings.host, path)
    if actor is None:
        raise NotFound(NOTHING, detail=path)
    if actor.deleted_at is not None:
        stone = writing.write_tombstone(actor.iri, former_type=actor.kind, deleted=actor.deleted_at)
        return document(request, stone, status=HTTPStatus.GONE)
    return document(request, actor_document(actor))
