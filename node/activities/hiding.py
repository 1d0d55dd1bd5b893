"""What a banned person posted within the ban's reach, hidden as by removals and shown again (pitfall 88)."""

from __future__ import annotations

from sqlalchemy import ColumnElement, update
from sqlmodel import col, select

from node.activities import keeping
from node.outbox import announcing
from node.store.batches import none_of
from node.store.database import Transaction
from node.store.queries.bans import in_force, within
from node.store.tables.actors import Actor
from node.store.tables.moderation import Ban
from node.store.tables.posts import Post


async def hide(tx: Transaction, ban: Ban, reach: ColumnElement[bool]) -> None:
    """Hide what *reach* names, for the reason of the *ban*; what its author deleted stays as it is."""
    shown = list(
        await tx.session.scalars(
            select(Post).where(reach, col(Post.removed_at).is_(None), col(Post.deleted_at).is_(None))
        )
    )
    for post in shown:
        _hide(post, ban)
    await tx.session.flush()
    await _recount(tx, shown)
    for thread in shown:
        await announcing.take_back(tx, thread)


async def show(tx: Transaction, ban: Ban) -> None:
    """Show again what was hidden with the *ban*; what was removed for itself stays removed."""
    hidden = list(
        await tx.session.scalars(
            select(Post).where(
                col(Post.author_id) == ban.actor_id,
                col(Post.removal_iri) == ban.iri,
                col(Post.removed_at).is_not(None),
            )
        )
    )
    for post in hidden:
        post.removed_at = post.removed_by_id = post.removal_iri = None
        post.removal_reason = ""
    await tx.session.flush()
    await _recount(tx, hidden)
    for thread in hidden:
        await announcing.show_again(tx, thread)


async def rename(tx: Transaction, ban: Ban, iri: str) -> None:
    """Let what was hidden with *ban* be known under the id of the one that takes its place."""
    await tx.session.execute(
        update(Post)
        .where(col(Post.author_id) == ban.actor_id, col(Post.removal_iri) == ban.iri)
        .values(removal_iri=iri)
    )


async def catch_up(tx: Transaction, post: Post) -> None:
    """Hide a post that came after the ban that would have hidden it, and was written before (R22)."""
    if none_of(tx.session, Ban, post.author_id):
        return
    author = await tx.session.get_one(Actor, post.author_id)
    query = select(Ban).where(
        col(Ban.actor_id) == author.id, col(Ban.content_removed).is_(True), in_force(tx.now)
    )
    for ban in list(await tx.session.scalars(query)):
        group = await tx.session.get(Actor, ban.group_id) if ban.group_id is not None else None
        home = ban.scope.rstrip("/")
        own = await _is_ours(tx, ban)
        reach = within(author, group, home, is_ours=own) & (col(Post.id) == post.id)
        if post.removed_at is None and await tx.session.scalar(select(Post.id).where(reach)) is not None:
            _hide(post, ban)
            await tx.session.flush()
            await keeping.count_thread(tx, post.root_id)


async def _is_ours(tx: Transaction, ban: Ban) -> bool:
    query = select(Actor.id).where(col(Actor.iri) == ban.scope, col(Actor.sealed_key).is_not(None))
    return ban.group_id is None and await tx.session.scalar(query) is not None


def _hide(post: Post, ban: Ban) -> None:
    post.removed_at, post.removed_by_id = ban.at, ban.by_id
    post.removal_reason, post.removal_iri = ban.reason, ban.iri


async def _recount(tx: Transaction, posts: list[Post]) -> None:
    for root_id in {post.root_id for post in posts if post.root_id}:
        await keeping.count_thread(tx, root_id)
