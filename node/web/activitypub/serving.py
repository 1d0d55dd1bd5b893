"""How a document is handed out: exact type, strong ETag, for anybody's script to read (FEDERATION A.7)."""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from node.activitypub import strictjson
from node.activitypub.fitting import fitted
from node.activitypub.vocabulary import ACTIVITY_JSON, HTML
from node.errors import Gone, NotFound
from node.runtime import Node
from node.store.queries.actors import find_at
from node.store.tables.actors import Actor
from node.web.conditional import answer
from node.web.headers import PRIVATE
from node.web.negotiate import own_address

NOTHING = "There is nothing at this address, or nothing that you may see."  # the two look alike on purpose


def node_of(request: Request) -> Node:
    """Return the node that serves the request."""
    node: Node = request.app.state.node
    return node


def own_iri(request: Request) -> str:
    """Return the id that the request's path has on this node, whatever its Host header says (V105)."""
    path: str = request.scope["path"]
    return node_of(request).settings.home + path


def document(
    request: Request,
    content: Mapping[str, Any],
    *,
    status: int = HTTPStatus.OK,
    page: str | None = None,
) -> Response:
    """Answer with an ActivityPub document. page: where people read the same, by default this address."""
    response = data(request, strictjson.dump(fitted(content)), ACTIVITY_JSON, status=status)
    response.headers["Link"] = f'<{page or own_address(request)}>; rel="alternate"; type="{HTML}"'
    return response


def data(request: Request, body: bytes, media_type: str, *, status: int = HTTPStatus.OK) -> Response:
    """Answer with bytes that anybody may read and keep, or 304 to one who has them already."""
    request.state.body = body  # for who keeps it, were it a 304 now
    response = answer(request, body, media_type, status=status)  # Lemmy compares the type whole (RULE A5)
    if getattr(request.state, "is_private", False):
        response.headers["Cache-Control"] = PRIVATE
        response.headers["Vary"] = "Accept, Signature, Signature-Input"
    else:
        response.headers["Access-Control-Allow-Origin"] = "*"
    return response


def keep_private(request: Request) -> None:
    """Have the answer to *request* kept nowhere: another who asks may not be meant to read it (A74)."""
    request.state.is_private = True


def to_origin(iri: str) -> Response:
    """Send the asker to where a document of another node lives."""
    response = RedirectResponse(iri, HTTPStatus.PERMANENT_REDIRECT)
    response.headers["Content-Type"] = ACTIVITY_JSON
    response.headers["Access-Control-Allow-Origin"] = "*"
    return response


async def get_local_actor(session: AsyncSession, request: Request, path: str) -> Actor:
    """Return the actor of this node whose id is at *path*; raise NotFound, or Gone when it has left."""
    actor = await find_at(session, node_of(request).settings.host, path)
    if actor is None:
        raise NotFound(NOTHING, detail=path)
    if actor.deleted_at is not None:
        raise Gone("This account has been deleted.", detail=path)
    return actor
