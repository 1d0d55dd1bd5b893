"""What hangs on posts, read: media, hashtags, emoji, reactions, and quoted posts as cards."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from urllib.parse import urlsplit

from sqlalchemy import func
from sqlalchemy import select as select_columns
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col, select

from node.activitypub import policies
from node.activitypub.trimmings import CustomEmoji, Media, MediaKind
from node.store.queries.media import Picture, pictures_of_attachments, pictures_of_threads
from node.store.queries.people import ActorLine, line_of, web_address
from node.store.queries.posts import visible_to
from node.store.relying import rely_on
from node.store.tables.actors import Actor
from node.store.tables.media import Medium
from node.store.tables.posts import Post
from node.store.tables.trimmings import Attachment, Emoji, PostTag, Reaction
from node.text.clean import excerpt

MOST_REACTIONS = 12  # kinds shown below a post, the most used first
QUOTED = 200  # characters of a quoted post that a card shows
_SHORTCODES = re.compile(r":([A-Za-z0-9_+-]{1,60}):")
_MOST_EMOJIS = 64
TAGS_SHOWN = 12  # of a group
TAGGED_READ = 300  # its newest threads, whose hashtags are counted
_KINDS: dict[str, MediaKind] = {"image": "image", "video": "video", "audio": "audio"}


@dataclass(frozen=True, slots=True)
class MediaLine:
    """A picture, film, sound or file as a page names it."""

    kind: MediaKind
    url: str
    alt: str
    host: str
    form: str  # mp4, png ...; empty when not told
    size: str  # width and height in pixels; empty when not told
    picture: Picture | None = None  # to be shown in its place
    player: str = ""  # where a film or sound of ours is played from
    mime: str = ""
    name: str = ""  # of a file, as its owner calls it


@dataclass(frozen=True, slots=True)
class ReactionLine:
    """An emoji under a post: how many put it there, and whether the viewer did."""

    emoji: str
    count: int
    mine: bool


@dataclass(frozen=True, slots=True)
class QuoteCard:
    """A quoted post: known here and readable, or only its address."""

    url: str
    author: ActorLine | None
    title: str
    text: str
    warning: str
    pending: bool  # its author has been asked, and has not answered


@dataclass(frozen=True, slots=True)
class Trimmings:
    """All that a page shows with a post beside its words."""

    media: tuple[MediaLine, ...] = ()
    reactions: tuple[ReactionLine, ...] = ()
    tags: tuple[str, ...] = ()
    quote: QuoteCard | None = None


BARE = Trimmings()


async def trimmings_of(
    session: AsyncSession, posts: Iterable[Post], viewer: Actor | None
) -> dict[int, Trimmings]:
    """Return what hangs on posts that *viewer* may read, by row number; those that are gone have nothing."""
    alive = [post for post in posts if post.deleted_at is None and post.removed_at is None]
    ids = [post.id for post in alive]
    media, reactions = await media_lines(session, ids), await reaction_lines(session, ids, viewer)
    media |= await _lone_pictures(session, [post for post in alive if post.id not in media])
    tags = await tags_of(session, [post.id for post in alive if post.root_id is None])
    found: dict[int, Trimmings] = {}
    for post in alive:
        number = post.id or 0
        card = await quote_card(session, post, viewer) if post.quote_iri is not None else None
        found[number] = Trimmings(
            media.get(number, ()), reactions.get(number, ()), tags.get(number, ()), card
        )
    return found


async def media_of(session: AsyncSession, post: Post) -> tuple[Media, ...]:
    """Return a post's media in the author's order, ready to be written; its picture where no row is kept."""
    if post.id is not None:
        query = select(Attachment).where(col(Attachment.post_id) == post.id)
        rows = list(await session.scalars(query.order_by(col(Attachment.position))))
        if rows:
            return tuple(_medium(row) for row in rows)
    return (Media("image", post.image_url, alt=post.image_alt or None),) if post.image_url else ()


async def media_lines(session: AsyncSession, ids: Collection[int | None]) -> dict[int, tuple[MediaLine, ...]]:
    """Return the media of posts as pages name them, by row number of the post."""
    query = select(Attachment).where(col(Attachment.post_id).in_(ids))
    rows = list(await session.scalars(query.order_by(col(Attachment.post_id), col(Attachment.position))))
    pictures, own = await pictures_of_attachments(session, rows)
    found: dict[int, tuple[MediaLine, ...]] = {}
    for row in rows:
        address, number = web_address(row.url), row.id or 0
        if address is not None:
            line = _line(row, address, pictures.get(number), own.get(number))
            found[row.post_id] = (*found.get(row.post_id, ()), line)
    return found


async def _lone_pictures(session: AsyncSession, posts: Collection[Post]) -> dict[int, tuple[MediaLine, ...]]:
    """Return the picture of posts that have one and no attachments: that of the page they are about, mostly."""
    pictured = [post for post in posts if web_address(post.image_url) is not None]
    pictures = await pictures_of_threads(session, pictured, sensitive=True)
    return {
        post.id or 0: (
            MediaLine(
                kind="image",
                url=post.image_url or "",
                alt=post.image_alt,
                host=_host(post.image_url or ""),
                form="",
                size="",
                picture=pictures.get(post.id or 0),
            ),
        )
        for post in pictured
    }


async def reaction_lines(
    session: AsyncSession, ids: Collection[int | None], viewer: Actor | None
) -> dict[int, tuple[ReactionLine, ...]]:
    """Return the reactions to posts, the most used first, by row number of the post."""
    mine = func.count().filter(col(Reaction.actor_id) == (viewer.id if viewer is not None else 0))
    number = func.count()
    query = (
        select_columns(col(Reaction.post_id), col(Reaction.emoji), number, mine)
        .where(col(Reaction.post_id).in_(ids))
        .group_by(col(Reaction.post_id), col(Reaction.emoji))
        .order_by(number.desc(), col(Reaction.emoji))
    )
    found: dict[int, tuple[ReactionLine, ...]] = {}
    for post_id, emoji, count, own in await session.execute(query):
        lines = found.get(post_id, ())
        if len(lines) < MOST_REACTIONS or own:
            found[post_id] = (*lines, ReactionLine(emoji, count, bool(own)))
    return found


async def tags_of(session: AsyncSession, ids: Collection[int | None]) -> dict[int, tuple[str, ...]]:
    """Return the hashtags of posts, without # and in alphabetical order, by row number of the post."""
    query = select(PostTag).where(col(PostTag.post_id).in_(ids)).order_by(col(PostTag.name))
    found: dict[int, tuple[str, ...]] = {}
    if not ids:
        return found
    for row in await session.scalars(query):
        found[row.post_id] = (*found.get(row.post_id, ()), row.name)
    return found


async def tags_in(session: AsyncSession, group: Actor) -> tuple[str, ...]:
    """Return the hashtags of the newest public threads of a group, the most used first."""
    newest = (
        select(Post.id)
        .where(
            col(Post.group_id) == group.id,
            col(Post.root_id).is_(None),
            col(Post.in_reply_to).is_(None),
            col(Post.deleted_at).is_(None),
            col(Post.removed_at).is_(None),
            col(Post.visibility) == "public",
        )
        .order_by(col(Post.published).desc(), col(Post.id).desc())
        .limit(TAGGED_READ)
    )
    ids = list(await session.scalars(newest))
    if not ids:
        return ()
    query = (
        select_columns(col(PostTag.name))
        .where(col(PostTag.post_id).in_(ids))
        .group_by(col(PostTag.name))
        .order_by(func.count().desc(), col(PostTag.name))
        .limit(TAGS_SHOWN)
    )
    return tuple(await session.scalars(query))


async def own_emojis(session: AsyncSession, host: str, *texts: str) -> tuple[CustomEmoji, ...]:
    """Return the custom emoji of *host* that stand in the texts as `:shortcode:`."""
    named = list(dict.fromkeys(one for text in texts for one in _SHORTCODES.findall(text)))[:_MOST_EMOJIS]
    if not named:
        return ()
    rely_on(f"e{host}")
    query = select(Emoji).where(col(Emoji.host) == host, col(Emoji.shortcode).in_(named))
    rows = await session.scalars(query.order_by(col(Emoji.shortcode)))
    return tuple(CustomEmoji(row.shortcode, row.url, row.updated) for row in rows)


async def quote_card(session: AsyncSession, post: Post, viewer: Actor | None) -> QuoteCard | None:
    """Return what *post* quotes, as *viewer* may see it; None when it quotes nothing that can be named."""
    address = web_address(post.quote_iri)
    if post.quote_iri is None or address is None:
        return None
    query = select(Post).where(col(Post.iri) == post.quote_iri, visible_to(viewer))
    quoted: Post | None = await session.scalar(query)
    if quoted is None:
        return QuoteCard(address, None, "", "", "", pending=False)
    author = await session.get_one(Actor, quoted.author_id)
    writer = await session.get_one(Actor, post.author_id)
    free = policies.verdict(policies.load(quoted.policy), "quote", writer.iri, author=author.iri) == "yes"
    if not free and post.quote_stamp is None and not writer.is_local:
        return QuoteCard(address, None, "", "", "", pending=False)
    is_thread = quoted.parent_id is None and quoted.in_reply_to is None
    return QuoteCard(
        url=f"/{'post' if is_thread else 'comment'}/{quoted.token}",
        author=line_of(author),
        title=quoted.title,
        text="" if quoted.warning or quoted.sensitive else excerpt(quoted.content, QUOTED),
        warning=quoted.warning,
        pending=not free and post.quote_stamp is None,
    )


async def address_to_quote(session: AsyncSession, token: str, viewer: Actor | None) -> str:
    """Return the address by which a thread quotes the post of that name; empty when *viewer* cannot read it."""
    found = await session.scalar(select(Post).where(col(Post.token) == token, visible_to(viewer)))
    return (found.url or found.iri) if found is not None else ""


def _medium(row: Attachment) -> Media:
    focus = (row.focus_x, row.focus_y) if row.focus_x is not None and row.focus_y is not None else None
    return Media(
        kind=_KINDS.get(row.kind, "document"),
        url=row.url,
        media_type=row.media_type or None,
        alt=row.alt or None,
        width=row.width,
        height=row.height,
        blurhash=row.blurhash or None,
        focus=focus,
    )


def _host(address: str) -> str:
    return (urlsplit(address).hostname or "").removeprefix("www.")


def _line(row: Attachment, address: str, picture: Picture | None, own: Medium | None) -> MediaLine:
    plays = own is not None and own.kind in {"audio", "video"}
    return MediaLine(
        kind=_KINDS.get(row.kind, "document"),
        url=address,
        alt=row.alt,
        host=_host(address),
        form=row.media_type.rpartition("/")[2].partition("+")[0],
        size=f"{row.width} \u00d7 {row.height}" if row.width and row.height else "",
        picture=picture,
        player=urlsplit(address).path if plays else "",
        mime=own.mime if own is not None else row.media_type,
        name=own.name if own is not None else "",
    )
