"""ApproveReply, RejectReply{actor: author of a video, object: comment}: PeerTube's moderated comments (C.18).

PeerTube holds a comment back until the video's owner approves it. It takes no request: the comment itself is one.
"""

from __future__ import annotations

from node.activities import keeping
from node.activities.handler import Handler
from node.activities.standing import check_may_touch
from node.activitypub.activity import Activity
from node.errors import Forbidden
from node.store.database import Transaction
from node.store.queries.posts import get_post
from node.store.tables.actors import Actor
from node.store.tables.posts import Post

REJECTED = "The owner of the video did not allow it."


async def check(tx: Transaction, answer: Activity) -> None:
    """The author of the thread judges the comments in it, on their own word alone."""
    comment = await get_post(tx.session, answer.object or "")
    await check_may_touch(tx, answer, comment)
    root = await tx.session.get(Post, comment.root_id) if comment.root_id else None
    owner = await tx.session.get(Actor, root.author_id) if root is not None else None
    is_owner = owner is not None and owner.iri == answer.actor and answer.announced_by is None
    if root is None or root.kind != "Video" or not is_owner:
        raise Forbidden("Only the owner of a video judges its comments.", detail=answer.iri)


async def approve(tx: Transaction, answer: Activity) -> None:
    """Note that the comment stands; one that was rejected before comes back."""
    comment = await get_post(tx.session, answer.object or "")
    comment.approved_by = answer.iri
    if comment.removal_iri is not None and comment.removal_reason == REJECTED:
        comment.removed_at, comment.removal_iri, comment.removal_reason = None, None, ""
    await tx.session.flush()
    await keeping.count_thread(tx, comment.root_id)


async def reject(tx: Transaction, answer: Activity) -> None:
    """Hide the comment, with the reason."""
    comment = await get_post(tx.session, answer.object or "")
    if comment.removed_at is None:
        comment.removed_at, comment.removal_iri, comment.removal_reason = tx.now, answer.iri, REJECTED
    comment.approved_by = None
    await tx.session.flush()
    await keeping.count_thread(tx, comment.root_id)


APPROVE = Handler("ApproveReply", check=check, apply=approve)
REJECT = Handler("RejectReply", check=check, apply=reject)
