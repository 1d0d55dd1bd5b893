"""Keeping a post: the one place where an object becomes a row, whoever brought it."""

from __future__ import annotations

from collections.abc import Collection
from datetime import UTC, datetime, timedelta

from sqlalchemy import and_, func, or_, update
from sqlalchemy.orm import aliased
from sqlmodel import col, select

from node.activities import gatherings, insignia, membership, versions
from node.activities.forgetting import empty
from node.activities.marks import has_mark
from node.activities.standing import rank
from node.activities.trimmings import hang
from node.activities.words import words_of
from node.activitypub import addressing, strictjson
from node.activitypub.documents import ObjectDocument
from node.activitypub.origin import same_origin
from node.errors import Refused
from node.store.batches import BatchSession, known
from node.store.columns import IRI_LENGTH
from node.store.database import Transaction
from node.store.fresh import new_row
from node.store.queries.actors import find_actors
from node.store.queries.listings import show_in_siblings
from node.store.queries.posts import OPEN, find_post, hold
from node.store.queries.standing import shuns
from node.store.queries.tasks import ask_for
from node.store.tables.actors import Actor
from node.store.tables.members import Member, Notification
from node.store.tables.posts import Post
from node.text.links import link_key

VERIFY_WITHIN = timedelta(hours=24)  # RULE B6c
MAX_DEPTH = 50  # answers to answers; deeper ones are refused (FEDERATION C.3)
MAX_NOTIFIED = 25  # members named in one post that hear of it (THREATS 0.2)
LONGEST_KIND, LONGEST_LANGUAGE = 32, 20  # characters; what the columns hold
_root = aliased(Post)
_FROM_OPEN = ("public", "unlisted", "members", "followers", "direct")


async def keep(
    tx: Transaction,
    document: ObjectDocument,
    *,
    author: Actor,
    group: Actor | None,
    create_iri: str | None = None,
    backfilled: bool = False,
    confirmed: bool = False,
    verified: bool = True,
) -> Post:
    """Store a verified document and return its post; the first verified copy of an id wins (A14).

    group: where a thread goes; a comment goes where its parent is. confirmed: the group vouches for it.
    verified: False when it was taken on a group's word. One whose deletion came first is kept as any deleted post
    is, without words: what answers it has its place all the same (R21).
    """
    if document.attributed_to != author.iri:
        raise Refused("A post belongs to its author.", detail=f"{document.iri}: {author.iri}")
    confirmed = confirmed or (group is not None and is_of_the_group(document, group))
    await tx.take_turns([document.iri])
    known = await find_post(tx.session, document.iri)
    if known is not None:
        elsewhere = group is not None and known.group_id not in {None, group.id}
        return await _meet_again(
            tx, known, document, confirmed=confirmed and not elsewhere, verified=verified
        )
    parent = await _parent_of(tx, document)
    post = await _new_post(tx, document, author, group, parent)
    post.create_iri, post.backfilled = create_iri, backfilled
    post.confirmed_at = tx.now if confirmed else None
    is_gone = await has_mark(tx, "deleted", document.iri, author.iri)
    if is_gone:
        empty(post)
        post.deleted_at = tx.now
    elif not verified:
        post.verify_by = tx.now + VERIFY_WITHIN
    tx.session.add(post)
    await tx.session.flush()
    if not is_gone:
        await _furnish(tx, post, document)
    await _adopt(tx, post)
    await count_thread(tx, post.root_id)
    await show_in_siblings(tx, post)
    return post


async def _parent_of(tx: Transaction, document: ObjectDocument) -> Post | None:
    """Return what the document answers; while it is not here, nobody else may bring it (R19)."""
    if document.in_reply_to is None:
        return None
    parent = await find_post(tx.session, document.in_reply_to)
    if parent is None:
        await tx.take_turns([document.in_reply_to])
        parent = await find_post(tx.session, document.in_reply_to)
    return parent


async def _furnish(tx: Transaction, post: Post, document: ObjectDocument) -> None:
    """Keep what belongs to a post beside its row."""
    await membership.note_addressees(tx, post, document)
    await hang(tx, post, document, is_new=True)
    await insignia.put_on(tx, post, document)
    await insignia.catch_up(tx, post)
    await gatherings.keep(tx, post, document)


def is_of_the_group(document: ObjectDocument, group: Actor) -> bool:
    """Tell whether a group's own server says that the thread is the group's: written by it or attributed to it.

    Blogs, channels and groups of Mobilizon announce no such thread, or only later (FEDERATION C.15, C.18).
    """
    names_it = group.iri in {document.attributed_to, document.group_attribution}
    return names_it and same_origin(document.iri, group.iri)


async def revise(tx: Transaction, post: Post, document: ObjectDocument, *, said: bool = True) -> None:
    """Put a newer version of a document in place. Never changes id, owner, group or publication (A06).

    said: the author stood by what was there, so that it belongs to the history.
    """
    group = await tx.session.get(Actor, post.group_id) if post.group_id else None
    words = words_of(document, group=group, is_thread=post.in_reply_to is None)
    retitled = words.title and (post.title_derived or not words.title_derived)  # else somebody gave it one
    title = words.title if retitled else post.title
    if said and (post.title, post.content, post.warning) != (title, words.content, words.warning):
        await versions.keep(tx, post)
    post.content, post.source, post.warning = words.content, words.source, words.warning
    if retitled:
        post.title, post.title_derived = words.title, words.title_derived
    post.sensitive, post.language = document.sensitive, _language(document)
    post.link_url, post.link_key = document.link_url, _link_key(post, document)
    _picture(post, document)
    post.updated = _edited(document, tx.now) if document.updated is not None else tx.now
    _collections(post, document)
    if post.document:  # a local post is written anew from its row whenever it is asked for
        post.document = strictjson.dump(document.raw).decode()
    author = await tx.session.get_one(Actor, post.author_id)
    stated = addressing.visibility(document.to, document.cc, author.followers)
    # What was said among members stays there: another circle would not be a narrower one.
    closing = post.visibility != "members" and _FROM_OPEN.index(stated) > _FROM_OPEN.index(post.visibility)
    if closing:  # an edit may close a post and never opens one: who could not read it gets no answers to it
        post.visibility = stated
    await hang(tx, post, document)
    await insignia.put_on(tx, post, document)
    await tx.session.flush()
    await gatherings.revise(tx, post, document)
    if closing:
        await count_thread(tx, post.root_id)


async def says_otherwise(tx: Transaction, post: Post, document: ObjectDocument) -> bool:
    """Tell whether a document has other words than the post."""
    group = await tx.session.get(Actor, post.group_id) if post.group_id else None
    words = words_of(document, group=group, is_thread=post.in_reply_to is None)
    renamed = bool(words.title) and not words.title_derived and words.title != post.title
    said = (words.content, words.source, words.warning)
    return renamed or said != (post.content, post.source, post.warning)


async def count_thread(tx: Transaction, root_id: int | None) -> None:
    """Count a thread's comments, and note when it was last active; a batch counts each thread once, at its end."""
    if root_id is None:
        return
    if isinstance(tx.session, BatchSession):
        tx.session.threads_to_count.add(root_id)
    else:
        await count_threads(tx, [root_id])


async def count_threads(tx: Transaction, root_ids: Collection[int]) -> None:
    """Count comments from the comments themselves: a count cannot drift (R34).

    Others who count the same threads wait until this is committed, and see it.
    """
    ids = sorted(root_ids)
    await hold(tx.session, ids)
    open_in_root = or_(
        col(Post.visibility).in_(OPEN),
        and_(col(Post.visibility) == "members", col(_root.visibility) == "members"),
    )
    query = (
        select(Post.root_id, func.count(), func.max(Post.published))
        .join(_root, col(Post.root_id) == _root.id)
        .where(
            col(Post.root_id).in_(ids),
            col(Post.deleted_at).is_(None),
            col(Post.removed_at).is_(None),
            open_in_root,
        )
        .group_by(col(Post.root_id))
    )
    found = {root_id: (count, newest) for root_id, count, newest in await tx.session.execute(query)}
    for root_id in ids:
        thread = await tx.session.get(Post, root_id)
        if thread is not None:
            count, newest = found.get(root_id, (0, None))
            thread.comment_count = count
            thread.last_active = max(thread.published, newest) if newest else thread.published
    await tx.session.flush()


async def notify(tx: Transaction, post: Post, document: ObjectDocument, author: Actor) -> None:
    """Tell members that somebody answered or named them. Once each, never of history, never of oneself."""
    told = {author.id or 0}
    parent = await tx.session.get(Post, post.parent_id) if post.parent_id else None
    if parent is not None:
        await _tell(tx, "reply", post, [parent.author_id], told)
    named = await find_actors(tx.session, addressing.mentions_of(document))
    ids = [one.id for one in named if one.is_local and one.id is not None]
    await _tell(tx, "mention", post, ids[:MAX_NOTIFIED], told)


async def _tell(tx: Transaction, kind: str, post: Post, actor_ids: list[int], told: set[int]) -> None:
    for actor_id in actor_ids:
        member = None if actor_id in told else await _member(tx, actor_id)
        if member is None or await shuns(tx.session, actor_id, post.author_id):
            continue
        told.add(actor_id)
        tx.session.add(
            new_row(
                Notification,
                member_id=member.id or 0,
                kind=kind,
                post_id=post.id or 0,
                actor_id=post.author_id,
                at=tx.now,
            )
        )
    await tx.session.flush()


async def _member(tx: Transaction, actor_id: int) -> Member | None:
    actor = await tx.session.get(Actor, actor_id)
    if actor is None or not actor.is_local:
        return None

    async def ask() -> Member | None:
        query = select(Member).where(col(Member.actor_id) == actor_id, col(Member.disabled_at).is_(None))
        found: Member | None = await tx.session.scalar(query)
        return found

    return await known(tx.session, Member, actor_id, ask)


async def _meet_again(
    tx: Transaction, post: Post, document: ObjectDocument, *, confirmed: bool, verified: bool
) -> Post:
    if confirmed and post.confirmed_at is None:
        post.confirmed_at = tx.now
    if verified and post.verify_by is not None:
        post.verify_by = None
        is_the_same = document.updated is None and not await says_otherwise(tx, post, document)
        before = post.updated
        await revise(tx, post, document, said=False)
        post.updated = before if is_the_same else post.updated
    await tx.session.flush()
    return post


async def _new_post(
    tx: Transaction, document: ObjectDocument, author: Actor, group: Actor | None, parent: Post | None
) -> Post:
    if parent is not None:
        group = await tx.session.get(Actor, parent.group_id) if parent.group_id else None
        if parent.depth >= MAX_DEPTH:
            raise Refused("This thread is as deep as threads get here.", detail=document.iri)
    elif document.in_reply_to is not None:
        group = None  # its parent decides, when it comes
    root = await tx.session.get(Post, parent.root_id) if parent and parent.root_id else parent
    visibility = await membership.visibility_of(tx, document, author=author, group=group, root=root)
    words = words_of(document, group=group, is_thread=document.in_reply_to is None)
    published = min(document.published or tx.now, tx.now)
    post = new_row(
        Post,
        iri=document.iri,
        token=document.iri.rsplit("/", 1)[-1] if author.is_local else tx.ids.token(),
        kind=document.type[:LONGEST_KIND],
        author_id=author.id or 0,
        group_id=group.id if group else None,
        root_id=(parent.root_id or parent.id) if parent else None,
        parent_id=parent.id if parent else None,
        in_reply_to=document.in_reply_to,
        depth=parent.depth + 1 if parent else 0,
        title=words.title,
        title_derived=words.title_derived,
        content=words.content,
        source=words.source,
        warning=words.warning,
        language=_language(document),
        link_url=document.link_url,
        url=document.url,
        visibility=visibility,
        sensitive=document.sensitive,
        published=published,
        updated=_edited(document, tx.now),
        received_at=tx.now,
        last_active=published,
        hot=rank(0, published),
        document="" if author.is_local else strictjson.dump(document.raw).decode(),
    )
    _picture(post, document)
    post.link_key = _link_key(post, document)
    _collections(post, document)
    return post


def _edited(document: ObjectDocument, now: datetime) -> datetime | None:
    """Return when the post was edited; many write `updated` into what nobody ever edited, as `published` again."""
    if document.updated is None or document.updated <= (
        document.published or datetime.min.replace(tzinfo=UTC)
    ):
        return None
    return min(document.updated, now)


def _language(document: ObjectDocument) -> str | None:
    code = document.language
    return code if code is not None and len(code) <= LONGEST_LANGUAGE else None


def _picture(post: Post, document: ObjectDocument) -> None:
    first = document.images[0] if document.images else None
    post.image_url = first.url if first else None
    post.image_alt = (first.alt or "")[:1500] if first else ""


def _link_key(post: Post, document: ObjectDocument) -> str | None:
    return link_key(document.link_url) if post.in_reply_to is None else None


def _collections(post: Post, document: ObjectDocument) -> None:
    """Note where the thread can be read at home (RULE E4)."""
    if document.context is not None and len(document.context) <= IRI_LENGTH:
        post.context_iri = document.context
    if document.replies is not None and len(document.replies) <= IRI_LENGTH:
        post.replies_iri = document.replies


async def _adopt(tx: Transaction, post: Post) -> None:
    """Give the answers that came before *post* their place below it (R19)."""
    if not await _may_be_awaited(tx, post):
        return
    query = select(Post).where(col(Post.in_reply_to) == post.iri, col(Post.parent_id).is_(None))
    for orphan in list(await tx.session.scalars(query)):
        if orphan.id != post.id:
            await _hang_below(tx, orphan, post)
    root_id = post.root_id or post.id
    root = await tx.session.get(Post, root_id) if root_id else None
    if root is not None:
        await membership.settle(tx, root)
    await count_thread(tx, root_id)


async def place_below(tx: Transaction, orphan: Post, thread: Post) -> None:
    """Give an answer to what nobody can have any more a place of its own in the thread that it belongs to."""
    await _hang_below(tx, orphan, thread)
    await membership.settle(tx, thread)
    await count_thread(tx, thread.id)


async def _hang_below(tx: Transaction, orphan: Post, post: Post) -> None:
    """Move an answer without a place, and all that hangs from it, to below *post*."""
    below, root_id = post.depth + 1, post.root_id or post.id
    orphan.parent_id, orphan.root_id, orphan.group_id = post.id, root_id, post.group_id
    orphan.depth = below
    orphan.confirmed_at = orphan.confirmed_at or post.confirmed_at
    await tx.session.flush()
    await _ask_to_pass_on(tx, orphan)
    await tx.session.execute(
        update(Post)
        .where(col(Post.root_id) == orphan.id)
        .values(root_id=root_id, group_id=post.group_id, depth=col(Post.depth) + below)
    )
    await insignia.catch_up(tx, orphan)


async def _may_be_awaited(tx: Transaction, post: Post) -> bool:
    """Tell whether answers to *post* may have come before it, or others in its private thread."""
    if not isinstance(tx.session, BatchSession) or tx.session.awaited.get(post.iri, True):
        return True
    root = await tx.session.get(Post, post.root_id) if post.root_id else post
    return root is not None and root.visibility == "members"


async def _ask_to_pass_on(tx: Transaction, orphan: Post) -> None:
    """Have a group of ours judge and announce what was in no group until now: an answer and those below it."""
    group = await tx.session.get(Actor, orphan.group_id) if orphan.group_id else None
    if group is None or not group.is_local:
        return
    below = select(Post).where(col(Post.root_id) == orphan.id).order_by(col(Post.depth), col(Post.id))
    for one in (orphan, *await tx.session.scalars(below)):
        if not one.backfilled:
            await ask_for(tx, "pass_on", one.iri)
