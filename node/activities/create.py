"""Create{actor: Person, object: Page, Article, Note ..., audience: Group}: a thread or a comment.

Sources: FEP-1b12; FEDERATION C.2, C.3, D.3 (a thread begun from Mastodon by naming the group), D.4. A Note that
answers a poll with a name and without words is a vote in it (C.14, pitfall 98): see `polls`.
"""

from __future__ import annotations

from sqlmodel import col, select

from node.activities import ask, hiding, keeping, membership, messages, polls
from node.activities.drafts import CommentDraft, ThreadDraft
from node.activities.handler import Handler
from node.activities.quoting import quote_what_is_linked
from node.activities.standing import (
    check_not_banned,
    check_not_shunned,
    group_of,
    is_moderator,
    moderates_post,
)
from node.activities.words import render
from node.activitypub import addressing, reading
from node.activitypub.activity import Activity
from node.activitypub.documents import ObjectDocument
from node.activitypub.gatherings import EventDocument, Gathering, PollDocument
from node.activitypub.trimmings import Media
from node.errors import Forbidden, Malformed, Refused
from node.outbox import bridging
from node.store.database import Transaction
from node.store.queries.actors import get_actor
from node.store.queries.documents import create_document
from node.store.queries.listings import show_beside
from node.store.queries.posts import OPEN, awaited_above, find_post, is_locked
from node.store.tables.actors import Actor
from node.store.tables.follows import Follow
from node.store.tables.posts import Post

THREADS = frozenset({"Page", "Article", "Note", "Question", "Event", "Video", "Image", "Link"})
_KINDS: dict[type[Gathering], str] = {PollDocument: "Question", EventDocument: "Event"}


async def check(tx: Transaction, create: Activity) -> None:
    """The author says it themselves, in a place that takes it from them (RULE C3, D3, B6)."""
    document = _document(create)
    author = await get_actor(tx.session, create.actor)
    if author.deleted_at is not None:
        raise Refused("This actor has left.", detail=create.actor)
    if author.is_local and author.moved_to is not None:
        raise Forbidden(
            f"This account has moved to {author.moved_to}. Write from there, or come back in the settings.",
            detail=author.iri,
        )
    if document.attributed_to != create.actor:
        raise Forbidden("Nobody posts in another's name.", detail=f"{create.actor}: {document.attributed_to}")
    if await polls.is_ballot(tx, document):
        await polls.check(tx, create, document.in_reply_to or "", polls.answer_of(document))
    elif await messages.is_message(tx.session, document, author):
        await messages.check(tx, create, document, author)
    elif document.in_reply_to is None:
        await _check_thread(tx, create, document, author)
    else:
        await _check_comment(tx, create, document, author)


async def apply(tx: Transaction, create: Activity) -> None:
    """Keep the post and tell the members it concerns."""
    document = _document(create)
    if await polls.is_ballot(tx, document):
        await polls.apply(tx, create, document.in_reply_to or "", polls.answer_of(document), iri=document.iri)
        return
    author = await get_actor(tx.session, create.actor)
    if await messages.is_message(tx.session, document, author):
        await messages.apply(tx, create, document, author)
        return
    group = await get_actor(tx.session, create.audience) if create.audience else None
    fresh = await find_post(tx.session, document.iri) is None
    post = await keeping.keep(
        tx,
        document,
        author=author,
        group=group,
        create_iri=create.iri,
        backfilled=create.backfilled,
        confirmed=_is_vouched(create) or group is None or group.is_local,
        verified=create.verified,
    )
    if post.deleted_at is not None:  # its deletion overtook it
        return
    await hiding.catch_up(tx, post)
    if create.shown_by is not None:
        await show_beside(tx, await get_actor(tx.session, create.shown_by), post)
    if not fresh or create.backfilled or post.removed_at is not None:
        return
    if not (author.is_local and await _waits(tx, create, author, post)):
        await keeping.notify(tx, post, document, author)
    if post.verify_by is None and (post.group_id is None or create.announced_by is not None):
        await bridging.bridge(tx, post)


def _is_vouched(create: Activity) -> bool:
    """Tell whether a group says that the post is where it says: its own, or a sibling that has it from there."""
    return create.announced_by is not None or create.shown_by is not None


async def _waits(tx: Transaction, create: Activity, author: Actor, post: Post) -> bool:
    """Ask for the leave that a post of ours needs; tell whether it is its author's alone until that is given."""
    if post.quote_iri is not None:
        await ask.ask_to_quote(tx, author, post, create.raw["object"])
    parent = await tx.session.get(Post, post.parent_id) if post.parent_id else None
    if parent is None or not await ask.ask_first(tx, "reply", create, parent):
        return False
    post.visibility = "direct"
    await tx.session.flush()
    await keeping.count_thread(tx, post.root_id)
    return True


async def compose_thread(
    tx: Transaction, author: Actor, group: Actor, draft: ThreadDraft, media: tuple[Media, ...] = ()
) -> Activity:
    """A local author begins a thread in a group, ours or another's. media: uploads of theirs."""
    token = tx.ids.token()
    gathering = draft.asked(tx.now)
    return await _compose(
        tx,
        author,
        Post(
            iri=f"{author.home}/post/{token}",
            token=token,
            kind="Page" if gathering is None else _KINDS[type(gathering)],
            author_id=author.id or 0,
            group_id=group.id,
            title=draft.title,
            content=await render(tx.session, draft.source, author.home),
            source=draft.source,
            warning=draft.warning,
            language=draft.language,
            link_url=draft.link_url,
            visibility="members" if group.private else "public",
            sensitive=draft.sensitive or bool(draft.warning),
            published=tx.now.replace(microsecond=0),
            received_at=tx.now,
            last_active=tx.now,
        ),
        group,
        gathering,
        media=media,
    )


async def compose_comment(
    tx: Transaction, author: Actor, parent: Post, draft: CommentDraft, media: tuple[Media, ...] = ()
) -> Activity:
    """A local author answers a thread or a comment. media: uploads of theirs."""
    token = tx.ids.token()
    group = await group_of(tx, parent)
    return await _compose(
        tx,
        author,
        Post(
            iri=f"{author.home}/comment/{token}",
            token=token,
            kind="Note",
            author_id=author.id or 0,
            group_id=parent.group_id,
            root_id=parent.root_id or parent.id,
            parent_id=parent.id,
            in_reply_to=parent.iri,
            depth=parent.depth + 1,
            visibility=_answering(parent, group),
            content=await render(tx.session, draft.source, author.home),
            source=draft.source,
            published=tx.now.replace(microsecond=0),
            received_at=tx.now,
            last_active=tx.now,
        ),
        group,
        media=media,
    )


def _answering(parent: Post, group: Actor | None) -> str:
    """Return who may read an answer: nobody who may not read what it answers (V74)."""
    if parent.visibility == "members" or (group is not None and group.private):
        return "members"
    return "public" if parent.visibility in OPEN else "direct"


async def _compose(
    tx: Transaction,
    author: Actor,
    post: Post,
    group: Actor | None,
    gathering: Gathering | None = None,
    *,
    media: tuple[Media, ...],
) -> Activity:
    """Write the row that would be, as JSON; `apply` reads it back: one way in for all."""
    post.create_iri = f"{author.home}/activities/create/{tx.ids.token()}"
    if post.link_url:
        await quote_what_is_linked(tx, author, post)
    raw = await create_document(tx.session, post, gathering=gathering, media=media)
    document = reading.read_object(raw["object"])
    return Activity(
        type="Create",
        iri=post.create_iri,
        actor=author.iri,
        object=post.iri,
        raw=raw,
        document=document,
        audience=group.iri if group else None,
        to=document.to,
        cc=document.cc,
    )


def _document(create: Activity) -> ObjectDocument:
    if not isinstance(create.document, ObjectDocument):
        raise Malformed("A Create brings a post.", detail=create.iri)
    return create.document


async def _check_thread(tx: Transaction, create: Activity, document: ObjectDocument, author: Actor) -> None:
    if document.type not in THREADS:
        raise Refused(f"{document.type} is no kind of post here.", detail=document.iri)
    group = await get_actor(tx.session, create.audience) if create.audience else None
    if group is None and await _is_read_here(tx, create, document, author):
        return
    if group is None or not group.is_group:
        raise Refused("This post is addressed to no group known here.", detail=document.iri)
    _check_vouched(create, group)
    if group.deleted_at is not None:
        raise Refused("This group is closed.", detail=group.iri)
    if group.moved_to is not None:
        raise Refused(f"This group has moved to {group.moved_to}: write there.", detail=group.iri)
    await check_not_banned(tx, create, group)
    await membership.check_place(tx, document, author=author, group=group, root=None)
    await _check_open(tx, create, author, group)
    if not group.is_local:
        await _check_concerns_us(tx, create, document, author, group)
    elif not meant_for(document, group):
        raise Refused("A thread names its group.", detail=document.iri)


async def _check_open(tx: Transaction, create: Activity, author: Actor, group: Actor) -> None:
    """Refuse a thread where only moderators begin them; what a group elsewhere passes on, it has judged.

    A member here is told at once instead of being refused there in silence.
    """
    is_asked = group.is_local or (author.is_local and create.announced_by is None)
    if is_asked and group.posting_restricted and not await is_moderator(tx, author, group):
        raise Forbidden("Only moderators begin threads in this group.", detail=create.iri)


async def _check_comment(tx: Transaction, create: Activity, document: ObjectDocument, author: Actor) -> None:
    _check_says_something(document)
    parent = await find_post(tx.session, document.in_reply_to or "")
    if parent is not None:
        await ask.check_leave(tx, "reply", create.actor, parent)
    await membership.check_for_somebody(tx, document, author)
    if parent is None:
        return  # its place is unknown yet: kept aside until the parent comes (R19)
    # What a group elsewhere passes on, its host has judged: by its own locks, and before what was answered was deleted.
    is_judged = create.announced_by is not None
    if not is_judged and (parent.deleted_at or parent.removed_at):
        raise Refused("What this answers was deleted.", detail=document.iri)
    root = await tx.session.get(Post, parent.root_id) if parent.root_id else parent
    group = await group_of(tx, parent)
    await check_not_banned(tx, create, group)
    await check_not_shunned(tx, create, parent.author_id)
    if group is not None and group.deleted_at is not None:
        raise Refused("This group is closed.", detail=group.iri)
    if not is_judged and await is_locked(tx.session, parent) and not await moderates_post(tx, author, parent):
        raise Forbidden("This thread is locked.", detail=document.iri)
    if group is not None:
        _check_vouched(create, group)
        await membership.check_place(tx, document, author=author, group=group, root=root)
    elif create.announced_by is not None and await awaited_above(tx.session, parent) is None:
        # (An answer that waits for its own parent is in no group yet, and takes answers all the same.)
        raise Forbidden("A group speaks only for its own threads.", detail=create.iri)


def _check_says_something(document: ObjectDocument) -> None:
    """Refuse an answer without anything in it: a vote in what is no poll here, or is none any more (I.98)."""
    said = document.content or document.source_markdown or document.summary
    if not (said or document.images or document.media or document.quote or document.link_url):
        raise Refused("There is nothing in this answer.", detail=document.iri)


def _check_vouched(create: Activity, group: Actor) -> None:
    if create.announced_by is not None and create.announced_by != group.iri:
        raise Forbidden(
            "A group speaks only for its own threads.", detail=f"{create.announced_by}: {group.iri}"
        )


def meant_for(document: ObjectDocument, group: Actor) -> bool:
    """Tell whether a thread is meant for the group, rather than mentioning it in passing (RULE D3)."""
    return (
        group.iri in document.to
        or document.audience == group.iri
        or (group.iri in document.cc and group.iri in addressing.mentions_of(document))
    )


async def _check_concerns_us(
    tx: Transaction, create: Activity, document: ObjectDocument, author: Actor, group: Actor
) -> None:
    """A post to another node's group that came direct is kept only when somebody here asked for it (B.9)."""
    if _is_vouched(create) or author.is_local or create.backfilled:
        return
    asked = [author.id, *([group.id] if keeping.is_of_the_group(document, group) else [])]
    followers = select(Follow.id).where(col(Follow.followee_id).in_(asked), col(Follow.state) == "accepted")
    named = select(Actor.id).where(col(Actor.iri).in_(document.addressees), col(Actor.peer_id).is_(None))
    if await tx.session.scalar(followers.limit(1)) or await tx.session.scalar(named.limit(1)):
        return
    raise Refused("Nobody here follows this author or is addressed.", detail=document.iri)


async def _is_read_here(tx: Transaction, create: Activity, document: ObjectDocument, author: Actor) -> bool:
    """Tell whether a post to no group is kept for those here who follow its author."""
    if author.is_local or create.announced_by is not None or not document.is_public:
        return False
    followers = select(Follow.id).where(col(Follow.followee_id) == author.id, col(Follow.state) == "accepted")
    return await tx.session.scalar(followers.limit(1)) is not None


HANDLER = Handler("Create", check=check, apply=apply, needs=("actor", "group", "parent"))
