"""Flag{actor, object}: a report of a post, a message, a person or a group (FEDERATION C.9).

`object` is an id or a list of them, where the reported person may come first: the first post that is known counts,
and a person alone is never reported to a group (pitfalls 15, 91). The actor may be a whole server: Mastodon's. What
is told is private: read by moderators and administrators, never listed, never fetched.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlmodel import col, select

from node.activities.handler import Handler
from node.activities.marks import has_mark, leave_mark
from node.activities.standing import check_not_banned
from node.activities.telling import tell
from node.activitypub import writing
from node.activitypub.activity import Activity
from node.activitypub.parts import tags_of
from node.activitypub.values import in_a_language, listed, text, web_iris
from node.errors import Conflict, Forbidden, NotFound, Refused
from node.store.database import Transaction
from node.store.queries.actors import find_actor, get_actor
from node.store.queries.posts import find_post, visible_to
from node.store.queries.reports import (
    administrators,
    count_open,
    count_since,
    find_by_flag,
    find_open,
    moderators_of,
    same_matter,
)
from node.store.tables.actors import Actor
from node.store.tables.messages import Message, MessageRecipient
from node.store.tables.moderation import Report
from node.store.tables.posts import Post
from node.text.clean import plain_text

MOST_NAMED = 20  # ids of one report that are looked at
LONGEST_REASON = 5_000  # characters
OPEN_OF_A_SERVER = 200  # reports that wait; more than that is a flood (THREATS A104)
A_DAY = 50  # reports of one actor
_WITHIN_WORDS = re.compile(r"(?<=[a-z])([A-Z])")  # spamOrMisleading


@dataclass(frozen=True, slots=True)
class Matter:
    """What is reported. subject: whose it is, or who. group: whose moderators judge it; None: administrators."""

    subject: Actor
    post: Post | None = None
    message: Message | None = None
    group: Actor | None = None

    @property
    def iri(self) -> str:
        """Its id."""
        said = self.post or self.message
        return said.iri if said is not None else self.subject.iri

    @property
    def condition(self) -> Any:
        """Condition: a report is about this."""
        return same_matter(
            post_id=self.post.id if self.post else None,
            message_id=self.message.id if self.message else None,
            subject_id=self.subject.id,
        )


async def check(tx: Transaction, flag: Activity) -> None:
    """Anybody may report what they may read, when it concerns this node; so often a day, and once each thing."""
    reporter = await get_actor(tx.session, flag.actor)
    if reporter.deleted_at is not None:
        raise Refused("This actor has left.", detail=reporter.iri)
    matter = await matter_of(tx, flag)
    await _check_access(tx, matter, reporter)
    _check_way(flag, matter, reporter)
    await check_not_banned(tx, flag, matter.group)
    if await find_open(tx.session, matter.condition, reporter) is not None:
        return
    if await count_since(tx.session, reporter.id, tx.now - timedelta(days=1)) >= A_DAY:
        raise Refused("You have reported a lot today. Come back tomorrow.", detail=reporter.iri)
    if not reporter.is_local and await count_open(tx.session, reporter.home) >= OPEN_OF_A_SERVER:
        raise Refused("Many reports of your server wait here to be read.", detail=reporter.iri)


async def apply(tx: Transaction, flag: Activity) -> None:
    """Put it before those who judge it; the same again from the same server adds to what is there (A104)."""
    reporter, matter = await get_actor(tx.session, flag.actor), await matter_of(tx, flag)
    reason = reason_of(flag)
    if await find_by_flag(tx.session, flag.iri) is not None:
        return
    if await has_mark(tx, "undone:Flag", flag.iri, flag.actor):
        return
    known = await find_open(tx.session, matter.condition, reporter)
    if known is not None:
        known.times += 1
        if reason and reason not in known.reason:
            known.reason = f"{known.reason}\n{reason}".strip()[:LONGEST_REASON]
        await tx.session.flush()
        return
    tx.session.add(
        Report(
            iri=flag.iri,
            token=tx.ids.token(),
            reporter_id=reporter.id or 0,
            group_id=matter.group.id if matter.group else None,
            post_id=matter.post.id if matter.post else None,
            message_id=matter.message.id if matter.message else None,
            subject_id=matter.subject.id,
            reason=reason,
            at=tx.now,
            passed_on=flag.announced_by is not None,
        )
    )
    await tx.session.flush()
    await _alert(tx, matter, reporter, reason)


async def undo(tx: Transaction, flag: Activity) -> None:
    """The reporter thinks better of it, as on NodeBB; what others said of the same stays, and what was answered."""
    if flag.iri:
        await leave_mark(tx, "undone:Flag", flag.iri, flag.actor)
    report = await find_by_flag(tx.session, flag.iri)
    if report is None or report.resolved_at is not None:
        return
    report.times -= 1
    if report.times < 1:
        await tx.session.delete(report)
    await tx.session.flush()


async def matter_of(tx: Transaction, flag: Activity) -> Matter:
    """Return what a Flag is about; raises NotFound when nothing of it is known here."""
    person: Actor | None = None
    for iri in web_iris(listed(flag.raw.get("object"))[:MOST_NAMED]):
        post = await find_post(tx.session, iri)
        if post is not None and post.deleted_at is None:
            return await matter_of_post(tx, post)
        message: Message | None = await tx.session.scalar(select(Message).where(col(Message.iri) == iri))
        if message is not None:
            return await matter_of_message(tx, message)
        person = person or await find_actor(tx.session, iri)
    if person is None or person.deleted_at is not None:
        raise NotFound("Nothing of what is reported is known here.", detail=flag.iri)
    return Matter(person)


async def matter_of_post(tx: Transaction, post: Post) -> Matter:
    """Return a post as the matter of a report."""
    author = await tx.session.get_one(Actor, post.author_id)
    group = await tx.session.get(Actor, post.group_id) if post.group_id else None
    return Matter(author, post=post, group=group)


async def matter_of_message(tx: Transaction, message: Message) -> Matter:
    """Return a message as the matter of a report."""
    return Matter(await tx.session.get_one(Actor, message.author_id), message=message)


async def compose(tx: Transaction, reporter: Actor, matter: Matter, reason: str) -> Activity:
    """A local member reports. `to` has one element, or Lemmy refuses it: the group, else the node concerned.

    Raises Conflict when they have reported it already and nobody has answered yet.
    """
    if await find_open(tx.session, matter.condition, reporter) is not None:
        raise Conflict("You have reported this already. Its moderators have not answered yet.")
    judge = matter.group.iri if matter.group is not None else f"{matter.subject.home}/"
    audience = matter.group.iri if matter.group is not None else None
    iri = f"{reporter.home}/activities/flag/{tx.ids.token()}"
    raw = write_flag(matter.iri, iri=iri, actor=reporter.iri, to=judge, audience=audience, reason=reason)
    return Activity(
        type="Flag",
        iri=iri,
        actor=reporter.iri,
        object=matter.iri,
        raw=raw,
        audience=audience,
        to=(judge,),
        summary=reason,
    )


def write_flag(
    thing: str, *, iri: str, actor: str, to: str, audience: str | None, reason: str
) -> dict[str, Any]:
    """Write a report as Lemmy and Mbin read it; the reason in both places where peers look for it."""
    return writing.write_activity(
        "Flag", iri=iri, actor=actor, obj=thing, to=(to,), audience=audience, summary=reason, content=reason
    )


def reason_of(flag: Activity) -> str:
    """Return why, as plain text: the summary, else the content, else the reasons that PeerTube gives as hashtags."""
    given = flag.summary or text(in_a_language(dict(flag.raw), "content", None), LONGEST_REASON)
    if not given:
        _, names, _ = tags_of(flag.raw.get("tag"))
        given = ", ".join(_WITHIN_WORDS.sub(r" \1", name).lower() for name in names)
    return plain_text(given or "").strip()[:LONGEST_REASON]


def _check_way(flag: Activity, matter: Matter, reporter: Actor) -> None:
    """A group passes on reports of its own matters; what comes direct concerns a group or somebody of ours."""
    group = matter.group
    if flag.announced_by is not None:
        if group is None or group.iri != flag.announced_by:
            raise Forbidden("A group speaks only for its own threads.", detail=flag.iri)
        return
    ours = (group is not None and group.is_local) or matter.subject.is_local or reporter.is_local
    if not ours:
        raise Refused("What is reported concerns nobody here.", detail=flag.iri)


async def _check_access(tx: Transaction, matter: Matter, reporter: Actor) -> None:
    """Refuse reports of what the reporter cannot have read (THREATS V68)."""
    if matter.post is not None and matter.post.visibility not in {"public", "unlisted"}:
        query = select(Post.id).where(col(Post.id) == matter.post.id, visible_to(reporter))
        if reporter.kind != "Application" and await tx.session.scalar(query) is None:
            raise NotFound("Nothing of what is reported is known here.", detail=matter.iri)
    if matter.message is not None:
        got = select(MessageRecipient.id).join(Actor, col(Actor.id) == col(MessageRecipient.actor_id))
        same = (
            col(Actor.home) == reporter.home
            if reporter.kind == "Application"
            else col(Actor.id) == reporter.id
        )
        query = got.where(col(MessageRecipient.message_id) == matter.message.id, same)
        if await tx.session.scalar(query.limit(1)) is None:
            raise NotFound("Nothing of what is reported is known here.", detail=matter.iri)


async def _alert(tx: Transaction, matter: Matter, reporter: Actor, reason: str) -> None:
    """Tell who judges it: the group's moderators here, or the administrators when it has none."""
    judges = await moderators_of(tx.session, matter.group) if matter.group is not None else []
    here = [one for one in judges if one.is_local] or await administrators(tx.session)
    for judge in here:
        if judge.id != matter.subject.id:
            await tell(
                tx, judge, "report", by=reporter, post=matter.post, group=matter.group, text=reason[:500]
            )


HANDLER = Handler("Flag", check=check, apply=apply, undo=undo)
