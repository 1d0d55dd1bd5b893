"""Warn{actor: moderator, object: post, audience: group, to: its author}: a private word (Lemmy 1.0; C.10).

It goes to the warned person alone, and is no part of the log of moderation that everybody reads.
"""

from __future__ import annotations

from sqlmodel import col, select

from node.activities.deeds import reason_of
from node.activities.handler import Handler
from node.activities.standing import is_moderator
from node.activities.telling import tell
from node.activitypub import writing
from node.activitypub.activity import Activity
from node.errors import Conflict, Forbidden, Malformed, Refused
from node.store.database import Transaction
from node.store.queries.actors import get_actor
from node.store.queries.posts import get_post
from node.store.tables.actors import Actor
from node.store.tables.moderation import Caution
from node.store.tables.posts import Post


async def check(tx: Transaction, warn: Activity) -> None:
    """Moderators of the post's group, to its author; `audience` and `summary` must be there."""
    if not warn.audience or not reason_of(warn):
        raise Malformed("A warning names its group and says why.", detail=warn.iri)
    if warn.announced_by is not None:
        raise Forbidden("A warning is between two people.", detail=warn.iri)
    post = await get_post(tx.session, warn.object or "")
    author = await tx.session.get_one(Actor, post.author_id)
    group = await tx.session.get(Actor, post.group_id) if post.group_id else None
    if group is None or group.iri != warn.audience:
        raise Forbidden("Moderators warn in their own group alone.", detail=f"{warn.audience}: {post.iri}")
    if author.iri not in warn.to:
        raise Refused("A warning goes to the author.", detail=warn.iri)
    moderator = await get_actor(tx.session, warn.actor)
    if not (author.is_local or moderator.is_local):
        raise Refused("Neither of the two lives here.", detail=warn.iri)
    if not await is_moderator(tx, moderator, group):
        raise Forbidden("Only the group's moderators may do this.", detail=f"{moderator.iri}: {group.iri}")


async def apply(tx: Transaction, warn: Activity) -> None:
    """Keep the word and tell the author, once."""
    if await tx.session.scalar(select(Caution.id).where(col(Caution.iri) == warn.iri)) is not None:
        return
    post = await get_post(tx.session, warn.object or "")
    moderator = await get_actor(tx.session, warn.actor)
    author = await tx.session.get_one(Actor, post.author_id)
    group = await tx.session.get(Actor, post.group_id) if post.group_id else None
    reason = reason_of(warn)
    tx.session.add(
        Caution(
            iri=warn.iri,
            actor_id=moderator.id or 0,
            subject_id=author.id or 0,
            group_id=group.id if group else None,
            post_id=post.id,
            object=post.iri,
            reason=reason,
            at=tx.now,
        )
    )
    await tx.session.flush()
    await tell(tx, author, "caution", by=moderator, post=post, group=group, text=reason)


async def compose(tx: Transaction, moderator: Actor, post: Post, reason: str) -> Activity:
    """A local moderator warns the author of a post. Raises Conflict for a post in no group."""
    group = await tx.session.get(Actor, post.group_id) if post.group_id else None
    author = await tx.session.get_one(Actor, post.author_id)
    if group is None:
        raise Conflict("This post is in no group, so nobody moderates it.")
    if author.id == moderator.id:
        raise Conflict("This is your own post.")
    iri = f"{moderator.home}/activities/warn/{tx.ids.token()}"
    raw = writing.write_activity(
        "Warn",
        iri=iri,
        actor=moderator.iri,
        obj=post.iri,
        to=(author.iri,),
        audience=group.iri,
        summary=reason,
    )
    return Activity(
        type="Warn",
        iri=iri,
        actor=moderator.iri,
        object=post.iri,
        raw=raw,
        audience=group.iri,
        to=(author.iri,),
        summary=reason,
    )


HANDLER = Handler("Warn", check=check, apply=apply, needs=("actor",))
