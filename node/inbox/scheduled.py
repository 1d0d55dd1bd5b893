"""What members planned goes out by itself, judged then as if they had pressed the button."""

from __future__ import annotations

from datetime import datetime

import structlog
from pydantic import ValidationError
from sqlmodel import col, select

from node.activities import create, notices
from node.activities.drafts import CommentDraft, ThreadDraft
from node.activities.gathering_drafts import DRAFTS
from node.activities.perform import perform
from node.activitypub.activity import Activity
from node.activitypub.trimmings import Media
from node.errors import Malformed, NotFound, Refused
from node.local import drafting
from node.local.members import get_member
from node.runtime import Node
from node.store.database import Transaction
from node.store.queries.drafts import fields_of
from node.store.queries.posts import get_post
from node.store.queries.threads import get_visible
from node.store.queries.uploads import as_media, loose_of
from node.store.tables.actors import Actor
from node.store.tables.drafts import Draft
from node.store.tables.members import Member
from node.store.tables.posts import Post

log = structlog.get_logger()


async def publish_due(node: Node, token: str) -> datetime | None:
    """Publish what is planned, if its time has come; return when it comes, None when nothing is left to do.

    What is refused stays a draft that says why, and its author is told.
    """
    try:
        async with node.transaction() as tx:
            draft = await _planned(tx, token)
            if draft is None or draft.publish_at is None:
                return None
            if draft.publish_at > tx.now:
                return draft.publish_at
            await _publish(tx, draft)
    except (Refused, ValidationError) as error:
        if not isinstance(error, Refused):
            error = Malformed("Something in it is not right yet: open it to see what.", detail=str(error))
        log.info("planned post refused", draft=token, error=str(error))
        async with node.transaction() as tx:
            await _keep_back(tx, token, error.message)
    return None


async def _planned(tx: Transaction, token: str) -> Draft | None:
    found: Draft | None = await tx.session.scalar(select(Draft).where(col(Draft.token) == token))
    return found


async def _publish(tx: Transaction, draft: Draft) -> None:
    member = await tx.session.scalar(select(Member).where(col(Member.actor_id) == draft.author_id))
    if member is None:
        raise NotFound("This account is no member's.")
    _, author = await get_member(tx, member.id or 0)
    activity = await _composed(tx, author, draft)
    await perform(tx, activity)
    post = await get_post(tx.session, activity.object or "")
    await drafting.drop(tx, draft)
    await notices.tell_oneself(tx, "published", author, post=post)


async def _composed(tx: Transaction, author: Actor, draft: Draft) -> Activity:
    fields = fields_of(draft)
    media = await _media(tx, author, fields)
    words = {name: value for name, value in fields.items() if name != "media" and not name.startswith("alt-")}
    if draft.kind == "comment":
        parent = await _parent(tx, author, draft)
        return await create.compose_comment(tx, author, parent, CommentDraft.model_validate(words), media)
    group = await tx.session.get(Actor, draft.group_id) if draft.group_id is not None else None
    if group is None or group.deleted_at is not None:
        raise NotFound("The place that this was for is not there any more.")
    model: type[ThreadDraft] | None = DRAFTS.get(draft.kind)
    if model is None:
        raise Malformed("This draft is of a kind that does not go out by itself.", detail=draft.kind)
    return await create.compose_thread(tx, author, group, model.model_validate(words), media)


async def _parent(tx: Transaction, author: Actor, draft: Draft) -> Post:
    parent = await tx.session.get(Post, draft.post_id) if draft.post_id is not None else None
    if parent is None:
        raise NotFound("The place that this was for is not there any more.")
    return await get_visible(tx.session, parent.token, author, comment=parent.in_reply_to is not None)


async def _media(tx: Transaction, author: Actor, fields: dict[str, str]) -> tuple[Media, ...]:
    found = await loose_of(tx.session, author, fields.get("media", "").split())
    return tuple(as_media(one, author.home, fields.get(f"alt-{one.token}", one.alt)) for one in found)


async def _keep_back(tx: Transaction, token: str, reason: str) -> None:
    draft = await _planned(tx, token)
    if draft is None:
        return
    draft.publish_at, draft.trouble = None, reason[:500]
    author = await tx.session.get_one(Actor, draft.author_id)
    await notices.tell_oneself(tx, "unpublished", author, text=reason)
