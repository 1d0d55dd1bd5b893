"""Where an actor and a post stand to a group: questions that several activities ask."""

from __future__ import annotations

import math
from datetime import datetime

from node.activitypub.activity import Activity
from node.errors import Forbidden, Refused, Unavailable
from node.store.database import Transaction
from node.store.queries.actors import get_actor
from node.store.queries.posts import awaited_above
from node.store.queries.standing import holds_office, is_administrator, is_banned, shuns
from node.store.tables.actors import Actor
from node.store.tables.posts import Post

# A tenfold score weighs as much as this many seconds of youth: half a day, as on the boards people know.
SECONDS_A_MAGNITUDE = 45_000
_HIDES = frozenset(
    {"Delete"}
)  # and its Undo: what an administrator may do to a post wherever its group lives
_ALWAYS = frozenset({"Delete"})  # nobody is kept from taking their own words back


def rank(score: int, published: datetime) -> float:
    """Return the place of a post in "hot": higher is first. It never decays, so it is stored once."""
    magnitude = math.log10(max(abs(score), 1))
    sign = (score > 0) - (score < 0)
    return sign * magnitude + published.timestamp() / SECONDS_A_MAGNITUDE


def dispute(upvotes: int, downvotes: int) -> float:
    """Return the place of a post in "controversial": the smaller camp, weighed by how even the two are."""
    smaller, larger = sorted((upvotes, downvotes))
    return smaller * smaller / larger if smaller else 0.0


async def group_of(tx: Transaction, post: Post) -> Actor | None:
    """Return the group that a post belongs to, or None."""
    return await tx.session.get(Actor, post.group_id) if post.group_id else None


async def check_may_touch(tx: Transaction, activity: Activity, post: Post) -> None:
    """Refuse what a wrong group passed on, and what a gone, banned or blocked actor did.

    What a group announces counts only for its own posts (RULE B6). While a post waits for what it answers nobody knows
    its group: what its actor can be seen to have done is taken as if it had come direct, the rest is tried again later.
    Raises Unavailable then.
    """
    actor = await get_actor(tx.session, activity.actor)
    if actor.deleted_at is not None:
        raise Refused("This actor has left.", detail=activity.actor)
    if activity.announced_by is not None:
        await _check_speaks_for(tx, activity, post)
    if activity.type not in _ALWAYS:
        await check_not_banned(tx, activity, await group_of(tx, post))
        await check_not_shunned(tx, activity, post.author_id)


async def _check_speaks_for(tx: Transaction, activity: Activity, post: Post) -> None:
    group = await group_of(tx, post)
    if group is not None and group.iri == activity.announced_by:
        return
    if group is not None or await awaited_above(tx.session, post) is None:
        raise Forbidden(
            "A group speaks only for its own threads.", detail=f"{activity.announced_by}: {post.iri}"
        )
    if activity.hearsay:
        raise Unavailable("What this is about waits for what it answers.", detail=post.iri)


async def check_not_banned(tx: Transaction, activity: Activity, group: Actor | None) -> None:
    """Refuse what somebody does in *group*, None for in no group, who is banned there (RULE C3).

    What a group elsewhere passes on it has judged by its own bans; bans of this node and of the actor's own node
    hold in any case. History is as its home shows it.
    """
    if activity.backfilled:
        return
    actor = await get_actor(tx.session, activity.actor)
    is_judged = activity.announced_by is not None and group is not None and not group.is_local
    if await is_banned(tx.session, actor, None if is_judged else group, tx.now):
        raise Forbidden(
            "This account is banned there, and takes no part until the ban ends.", detail=activity.iri
        )


async def check_not_shunned(tx: Transaction, activity: Activity, other_id: int | None) -> None:
    """Refuse what somebody does to a person who has blocked them (pitfall 86).

    What a group passes on is in it all the same: then the person is spared the sight of it and is not told.
    """
    if activity.backfilled or activity.announced_by is not None:
        return
    actor = await get_actor(tx.session, activity.actor)
    if await shuns(tx.session, other_id, actor.id):
        raise Forbidden("This person wants nothing to do with this account.", detail=activity.iri)


async def moderates_post(tx: Transaction, actor: Actor, post: Post) -> bool:
    """Tell whether *actor* is a moderator where *post* is, so that a lock does not hold them."""
    group = await group_of(tx, post)
    return group is not None and await is_moderator(tx, actor, group)


async def is_moderator(tx: Transaction, actor: Actor, group: Actor) -> bool:
    """Tell whether *actor* is on the group's list and not banned, or administers the node that hosts it."""
    return await holds_office(tx.session, actor, group, tx.now)


async def may_moderate(tx: Transaction, actor: Actor, group: Actor, kind: str = "") -> bool:
    """Tell whether *actor* has authority of their own in *group*, as far as this node can judge (RULE C4).

    Of a group elsewhere that is a moderator here: they ask, its host decides. kind: type of the activity; what
    only hides, an administrator of this node may do to posts of any group.
    """
    if kind in _HIDES and actor.deleted_at is None and await is_administrator(tx.session, actor):
        return True
    return (group.is_local or actor.is_local) and await is_moderator(tx, actor, group)


async def check_may_moderate(tx: Transaction, activity: Activity, group: Actor) -> None:
    """Refuse what the activity's actor has no authority for in *group* (RULE C4, B6f; A09).

    A group's own word is good for that group alone, passed on by its Announce or said as itself: its host has
    judged. Else the actor's own standing counts. Nobody has any by their host alone: who administers another
    node is never guessed (pitfall 90). Raises Refused or Forbidden.
    """
    if activity.announced_by is not None and activity.announced_by != group.iri:
        raise Forbidden(
            "A group speaks only for its own threads.", detail=f"{activity.announced_by}: {group.iri}"
        )
    actor = await get_actor(tx.session, activity.actor)
    if not group.is_local and group.iri in {activity.announced_by, actor.iri}:
        return
    if actor.deleted_at is not None:
        raise Refused("This actor has left.", detail=actor.iri)
    if not await may_moderate(tx, actor, group, activity.type):
        raise Forbidden("Only the group's moderators may do this.", detail=f"{actor.iri}: {group.iri}")
