"""Drafts: whose they are, where each is taken up again, what a member's list of them shows."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, or_
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col, select

from node.store.queries.people import ActorLine, lines_of, titles_of
from node.store.queries.threads import path_of
from node.store.tables.actors import Actor
from node.store.tables.drafts import Draft
from node.store.tables.media import Medium
from node.store.tables.posts import Post
from node.text.clean import shortened

MOST = 100  # that one member keeps
UNDO_FOR = timedelta(hours=1)  # how long a deletion can be taken back
DELETED = "deleted"  # kind
GATHERINGS = frozenset({"poll", "event"})
EXCERPT = 200  # characters


@dataclass(frozen=True, slots=True)
class DraftLine:
    """A draft in the list. path: where it is taken up again; empty when its place is gone."""

    token: str
    kind: str  # thread, poll, event, comment, edit, deleted
    path: str
    title: str  # its own, or of the thread that it answers
    words: str  # how it begins; all of them where there is no path
    group: ActorLine | None
    changed_at: datetime
    publish_at: datetime | None
    trouble: str  # a sentence of the catalogues; empty: none
    until: datetime | None  # of what was deleted: when its words are forgotten
    files: int


@dataclass(frozen=True, slots=True)
class DraftsPage:
    """What a member has not published, or has just deleted; newest first, what goes out by itself before all."""

    lines: tuple[DraftLine, ...]
    planned: tuple[DraftLine, ...]
    deleted: tuple[DraftLine, ...]
    note: str = ""  # what has just been done: kept, planned, removed


def fields_of(draft: Draft) -> dict[str, str]:
    """Return what was typed, by field."""
    found: dict[str, str] = json.loads(draft.fields or "{}")
    return found


def dumped(fields: Mapping[str, str]) -> str:
    """Return fields as a draft keeps them: those that hold something."""
    return json.dumps({name: value for name, value in fields.items() if value}, ensure_ascii=False)


async def find_draft(session: AsyncSession, token: str, author: Actor) -> Draft | None:
    """Return *author*'s draft of that token; None for another's."""
    query = select(Draft).where(col(Draft.token) == token, col(Draft.author_id) == author.id)
    found: Draft | None = await session.scalar(query)
    return found


async def draft_of(session: AsyncSession, author: Actor, kind: str, post: Post) -> Draft | None:
    """Return the draft of an answer to, or an edit of, a post."""
    query = select(Draft).where(
        col(Draft.author_id) == author.id, col(Draft.post_id) == post.id, col(Draft.kind) == kind
    )
    found: Draft | None = await session.scalar(query.order_by(col(Draft.id).desc()).limit(1))
    return found


async def newest_for(session: AsyncSession, author: Actor, group: Actor) -> Draft | None:
    """Return the newest draft of a thread in a group that is not planned."""
    query = (
        select(Draft)
        .where(
            col(Draft.author_id) == author.id,
            col(Draft.group_id) == group.id,
            col(Draft.kind).in_(("thread", *GATHERINGS)),
            col(Draft.publish_at).is_(None),
        )
        .order_by(col(Draft.changed_at).desc(), col(Draft.id).desc())
        .limit(1)
    )
    found: Draft | None = await session.scalar(query)
    return found


async def find_deleted(session: AsyncSession, token: str, author: Actor) -> Post | None:
    """Return a post that *author* deleted."""
    query = select(Post).where(
        col(Post.token) == token, col(Post.author_id) == author.id, col(Post.deleted_at).is_not(None)
    )
    found: Post | None = await session.scalar(query)
    return found


async def kept_words(session: AsyncSession, post: Post, now: datetime) -> Draft | None:
    """Return the words of a post that its author deleted, while they can be brought back."""
    query = select(Draft).where(
        col(Draft.post_id) == post.id, col(Draft.kind) == DELETED, col(Draft.changed_at) > now - UNDO_FOR
    )
    found: Draft | None = await session.scalar(query.order_by(col(Draft.id).desc()).limit(1))
    return found


async def count_drafts(session: AsyncSession, author: Actor) -> int:
    """Return how many drafts a member has, what they deleted not counted."""
    query = select(func.count()).where(col(Draft.author_id) == author.id, col(Draft.kind) != DELETED)
    return await session.scalar(query) or 0


async def drafts_page(session: AsyncSession, author: Actor, now: datetime, note: str = "") -> DraftsPage:
    """Return a member's drafts."""
    query = (
        select(Draft)
        .where(
            col(Draft.author_id) == author.id,
            or_(col(Draft.kind) != DELETED, col(Draft.changed_at) > now - UNDO_FOR),
        )
        .order_by(col(Draft.changed_at).desc(), col(Draft.id).desc())
        .limit(2 * MOST)
    )
    lines = await _lines(session, list(await session.scalars(query)), author)
    return DraftsPage(
        lines=tuple(one for one in lines if one.publish_at is None and one.kind != DELETED),
        planned=tuple(
            sorted((one for one in lines if one.publish_at is not None), key=lambda one: str(one.publish_at))
        ),
        deleted=tuple(one for one in lines if one.kind == DELETED),
        note=note,
    )


async def _lines(session: AsyncSession, drafts: Sequence[Draft], viewer: Actor) -> list[DraftLine]:
    if not drafts:
        return []
    posts = await _posts(session, [one.post_id for one in drafts])
    threads = {one.root_id or one.id for one in posts.values()}
    titles = await titles_of(session, threads, viewer)
    groups = await lines_of(
        session, [one.group_id for one in drafts] + [post.group_id for post in posts.values()]
    )
    counted = select(Medium.draft_id, func.count()).where(
        col(Medium.draft_id).in_([one.id for one in drafts])
    )
    rows = await session.execute(counted.group_by(col(Medium.draft_id)))
    files: dict[int | None, int] = {row[0]: row[1] for row in rows}
    return [_line(one, posts.get(one.post_id or 0), groups, titles, files.get(one.id, 0)) for one in drafts]


async def _posts(session: AsyncSession, ids: Sequence[int | None]) -> dict[int, Post]:
    wanted = [one for one in ids if one is not None]
    if not wanted:
        return {}
    return {one.id or 0: one for one in await session.scalars(select(Post).where(col(Post.id).in_(wanted)))}


def _line(
    draft: Draft, post: Post | None, groups: Mapping[int, ActorLine], titles: Mapping[int, str], files: int
) -> DraftLine:
    fields = fields_of(draft)
    group = groups.get(draft.group_id or (post.group_id if post is not None else None) or 0)
    about = titles.get((post.root_id or post.id or 0) if post is not None else 0, "")
    path = place_of(draft, post, group)
    words = fields.get("source", "")
    return DraftLine(
        token=draft.token,
        kind=draft.kind,
        path=path,
        title=fields.get("title", "") or about,
        words=shortened(" ".join(words.split()), EXCERPT) if path else words,
        group=group,
        changed_at=draft.changed_at,
        publish_at=draft.publish_at,
        trouble=draft.trouble,
        until=draft.changed_at + UNDO_FOR if draft.kind == DELETED else None,
        files=files,
    )


def place_of(draft: Draft, post: Post | None, group: ActorLine | None) -> str:
    """Return the address at which a draft is taken up again; empty when there is no such place any more."""
    if draft.kind == DELETED:
        return f"{path_of(post)}/restore" if post is not None else ""
    if draft.kind in {"comment", "edit"}:
        act = "reply" if draft.kind == "comment" else "edit"
        return (
            f"{path_of(post)}/{act}?draft={draft.token}" if post is not None and not post.deleted_at else ""
        )
    kind = "" if draft.kind == "thread" else f"kind={draft.kind}&"
    return f"{group.path}/write?{kind}draft={draft.token}" if group is not None else ""
