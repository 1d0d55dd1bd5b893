"""Keeping what a member is writing, and letting it go."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import update
from sqlmodel import col

from node.errors import Conflict
from node.store.database import Transaction
from node.store.queries.drafts import DELETED, MOST, count_drafts, draft_of, dumped, find_draft
from node.store.queries.tasks import schedule
from node.store.queries.uploads import loose_of
from node.store.tables.actors import Actor
from node.store.tables.drafts import Draft
from node.store.tables.media import Medium
from node.store.tables.posts import Post

TASK = "draft"  # publishes what is planned; subject: the draft's token


@dataclass(frozen=True, slots=True)
class Place:
    """What a form of words is for: a thread in a group, an answer to a post, or an edit of it."""

    kind: str  # thread, poll, event, comment, edit
    group: Actor | None = None
    post: Post | None = None


async def keep(
    tx: Transaction,
    author: Actor,
    place: Place,
    fields: Mapping[str, str],
    files: Sequence[str],
    *,
    token: str = "",
    publish_at: datetime | None = None,
) -> Draft | None:
    """Keep a form of words as it is; None, and what was kept goes, when nothing is in it.

    files: tokens of the author's uploads that wait with it. token: the draft that this continues; an answer
    and an edit have one for each post. publish_at: then it goes out by itself. Raises Conflict when there is no room.
    """
    draft = await _continued(tx, author, place, token)
    if (
        not any(fields.get(name, "").strip() for name in ("title", "source", "link_url", "options"))
        and not files
    ):
        if draft is not None:
            await drop(tx, draft)
        return None
    if draft is None:
        if await count_drafts(tx.session, author) >= MOST:
            raise Conflict(
                "You have as many drafts as there is room for. Publish or remove some of them first."
            )
        draft = Draft(
            token=tx.ids.token(),
            author_id=author.id or 0,
            kind=place.kind,
            group_id=place.group.id if place.group is not None else None,
            post_id=place.post.id if place.post is not None else None,
            changed_at=tx.now,
        )
        tx.session.add(draft)
    draft.kind, draft.fields, draft.changed_at, draft.trouble = place.kind, dumped(fields), tx.now, ""
    draft.publish_at = publish_at
    await tx.session.flush()
    await _hold(tx, author, draft, files)
    if publish_at is not None:
        await schedule(tx, TASK, draft.token, publish_at)
    return draft


async def drop(tx: Transaction, draft: Draft) -> None:
    """Let a draft go; its files are part of nothing from then on, and those of a deleted post go."""
    if draft.kind == DELETED:
        await tx.session.execute(
            update(Medium)
            .where(col(Medium.post_id) == draft.post_id, col(Medium.gone_at) > tx.now)
            .values(gone_at=tx.now),
            execution_options={"synchronize_session": "fetch"},
        )
    await tx.session.execute(
        update(Medium).where(col(Medium.draft_id) == draft.id).values(draft_id=None),
        execution_options={"synchronize_session": "fetch"},
    )
    await tx.session.delete(draft)
    await tx.session.flush()


async def drop_of(tx: Transaction, author: Actor, place: Place, token: str) -> None:
    """Let the draft go whose words have just been published."""
    draft = await _continued(tx, author, place, token)
    if draft is not None:
        await drop(tx, draft)


async def _continued(tx: Transaction, author: Actor, place: Place, token: str) -> Draft | None:
    """Return the draft that a form continues; a token of another place names none of its."""
    if place.post is not None:
        return await draft_of(tx.session, author, place.kind, place.post)
    draft = await find_draft(tx.session, token, author) if token else None
    if draft is None or place.group is None or draft.group_id != place.group.id or draft.post_id is not None:
        return None
    return draft


async def _hold(tx: Transaction, author: Actor, draft: Draft, files: Sequence[str]) -> None:
    """Let exactly those uploads wait with the draft."""
    await tx.session.execute(
        update(Medium)
        .where(col(Medium.draft_id) == draft.id, col(Medium.token).not_in(files))
        .values(draft_id=None),
        execution_options={"synchronize_session": "fetch"},
    )
    for medium in await loose_of(tx.session, author, files):
        medium.draft_id = draft.id
    await tx.session.flush()
