"""Update{actor: moderator, object: another's post}: whether it is sensitive, and not a word of it.

Lemmy lets moderators change this much of what others wrote (FEDERATION C.5). The body is never believed further:
the inbox hands such an Update over without a document.
"""

from __future__ import annotations

from node.activities import office
from node.activities.deeds import record
from node.activities.standing import check_may_moderate, group_of
from node.activitypub import writing
from node.activitypub.activity import Activity
from node.activitypub.values import flag
from node.errors import Conflict, Refused
from node.store.database import Transaction
from node.store.queries.documents import post_document
from node.store.queries.posts import get_post
from node.store.tables.actors import Actor
from node.store.tables.posts import Post


async def check(tx: Transaction, update: Activity) -> None:
    """Whoever has authority in the post's group (RULE C4)."""
    if _stated(update) is None:
        raise Refused("An Update brings the new version.", detail=update.iri)
    post = await get_post(tx.session, update.object or "")
    group = await group_of(tx, post)
    if group is None:
        raise Refused("This post is in no group.", detail=post.iri)
    await check_may_moderate(tx, update, group)


async def apply(tx: Transaction, update: Activity) -> None:
    """Mark the post, or take the mark away."""
    post = await get_post(tx.session, update.object or "")
    sensitive = bool(_stated(update))
    if post.sensitive == sensitive:
        return
    post.sensitive = sensitive
    await tx.session.flush()
    kind = "mark" if sensitive else "unmark"
    await record(tx, update, kind, group=await group_of(tx, post), post=post, reason="")


async def compose(tx: Transaction, moderator: Actor, post: Post, *, sensitive: bool) -> Activity:
    """A local moderator marks another's post as sensitive, or no longer."""
    group = await group_of(tx, post)
    if group is None:
        raise Conflict("This post is in no group.")
    document = await post_document(tx.session, post) | {"sensitive": sensitive}
    to, cc = office.addressed(group)
    iri = f"{moderator.home}/activities/update/{tx.ids.token()}"
    return Activity(
        type="Update",
        iri=iri,
        actor=moderator.iri,
        object=post.iri,
        raw=writing.write_update(document, iri=iri, actor=moderator.iri, to=to, cc=cc, audience=group.iri),
        audience=group.iri,
        to=to,
        cc=cc,
    )


def _stated(update: Activity) -> bool | None:
    given = update.raw.get("object")
    value = given.get("sensitive") if isinstance(given, dict) else None
    return None if value is None else flag(value)
