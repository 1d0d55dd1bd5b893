"""What members have read of threads: marks in lists, and what is new on a page."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import select as select_columns
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col, select

from node.store.database import Transaction
from node.store.queries.posts import visible_to
from node.store.tables.actors import Actor
from node.store.tables.members import Member
from node.store.tables.posts import Post
from node.store.tables.readings import Reading

VISIT_ENDS = timedelta(minutes=30)  # after the last look at the front page; the next one begins another visit
NOTED_EVERY = timedelta(minutes=5)
KEPT = timedelta(days=365)  # since a thread was last read


async def find_reading(session: AsyncSession, thread: Post, viewer: Actor | None) -> datetime | None:
    """Return until when *viewer* has seen a thread; None when they never opened it, or want no marks."""
    if viewer is None:
        return None
    found: datetime | None = await session.scalar(
        select(Reading.at).where(col(Reading.actor_id) == viewer.id, col(Reading.post_id) == thread.id)
    )
    return found


async def unread_in(session: AsyncSession, threads: Sequence[Post], viewer: Actor | None) -> dict[int, int]:
    """Return how many comments threads have that *viewer* has not seen, by row number; none they never opened."""
    if viewer is None or not threads:
        return {}
    found = await session.execute(
        select_columns(col(Reading.post_id), col(Reading.comments)).where(
            col(Reading.actor_id) == viewer.id, col(Reading.post_id).in_([one.id for one in threads])
        )
    )
    seen = {row.post_id: row.comments for row in found}
    return {one.id or 0: max(0, one.comment_count - seen[one.id or 0]) for one in threads if one.id in seen}


async def mark_read(tx: Transaction, actor_id: int, token: str) -> None:
    """Note that a member sees a thread as it is now. token: of the thread. Nothing is written that is known."""
    thread = await tx.session.scalar(
        select(Post).where(col(Post.token) == token, col(Post.root_id).is_(None))
    )
    if thread is None:
        return
    reading = await tx.session.scalar(
        select(Reading).where(col(Reading.actor_id) == actor_id, col(Reading.post_id) == thread.id)
    )
    if reading is None:
        count = thread.comment_count
        tx.session.add(Reading(actor_id=actor_id, post_id=thread.id or 0, at=tx.now, comments=count))
    else:
        reading.at, reading.comments = tx.now, thread.comment_count


async def mark_all_read(tx: Transaction, member_id: int, actor: Actor, tokens: Sequence[str]) -> None:
    """Note that a member has seen threads as they are now, and what the front page has. tokens: of the threads.

    What the member may not read is passed over.
    """
    member = await tx.session.get_one(Member, member_id)
    if not member.marks_reading:
        return
    member.looked_before = member.looked_at = tx.now
    found = await tx.session.scalars(
        select(Post).where(
            col(Post.token).in_(tokens),
            col(Post.root_id).is_(None),
            col(Post.in_reply_to).is_(None),
            visible_to(actor),
        )
    )
    threads = {one.id or 0: one for one in found}
    known = {
        one.post_id: one
        for one in await tx.session.scalars(
            select(Reading).where(col(Reading.actor_id) == actor.id, col(Reading.post_id).in_(threads))
        )
    }
    for number, thread in threads.items():
        reading = known.get(number) or Reading(
            actor_id=actor.id or 0, post_id=number, at=tx.now, comments=thread.comment_count
        )
        reading.at, reading.comments = tx.now, thread.comment_count
        tx.session.add(reading)


async def forget_readings(tx: Transaction, actor_id: int) -> None:
    """Drop all marks of a member who wants none."""
    for reading in await tx.session.scalars(select(Reading).where(col(Reading.actor_id) == actor_id)):
        await tx.session.delete(reading)


def visited_before(member: Member, now: datetime) -> datetime | None:
    """Return until when a member had looked at the front page before this visit; None: this is the first."""
    at = member.looked_at
    return at if at is not None and now - at > VISIT_ENDS else member.looked_before


async def note_visit(tx: Transaction, member_id: int) -> None:
    """Note that a member looks at the front page: a visit begins, or goes on. Once in some minutes is enough."""
    member = await tx.session.get_one(Member, member_id)
    if member.looked_at is None or tx.now - member.looked_at > VISIT_ENDS:
        member.looked_before, member.looked_at = member.looked_at, tx.now
    elif tx.now - member.looked_at >= NOTED_EVERY:
        member.looked_at = tx.now


async def set_reading(
    tx: Transaction, actor_id: int, *, flat: bool, marks: bool, languages: Sequence[str]
) -> None:
    """Keep how a member likes to read. marks: whether it is noted what they have read.

    languages: codes of those in which alone lists of many groups shall be; none: whichever.
    """
    member = (await tx.session.scalars(select(Member).where(col(Member.actor_id) == actor_id))).one()
    member.reads_flat, member.marks_reading = flat, marks
    member.languages = " ".join(dict.fromkeys(languages))
    if not marks:
        member.looked_at = member.looked_before = None
        await forget_readings(tx, actor_id)
