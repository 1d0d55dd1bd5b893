"""Word to members: of answers and mentions, and of what was done to them in office."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from functools import cache

from sqlalchemy import BindParameter, ColumnElement, Integer, and_, bindparam, func, or_, true
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col, select
from sqlmodel.sql.expression import SelectOfScalar

from node.store.columns import UtcDateTime
from node.store.queries.cautions import OwnBan, own_bans
from node.store.queries.conversations import conversations_with
from node.store.queries.muting import NOTHING, Muting
from node.store.queries.people import ActorLine, line_of, lines_of, titles_of
from node.store.queries.posts import OPEN, visible_to_id
from node.store.tables.actors import Actor
from node.store.tables.members import Member, Notification
from node.store.tables.posts import Post

COUNTED = 200  # the newest, among which those are sought that hold no muted words
SHOWN = 50  # newest first; older ones are found in the threads
NONE = [""]  # no kind is called so; an empty list would be asked of a table made for it
GATHERED = frozenset({"request", "asked"})  # whoever asks, it is decided on one page
# What a member may look at alone, and may choose not to be told of; what moderators tell comes in any case.
SORTS: dict[str, tuple[str, ...]] = {
    "answers": ("reply",),
    "mentions": ("mention",),
    "messages": ("message",),
    "dates": (
        "poll",
        "event",
        "asked",
        "invite",
        "accepted",
        "declined",
        "guest-accepted",
        "guest-declined",
    ),
    "requests": ("request",),
    "moves": ("moved",),
}
# What others say to a member, as to any other: a mute keeps that from being told.
MUTABLE = (*SORTS["answers"], *SORTS["mentions"], *SORTS["messages"], *SORTS["dates"])


@dataclass(frozen=True, slots=True)
class NotificationLine:
    """Somebody answered or named the member, or did something to them in office.

    more: those of the same kind about the same that it stands for, as the newest of them; others: who else is in them.
    """

    id: int
    kind: str  # reply, mention; message, request; removed, appointed, dismissed, closed ...
    by: ActorLine
    path: str
    title: str  # of the thread
    content: str  # HTML as kept
    at: datetime
    unread: bool
    group: ActorLine | None = None
    text: str = ""  # a reason, plain text
    ban: OwnBan | None = None  # the ban that was told of, while it is in force
    answered: int | None = None  # row number of the post that an answer is to
    others: tuple[ActorLine, ...] = ()
    more: tuple[NotificationLine, ...] = ()

    @property
    def also(self) -> str:
        """The row numbers of those that it stands for, blanks between."""
        return " ".join(str(one.id) for one in self.more)


@dataclass(frozen=True, slots=True)
class NotificationPage:
    """What a member has been told, newest first."""

    lines: tuple[NotificationLine, ...]
    unread: int
    newest: str  # instant of the newest shown, to mark as read up to there
    sort: str = ""  # of SORTS, the only one shown; empty: all


async def count_unread(session: AsyncSession, member: Member, actor: Actor, muting: Muting = NOTHING) -> int:
    """Return how many notifications of posts that the member may read, and did not mute, are new.

    Of who muted words, the newest COUNTED are asked.
    """
    values = {
        "member": member.id,
        "viewer": actor.id,
        "since": member.read_notifications_at,
        "quiet": member.quiet_kinds.split() or NONE,
    }
    unread = _to_count_unread(ever=member.read_notifications_at is None)
    if not (muting.actors or muting.hosts or muting.has_words):
        return await session.scalar(unread, values) or 0
    unread = unread.where(*_not_muted(muting))
    if not muting.has_words:
        return await session.scalar(unread, values) or 0
    newest = unread.with_only_columns(col(Notification.kind), Post, maintain_column_froms=True)
    rows = await session.execute(newest.order_by(col(Notification.at).desc()).limit(COUNTED), values)
    return sum(not _names(muting, kind, post) for kind, post in rows)


@cache  # every page of a member asks: to build the statement took five times as long as the answer
def _to_count_unread(*, ever: bool) -> SelectOfScalar[int]:
    since = bindparam("since", type_=UtcDateTime)
    return (
        select(func.count())
        .select_from(Notification)
        .outerjoin(Post, col(Post.id) == col(Notification.post_id))
        .where(
            col(Notification.member_id) == bindparam("member"),
            _fit_to_read(bindparam("viewer", type_=Integer)),
            col(Notification.read_at).is_(None),
            col(Notification.kind).not_in(bindparam("quiet", expanding=True)),
            true() if ever else col(Notification.at) > since,
        )
    )


async def notification_page(
    session: AsyncSession,
    member_id: int,
    actor: Actor,
    now: datetime,
    *,
    sort: str = "",
    muting: Muting = NOTHING,
) -> NotificationPage:
    """Return the member's page of notifications. sort: of SORTS, those alone. muting: what they are not told of."""
    member = await session.get_one(Member, member_id)
    read_at = member.read_notifications_at
    kinds = col(Notification.kind)
    wanted = kinds.in_(SORTS[sort]) if sort else kinds.not_in(member.quiet_kinds.split() or NONE)
    found = (
        await session.execute(
            select(Notification, Post, Actor)
            .outerjoin(Post, col(Post.id) == col(Notification.post_id))
            .join(Actor, col(Actor.id) == col(Notification.actor_id))
            .where(
                col(Notification.member_id) == member_id,
                wanted,
                _fit_to_read(actor.id or 0),
                *_not_muted(muting),
            )
            .order_by(col(Notification.at).desc(), col(Notification.id).desc())
            .limit(COUNTED if muting.has_words else SHOWN)
        )
    ).all()
    found = [row for row in found if not _names(muting, row[0].kind, row[1])][:SHOWN]
    titles = await titles_of(session, [post.root_id for _, post, _ in found if post is not None], actor)
    groups = await lines_of(session, [notification.group_id for notification, _, _ in found])
    talks = await conversations_with(session, actor, {by.id for one, _, by in found if one.kind == "message"})
    bans = {
        (ban.group.id if ban.group else None, ban.host if not ban.group else ""): ban
        for ban in await own_bans(session, actor, now)
    }
    lines = tuple(
        NotificationLine(
            id=notification.id or 0,
            kind=notification.kind,
            by=line_of(by),
            path=_path(notification, post, groups.get(notification.group_id or 0), by, talks),
            title=_title(notification, post, titles),
            content=_content(notification, post),
            at=notification.at,
            unread=notification.read_at is None and (read_at is None or notification.at > read_at),
            group=groups.get(notification.group_id or 0),
            text=notification.text,
            ban=_ban(notification, by, bans),
            answered=post.parent_id if post is not None and notification.kind == "reply" else None,
        )
        for notification, post, by in found
    )
    newest = lines[0].at.isoformat() if lines else ""
    unread = sum(line.unread for line in lines)
    return NotificationPage(_gathered(lines), unread, newest, sort)


def _gathered(lines: tuple[NotificationLine, ...]) -> tuple[NotificationLine, ...]:
    """Return the lines, those that say the same of the same as one, where the newest of them stands."""
    places: dict[object, list[NotificationLine]] = {}
    for line in lines:
        places.setdefault(_place_of(line), []).append(line)
    return tuple(
        replace(first, more=tuple(more), others=_others(first, more)) for first, *more in places.values()
    )


def _others(first: NotificationLine, more: list[NotificationLine]) -> tuple[ActorLine, ...]:
    known = {one.by.id: one.by for one in more if one.by.id != first.by.id}
    return tuple(known.values())


def _place_of(line: NotificationLine) -> object:
    """Return what lines have in common that are told as one."""
    if line.answered is not None:
        return line.kind, line.answered, line.unread
    return (line.kind, line.path, line.unread) if line.kind in GATHERED else line.id


def _not_muted(muting: Muting) -> list[ColumnElement[bool]]:
    """Condition: the word is neither of somebody muted nor from a muted group or server; or it is of office."""
    fit = muting.fit_to(
        col(Notification.actor_id), func.coalesce(col(Post.group_id), col(Notification.group_id))
    )
    return [or_(col(Notification.kind).not_in(MUTABLE), *fit)] if fit else []


def _names(muting: Muting, kind: str, post: Post | None) -> bool:
    return kind in MUTABLE and post is not None and muting.silences(post)


def _fit_to_read(viewer: int | BindParameter[int]) -> ColumnElement[bool]:
    """Condition: the post may be read; or it is the member's own that was judged; or it is about no post.

    Who reported something hears that it was looked at also when it is gone since.
    """
    own = and_(col(Notification.kind).in_(("removed", "caution")), col(Post.author_id) == viewer)
    reported = col(Notification.kind) == "resolved"
    return or_(col(Notification.post_id).is_(None), own, reported, visible_to_id(viewer))


def _path(
    notification: Notification,
    post: Post | None,
    group: ActorLine | None,
    by: Actor,
    talks: dict[int, str],
) -> str:
    if notification.kind == "message":
        return f"/messages/{talks.get(notification.actor_id, '')}"
    if notification.kind == "request" and group is not None:
        return f"{group.path}/requests"
    if notification.kind == "report":
        return f"{group.path}/moderation/reports" if group is not None else "/reports"
    if post is None or _is_withheld(notification, post):
        return _place(notification, group, by)
    return f"/post/{post.token}" if post.root_id is None else f"/comment/{post.token}"


def _place(notification: Notification, group: ActorLine | None, by: Actor) -> str:
    if group is not None:
        return group.path
    if notification.kind in {"ban", "unban"}:
        return "/settings/standing"
    if notification.kind == "unpublished":
        return "/drafts"
    return line_of(by).path if notification.kind == "moved" else ""


def _ban(notification: Notification, by: Actor, bans: dict[tuple[int | None, str], OwnBan]) -> OwnBan | None:
    if notification.kind != "ban":
        return None
    from_group = notification.group_id is not None
    return bans.get((notification.group_id, "" if from_group else by.host))


def _content(notification: Notification, post: Post | None) -> str:
    if post is None or post.removed_at is not None or _is_withheld(notification, post):
        return ""
    return post.content


def _is_withheld(notification: Notification, post: Post) -> bool:
    """Tell whether a post that the member reported is one that they may not read now."""
    shown = post.visibility in OPEN and post.deleted_at is None and post.removed_at is None
    return notification.kind == "resolved" and not shown


def _title(notification: Notification, post: Post | None, titles: dict[int, str]) -> str:
    if post is None or _is_withheld(notification, post):
        return ""
    return post.title if post.root_id is None else titles.get(post.root_id, "")
