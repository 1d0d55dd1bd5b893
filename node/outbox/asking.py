"""What must not be told yet, and what a group may pass on only with its author's leave (FEDERATION D.5)."""

from __future__ import annotations

from node.activitypub import policies
from node.activitypub.activity import Activity
from node.activitypub.writing_media import write_request
from node.outbox import log
from node.outbox.audience import Target
from node.store.database import Transaction
from node.store.queries.documents import boost_document, boost_iri
from node.store.queries.permissions import find_permission, is_waiting
from node.store.tables.actors import Actor
from node.store.tables.posts import Post
from node.store.tables.trimmings import Permission


async def waits(tx: Transaction, activity: Activity) -> bool:
    """Tell whether a member's answer or vote waits for leave: then nobody else hears of it."""
    if activity.type not in {"Create", "Update", "Like", "Dislike", "Undo", "Delete"}:
        return False
    named = [activity.iri, activity.object or ""]
    if activity.inner is not None:
        named += [activity.inner.iri]
    return await is_waiting(tx.session, *named)


async def may_announce(tx: Transaction, post: Post, group: Actor) -> bool:
    """Tell whether *group* may pass on what happens to *post*; where its author wants to be asked, ask.

    Most posts have no policy: everybody may.
    """
    if not post.policy:
        return True
    author = await tx.session.get_one(Actor, post.author_id)
    if author.is_local:
        return True
    found = policies.verdict(
        policies.load(post.policy),
        "announce",
        group.iri,
        author=author.iri,
        collections=tuple(one for one in (author.followers, author.following) if one),
    )
    if found != "ask":
        return found == "yes"
    permission = await find_permission(tx.session, "announce", boost_iri(group, post))
    if permission is None:
        await _ask(tx, post, group, author)
    return permission is not None and permission.state == "granted"


async def approval(tx: Transaction, post: Post, group: Actor) -> str | None:
    """Return the leave that *group* was given to pass *post* on, to be named in its Announce."""
    permission = (
        await find_permission(tx.session, "announce", boost_iri(group, post)) if post.policy else None
    )
    return permission.stamp if permission is not None and permission.state == "granted" else None


async def _ask(tx: Transaction, post: Post, group: Actor, author: Actor) -> None:
    iri = f"{group.home}/activities/announcerequest/{tx.ids.token()}"
    tx.session.add(
        Permission(
            kind="announce",
            token=tx.ids.token(),
            post_id=post.id,
            actor_id=group.id or 0,
            request_iri=iri,
            interaction=boost_iri(group, post),
            at=tx.now,
        )
    )
    await tx.session.flush()
    request = write_request(
        "AnnounceRequest",
        iri=iri,
        actor=group.iri,
        obj=post.iri,
        instrument=boost_document(group, post, author, published=tx.now),
        to=author.iri,
    )
    await log.append(
        tx,
        iri=iri,
        type="AnnounceRequest",
        actor=group,
        body=request,
        public=False,
        targets=[Target("actor", author.id)],
    )
