"""POST to an inbox: bounds first, then `inbox.receive`. Shared and personal inboxes are one path (B.9)."""

from __future__ import annotations

import asyncio

from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response

from node.errors import Malformed, NotFound, Refused, TooLarge, TooMany, Unauthenticated, Unavailable
from node.inbox.intake import Intake
from node.inbox.limits import Lately
from node.inbox.receive import Receipt, receive
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
    if not await _lives_here(node, path):
        node.metrics.arrivals.labels("refused").inc()
        raise NotFound("There is no such inbox here.", detail=path)
    return await _take(request)


class Inboxes(Lately[bool]):
    """Paths of actors that lived here a moment ago: whose inbox it was delivered to decides nothing."""


async def _lives_here(node: Node, path: str) -> bool:
    inboxes, now = node.memory(Inboxes), node.clock.now()
    known = inboxes.find(path, now)
    node.metrics.cache.labels("inboxes", "hit" if known else "miss").inc()
    if known:
        return True
    async with node.reading() as session:
        found = await find_at(session, node.settings.host, path) is not None
    if found:
        inboxes.keep(path, value=True, now=now)
    return found


async def _take(request: Request) -> Response:
    """Read the request within its bounds and answer 202.

    Raises what `receive` raises, and Unavailable when there is no room for it or the whole takes longer than
    inbox_timeout (A58): a 202 means that it was taken, so one that was cut off is to be sent again.
    """
    node: Node = request.app.state.node
    said = "failed"
    try:
        receipt = await _received(node, request)
        said = receipt.state
    except (TooMany, Unavailable):
        said = "busy"
        raise
    except Refused as error:
        said = "unauthenticated" if isinstance(error, Unauthenticated) else "refused"
        raise
    finally:
        node.metrics.arrivals.labels(said).inc()
    return Response(status_code=receipt.status)


async def _received(node: Node, request: Request) -> Receipt:
    body = _Body(node.memory(Intake), node.settings.max_body)
    try:
        async with asyncio.timeout(node.settings.inbox_timeout):
            signed = as_received(request, await body.read(request))
            await node.reach("I1")
            return await receive(node, signed, address=request.client.host if request.client else "")
    except TimeoutError as error:
        raise Unavailable("This took too long. Please send it again later.", retry_after=60) from error
    except ClientDisconnect as error:
        raise Malformed("The request ended before its body did.") from error
    finally:
        body.let_go()


class _Body:
    """What has been read of a request's body; its bytes count as held until `let_go`."""

    def __init__(self, intake: Intake, limit: int) -> None:
        self._intake, self._limit = intake, limit
        self._held = 0

    async def read(self, request: Request) -> bytes:
        """Return the body, counted as it comes in.

        Raises TooLarge as soon as it is too long (V54), Unavailable when the node holds too much already: for a body
        whose length is stated, before any of it is read.
        """
        stated = request.headers.get("content-length", "0")
        length = int(stated[:20]) if stated.isdigit() else 0
        self._check(length)
        self._intake.check_room(length)
        chunks = []
        async for chunk in request.stream():
            self._check(self._held + len(chunk))
            self._intake.hold(len(chunk))
            self._held += len(chunk)
            chunks.append(chunk)
        return b"".join(chunks)

    def let_go(self) -> None:
        """Count the body no more."""
        self._intake.let_go(self._held)
        self._held = 0

    def _check(self, length: int) -> None:
        if length > self._limit:
            raise TooLarge(f"An activity may have at most {self._limit} bytes.")
