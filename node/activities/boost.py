"""Announce{actor: Person, object: Page or Note}: a boost. Counted; never a distribution (RULE B6, 8).

What a *group* announces is unwrapped before it comes here.
"""

from __future__ import annotations

from sqlalchemy import func
from sqlmodel import col, select

from node.activities.handler import Handler
from node.activities.standing import check_may_touch
from node.activitypub.activity import Activity
from node.errors import Refused
from node.store.database import Transaction
from node.store.queries.actors import get_actor
from node.store.queries.posts import OPEN, get_post, hold
from node.store.tables.actors import Actor
from node.store.tables.posts import Post, Share


async def check(tx: Transaction, boost: Activity) -> None:
    """Anybody may boost a post that anybody may read."""
    post = await get_post(tx.session, boost.object or "")
    await check_may_touch(tx, boost, post)
    if post.visibility not in OPEN:
        raise Refused("This post is not for everybody.", detail=f"{boost.iri} of {post.iri}")


async def apply(tx: Transaction, boost: Activity) -> None:
    """Count one share a person."""
    post, actor = await _both(tx, boost)
    known = await tx.session.scalar(
        select(Share.id).where(col(Share.post_id) == post.id, col(Share.actor_id) == actor.id)
    )
    if known is None:
        tx.session.add(Share(post_id=post.id or 0, actor_id=actor.id or 0, iri=boost.iri, at=tx.now))
    await recount(tx, post)


async def undo(tx: Transaction, boost: Activity) -> None:
    """Take the share back."""
    post, actor = await _both(tx, boost)
    share = await tx.session.scalar(
        select(Share).where(col(Share.post_id) == post.id, col(Share.actor_id) == actor.id)
    )
    if share is not None:
        await tx.session.delete(share)
    await recount(tx, post)


async def _both(tx: Transaction, boost: Activity) -> tuple[Post, Actor]:
    return await get_post(tx.session, boost.object or ""), await get_actor(tx.session, boost.actor)


async def recount(tx: Transaction, post: Post) -> None:
    """Count the boosts of a post from the boosts themselves (R34)."""
    await tx.session.flush()
    await hold(tx.session, [post.id or 0])
    query = select(func.count()).select_from(Share).where(col(Share.post_id) == post.id)
    post.shares = await tx.session.scalar(query) or 0
    await tx.session.flush()


HANDLER = Handler("Announce", check=check, apply=apply, needs=("actor",), undo=undo)
