"""The end of an actor: Delete{actor, object: the same actor}. Its id is never used again (A86)."""

from __future__ import annotations

from sqlalchemy import delete, or_
from sqlmodel import col, select

from node.activities import gatherings, keeping, messages
from node.activities.attaching import let_go
from node.activities.forgetting import empty
from node.activities.trimmings import forget
from node.activities.vote import recount
from node.activitypub import writing
from node.activitypub.activity import Activity
from node.activitypub.vocabulary import PUBLIC
from node.store.database import Transaction
from node.store.tables.actors import Actor, PublicKey
from node.store.tables.drafts import Draft
from node.store.tables.follows import Follow, Moderator
from node.store.tables.posts import Post, Vote


async def end(tx: Transaction, actor: Actor) -> None:
    """Forget an actor's words, votes and follows."""
    if actor.deleted_at is not None:
        return
    actor.deleted_at = tx.now
    actor.name = actor.summary = actor.summary_source = actor.description = actor.document = ""
    actor.icon_url = actor.image_url = None
    await _forget_words(tx, actor)
    await let_go(tx, actor)
    await tx.session.execute(delete(Draft).where(col(Draft.author_id) == actor.id))
    await messages.forget(tx, actor)
    await _forget_votes(tx, actor)
    await gatherings.forget_actor(tx, actor)
    await tx.session.execute(delete(Moderator).where(col(Moderator.actor_id) == actor.id))
    await tx.session.execute(delete(PublicKey).where(col(PublicKey.owner) == actor.iri))
    # A group's followers go with it; whom the actor followed is undone too.
    ends = or_(col(Follow.follower_id) == actor.id, col(Follow.followee_id) == actor.id)
    if actor.is_local:  # its followers' nodes must still be told
        ends = col(Follow.follower_id) == actor.id
    await tx.session.execute(delete(Follow).where(ends))


def compose(tx: Transaction, actor: Actor) -> Activity:
    """A local account ends: everyone we know hears of it."""
    iri = f"{actor.home}/activities/delete/{tx.ids.token()}"
    raw = writing.write_delete(actor.iri, iri=iri, actor=actor.iri, to=[PUBLIC], cc=[])
    return Activity(type="Delete", iri=iri, actor=actor.iri, object=actor.iri, raw=raw, to=(PUBLIC,))


async def _forget_words(tx: Transaction, actor: Actor) -> None:
    posts = list(await tx.session.scalars(select(Post).where(col(Post.author_id) == actor.id)))
    for post in posts:
        empty(post)
        await forget(tx, post)
        await gatherings.forget(tx, post)
        post.deleted_at = post.deleted_at or tx.now
    await tx.session.flush()
    for root_id in {post.root_id for post in posts if post.root_id}:
        await keeping.count_thread(tx, root_id)


async def _forget_votes(tx: Transaction, actor: Actor) -> None:
    voted = list(await tx.session.scalars(select(Post).join(Vote).where(col(Vote.actor_id) == actor.id)))
    await tx.session.execute(delete(Vote).where(col(Vote.actor_id) == actor.id))
    for post in voted:
        await recount(tx, [post])
