"""What waited for leave goes on when it is given, and is dropped when it is not (see `ask`)."""

from __future__ import annotations

from sqlmodel import col, select

from node.activities import keeping, vote
from node.activitypub import reading, writing
from node.activitypub.activity import Activity
from node.outbox import announcing
from node.outbox.publish import publish
from node.store.database import Transaction
from node.store.queries.documents import create_document, object_document
from node.store.queries.posts import find_post
from node.store.tables.actors import Actor
from node.store.tables.posts import Post, Vote
from node.store.tables.trimmings import Permission, Reaction

REFUSED = "The author of the post that this answers did not allow it."


async def go_on(tx: Transaction, row: Permission) -> None:
    """Tell everybody what the leave was asked for."""
    if row.kind == "like":
        await _vote(tx, row)
    elif row.kind == "announce":
        await _announce(tx, row)
    else:
        post = await find_post(tx.session, row.interaction)
        if post is not None and post.deleted_at is None:
            await (_reply(tx, row, post) if row.kind == "reply" else _quote(tx, post, row.stamp))


async def give_up(tx: Transaction, row: Permission) -> None:
    """Drop what the leave was asked for: a vote is taken back, an answer removed, a quote is a quote no more."""
    if row.kind == "like":
        for table in (Vote, Reaction):
            found = await tx.session.scalar(select(table).where(col(table.iri) == row.interaction))
            if found is not None:
                await tx.session.delete(found)
        post = await tx.session.get(Post, row.post_id) if row.post_id else None
        if post is not None:
            await vote.recount(tx, [post])
        return
    post = await find_post(tx.session, row.interaction)
    if post is None:
        return
    if row.kind == "reply":
        post.removed_at, post.removal_reason = post.removed_at or tx.now, REFUSED
        await tx.session.flush()
        await keeping.count_thread(tx, post.root_id)
    elif row.kind == "quote":
        post.quote_iri = None
        await _quote(tx, post, None)


async def _reply(tx: Transaction, row: Permission, post: Post) -> None:
    post.visibility, post.approved_by = "public", row.stamp
    await tx.session.flush()
    await keeping.count_thread(tx, post.root_id)
    raw = await create_document(tx.session, post)
    await publish(tx, await _carrying(tx, "Create", post, raw))


async def _quote(tx: Transaction, post: Post, stamp: str | None) -> None:
    """Tell who has the post that the quote is allowed, or that there is none; its words are no newer for it."""
    post.quote_stamp = stamp
    await tx.session.flush()
    author = await tx.session.get_one(Actor, post.author_id)
    if not author.is_local:
        return
    iri = f"{author.home}/activities/update/{tx.ids.token()}"
    document = await object_document(tx.session, post)
    raw = writing.write_update(document, iri=iri, actor=author.iri)
    await publish(tx, await _carrying(tx, "Update", post, raw))


async def _vote(tx: Transaction, row: Permission) -> None:
    found: Vote | None = await tx.session.scalar(select(Vote).where(col(Vote.iri) == row.interaction))
    post = await tx.session.get(Post, row.post_id) if row.post_id else None
    actor = await tx.session.get(Actor, row.actor_id)
    if found is None or post is None or actor is None:
        return
    to, cc, audience = await vote.addressed(tx, post)
    raw = writing.write_activity(
        "Like",
        iri=found.iri,
        actor=actor.iri,
        obj=post.iri,
        to=to,
        cc=cc,
        audience=audience,
        extra={"approvedBy": row.stamp},
    )
    await publish(
        tx,
        Activity(
            type="Like",
            iri=found.iri,
            actor=actor.iri,
            object=post.iri,
            raw=raw,
            to=to,
            cc=cc,
            audience=audience,
        ),
    )


async def _announce(tx: Transaction, row: Permission) -> None:
    post = await tx.session.get(Post, row.post_id) if row.post_id else None
    group = await tx.session.get(Actor, row.actor_id)
    if post is None or group is None or post.group_id != group.id:
        return
    author = await tx.session.get_one(Actor, post.author_id)
    raw = await create_document(tx.session, post)
    await announcing.announce(tx, await _carrying(tx, "Create", post, raw), group=group, author=author)


async def _carrying(tx: Transaction, kind: str, post: Post, raw: dict[str, object]) -> Activity:
    author = await tx.session.get_one(Actor, post.author_id)
    group = await tx.session.get(Actor, post.group_id) if post.group_id else None
    read = reading.read_activity(raw)
    return Activity(
        type=kind,
        iri=read.iri,
        actor=author.iri,
        object=post.iri,
        raw=raw,
        to=read.to,
        cc=read.cc,
        audience=group.iri if group is not None else None,
    )
