"""GET of the collections of an actor: public things alone, counted as they are listed (RULE E2, A97)."""

from __future__ import annotations

from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col, select
from starlette.requests import Request
from starlette.responses import Response

from node.activitypub import writing
from node.activitypub.origin import host_of
from node.activitypub.shapes import strict_object
from node.errors import Malformed, NotFound
from node.store.queries import collections as queries
from node.store.queries.actors import find_actor
from node.store.queries.documents import announce_document, create_document, post_document
from node.store.queries.followers import followers_at, has_member_at
from node.store.tables.actors import Actor
from node.store.tables.peers import Peer
from node.web.activitypub.asking import admit, asker_of
from node.web.activitypub.hot import kept
from node.web.activitypub.serving import NOTHING, document, get_local_actor, node_of, own_iri


@kept
async def followers(request: Request) -> Response:
    """GET .../followers: how many, not who.

    Of a private group for servers of its members alone; with ``?is_follower=`` and an actor's id, whether that
    actor's server is one: 200 or 404, as Lemmy asks (FEDERATION B.4).
    """
    await _admit(request)
    asked = request.query_params.get("is_follower", "")
    async with node_of(request).reading() as session:
        actor = await get_local_actor(session, request, _owner(request))
        if asked and not (actor.private and await _has_member(session, actor, asked)):
            raise NotFound(NOTHING, detail=asked)
        total = await queries.follower_count(session, actor)
    return _answer(request, actor, writing.write_collection(f"{actor.iri}/followers", total=total))


@kept
async def following(request: Request) -> Response:
    """GET .../following: how many, not who."""
    async with node_of(request).reading() as session:
        actor = await get_local_actor(session, request, _owner(request))
        total = await queries.following_count(session, actor)
    return _answer(request, actor, writing.write_collection(f"{actor.iri}/following", total=total))


@kept
async def group_outbox(request: Request) -> Response:
    """GET /c/{name}/outbox: the newest threads, flat, each as Announce{Create}, the one shape Lemmy reads."""
    await _admit(request)
    async with node_of(request).reading() as session:
        group = await get_local_actor(session, request, _owner(request))
        posts, total = await queries.outbox_threads(session, group)
        items = [await announce_document(session, group, post) for post in posts]
    listed = writing.write_ordered_collection(f"{group.iri}/outbox", items, total=total)
    return _answer(request, group, listed)


@kept
async def person_outbox(request: Request) -> Response:
    """GET /u/{name}/outbox: the newest public posts, each in its Create."""
    async with node_of(request).reading() as session:
        author = await get_local_actor(session, request, _owner(request))
        posts, total = await queries.outbox_posts(session, author)
        items = [await create_document(session, post) for post in posts]
    listed = writing.write_ordered_collection(f"{author.iri}/outbox", items, total=total)
    return _answer(request, author, listed)


@kept
async def featured(request: Request) -> Response:
    """GET /c/{name}/featured: the pinned threads in full, as Lemmy needs them."""
    await _admit(request)
    async with node_of(request).reading() as session:
        group = await get_local_actor(session, request, _owner(request))
        posts = await queries.featured_threads(session, group)
        items = [strict_object(await post_document(session, post)) for post in posts]
    listed = writing.write_ordered_collection(f"{group.iri}/featured", items)
    return _answer(request, group, listed)


@kept
async def moderators(request: Request) -> Response:
    """GET /c/{name}/moderators: their ids."""
    async with node_of(request).reading() as session:
        group = await get_local_actor(session, request, _owner(request))
        iris = await queries.moderator_iris(session, group)
    listed = writing.write_ordered_collection(f"{group.iri}/moderators", iris)
    return _answer(request, group, listed)


@kept
async def site_outbox(request: Request) -> Response:
    """GET /site_outbox: the node's own actor says nothing that is for everybody."""
    async with node_of(request).reading() as session:
        actor = await get_local_actor(session, request, "/")
    return _answer(request, actor, writing.write_ordered_collection(f"{actor.home}/site_outbox", []))


async def followers_synchronization(request: Request) -> Response:
    """GET /c/{name}/followers_synchronization: which actors of the asking server follow a private group (FEP-8fcf)."""
    async with node_of(request).reading() as session:
        group = await get_local_actor(session, request, _owner(request))
    if not group.private:
        raise NotFound(NOTHING)
    await admit(request, group)
    asker = await asker_of(request)
    async with node_of(request).reading() as session:
        known = await find_actor(session, asker)
        iris = await followers_at(session, group, known.peer_id if known else 0)
    listed = writing.write_ordered_collection(own_iri(request), iris)
    return _answer(request, group, listed)


async def _admit(request: Request) -> None:
    """Ask who it is that wants to see the list of a private group. Raises as `admit`; others pass by."""
    async with node_of(request).reading() as session:
        actor = await get_local_actor(session, request, _owner(request))
    if actor.private:
        await admit(request, actor)


async def _has_member(session: AsyncSession, group: Actor, iri: str) -> bool:
    """Tell whether the server of the actor of that id has a member of the group."""
    try:
        host = host_of(iri)
    except Malformed:
        return False
    peer: int | None = await session.scalar(select(Peer.id).where(col(Peer.host) == host))
    return await has_member_at(session, group, peer)


def _owner(request: Request) -> str:
    """Return the path of the actor whose collection is asked for."""
    path: str = request.scope["path"]
    return path.rpartition("/")[0]


def _answer(request: Request, actor: Actor, content: dict[str, object]) -> Response:
    return document(request, content, page=actor.url)
