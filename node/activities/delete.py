"""Delete{actor: Person, object: post}: by its author; with a summary, a removal by a moderator.

Delete{actor, object: the same actor}: an account ends. Delete{object: a group}: it closes.

A Delete that overtakes its Create leaves a mark, and the late Create is void (R21). Undo brings back: of a removal
what was hidden; of an author's deletion, whose words are forgotten at once, what the origin then shows. A local
author's words are kept aside for an hour (`reviving`). Source: FEDERATION C.6.
"""

from __future__ import annotations

from sqlalchemy import or_
from sqlmodel import col, select

from node.activities import closing, ending, gatherings, keeping, messages, office, removal, reviving, stamps
from node.activities.forgetting import empty
from node.activities.handler import Handler
from node.activities.marks import has_mark, leave_mark, lift_mark
from node.activities.standing import check_may_touch, group_of
from node.activities.trimmings import forget
from node.activitypub import writing
from node.activitypub.activity import Activity
from node.activitypub.origin import same_origin
from node.activitypub.vocabulary import PUBLIC
from node.errors import Conflict, Forbidden, Refused
from node.outbox import bridging
from node.store.database import Transaction
from node.store.queries.actors import find_actor, get_actor
from node.store.queries.messages import find_message
from node.store.queries.posts import find_post
from node.store.queries.tasks import ask_for
from node.store.tables.actors import Actor
from node.store.tables.posts import Post

UNDONE = "undone:Delete"  # kind of the mark


async def check(tx: Transaction, delete: Activity) -> None:
    """Authors delete their posts, moderators remove from their groups, actors end themselves."""
    if delete.object == delete.actor:
        return
    message = await find_message(tx.session, delete.object)
    if message is not None:
        await messages.check_delete(tx, delete, message)
        return
    post = await find_post(tx.session, delete.object or "")
    if post is None and await stamps.is_stamp(tx, delete.object):
        await stamps.check_revocation(tx, delete)
        return
    if post is None:
        await _check_no_post(tx, delete)
        return
    await check_may_touch(tx, delete, post)
    if not await _is_author(tx, delete, post):
        await removal.check(tx, delete, post)


async def apply(tx: Transaction, delete: Activity) -> None:
    """Empty the post, or hide it when a moderator removed it."""
    target = await find_actor(tx.session, delete.object or "")
    if target is not None:
        await _end(tx, delete, target)
        return
    message = await find_message(tx.session, delete.object)
    if message is not None:
        await messages.delete(tx, message)
        return
    post = await find_post(tx.session, delete.object or "")
    if post is None and await stamps.is_stamp(tx, delete.object):
        await stamps.revoke(tx, delete)
        return
    if post is None and _is_of_its_server(delete):
        if not await _was_taken_back(tx, delete):
            await leave_mark(tx, "deleted", delete.object or "", delete.actor)
    elif post is None:
        await removal.remove_unseen(tx, delete)
    elif not await _is_author(tx, delete, post):
        await removal.remove(tx, delete, post)
    elif not await _was_taken_back(tx, delete):
        await _forget_words(tx, delete, post)


async def _was_taken_back(tx: Transaction, delete: Activity) -> bool:
    """Tell whether the Undo of this deletion overtook it (R18)."""
    return await has_mark(tx, UNDONE, delete.iri, delete.actor)


async def _forget_words(tx: Transaction, delete: Activity, post: Post) -> None:
    author = await tx.session.get_one(Actor, post.author_id)
    if post.deleted_at is None:
        await bridging.take_back(tx, post)  # its author does not know who had it from us
        if author.is_local:
            await reviving.set_aside(tx, post, delete.iri)
    empty(post)
    await forget(tx, post)
    if author.is_local:
        await reviving.linger(tx, post)
    await gatherings.forget(tx, post)
    post.deleted_at = post.deleted_at or tx.now
    await tx.session.flush()
    await keeping.count_thread(tx, post.root_id)


async def may_undo(tx: Transaction, delete: Activity) -> None:
    """As the Delete itself; an account that ended stays so."""
    if delete.object == delete.actor:
        raise Refused("An account that ended does not come back.", detail=delete.actor)
    await check(tx, delete)


async def undo(tx: Transaction, delete: Activity) -> None:
    """Bring back what this took away, and nothing that another act took."""
    target = await find_actor(tx.session, delete.object or "")
    if target is not None:
        await closing.reopen(tx, delete, target)
        return
    message = await find_message(tx.session, delete.object)
    if message is not None:
        await messages.restore(tx, message)
        return
    post = await find_post(tx.session, delete.object or "")
    if post is None and _is_of_its_server(delete):
        await lift_mark(tx, "deleted", delete.object or "", delete.actor)
        if delete.iri:
            await leave_mark(tx, UNDONE, delete.iri, delete.actor)
    elif post is None:
        await removal.restore_unseen(tx, delete)
    elif not await _is_author(tx, delete, post) or await _was_a_removal(tx, delete, post):
        await removal.restore(tx, delete, post)
    else:
        await _bring_back(tx, delete, post)


async def compose(
    tx: Transaction, actor: Actor, post: Post, *, reason: str | None = None, with_replies: bool = False
) -> Activity:
    """A local author deletes their post, or a local moderator removes one and says why.

    Only a removal carries a summary: its presence is what tells the two apart. with_replies: of a removal, with
    all that hangs below.
    """
    group = await group_of(tx, post)
    if group is not None and post.author_id != actor.id:
        extra = {"withReplies": True} if with_replies else None
        return office.act(tx, "Delete", actor, group, post.iri, reason=reason or "", extra=extra)
    return await _compose_own(tx, actor, post, group, reason)


async def compose_take_back(tx: Transaction, actor: Actor, post: Post, *, delete_iri: str | None) -> Activity:
    """A local author takes the deletion of their post back."""
    group = await group_of(tx, post)
    done = await _compose_own(tx, actor, post, group, None, iri=delete_iri)
    return office.take_back(tx, actor, done)


async def compose_restore(
    tx: Transaction, moderator: Actor, post: Post, *, with_replies: bool = False
) -> Activity:
    """A local moderator brings back what was removed. Raises Conflict for what its author deleted."""
    if post.removed_at is None:
        raise Conflict("This was not removed by a moderator; what its author deletes is gone.")
    group = await group_of(tx, post)
    if group is None:
        raise Conflict("This post is in no group.")
    extra = {"withReplies": True} if with_replies else None
    done = office.act(tx, "Delete", moderator, group, post.iri, reason=post.removal_reason or "", extra=extra)
    return office.take_back(tx, moderator, done)


async def _compose_own(
    tx: Transaction,
    actor: Actor,
    post: Post,
    group: Actor | None,
    reason: str | None,
    *,
    iri: str | None = None,
) -> Activity:
    """Write an author's deletion; or an administrator's removal of what is in no group."""
    summary = None if post.author_id == actor.id else (reason or "")
    to, cc = (office.addressed(group)) if group else ((PUBLIC,), ())
    if actor.followers and summary is None and post.parent_id is None:
        cc += (actor.followers,)
    cc += tuple(await _others_concerned(tx, actor, post))
    iri = iri or f"{actor.home}/activities/delete/{tx.ids.token()}"
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
        to=to,
        cc=cc,
        audience=audience,
        summary=summary,
    )


async def _check_no_post(tx: Transaction, delete: Activity) -> None:
    target = await find_actor(tx.session, delete.object or "")
    if target is not None and target.is_group:
        await closing.check(tx, delete, target)
    elif target is not None:
        raise Forbidden("Only the actor ends its account.", detail=delete.iri)
    elif not _is_of_its_server(delete):
        await removal.check_unseen(tx, delete)


def _is_of_its_server(delete: Activity) -> bool:
    """Tell whether it is an author's deletion as far as can be told of a post that is not here."""
    return delete.summary is None and delete.verified and same_origin(delete.actor, delete.object or "")


async def _end(tx: Transaction, delete: Activity, target: Actor) -> None:
    if target.is_group and not (delete.object == delete.actor and not target.is_local):
        await closing.close(tx, delete, target)
    else:
        await ending.end(tx, await get_actor(tx.session, delete.actor))


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


async def _was_a_removal(tx: Transaction, delete: Activity, post: Post) -> bool:
    """Tell whether an author's deletion was taken for a removal, its origin not having confirmed it."""
    if post.deleted_at is not None or post.removed_at is None:
        return False
    actor = await get_actor(tx.session, delete.actor)
    return post.removed_by_id == actor.id


async def _bring_back(tx: Transaction, delete: Activity, post: Post) -> None:
    """An author wants their post back: its origin is asked for the words, which are forgotten here."""
    if delete.iri:
        await leave_mark(tx, UNDONE, delete.iri, delete.actor)
    author = await tx.session.get_one(Actor, post.author_id)
    if author.is_local:
        await reviving.revive(tx, post, author)
    elif post.deleted_at is not None:
        await ask_for(tx, "restore", post.iri)


HANDLER = Handler(
    "Delete",
    check=check,
    apply=apply,
    needs=("actor", "removed"),
    undo=undo,
    may_undo=may_undo,
    of_office=lambda delete: delete.summary is not None,
)
