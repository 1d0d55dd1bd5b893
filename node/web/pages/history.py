"""The history of a post."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from node.runtime import Node
from node.store.queries.versions import history_page
from node.web.pages.posting import address_of
from node.web.rendering import render
from node.web.session import viewer_of


async def show(request: Request) -> Response:
    """GET /post/{token}/history and /comment/{token}/history: what each edit changed."""
    node: Node = request.app.state.node
    viewer = await viewer_of(request)
    token, is_comment = address_of(request)
    async with node.reading() as session:
        page = await history_page(session, token, viewer.actor, comment=is_comment)
    return await render(request, "threads/history.html", page)
