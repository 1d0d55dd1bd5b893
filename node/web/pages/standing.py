"""What moderators did to the member: bans that keep them out, warnings, and what they can do about it."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from node.runtime import Node
from node.store.queries.cautions import standing_page
from node.web.rendering import render
from node.web.session import member_of


async def show(request: Request) -> Response:
    """GET /settings/standing: why, until when, and what to do."""
    node: Node = request.app.state.node
    account = await member_of(request)
    async with node.reading() as session:
        page = await standing_page(session, account.actor, node.clock.now())
    return await render(request, "settings/standing.html", page)
