"""POST to an inbox: bounds first, then `inbox.receive`. Shared and personal inboxes are one path (B.9)."""

from __future__ import annotations

import asyncio

from starlette.types import Receive, Scope, Send

from node.errors import Malformed, NotFound, Refused, TooLarge, TooMany, Unauthenticated, Unavailable
from node.inbox import receive as door
from node.inbox.intake import Intake
from node.inbox.limits import Lately
from node.runtime import Node
from node.store.queries.actors import find_at
from node.web.activitypub.asking import in_scope


class Inbox:
    """An endpoint as ASGI has it: a request object and a response object would be a fifth of what an arrival costs."""

    def __init__(self, *, is_shared: bool) -> None:
        self._is_shared = is_shared

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Take an activity and answer 202 without a body.

        Raises what `receive` raises; NotFound unless the actor of a personal inbox lives here; Unavailable when there is
        no room for it or the whole takes longer than inbox_timeout (A58): a 202 means that it was taken, so one that
        was cut off is to be sent again.
        """
        node: Node = scope["app"].state.node
        said = "failed"
        try:
            if not self._is_shared:
                await _check_lives_here(node, scope["path"].removesuffix("/inbox"))
            receipt = await _received(node, scope, receive)
            said = receipt.state
        except (TooMany, Unavailable):
            said = "busy"
            raise
        except Refused as error:
            said = "unauthenticated" if isinstance(error, Unauthenticated) else "refused"
            raise
        finally:
            node.metrics.arrivals.labels(said).inc()
        headers = [(b"content-length", b"0")]
        await send({"type": "http.response.start", "status": receipt.status, "headers": headers})
        await send({"type": "http.response.body"})


shared = Inbox(is_shared=True)  # POST /inbox: an activity for anybody here
personal = Inbox(is_shared=False)  # POST /u/{name}/inbox and /c/{name}/inbox


class Inboxes(Lately[bool]):
    """Paths of actors that lived here a moment ago: whose inbox it was delivered to decides nothing."""


async def _check_lives_here(node: Node, path: str) -> None:
    inboxes, now = node.memory(Inboxes), node.clock.now()
    known = inboxes.find(path, now)
    node.metrics.cache.labels("inboxes", "hit" if known else "miss").inc()
    if known:
        return
    async with node.reading() as session:
        if await find_at(session, node.settings.host, path) is None:
            raise NotFound("There is no such inbox here.", detail=path)
    inboxes.keep(path, value=True, now=now)


async def _received(node: Node, scope: Scope, receive: Receive) -> door.Receipt:
    body = _Body(node.memory(Intake), node.settings.max_body)
    try:
        async with asyncio.timeout(node.settings.inbox_timeout):
            signed = in_scope(scope, await body.read(scope, receive))
            await node.reach("I1")
            client = scope.get("client")
            return await door.receive(node, signed, address=client[0] if client else "")
    except TimeoutError as error:
        raise Unavailable("This took too long. Please send it again later.", retry_after=60) from error
    finally:
        body.let_go()


class _Body:
    """What has been read of a request's body; its bytes count as held until `let_go`."""

    def __init__(self, intake: Intake, limit: int) -> None:
        self._intake, self._limit = intake, limit
        self._held = 0

    async def read(self, scope: Scope, receive: Receive) -> bytes:
        """Return the body, counted as it comes in.

        Raises TooLarge as soon as it is too long (V54), Malformed when it breaks off, Unavailable when the node holds
        too much already: for a body whose length is stated, before any of it is read.
        """
        stated = next((value for name, value in scope["headers"] if name == b"content-length"), b"")
        self._check(int(stated[:20]) if stated.isdigit() else 0)
        chunks = []
        while True:
            message = await receive()
            if message["type"] == "http.disconnect":
                raise Malformed("The request ended before its body did.")
            chunk = message.get("body", b"")
            self._check(len(chunk))
            self._intake.hold(len(chunk))
            self._held += len(chunk)
            chunks.append(chunk)
            if not message.get("more_body"):
                return b"".join(chunks)

    def let_go(self) -> None:
        """Count the body no more."""
        self._intake.let_go(self._held)
        self._held = 0

    def _check(self, coming: int) -> None:
        if self._held + coming > self._limit:
            raise TooLarge(f"An activity may have at most {self._limit} bytes.")
        self._intake.check_room(coming)
