"""Update{actor: Person, object: the post in full}: an edit. Update{object: the actor}: a new profile.

By a moderator: of a group, its charter; of a post, whether it is sensitive and nothing else.

One that comes before its Create is one (pitfall 78); one older than what we have has no effect (pitfall 31).
A remote actor's new profile is read again at its origin, never taken from here (A16).
Source: FEDERATION C.5, C.11.
"""

from __future__ import annotations

from datetime import timedelta

from node.activities import charter, create, gatherings, keeping, marking, membership
from node.activities.drafts import CommentDraft, ThreadDraft
from node.activities.handler import Handler
from node.activities.quoting import quote_what_is_linked
from node.activities.standing import check_may_touch, group_of
from node.activities.words import render
from node.activitypub import reading, writing
from node.activitypub.activity import Activity
from node.activitypub.documents import ActorDocument, ObjectDocument
from node.activitypub.gatherings import Gathering
from node.activitypub.trimmings import Media
from node.activitypub.vocabulary import PUBLIC
from node.errors import Conflict, Forbidden, Refused
from node.store.database import Transaction
from node.store.queries.actors import find_actor, get_actor
from node.store.queries.documents import actor_document, object_document
from node.store.queries.posts import find_post
from node.store.queries.tasks import ask_for
from node.store.tables.actors import Actor
from node.store.tables.posts import Post


async def check(tx: Transaction, update: Activity) -> None:
    """Authors edit their posts, actors themselves; a group's profile may come through the group."""
    if await _is_about_actor(tx, update):
        await _check_actor(tx, update)
        return
    if update.document is None:
        await marking.check(tx, update)
        return
    assert isinstance(update.document, ObjectDocument)
    post = await find_post(tx.session, update.document.iri)
    if post is None:  # unknown until now, or a private message
        await create.check(tx, update)
        return
    await check_may_touch(tx, update, post)
    author = await tx.session.get(Actor, post.author_id)
    if author is None or author.iri != update.actor or update.document.attributed_to != author.iri:
        raise Forbidden("Only its author edits a post.", detail=f"{update.actor}: {post.iri}")
    if post.deleted_at is not None:
        raise Refused("This post was deleted.", detail=post.iri)
    group = await group_of(tx, post)
    if group is not None and post.visibility == membership.MEMBERS:
        await membership.check_place(tx, update.document, author=author, group=group, root=post)


async def apply(tx: Transaction, update: Activity) -> None:
    """Put the newer version in place."""
    if await _is_about_actor(tx, update):
        await _apply_to_actor(tx, update)
        return
    if update.document is None:
        await marking.apply(tx, update)
        return
    document = update.document
    assert isinstance(document, ObjectDocument)
    post = await find_post(tx.session, document.iri)
    if post is None:
        await create.apply(tx, update)
        return
    if update.announced_by is not None and post.confirmed_at is None:
        post.confirmed_at = tx.now
    if not update.verified and post.verify_by is None:
        return  # a provisional copy never replaces a verified one (RULE B6c)
    if await is_newer(tx, post, document) and not await gatherings.is_tally(tx, post, document):
        await keeping.revise(tx, post, document)
    else:
        await gatherings.refresh(tx, post, document)


async def is_newer(tx: Transaction, post: Post, document: ObjectDocument) -> bool:
    """Tell whether the document is a later version; of two in one second, the one whose words differ (I.31)."""
    if document.updated is None:
        return post.updated is None
    if document.quote_stamp is not None and document.updated == post.updated and post.quote_stamp is None:
        return True  # the same words, with leave to quote (FEP-044f)
    stored = post.updated or post.published
    if document.updated != stored:
        return document.updated > stored
    return await keeping.says_otherwise(tx, post, document)


async def compose(
    tx: Transaction,
    author: Actor,
    post: Post,
    draft: ThreadDraft | CommentDraft,
    media: tuple[Media, ...] | None = None,
) -> Activity:
    """A local author edits their post. Nothing changes until the activity is performed.

    media: uploads of theirs that the post is to have; None: those that it has.
    """
    edited = Post(**post.model_dump())
    edited.source = draft.source
    edited.content = await render(tx.session, draft.source, author.home)
    edited.updated = tx.now
    if isinstance(draft, ThreadDraft):
        edited.title, edited.link_url, edited.language = draft.title, draft.link_url, draft.language
        edited.warning, edited.sensitive = draft.warning, draft.sensitive or bool(draft.warning)
    await quote_what_is_linked(tx, author, edited)
    gathering = draft.asked(tx.now) if isinstance(draft, ThreadDraft) else None
    if media is not None:
        # Pictures are no words, by which versions of one second are told apart.
        edited.updated = max(tx.now, (post.updated or post.published) + timedelta(seconds=1))
        edited.image_url = next((one.url for one in media if one.kind == "image"), None)
    return await _say(tx, author, edited, gathering, media)


async def compose_voice(tx: Transaction, author: Actor, post: Post, *, in_office: bool) -> Activity:
    """A local moderator says that their comment is a moderator's word, or no longer. Raises Conflict for a thread."""
    if post.parent_id is None:
        raise Conflict("Only a comment is marked as a moderator's word.")
    spoken = Post(**post.model_dump())
    spoken.distinguished = in_office
    spoken.updated = max(tx.now, (post.updated or post.published) + timedelta(seconds=1))
    return await _say(tx, author, spoken)


async def _say(
    tx: Transaction,
    author: Actor,
    edited: Post,
    gathering: Gathering | None = None,
    media: tuple[Media, ...] | None = None,
) -> Activity:
    document = await object_document(tx.session, edited, gathering=gathering, media=media)
    group = await group_of(tx, edited)
    iri = f"{author.home}/activities/update/{tx.ids.token()}"
    read = reading.read_object(document)
    return Activity(
        type="Update",
        iri=iri,
        actor=author.iri,
        object=edited.iri,
        raw=writing.write_update(
            document,
            iri=iri,
            actor=author.iri,
            to=read.to,
            cc=read.cc,
            audience=group.iri if group else None,
        ),
        document=read,
        audience=group.iri if group else None,
        to=read.to,
        cc=read.cc,
    )


def compose_actor(tx: Transaction, actor: Actor) -> Activity:
    """A local actor's profile has changed: say so to its followers."""
    iri = f"{actor.home}/activities/update/{tx.ids.token()}"
    followers = (actor.followers,) if actor.followers else ()
    return Activity(
        type="Update",
        iri=iri,
        actor=actor.iri,
        object=actor.iri,
        raw=writing.write_update(actor_document(actor), iri=iri, actor=actor.iri, to=[PUBLIC], cc=followers),
        to=(PUBLIC,),
        cc=followers,
    )


async def _is_about_actor(tx: Transaction, update: Activity) -> bool:
    if isinstance(update.document, ActorDocument) or update.object == update.actor:
        return True
    return update.document is None and await find_actor(tx.session, update.object or "") is not None


async def _check_actor(tx: Transaction, update: Activity) -> None:
    """Themselves; a group's charter those who may change it. The origin is asked in any case (FEDERATION C.11)."""
    target = await get_actor(tx.session, update.object or update.actor)
    if target.iri in {update.actor, update.announced_by}:
        return
    if target.is_group:
        await charter.check(tx, update, target)
    else:
        raise Forbidden("Only the actor changes its profile.", detail=f"{update.actor}: {target.iri}")


async def _apply_to_actor(tx: Transaction, update: Activity) -> None:
    actor = await get_actor(tx.session, update.object or update.actor)
    if actor.is_group and update.actor != actor.iri:
        await charter.apply(tx, update, actor)
    elif not actor.is_local:
        await ask_for(tx, "refresh", actor.iri)


HANDLER = Handler("Update", check=check, apply=apply, needs=("actor", "group", "parent"))
