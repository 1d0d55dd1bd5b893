"""What a thread's home counts beside us, and where its repair stands."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col, select

from node.store.tables.actors import Actor
from node.store.tables.posts import Post
from node.store.tables.tasks import Task

SHOWN_FOR = timedelta(hours=1)  # what a repair has brought is said for so long


@dataclass(frozen=True, slots=True)
class AtHome:
    """A thread of another node, as its home counts it.

    state: of its repair: asked, working, waiting (its home did not answer), done lately, or empty.
    """

    host: str
    comments: int  # here
    home_comments: int | None  # None: not told
    votes: int  # for it, here
    home_votes: int | None
    counted_at: datetime | None
    differs: bool
    state: str
    found: int  # posts that the repair has brought, so far or in all
    may_repair: bool


async def at_home(session: AsyncSession, root: Post, viewer: Actor | None, now: datetime) -> AtHome | None:
    """Return how a thread stands at its home; None for one that is at home here, or gone."""
    author = await session.get_one(Actor, root.author_id)
    if author.is_local or root.deleted_at is not None or root.removed_at is not None:
        return None
    task = await session.scalar(select(Task).where(col(Task.kind) == "repair", col(Task.subject) == root.iri))
    state = _state(task, root, now)
    return AtHome(
        host=author.host,
        comments=root.comment_count,
        home_comments=root.home_comments,
        votes=root.upvotes,
        home_votes=root.home_upvotes,
        counted_at=root.home_counted_at,
        differs=root.home_comments not in {None, root.comment_count}
        or root.home_upvotes not in {None, root.upvotes},
        state=state,
        found=task.progress if task is not None else root.repair_found,
        may_repair=viewer is not None and task is None,
    )


def _state(task: Task | None, root: Post, now: datetime) -> str:
    if task is None:
        done = root.repaired_at is not None and root.repaired_at > now - SHOWN_FOR
        return "done" if done else ""
    if task.leased_until is not None and task.leased_until > now:
        return "working"
    return "waiting" if task.attempts else "asked"
