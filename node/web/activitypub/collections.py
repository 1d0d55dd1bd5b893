"""GET of the collections of an actor: public things alone, counted as they are listed (RULE E2, A97)."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from node.activitypub import writing
from node.store.queries import collections as queries
from node.store.queries.documents import announce_document, create_document, post_document
from node.store.tables.actors import Actor
from node.web.activitypub.serving import document, get_local_actor, node_of


async def followers(request: Request) -> Response:
    """GET .../followers: how many, not who."""
    async with node_of(request).reading() as session:
        actor = await get_local_actor(session, request, _owner(request))
        total = await queries.follower_count(session, actor)
    return _answer(request, actor, writing.write_collection(f"{actor.iri}/followers", total=total))


async def following(request: Request) -> Response:
    """GET .../following: how many, not who."""
    async with node_of(request).reading() as session:
        actor = await get_local_actor(session, request, _owner(request))
        total = await queries.following_count(session, actor)
    return _answer(request, actor, writing.write_collection(f"{actor.iri}/following", total=total))


async def group_outbox(request: Request) -> Response:
    """GET /c/{name}/outbox: the newest threads, flat, each as Announce{Create}, the one shape Lemmy reads."""
    async with node_of(request).reading() as session:
        group = await get_local_actor(session, request, _owner(request))
        posts, total = await queries.outbox_threads(session, group)
        items = [await announce_document(session, group, post) for post in posts]
    listed = writing.write_ordered_collection(f"{group.iri}/outbox", items, total=total)
    return _answer(request, group, listed)


async def person_outbox(request: Request) -> Response:
    """GET /u/{name}/outbox: the newest public posts, each in its Create."""
    async with node_of(request).reading() as session:
        author = await get_local_actor(session, request, _owner(request))
        posts, total = await queries.outbox_posts(session, author)
        items = [await create_document(session, post) for post in posts]
    listed = writing.write_ordered_collection(f"{author.iri}/outbox", items, total=total)
    return _answer(request, author, listed)


async def featured(request: Request) -> Response:
    """GET /c/{name}/featured: the pinned threads in full, as Lemmy needs them."""
    async with node_of(request).reading() as session:
        group = await get_local_actor(session, request, _owner(request))
        posts = await queries.featured_threads(session, group)
        items = [await post_document(session, post) for post in posts]
    listed = writing.write_ordered_collection(f"{group.iri}/featured", items)
    return _answer(request, group, listed)


async def moderators(request: Request) -> Response:
    """GET /c/{name}/moderators: their ids."""
    async with node_of(request).reading() as session:
        group = await get_local_actor(session, request, _owner(request))
        iris = await queries.moderator_iris(session, group)
    listed = writing.write_ordered_collection(f"{group.iri}/moderators", iris)
    return _answer(request, group, listed)


async def site_outbox(request: Request) -> Response:
    """GET /site_outbox: the node's own actor says nothing that is for everybody."""
    async with node_of(request).reading() as session:
        actor = await get_local_actor(session, request, "/")
    return _answer(request, actor, writing.write_ordered_collection(f"{actor.home}/site_outbox", []))


def _owner(request: Request) -> str:
    """Return the path of the actor whose collection is asked for."""
    path: str = request.scope["path"]
    return path.rpartition("/")[0]


def _answer(request: Request, actor: Actor, content: dict[str, object]) -> Response:
    return document(request, content, page=actor.url)
