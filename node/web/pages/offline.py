"""What a browser shows while there is no network: the page, and the small worker that keeps it."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from node.web.assets import assets
from node.web.rendering import render

WORKER = "sw.js"
# The worker fetches what the page would have: its own policy must let it.
POLICY = "default-src 'none'; connect-src 'self'; frame-ancestors 'none'"


async def show(request: Request) -> Response:
    """GET /offline: fetched without a cookie and kept by the worker, so it says nothing of anybody."""
    return await render(request, "offline/show.html")


async def worker(request: Request) -> Response:
    """GET /sw.js: beside the root, so that it may answer for every page."""
    del request
    headers = {
        "Content-Security-Policy": POLICY,
        "Cache-Control": "no-cache",
        "Service-Worker-Allowed": "/",
    }
    return Response(assets()[WORKER].content, media_type="text/javascript", headers=headers)
