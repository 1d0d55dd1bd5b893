"""What an arrival leaves to do once it has taken effect: in the background, and over the network."""

from __future__ import annotations

from node.activitypub.activity import Activity
from node.activitypub.documents import ObjectDocument
from node.inbox.verifying import FIRST_AFTER
from node.store.database import Transaction
from node.store.queries.posts import find_post
from node.store.queries.tasks import ask_for


async def ask_for_the_rest(tx: Transaction, activity: Activity) -> None:
    """Ask to verify what was taken on a group's word, and to look for the thread of what came without one (E4)."""
    if activity.type not in {"Create", "Update"} or not isinstance(activity.document, ObjectDocument):
        return
    post = await find_post(tx.session, activity.document.iri)
    if post is None:
        return
    if not activity.verified and post.verify_by is not None:
        await ask_for(tx, "verify", post.iri, due_at=tx.now + FIRST_AFTER)
    if post.in_reply_to is not None and post.parent_id is None and post.context_iri is not None:
        await ask_for(tx, "repair", post.iri)
