"""Reports: finding one, and the queues in which moderators and administrators read them. Nobody else does."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, and_, func, or_
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col, select

from node.store.queries.people import ActorLine, lines_of
from node.store.tables.actors import Actor
from node.store.tables.follows import Moderator
from node.store.tables.members import Member
from node.store.tables.messages import Message
from node.store.tables.moderation import Report
from node.store.tables.posts import Post

SHOWN = 50  # newest first


@dataclass(frozen=True, slots=True)
class ReportLine:
    """A report as those who judge it read it."""

    token: str
    about: str  # post, message, person, group
    path: str  # page of the post or of who is reported; empty when there is none
    title: str
    content: str  # HTML as kept
    gone: bool  # the post was deleted or removed since
    subject: ActorLine | None  # whose post it is, or who is reported
    group: ActorLine | None
    reporter: ActorLine | None  # None: only the server is known to have reported
    server: str
    reason: str  # plain text
    times: int
    at: datetime
    resolved_at: datetime | None
    resolved_by: ActorLine | None
    outcome: tuple[str, ...]  # dismissed, settled, removed, warned, banned; empty: not known here
    note: str  # of who resolved it


async def find_report(session: AsyncSession, token: str) -> Report | None:
    """Return the report of that token, or None."""
    found: Report | None = await session.scalar(select(Report).where(col(Report.token) == token))
    return found


async def find_by_flag(session: AsyncSession, iri: str) -> Report | None:
    """Return the report that the Flag of that id made, or None."""
    found: Report | None = await session.scalar(select(Report).where(col(Report.iri) == iri))
    return found


def same_matter(
    *, post_id: int | None, message_id: int | None, subject_id: int | None
) -> ColumnElement[bool]:
    """Condition: the report is about that post, that message, or that actor as a whole."""
    if post_id is not None:
        return col(Report.post_id) == post_id
    if message_id is not None:
        return col(Report.message_id) == message_id
    return and_(
        col(Report.subject_id) == subject_id, col(Report.post_id).is_(None), col(Report.message_id).is_(None)
    )


async def find_open(session: AsyncSession, matter: ColumnElement[bool], reporter: Actor) -> Report | None:
    """Return the open report of one *matter* by a person here, or from a server elsewhere (A104), or None."""
    by = col(Actor.id) == reporter.id if reporter.is_local else col(Actor.home) == reporter.home
    query = (
        select(Report)
        .join(Actor, col(Actor.id) == col(Report.reporter_id))
        .where(matter, by, col(Report.resolved_at).is_(None))
    )
    found: Report | None = await session.scalar(query.limit(1))
    return found


async def count_open(session: AsyncSession, home: str) -> int:
    """Return how many open reports come from the server at *home*."""
    query = (
        select(func.count())
        .select_from(Report)
        .join(Actor, col(Actor.id) == col(Report.reporter_id))
        .where(col(Actor.home) == home, col(Report.resolved_at).is_(None))
    )
    return await session.scalar(query) or 0


async def count_since(session: AsyncSession, reporter_id: int | None, since: datetime) -> int:
    """Return how many reports one actor has made since then."""
    query = select(func.count()).select_from(Report)
    return (
        await session.scalar(query.where(col(Report.reporter_id) == reporter_id, col(Report.at) > since)) or 0
    )


async def moderators_of(session: AsyncSession, group: Actor) -> list[Actor]:
    """Return the moderators of a group, the first of them first."""
    return list(
        await session.scalars(
            select(Actor)
            .join(Moderator, col(Moderator.actor_id) == col(Actor.id))
            .where(col(Moderator.group_id) == group.id, col(Actor.deleted_at).is_(None))
            .order_by(col(Moderator.since), col(Moderator.id))
        )
    )


async def administrators(session: AsyncSession) -> list[Actor]:
    """Return the administrators of this node."""
    return list(
        await session.scalars(
            select(Actor)
            .join(Member, col(Member.actor_id) == col(Actor.id))
            .where(col(Member.role) == "administrator", col(Member.disabled_at).is_(None))
        )
    )


async def queue(
    session: AsyncSession, group: Actor | None, *, resolved: bool = False, before: str = ""
) -> tuple[ReportLine, ...]:
    """Return the reports of a group, or all of this node (group None): open ones, or those that were resolved.

    The newest first. before: token of the last line of the page above.
    """
    at = col(Report.resolved_at) if resolved else col(Report.at)
    query = select(Report).where(*_of(group), *_state(resolved=resolved))
    last = await find_report(session, before) if before else None
    then = None if last is None else (last.resolved_at if resolved else last.at)
    if last is not None and then is not None:
        query = query.where(or_(at < then, and_(at == then, col(Report.id) < last.id)))
    found = await session.scalars(query.order_by(at.desc(), col(Report.id).desc()).limit(SHOWN))
    return await lines_of_reports(session, list(found))


async def count_waiting(session: AsyncSession, group: Actor | None) -> int:
    """Return how many reports of a group, or of this node (group None), wait to be read."""
    query = select(func.count()).select_from(Report).where(*_of(group), *_state(resolved=False))
    return await session.scalar(query) or 0


async def same_open(session: AsyncSession, report: Report) -> list[Report]:
    """Return the open reports of the same thing to the same judges, that one among them, the oldest first."""
    matter = same_matter(post_id=report.post_id, message_id=report.message_id, subject_id=report.subject_id)
    judges = col(Report.group_id).is_not_distinct_from(report.group_id)
    query = select(Report).where(matter, judges, *_state(resolved=False))
    return list(await session.scalars(query.order_by(col(Report.id)).limit(SHOWN)))


async def count_earlier(session: AsyncSession, report: Report) -> int:
    """Return how many reports about the same person were upheld before, in the same group or (none) on this node."""
    query = select(func.count()).select_from(Report)
    query = query.where(
        col(Report.subject_id) == report.subject_id,
        col(Report.resolved_at).is_not(None),
        col(Report.outcome).not_in(("", "dismissed")),
    )
    if report.group_id is not None:
        query = query.where(col(Report.group_id) == report.group_id)
    return await session.scalar(query) or 0


def _of(group: Actor | None) -> list[ColumnElement[bool]]:
    return [] if group is None else [col(Report.group_id) == group.id]


def _state(*, resolved: bool) -> list[ColumnElement[bool]]:
    at = col(Report.resolved_at)
    return [at.is_not(None) if resolved else at.is_(None)]


async def lines_of_reports(session: AsyncSession, reports: Collection[Report]) -> tuple[ReportLine, ...]:
    """Return reports as pages show them."""
    ids = [
        one
        for report in reports
        for one in (report.reporter_id, report.group_id, report.subject_id, report.resolved_by_id)
    ]
    actors = await lines_of(session, ids)
    posts = {
        post.id: post
        for post in await session.scalars(
            select(Post).where(col(Post.id).in_([one.post_id for one in reports if one.post_id]))
        )
    }
    messages = {
        message.id: message
        for message in await session.scalars(
            select(Message).where(col(Message.id).in_([one.message_id for one in reports if one.message_id]))
        )
    }
    return tuple(
        _line(report, actors, posts.get(report.post_id), messages.get(report.message_id))
        for report in reports
    )


def _line(
    report: Report, actors: dict[int, ActorLine], post: Post | None, message: Message | None
) -> ReportLine:
    subject = actors.get(report.subject_id or 0)
    reporter = actors[report.reporter_id]
    said = post or message
    path, title, about = subject.path if subject else "", "", "person"
    if post is not None:
        is_thread = post.parent_id is None and post.in_reply_to is None
        path, title, about = f"/{'post' if is_thread else 'comment'}/{post.token}", post.title, "post"
    elif message is not None:
        path, about = "", "message"
    elif subject is not None and subject.is_group:
        about = "group"
    return ReportLine(
        token=report.token,
        about=about,
        path=path,
        title=title,
        content=said.content if said is not None else "",
        gone=post is not None and (post.deleted_at is not None or post.removed_at is not None),
        subject=subject,
        group=actors.get(report.group_id or 0),
        reporter=None if report.passed_on or reporter.is_bot else reporter,
        server=reporter.host,
        reason=report.reason,
        times=report.times,
        at=report.at,
        resolved_at=report.resolved_at,
        resolved_by=actors.get(report.resolved_by_id or 0),
        outcome=tuple(report.outcome.split()),
        note=report.note,
    )
