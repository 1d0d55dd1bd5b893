"""The router asks fewer routes, and finds the same."""

from __future__ import annotations

import re

import pytest
from starlette import routing
from starlette.routing import Mount, Route

from node.web.routes import routes
from node.web.routing import Router


async def found(router, path, method="GET"):
    scope = {
        "type": "http",
        "path": path,
        "method": method,
        "headers": [],
        "query_string": b"",
        "scheme": "https",
    }
    sent = []

    async def send(message):
        sent.append(message)

    for route in router.routes:
        route.handle = _nothing
    await router(scope, None, send)
    return scope.get("route"), sent and (sent[0]["status"], dict(sent[0]["headers"]).get(b"location"))


async def _nothing(scope, receive, send):
    pass


PATHS = sorted({re.sub(r"{\w+:int}", "7", re.sub(r"{\w+}", "x", route.path)) for route in routes()})


ODD = ("/static/style.css", "/c/x/", "/inbox/", "/nowhere", "/c", "//", "/c/x/y/z")


async def test_every_address_leads_where_a_plain_router_leads():
    copies = [
        Mount(one.path, one.app)
        if isinstance(one, Mount)
        else Route(one.path, one.endpoint, methods=one.methods)
        for one in routes()
    ]
    plain, ours = routing.Router(copies), Router(copies)
    for path in (*PATHS, *ODD):
        for method in ("GET", "POST"):
            assert await found(ours, path, method) == await found(plain, path, method), (method, path)


async def test_a_route_that_could_begin_with_anything_has_no_place_here():
    with pytest.raises(AssertionError, match="anything"):
        Router([Route("/{name}", lambda request: None)])
