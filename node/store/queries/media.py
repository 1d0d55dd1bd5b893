"""Pictures: how pages name them, and who sees them. The rows of uploads themselves are in `uploads`."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased
from sqlmodel import col, select

from node.pictures.decoder import Use
from node.pictures.kinds import ENDINGS
from node.store.queries.posts import OPEN, visible_to
from node.store.tables.actors import Actor
from node.store.tables.links import LinkCard
from node.store.tables.media import FarPicture, Medium
from node.store.tables.posts import Post
from node.store.tables.trimmings import Attachment

_OWN = re.compile(r"https?://[^/]+/media/([a-z0-9]{2,40})/full\.[a-z0-9]{2,5}")
_FAR = re.compile(r"([apibl])([0-9]{1,12})-([0-9a-f]{10})")
_WEB = ("https://", "http://")

Seen = Literal["all", "some", "none"]


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture as pages show it. Of another server's, `name` is to be signed before it is an address."""

    name: str  # ours: its token; another's: row and a piece of a fingerprint
    is_own: bool
    whole: str  # where opening it leads: our own file, or its address at its home
    width: int = 0  # pixels; 0: not known
    height: int = 0
    colour: str = ""  # the mean one, #rrggbb; empty: not known
    moves: bool = False


@dataclass(frozen=True, slots=True)
class FarSource:
    """A picture of another server, as a row of ours names it."""

    url: str
    use: Use
    is_open: bool  # whether anybody may see it
    group_id: int | None = None  # of a private group: the group


def own_token(url: str | None) -> str | None:
    """Return the token in an address of `address_of`, whatever its host; None for any other address."""
    found = _OWN.fullmatch(url or "")
    return found[1] if found else None


def own_picture(medium: Medium) -> Picture:
    """Return an upload as pages show it."""
    return Picture(
        name=medium.token,
        is_own=True,
        whole=f"/media/{medium.token}/full.{ENDINGS[medium.mime]}",
        width=medium.width,
        height=medium.height,
        colour=medium.colour,
        moves=medium.moves,
    )


def far_picture(letter: str, number: int, url: str, kept: FarPicture | None = None) -> Picture:
    """Return a picture of another server. letter: a, p, i, b or l, for the table and column that name it."""
    name = f"{letter}{number}-{_piece(url)}"
    if kept is None:
        return Picture(name, is_own=False, whole=url)
    return Picture(name, is_own=False, whole=url, width=kept.width, height=kept.height, colour=kept.colour)


def picture_of_actor(letter: str, number: int, url: str | None, *, is_local: bool) -> Picture | None:
    """Return an actor's face (letter i) or banner (b); None when it has none that can be shown."""
    if not url or not url.startswith(_WEB):
        return None
    if not is_local:
        return far_picture(letter, number, url)
    token = own_token(url)
    return Picture(token, is_own=True, whole=url) if token is not None else None


async def pictures_of_threads(
    session: AsyncSession, posts: Sequence[Post], *, sensitive: bool = False
) -> dict[int, Picture]:
    """Return the picture that stands for each post, by row number. sensitive: also of what is to be veiled."""
    shown = [
        post
        for post in posts
        if (post.image_url or "").startswith(_WEB) and (sensitive or not (post.sensitive or post.warning))
    ]
    found: dict[int, Picture] = {}
    far: dict[int, str] = {}
    for post in shown:
        token, number, url = own_token(post.image_url), post.id or 0, post.image_url or ""
        if token is not None and not post.document:
            found[number] = Picture(token, is_own=True, whole=url)
        elif post.document:
            far[number] = url
    known = await kept_of(session, "far", far.values())
    return found | {
        number: far_picture("p", number, url, known.get(url))
        for number, url in far.items()
        if (kept := known.get(url)) is None or kept.token
    }


async def pictures_of_attachments(
    session: AsyncSession, rows: Sequence[Attachment]
) -> tuple[dict[int, Picture], dict[int, Medium]]:
    """Return the pictures among attachments, and those that are uploads here, by row number of the attachment."""
    tokens = {row.id: token for row in rows if (token := own_token(row.url)) is not None}
    media: dict[str, Medium] = {}
    if tokens:
        query = select(Medium).where(
            col(Medium.token).in_(set(tokens.values())), col(Medium.gone_at).is_(None)
        )
        media = {one.token: one for one in await session.scalars(query)}
    own: dict[int, Medium] = {}
    for row in rows:
        medium = media.get(tokens.get(row.id) or "")
        if medium is not None and medium.post_id == row.post_id:
            own[row.id or 0] = medium
    far = [row for row in rows if row.kind == "image" and row.id not in own and row.url.startswith(_WEB)]
    known = await kept_of(session, "far", [row.url for row in far])
    pictures = {number: own_picture(one) for number, one in own.items() if one.kind == "image"}
    for row in far:
        kept = known.get(row.url)
        if kept is None or kept.token:
            pictures[row.id or 0] = _told(far_picture("a", row.id or 0, row.url, kept), row)
    return pictures, own


def _told(picture: Picture, row: Attachment) -> Picture:
    """Return the picture with the size that its home told, where none is known."""
    if picture.width or not (row.width and row.height):
        return picture
    return replace(picture, width=row.width, height=row.height)


async def kept_of(session: AsyncSession, use: Use, urls: Collection[str]) -> dict[str, FarPicture]:
    """Return what is known of pictures of other servers, by address."""
    wanted = {far_fingerprint(use, url) for url in urls}
    if not wanted:
        return {}
    query = select(FarPicture).where(col(FarPicture.fingerprint).in_(wanted))
    return {one.url: one for one in await session.scalars(query)}


async def find_kept(session: AsyncSession, source: FarSource) -> FarPicture | None:
    """Return what is kept of a picture of another server, be it that it could not be had."""
    return (await kept_of(session, source.use, [source.url])).get(source.url)


def far_fingerprint(use: Use, url: str) -> str:
    """Return the name under which a picture of another server is kept."""
    return hashlib.sha256(f"{use} {url}".encode()).hexdigest()


def _piece(url: str) -> str:
    return hashlib.sha256(url.encode()).hexdigest()[:10]


async def find_medium(session: AsyncSession, token: str) -> Medium | None:
    """Return an upload that has not gone."""
    query = select(Medium).where(col(Medium.token) == token, col(Medium.gone_at).is_(None))
    found: Medium | None = await session.scalar(query)
    return found


async def seen_by(session: AsyncSession, medium: Medium, viewer: Actor | None) -> Seen:
    """Tell who sees an upload now: all; some, of whom *viewer* is one; or not *viewer* (V75)."""
    if medium.post_id is not None:
        return await _post_seen_by(session, medium.post_id, viewer)
    if medium.actor_id is not None:
        actor = await session.get(Actor, medium.actor_id)
        return "all" if actor is not None and actor.deleted_at is None else "none"
    return "some" if viewer is not None and viewer.id == medium.owner_id else "none"


async def _post_seen_by(session: AsyncSession, post_id: int, viewer: Actor | None) -> Seen:
    """Tell who sees what is part of a post; a comment goes with a thread that a moderator removed."""
    root = aliased(Post)
    query = (
        select(Post.visibility)
        .join(root, col(Post.root_id) == root.id, isouter=True)
        .where(col(Post.id) == post_id, visible_to(viewer), root.removed_at.is_(None))  # type: ignore[union-attr]
    )
    found = await session.scalar(query)
    if found is None:
        return "none"
    return "all" if found in OPEN else "some"


async def group_of_medium(session: AsyncSession, medium: Medium) -> Actor | None:
    """Return the private group in which the post of an upload stands, while it stands."""
    post = await session.get(Post, medium.post_id) if medium.post_id is not None else None
    if post is None or post.visibility != "members" or post.deleted_at or post.removed_at:
        return None
    return await session.get(Actor, post.group_id) if post.group_id is not None else None


async def far_source(session: AsyncSession, name: str, viewer: Actor | None) -> FarSource | None:
    """Return the picture of another server that a name means, if *viewer* may see it and it is still the same."""
    read = _FAR.fullmatch(name)
    if read is None:
        return None
    letter, number, piece = read[1], int(read[2]), read[3]
    found = await _source(session, letter, number, viewer)
    if found is None or not found.url.startswith(_WEB) or _piece(found.url) != piece:
        return None
    return found


async def _source(session: AsyncSession, letter: str, number: int, viewer: Actor | None) -> FarSource | None:
    if letter in {"i", "b"}:
        return await _source_of_actor(session, letter, number)
    if letter == "l":
        return await _source_of_card(session, number, viewer)
    attachment = await session.get(Attachment, number) if letter == "a" else None
    post_id = number if letter == "p" else attachment.post_id if attachment is not None else None
    if post_id is None:
        return None
    seen = await _post_seen_by(session, post_id, viewer)
    post = await session.get(Post, post_id)
    if seen == "none" or post is None or not post.document:
        return None
    url = attachment.url if attachment is not None else post.image_url or ""
    return FarSource(url, "far", seen == "all", post.group_id if post.visibility == "members" else None)


async def _source_of_card(session: AsyncSession, post_id: int, viewer: Actor | None) -> FarSource | None:
    """Return the picture of the page that a thread of ours links to."""
    card, post = await session.get(LinkCard, post_id), await session.get(Post, post_id)
    seen = await _post_seen_by(session, post_id, viewer)
    if card is None or post is None or seen == "none" or card.address != post.link_url:
        return None
    group = post.group_id if post.visibility == "members" else None
    return FarSource(card.image_url, "far", seen == "all", group)


async def _source_of_actor(session: AsyncSession, letter: str, number: int) -> FarSource | None:
    actor = await session.get(Actor, number)
    if actor is None or actor.is_local or actor.deleted_at is not None:
        return None
    if letter == "i":
        return FarSource(actor.icon_url or "", "far-icon", is_open=True)
    return FarSource(actor.image_url or "", "far", is_open=True)
