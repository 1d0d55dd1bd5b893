"""From rows to the documents that other nodes read: one mapping, whoever asks and whoever sends.

Whether a post may be shown at all is asked before, by `collections` and the routes.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from html import escape
from typing import Any, Literal, cast

from babel import Locale, UnknownLocaleError
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col, func, select

from node.activitypub import policies, writing
from node.activitypub.addressing import among_members
from node.activitypub.documents import Image, Link, Mention
from node.activitypub.gatherings import EventDocument, Gathering, PollDocument
from node.activitypub.shapes import strict_activity
from node.activitypub.trimmings import Leave, Media, Policy
from node.activitypub.values import addresses
from node.activitypub.vocabulary import PUBLIC
from node.activitypub.webfinger import parse_handle
from node.errors import Malformed
from node.pictures.kinds import ENDINGS
from node.store.queries.actors import find_by_handle, is_member
from node.store.queries.fields import read_fields
from node.store.queries.gatherings import gathering_of
from node.store.queries.media import own_token
from node.store.queries.trimmings import media_of, own_emojis
from node.store.relying import rely_on
from node.store.tables.actors import Actor
from node.store.tables.moderation import Deed
from node.store.tables.posts import Post
from node.text.clean import plain_text, shortened
from node.text.hashtags import find_hashtags, tag_page
from node.text.markdown import find_handles

MAX_MENTIONS = 25  # handles looked up in one text (THREATS 0.2)
EXCERPT = 500  # characters of the text that stands for a post where only a link is shown (FEDERATION D.2)


def actor_document(actor: Actor) -> dict[str, Any]:
    """Return a local actor as JSON (FEDERATION A.4 to A.6)."""
    return writing.write_actor(
        writing.LocalActor(
            iri=actor.iri,
            type=cast("Literal['Application', 'Group', 'Person', 'Service']", actor.kind),
            preferred_username=actor.username,
            inbox=actor.inbox or f"{actor.iri}/inbox",
            outbox=actor.outbox or f"{actor.iri}/outbox",
            public_key_pem=actor.public_key,
            proof_key=actor.proof_key,
            published=actor.published,
            updated=actor.updated,
            shared_inbox=actor.shared_inbox or f"{actor.home}/inbox",
            name=actor.name or None,
            webfinger=f"{actor.username}@{actor.host}",
            url=actor.url or actor.iri,
            summary=actor.summary or None,
            summary_source=actor.summary_source or None,
            description=actor.description or None,
            followers=actor.followers,
            following=actor.following,
            featured=actor.featured,
            moderators=actor.moderators,
            icon=_image(actor.icon_url),
            image=_image(actor.image_url),
            sensitive=actor.sensitive,
            posting_restricted_to_mods=actor.posting_restricted,
            manually_approves_followers=actor.manually_approves,
            discoverable=actor.discoverable,
            indexable=actor.indexable,
            fields=tuple((one.name, one.value) for one in read_fields(actor.fields)),
            also_known_as=tuple(actor.also_known_as.split()),
            moved_to=actor.moved_to,
        )
    )


def _image(url: str | None) -> Image | None:
    """Return a face or banner; of an upload its type is told by how its address ends."""
    if not url:
        return None
    ending = url.rpartition(".")[2]
    stated = next((mime for mime, known in ENDINGS.items() if known == ending), None)
    return Image(url, media_type=stated if own_token(url) else None)


async def object_document(
    session: AsyncSession,
    post: Post,
    *,
    gathering: Gathering | None = None,
    media: tuple[Media, ...] | None = None,
) -> dict[str, Any]:
    """Return a local author's post as JSON: a Page, or with a parent a Note (FEDERATION C.2, C.3).

    *post* need not be in the session, nor in the database yet. gathering: its poll or event, and media: its
    pictures and files, when those are not the ones that are kept.
    """
    author = await session.get_one(Actor, post.author_id)
    group = await session.get(Actor, post.group_id) if post.group_id else None
    parent = await session.get(Post, post.parent_id) if post.parent_id else None
    answered = await session.get(Actor, parent.author_id) if parent else None
    named = (await mentioned(session, post.source)).values()
    people = [one for one in (answered, *named) if one]
    if post.visibility == "members" and group is not None:
        people = [one for one in people if await is_member(session, one.id, group.id)]
    to, cc = _recipients(post, author, group, people)
    open_to_all = post.visibility in {"public", "unlisted"} and not (group is not None and group.private)
    described = writing.LocalObject(
        iri=post.iri,
        attributed_to=author.iri,
        to=to,
        cc=cc,
        audience=group.iri if group else None,
        context=await context_of(session, post, group),
        name=post.title,
        content=post.content,
        source=post.source or None,
        language=_language(post.language),
        excerpt=_excerpt(post),
        content_warning=_warning(post),
        in_reply_to=post.in_reply_to or (parent.iri if parent else None),
        url=post.url or post.iri,
        link=Link(post.link_url) if post.link_url else None,
        media=await media_of(session, post) if media is None else media,
        thumbnail=post.image_url,
        emojis=await own_emojis(session, author.host, post.title, post.source),
        hashtags=tuple((name, tag_page(author.home, name)) for name in find_hashtags(post.source)),
        mentions=_mentions(one for one in (group, answered, *named) if one),
        sensitive=post.sensitive,
        comments_enabled=post.locked_at is None,
        stickied=post.featured_at is not None,
        distinguished=post.distinguished,
        published=post.published,
        updated=post.updated,
        replies=f"{post.iri}/replies",
        likes=f"{post.iri}/likes",
        shares=f"{post.iri}/shares",
        policy=_policy(post, author, group, open_to_all=open_to_all),
        quote=post.quote_iri,
        quote_stamp=post.quote_stamp,
        approved_by=post.approved_by,
    )
    return _written(described, post, gathering or await gathering_of(session, post))


def _written(described: writing.LocalObject, post: Post, gathering: Gathering | None) -> dict[str, Any]:
    if isinstance(gathering, PollDocument):
        return writing.write_question(described, gathering)
    if isinstance(gathering, EventDocument):
        return writing.write_event(described, gathering)
    return writing.write_page(described) if post.depth == 0 else writing.write_note(described)


async def create_document(
    session: AsyncSession,
    post: Post,
    *,
    gathering: Gathering | None = None,
    media: tuple[Media, ...] | None = None,
) -> dict[str, Any]:
    """Return the Create that brought a post: of ours as we say it, of others around what they said, for strict readers.

    gathering, media: as for `object_document`.
    """
    author = await session.get_one(Actor, post.author_id)
    document = await post_document(session, post, gathering=gathering, media=media)
    iri = post.create_iri or f"{post.iri}#create"
    if author.is_local:
        return writing.write_create(document, iri=iri, actor=author.iri, published=post.published)
    create = writing.write_activity(
        "Create",
        iri=iri,
        actor=author.iri,
        obj=document["id"],
        to=addresses(document.get("to")),
        cc=addresses(document.get("cc")),
        audience=await _group_iri(session, post),
        published=post.published,
    )
    return strict_activity(create | {"object": document})


async def post_document(
    session: AsyncSession,
    post: Post,
    *,
    gathering: Gathering | None = None,
    media: tuple[Media, ...] | None = None,
) -> dict[str, Any]:
    """Return a post as JSON: of ours as we write it, of others exactly as they sent it."""
    if post.document:
        document: dict[str, Any] = json.loads(post.document)
        return document
    return await object_document(session, post, gathering=gathering, media=media)


async def announce_document(session: AsyncSession, group: Actor, post: Post) -> dict[str, Any]:
    """Return Announce{Create{post}} by its group: one item of the outbox, in the one shape that Lemmy reads."""
    create = await create_document(session, post)
    author = await session.get_one(Actor, post.author_id)
    if author.is_local:  # the Announce's own context holds for it
        create = {name: value for name, value in create.items() if name != "@context"}
    is_closed = post.visibility == "members"
    return writing.write_announce(
        group.iri,
        create,
        iri=announce_create_iri(group, post),
        to=among_members(group.iri, group.followers) if is_closed else (PUBLIC,),
        cc=[group.followers] if group.followers else [],
        published=post.published,
    )


def boost_document(
    group: Actor, post: Post, author: Actor, *, published: datetime | None = None, time: int = 0
) -> dict[str, Any]:
    """Return Announce{id} of a thread, for microblogs (RULE D1).

    Its id is one for each thread and *time* that it was restored, so that an Undo matches, and what was undone
    can be said again. published: when it was said, if known.
    """
    cc = [one for one in (group.followers, author.iri) if one]
    iri = boost_iri(group, post) + (f"-{time}" if time else "")
    return writing.write_announce(group.iri, post.iri, iri=iri, cc=cc, published=published or post.published)


async def times_restored(session: AsyncSession, post: Post) -> int:
    """Return how often a removed post was brought back, as the moderation log has it."""
    query = select(func.count()).where(col(Deed.post_id) == post.id, col(Deed.kind) == "restore")
    return await session.scalar(query) or 0


def announce_create_iri(group: Actor, post: Post) -> str:
    """Return the id under which a group's Announce{Create} of a post can always be fetched."""
    return f"{group.home}/activities/announce/create-{post.token}"


def boost_iri(group: Actor, post: Post) -> str:
    """Return the id of a group's Announce{id} of a thread."""
    return f"{group.home}/activities/announce/{post.token}"


async def mentioned(session: AsyncSession, source: str) -> dict[str, Actor]:
    """Return the known actors whose handles stand in the Markdown, by handle as written."""
    found: dict[str, Actor] = {}
    for text in find_handles(source)[:MAX_MENTIONS]:
        try:
            handle = parse_handle(text)
        except Malformed:
            continue
        rely_on(f"h{handle.host.lower()}")
        actor = await find_by_handle(session, handle.username, handle.host)
        if actor is not None:
            found[text] = actor
    return found


async def context_of(session: AsyncSession, post: Post, group: Actor | None) -> str | None:
    """Return the collection of the whole thread: at the group's home when that is ours, else at the root's."""
    root = await session.get(Post, post.root_id) if post.root_id else post
    if root is None:
        return None
    if group is not None and group.is_local:
        return f"{group.home}/post/{root.token}/context"
    if root.document:
        stated = json.loads(root.document).get("context")
        return stated if isinstance(stated, str) else None
    return f"{root.iri}/context"


def _recipients(
    post: Post, author: Actor, group: Actor | None, named: list[Actor]
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return `to` and `cc`; of a thread the group comes first, as its finders expect (C.2)."""
    group_iri = (group.iri,) if group else ()
    followers = (author.followers,) if author.followers else ()
    people = tuple(dict.fromkeys(one.iri for one in named if one.iri not in {*group_iri, author.iri}))
    if post.visibility == "members" and group is not None:
        return among_members(group.iri, group.followers), people
    if post.visibility == "direct":
        return people, ()
    if post.visibility == "followers":
        return followers, people
    if post.visibility == "unlisted":
        return (*group_iri, *followers), (PUBLIC, *people)
    if post.depth == 0:
        return (*group_iri, PUBLIC), (*followers, *people)
    return (PUBLIC, *group_iri), people


def _mentions(actors: Iterable[Actor]) -> tuple[Mention, ...]:
    named = {actor.iri: Mention(actor.iri, f"@{actor.username}@{actor.host}") for actor in actors}
    return tuple(named.values())


def _policy(post: Post, author: Actor, group: Actor | None, *, open_to_all: bool) -> Policy:
    """Return what others may do with a post of ours: anything, but answer a closed thread (D.5)."""
    locked = post.locked_at is not None
    if not open_to_all:
        readers = (group.followers,) if group is not None and group.followers else ()
        return policies.open_to(readers, author.iri, locked=locked)
    return replace(policies.OPEN, reply=Leave((author.iri,))) if locked else policies.OPEN


def _warning(post: Post) -> str | None:
    """Return the warning as Mastodon takes it: a Page's summary is HTML to it, a Note's and a Question's text."""
    is_text = post.depth > 0 or post.kind == "Question"
    return (post.warning if is_text else escape(post.warning, quote=False)) or None


def _excerpt(post: Post) -> str | None:
    """Return what stands for the text."""
    text = plain_text(post.content)
    if len(text) <= EXCERPT:
        return post.content or None
    return f"<p>{escape(shortened(text, EXCERPT), quote=False)}</p>"


def _language(code: str | None) -> tuple[str, str] | None:
    if not code:
        return None
    try:
        name = Locale.parse(code, sep="-").get_display_name() or code
    except (UnknownLocaleError, ValueError):
        name = code
    return code, name[:1].upper() + name[1:]


async def _group_iri(session: AsyncSession, post: Post) -> str | None:
    group = await session.get(Actor, post.group_id) if post.group_id else None
    return group.iri if group else None
