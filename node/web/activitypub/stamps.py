"""GET of a stamp: that an author here lets something be done with a post (FEP-044f, FEDERATION D.5)."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from node.activitypub.writing_media import write_stamp
from node.errors import NotFound
from node.store.queries.collections import all_shown
from node.store.queries.permissions import find_stamp
from node.store.tables.actors import Actor
from node.web.activitypub.hot import kept
from node.web.activitypub.serving import NOTHING, document, node_of, own_iri


@kept
async def stamp(request: Request) -> Response:
    """GET /stamps/{token}: the leave, as long as it stands and what it is about can be read by anybody."""
    async with node_of(request).reading() as session:
        found = await find_stamp(session, request.path_params["token"])
        if found is None or found[0].stamp != own_iri(request):
            raise NotFound(NOTHING)
        permission, post = found
        author = await session.get_one(Actor, post.author_id)
        if not await all_shown(session, [post.iri]) or author.deleted_at is not None:
            raise NotFound(NOTHING)
    written = write_stamp(
        permission.kind,
        iri=own_iri(request),
        author=author.iri,
        interaction=permission.interaction,
        target=post.iri,
    )
    return document(request, written, page=post.url or post.iri)
