"""A hashtag's page: the threads that carry it."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from node.errors import NotFound
from node.runtime import Node
from node.store.queries.feeds import tag_feed
from node.text.hashtags import tag_name
from node.web import forms
from node.web.pages.home import ListingQuery
from node.web.rendering import render
from node.web.session import viewer_of


async def show(request: Request) -> Response:
    """GET /tag/{name}: threads with that hashtag, in any spelling of it."""
    node: Node = request.app.state.node
    asked = forms.query(request, ListingQuery)
    viewer = await viewer_of(request)
    name = tag_name(str(request.path_params["name"]))
    if not name:
        raise NotFound("This is no hashtag.")
    async with node.reading() as session:
        page = await tag_feed(session, name, viewer.actor, asked.listing(), viewer.now, muting=viewer.muting)
    return await render(request, "tags/show.html", page)
