"""Delete{actor: Person, object: post}: by its author; with a summary, a removal by a moderator.

Delete{actor, object: the same actor}: an account ends.

A Delete that overtakes its Create leaves a mark, and the late Create is void (R21). Source: FEDERATION C.6.
"""

from __future__ import annotations

from sqlalchemy import delete as sql_delete
from sqlalchemy import or_
from sqlmodel import col, select

from node.activities import keeping, stamps
from node.activities.handler import Handler
from node.activities.marks import leave_mark
from node.activities.standing import check_may_touch, group_of, moderates_post
from node.activities.trimmings import forget
from node.activities.vote import recount
from node.activitypub import writing
from node.activitypub.activity import Activity
from node.activitypub.origin import same_origin
from node.activitypub.vocabulary import PUBLIC
from node.errors import Forbidden, Refused
from node.store.database import Transaction
from node.store.queries.actors import find_actor, get_actor
from node.store.queries.posts import find_post
from node.store.tables.actors import Actor, PublicKey
from node.store.tables.follows import Follow, Moderator
from node.store.tables.posts import Post, Vote


async def check(tx: Transaction, delete: Activity) -> None:
    """Authors delete their posts, moderators remove from their groups, actors end themselves."""
    if delete.object == delete.actor:
        return
    post = await find_post(tx.session, delete.object or "")
    if post is None and await stamps.is_stamp(tx, delete.object):
        await stamps.check_revocation(tx, delete)
        return
    if post is None:
        if await find_actor(tx.session, delete.object or "") is not None:
            raise Forbidden("Only the actor ends its account.", detail=delete.iri)
        if not (delete.verified and same_origin(delete.actor, delete.object or "")):
            raise Refused("This post is not known here.", detail=delete.object or "")
        return
    await check_may_touch(tx, delete, post)
    if await _is_author(tx, delete, post):
        return
    actor = await get_actor(tx.session, delete.actor)
    if delete.announced_by is None and not await moderates_post(tx, actor, post):
        raise Forbidden("Only its author or a moderator deletes a post.", detail=f"{actor.iri}: {post.iri}")


async def apply(tx: Transaction, delete: Activity) -> None:
    """Empty the post, or hide it when a moderator removed it."""
    if delete.object == delete.actor:
        await _end_actor(tx, await get_actor(tx.session, delete.actor))
        return
    post = await find_post(tx.session, delete.object or "")
    if post is None and await stamps.is_stamp(tx, delete.object):
        await stamps.revoke(tx, delete)
        return
    if post is None:
        await leave_mark(tx, "deleted", delete.object or "", delete.actor)
        return
    if await _is_author(tx, delete, post):
        empty(post)
        await forget(tx, post)
        post.deleted_at = post.deleted_at or tx.now
    else:
        post.removed_at = post.removed_at or tx.now
    await tx.session.flush()
    await keeping.count_thread(tx, post.root_id)


def empty(post: Post) -> None:
    """Forget the words; the place in the thread stays."""
    post.title = post.content = post.source = post.warning = post.image_alt = post.document = ""
    post.link_url = post.link_key = post.image_url = None


async def compose(tx: Transaction, actor: Actor, post: Post, *, reason: str | None = None) -> Activity:
    """A local author deletes their post, or a local moderator removes one and says why.

    Only a removal carries a summary: its presence is what tells the two apart.
    """
    group = await group_of(tx, post)
    author = await tx.session.get(Actor, post.author_id)
    summary = None if author is not None and author.id == actor.id else (reason or "")
    to = [group.iri, PUBLIC] if group else [PUBLIC]
    cc = [group.iri] if group else []
    if actor.followers and summary is None and post.parent_id is None:
        cc.append(actor.followers)
    cc += await _others_concerned(tx, actor, post)
    iri = f"{actor.home}/activities/delete/{tx.ids.token()}"
    audience = group.iri if group else None
    raw = writing.write_delete(
        post.iri, iri=iri, actor=actor.iri, to=to, cc=cc, audience=audience, summary=summary
    )
    return Activity(
        type="Delete",
        iri=iri,
        actor=actor.iri,
        object=post.iri,
        raw=raw,
        to=tuple(to),
        cc=tuple(cc),
        audience=audience,
        summary=summary,
    )


def compose_actor(tx: Transaction, actor: Actor) -> Activity:
    """A local account ends: everyone we know hears of it."""
    iri = f"{actor.home}/activities/delete/{tx.ids.token()}"
    raw = writing.write_delete(actor.iri, iri=iri, actor=actor.iri, to=[PUBLIC], cc=[])
    return Activity(type="Delete", iri=iri, actor=actor.iri, object=actor.iri, raw=raw, to=(PUBLIC,))


async def _others_concerned(tx: Transaction, actor: Actor, post: Post) -> list[str]:
    """Authors who were addressed when it was posted: of the parent, and of direct answers."""
    query = (
        select(Actor.iri)
        .join(Post, col(Post.author_id) == col(Actor.id))
        .where(
            or_(col(Post.id) == (post.parent_id or 0), col(Post.parent_id) == post.id),
            col(Actor.peer_id).is_not(None),
            col(Actor.id) != actor.id,
        )
        .distinct()
        .limit(100)
    )
    return list(await tx.session.scalars(query))


async def _is_author(tx: Transaction, delete: Activity, post: Post) -> bool:
    """Tell whether the author says so; what a group alone says of its author is a removal (RULE B6e)."""
    author = await tx.session.get(Actor, post.author_id)
    by_author = author is not None and author.iri == delete.actor
    return by_author and delete.verified and delete.summary is None


async def _end_actor(tx: Transaction, actor: Actor) -> None:
    """Forget an actor's words, votes and follows; its id is never used again (A86)."""
    if actor.deleted_at is not None:
        return
    actor.deleted_at = tx.now
    actor.name = actor.summary = actor.summary_source = actor.description = actor.document = ""
    actor.icon_url = actor.image_url = None
    posts = list(await tx.session.scalars(select(Post).where(col(Post.author_id) == actor.id)))
    for post in posts:
        empty(post)
        await forget(tx, post)
        post.deleted_at = post.deleted_at or tx.now
    await tx.session.flush()
    for root_id in {post.root_id for post in posts if post.root_id}:
        await keeping.count_thread(tx, root_id)
    voted = list(await tx.session.scalars(select(Post).join(Vote).where(col(Vote.actor_id) == actor.id)))
    await tx.session.execute(sql_delete(Vote).where(col(Vote.actor_id) == actor.id))
    for post in voted:
        await recount(tx, post)
    await tx.session.execute(sql_delete(Moderator).where(col(Moderator.actor_id) == actor.id))
    await tx.session.execute(sql_delete(PublicKey).where(col(PublicKey.owner) == actor.iri))
    # A group's followers go with it; whom the actor followed is undone too.
    ends = or_(col(Follow.follower_id) == actor.id, col(Follow.followee_id) == actor.id)
    if actor.is_local:  # its followers' nodes must still be told
        ends = col(Follow.follower_id) == actor.id
    await tx.session.execute(sql_delete(Follow).where(ends))


HANDLER = Handler("Delete", check=check, apply=apply, needs=("actor",))
