"""Where an actor and a post stand to a group: questions that several activities ask."""

from __future__ import annotations

import math
from datetime import datetime

from node.activitypub.activity import Activity
from node.errors import Forbidden, Refused
from node.store.database import Transaction
from node.store.queries.actors import get_actor, moderates
from node.store.tables.actors import Actor
from node.store.tables.posts import Post

# A tenfold score weighs as much as this many seconds of youth: half a day, as on the boards people know.
SECONDS_A_MAGNITUDE = 45_000


def rank(score: int, published: datetime) -> float:
    """Return the place of a post in "hot": higher is first. It never decays, so it is stored once."""
    magnitude = math.log10(max(abs(score), 1))
    sign = (score > 0) - (score < 0)
    return sign * magnitude + published.timestamp() / SECONDS_A_MAGNITUDE


async def group_of(tx: Transaction, post: Post) -> Actor | None:
    """Return the group that a post belongs to, or None."""
    return await tx.session.get(Actor, post.group_id) if post.group_id else None


async def check_may_touch(tx: Transaction, activity: Activity, post: Post) -> None:
    """Refuse what a wrong group passed on, and what a gone actor did.

    What a group announces counts only for its own posts (RULE B6).
    """
    actor = await get_actor(tx.session, activity.actor)
    if actor.deleted_at is not None:
        raise Refused("This actor has left.", detail=activity.actor)
    if activity.announced_by is not None:
        group = await group_of(tx, post)
        if group is None or group.iri != activity.announced_by:
            raise Forbidden(
                "A group speaks only for its own threads.", detail=f"{activity.announced_by}: {post.iri}"
            )


async def moderates_post(tx: Transaction, actor: Actor, post: Post) -> bool:
    """Tell whether *actor* moderates the group that *post* is in."""
    return post.group_id is not None and await moderates(tx.session, actor.id, post.group_id)
