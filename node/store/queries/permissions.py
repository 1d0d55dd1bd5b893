"""Leave that was asked for: what waits for an answer, what was given, and where that can be seen."""

from __future__ import annotations

from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col, or_, select

from node.activitypub.activity import Activity
from node.store.tables.actors import Actor
from node.store.tables.posts import Post
from node.store.tables.trimmings import Permission

REQUESTS = {
    "quote": "QuoteRequest",
    "like": "LikeRequest",
    "reply": "ReplyRequest",
    "announce": "AnnounceRequest",
}
KINDS = {request: kind for kind, request in REQUESTS.items()}


async def find_request(session: AsyncSession, kind: str, request_iri: str) -> Permission | None:
    """Return what was asked under that id."""
    found: Permission | None = await session.scalar(
        select(Permission).where(col(Permission.kind) == kind, col(Permission.request_iri) == request_iri)
    )
    return found


async def find_permission(session: AsyncSession, kind: str, interaction: str) -> Permission | None:
    """Return the newest leave asked for that post, answer, Like or Announce."""
    query = select(Permission).where(col(Permission.kind) == kind, col(Permission.interaction) == interaction)
    found: Permission | None = await session.scalar(query.order_by(col(Permission.id).desc()).limit(1))
    return found


async def is_waiting(session: AsyncSession, *interactions: str) -> bool:
    """Tell whether one of these must not be told yet: leave for it was asked by us and not given."""
    query = (
        select(Permission.id)
        .join(Actor, col(Actor.id) == col(Permission.actor_id))
        .where(
            col(Permission.interaction).in_(interactions),
            col(Permission.kind).in_(("like", "reply", "announce")),
            col(Permission.state) != "granted",
            col(Actor.peer_id).is_(None),
        )
    )
    return await session.scalar(query.limit(1)) is not None


async def find_asked(session: AsyncSession, iri: str) -> Activity | None:
    """Return the request of ours that an answer names, by its own id or by that of what was to be done."""
    query = (
        select(Permission, Actor)
        .join(Actor, col(Actor.id) == col(Permission.actor_id))
        .where(
            or_(col(Permission.request_iri) == iri, col(Permission.interaction) == iri),
            col(Permission.state) == "pending",
            col(Actor.peer_id).is_(None),
        )
        .order_by(col(Permission.id).desc())
        .limit(1)
    )
    row = (await session.execute(query)).first()
    if row is None:
        return None
    permission, actor = row
    post = await session.get(Post, permission.post_id) if permission.post_id else None
    return Activity(
        type=REQUESTS[permission.kind],
        iri=permission.request_iri,
        actor=actor.iri,
        object=post.iri if post is not None else None,
        raw={},
    )


async def find_stamp(session: AsyncSession, token: str) -> tuple[Permission, Post] | None:
    """Return a leave that stands, with the post that it is about; None for one that was never or no longer given."""
    permission = await session.scalar(
        select(Permission).where(col(Permission.token) == token, col(Permission.state) == "granted")
    )
    post = await session.get(Post, permission.post_id) if permission and permission.post_id else None
    return (permission, post) if permission is not None and post is not None else None


async def quotes_of(session: AsyncSession, post: Post) -> list[tuple[Permission, Actor]]:
    """Return who quotes *post* with its author's leave, the newest first."""
    query = (
        select(Permission, Actor)
        .join(Actor, col(Actor.id) == col(Permission.actor_id))
        .where(
            col(Permission.post_id) == post.id,
            col(Permission.kind) == "quote",
            col(Permission.state) == "granted",
        )
        .order_by(col(Permission.id).desc())
        .limit(200)
    )
    return [(permission, actor) for permission, actor in await session.execute(query)]
