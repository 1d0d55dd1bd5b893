"""The rows of uploads and of pictures from elsewhere: whose they are, how much room they take, what may go."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import cast

from sqlalchemy import ColumnElement, and_, func, or_, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col, select

from node.activitypub.trimmings import Media, MediaKind
from node.pictures.kinds import ENDINGS
from node.store.objects import object_name
from node.store.tables.actors import Actor
from node.store.tables.media import FarPicture, Medium
from node.store.tables.posts import Post

MOST = 8  # pictures and files of one post
LOOSE_FOR = timedelta(hours=24)  # how long an upload waits to become part of something (A93)
SIZES: dict[str, tuple[str, ...]] = {  # WebP all of them; beside them the whole, in its own form
    "attachment": ("shown", "thumb", "square"),
    "icon": ("shown", "face"),
    "banner": ("shown", "thumb"),
    "far": ("shown", "thumb", "square"),
    "far-icon": ("shown", "face"),
}


def address_of(medium: Medium, home: str) -> str:
    """Return the address of the whole of an upload, for documents and for good."""
    return f"{home}/media/{medium.token}/full.{ENDINGS[medium.mime]}"


def files_of(medium: Medium) -> dict[str, str]:
    """Return the files of an upload: its name in addresses, and its name in the store."""
    ending = ENDINGS[medium.mime]
    sizes = SIZES[medium.use] if medium.kind == "image" else ()
    named = [("full", ending), *((size, "webp") for size in sizes)]
    return {f"{size}.{end}": object_name("own", medium.token, size, end) for size, end in named}


def far_files(token: str) -> list[str]:
    """Return the names in the store that a picture of another server may have."""
    every = dict.fromkeys(size for use in ("far", "far-icon") for size in SIZES[use])
    return [object_name("far", token, size, "webp") for size in every]


async def bytes_of(session: AsyncSession, owner_id: int | None) -> int:
    """Return how much room a member's uploads take."""
    query = select(func.sum(col(Medium.bytes))).where(
        col(Medium.owner_id) == owner_id, col(Medium.gone_at).is_(None)
    )
    return int(await session.scalar(query) or 0)


async def loose_of(
    session: AsyncSession, owner: Actor, tokens: Sequence[str], *, post_id: int | None = None
) -> list[Medium]:
    """Return those of *owner*'s uploads, in the order of *tokens*, that are part of nothing, or of that post."""
    query = select(Medium).where(
        col(Medium.token).in_(tokens),
        col(Medium.owner_id) == owner.id,
        col(Medium.use) == "attachment",
        col(Medium.gone_at).is_(None),
        col(Medium.actor_id).is_(None),
        or_(col(Medium.post_id).is_(None), col(Medium.post_id) == (post_id or 0)),
    )
    found = {one.token: one for one in await session.scalars(query)}
    return [found[token] for token in dict.fromkeys(tokens) if token in found][:MOST]


async def uploads_of(session: AsyncSession, post: Post) -> list[Medium]:
    """Return the uploads that are part of a post, in its author's order."""
    query = select(Medium).where(col(Medium.post_id) == post.id, col(Medium.gone_at).is_(None))
    return list(await session.scalars(query.order_by(col(Medium.position), col(Medium.id))))


def as_media(medium: Medium, home: str, alt: str) -> Media:
    """Return an upload as a document tells it."""
    return Media(
        kind=cast("MediaKind", medium.kind),
        url=address_of(medium, home),
        media_type=medium.mime,
        alt=alt or None,
        width=medium.width,
        height=medium.height,
    )


async def may_go(session: AsyncSession, now: datetime, limit: int) -> list[Medium]:
    """Return uploads that are gone, or that were part of nothing for too long; at most *limit*."""
    gone = select(Medium).where(col(Medium.gone_at).is_not(None), col(Medium.gone_at) <= now).limit(limit)
    loose = (
        select(Medium)
        .where(
            and_(
                col(Medium.post_id).is_(None), col(Medium.actor_id).is_(None), col(Medium.draft_id).is_(None)
            ),
            col(Medium.created_at) < now - LOOSE_FOR,
        )
        .limit(limit)
    )
    found = {one.id: one for query in (gone, loose) for one in await session.scalars(query)}
    return list(found.values())[:limit]


async def far_may_go(
    session: AsyncSession, now: datetime, keep: timedelta, room: int, limit: int
) -> list[FarPicture]:
    """Return pictures of other servers that are old, that are to be tried again, or that are too many: oldest first."""
    oldest = select(FarPicture).order_by(col(FarPicture.fetched_at)).limit(limit)
    aged = or_(col(FarPicture.fetched_at) < now - keep, col(FarPicture.retry_at) <= now)
    found = {one.id: one for one in await session.scalars(oldest.where(aged))}
    over = int(await session.scalar(select(func.sum(col(FarPicture.bytes)))) or 0) - room
    over -= sum(one.bytes for one in found.values())
    if over > 0:
        for one in await session.scalars(oldest.where(col(FarPicture.token) != "")):
            if over <= 0:
                break
            if one.id not in found:
                found[one.id] = one
                over -= one.bytes
    return list(found.values())


@dataclass(frozen=True, slots=True)
class MediaCount:
    """How many files there are, and how many bytes they take."""

    uploads: int
    upload_bytes: int
    far: int
    far_bytes: int


async def count_media(session: AsyncSession) -> MediaCount:
    """Count uploads and pictures of other servers. Reads both tables."""
    own = (await session.execute(select(func.count(), func.sum(col(Medium.bytes))).select_from(Medium))).one()
    far = (
        await session.execute(
            select(func.count(), func.sum(col(FarPicture.bytes))).where(col(FarPicture.token) != "")
        )
    ).one()
    return MediaCount(own[0], int(own[1] or 0), far[0], int(far[1] or 0))


async def known_tokens(session: AsyncSession, tokens: Collection[str]) -> set[str]:
    """Return those of the tokens that a row names: files of the others belong to nothing."""
    own = await session.scalars(select(Medium.token).where(col(Medium.token).in_(tokens)))
    far = await session.scalars(select(FarPicture.token).where(col(FarPicture.token).in_(tokens)))
    return {*own, *far}


async def put_away(session: AsyncSession, now: datetime, *which: ColumnElement[bool]) -> None:
    """Let uploads be seen by nobody from now on; the next sweep takes their bytes."""
    rows = update(Medium).where(*which, col(Medium.gone_at).is_(None))
    await session.execute(rows.values(gone_at=now), execution_options={"synchronize_session": "fetch"})
