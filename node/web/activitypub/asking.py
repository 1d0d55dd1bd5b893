"""Who asks for a document, where it is not for everybody: their signature, judged as that of an arrival.

Nothing is asked of a public document, unless the operator wants every request signed (`authorized_fetch`,
FEDERATION B.4). What is said in a private group is given to servers with members of it: 404 without a signature,
403 with another's (FEDERATION A.7).
"""

from __future__ import annotations

import functools
from collections.abc import Awaitable, Callable
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Scope

from node.activitypub.signatures import SignedRequest
from node.errors import NotFound, Refused, Unauthenticated
from node.inbox.admission import check_admitted
from node.inbox.authenticate import signer_of
from node.inbox.fetching import check_not_blocked
from node.inbox.limits import Buckets
from node.runtime import Node
from node.store.tables.actors import Actor
from node.web.activitypub.hot import keep_not
from node.web.activitypub.serving import NOTHING, keep_private

Endpoint = Callable[[Request], Awaitable[Response]]
SIGNED = ("signature", "signature-input")


def as_received(request: Request, body: bytes = b"") -> SignedRequest:
    """Return the request as its signature sees it."""
    return in_scope(request.scope, body)


def in_scope(scope: Scope, body: bytes = b"") -> SignedRequest:
    """Return the request of an ASGI scope as its signature sees it."""
    headers = [(name.decode("latin-1"), value.decode("latin-1")) for name, value in scope["headers"]]
    return SignedRequest(scope["method"], target_of(scope), tuple(headers), body)


def target_of(scope: Scope) -> str:
    """Return path and query as they were received: what was signed is compared to the byte (A33)."""
    raw: bytes = scope.get("raw_path") or quote(scope["path"]).encode()
    query: bytes = scope["query_string"]
    return (raw.partition(b"?")[0] + (b"?" + query if query else b"")).decode("latin-1")


def is_signed(request: Request) -> bool:
    """Tell whether the request claims to be signed."""
    return any(name in request.headers for name in SIGNED)


async def asker_of(request: Request) -> str:
    """Return the id of the actor that signed the request; asked once a request.

    Raises Unauthenticated and the like as `signer_of`, TooMany for one that asks too often. Never inside a
    session: the key may have to be fetched.
    """
    known = getattr(request.state, "asker", None)
    if isinstance(known, str):
        return known
    node: Node = request.app.state.node
    address = request.client.host if request.client else ""
    node.memory(Buckets).take(f"GET {address}", node.settings.requests_per_minute, node.clock.now())
    asker = await signer_of(node, as_received(request))
    request.state.asker = asker
    return asker


async def admit(request: Request, group: Actor) -> None:
    """Let the request read what is said in a private group, and its answer be kept nowhere.

    Raises NotFound without a signature that holds, Forbidden with that of an outsider, Unavailable while the
    group's host, which must be asked, is away.
    """
    keep_not(request)
    if not is_signed(request):
        raise NotFound(NOTHING)
    try:
        asker = await asker_of(request)
    except Unauthenticated as error:
        raise NotFound(NOTHING, detail=str(error)) from error
    await check_admitted(request.app.state.node, group, asker)
    request.state.admitted_to = group.id
    keep_private(request)


def is_admitted(request: Request) -> bool:
    """Tell whether `admit` let the request in."""
    return getattr(request.state, "admitted_to", None) is not None


def signed(endpoint: Endpoint, *, unsigned: Endpoint | None = None) -> Endpoint:
    """Return an endpoint that wants a signature where the operator asks for one of everybody.

    unsigned: what those get who have none; by default 401. A server that is blocked here finds nothing (A39).
    """

    @functools.wraps(endpoint)
    async def checked(request: Request) -> Response:
        node: Node = request.app.state.node
        if not node.settings.authorized_fetch:
            return await endpoint(request)
        try:
            asker = await asker_of(request)
        except Unauthenticated:
            if unsigned is None:
                raise
            return await unsigned(request)
        try:
            await check_not_blocked(node, asker)
        except Refused as error:
            raise NotFound(NOTHING, detail=asker) from error
        keep_private(request)
        return await endpoint(request)

    return checked
