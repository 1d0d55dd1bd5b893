"""POST to an inbox: bounds first, then `inbox.receive`. Shared and personal inboxes are one path (B.9)."""

from __future__ import annotations

import asyncio

from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response

from node.activitypub.signatures import SignedRequest
from node.errors import Malformed, NotFound, TooLarge, Unavailable
from node.inbox.receive import receive
from node.runtime import Node
from node.store.queries.actors import find_at
from node.web.activitypub.asking import as_received


async def shared(request: Request) -> Response:
    """POST /inbox: an activity for anybody here."""
    return await _take(request)


async def personal(request: Request) -> Response:
    """POST /u/{name}/inbox and /c/{name}/inbox: an activity; NotFound unless the actor lives here."""
    node: Node = request.app.state.node
    path = request.scope["path"].removesuffix("/inbox")
    async with node.reading() as session:
        actor = await find_at(session, node.settings.host, path)
    if actor is None:
        raise NotFound("There is no such inbox here.", detail=path)
    return await _take(request)


async def _take(request: Request) -> Response:
    """Read the request within its bounds and answer 202.

    Raises what `receive` raises, and Unavailable when the whole takes longer than inbox_timeout (A58): a 202
    means that it was taken, so one that was cut off is to be sent again.
    """
    node: Node = request.app.state.node
    try:
        async with asyncio.timeout(node.settings.inbox_timeout):
            signed = await _signed_request(request, node.settings.max_body)
            await node.reach("I1")
            address = request.client.host if request.client else ""
            receipt = await receive(node, signed, address=address)
    except TimeoutError as error:
        raise Unavailable("This took too long. Please send it again later.", retry_after=60) from error
    except ClientDisconnect as error:
        raise Malformed("The request ended before its body did.") from error
    return Response(status_code=receipt.status)


async def _signed_request(request: Request, limit: int) -> SignedRequest:
    return as_received(request, await _body(request, limit))


async def _body(request: Request, limit: int) -> bytes:
    """Return the body, counted as it comes in; raise TooLarge as soon as it is too long (V54)."""
    too_long = f"An activity may have at most {limit} bytes."
    stated = request.headers.get("content-length", "0")
    if stated.isdigit() and int(stated[:20]) > limit:
        raise TooLarge(too_long)
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > limit:
            raise TooLarge(too_long)
    return bytes(body)
