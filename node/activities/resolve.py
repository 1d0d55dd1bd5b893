"""Resolve{actor: moderator, object: the Flag}: a report has been dealt with (Lemmy 1.0; FEDERATION C.9).

Lemmy makes the Flag anew, so it is matched by its id or by who reported what. Private, as the report itself.
"""

from __future__ import annotations

from sqlmodel import col, select

from node.activities import flag
from node.activities.handler import Handler
from node.activities.standing import check_may_moderate, is_moderator
from node.activities.telling import tell
from node.activitypub import reading, writing
from node.activitypub.activity import Activity
from node.errors import Forbidden, NotFound
from node.store.database import Transaction
from node.store.queries.actors import find_actor, get_actor
from node.store.queries.reports import find_by_flag
from node.store.queries.standing import is_administrator
from node.store.tables.actors import Actor
from node.store.tables.messages import Message
from node.store.tables.moderation import Report
from node.store.tables.posts import Post


async def check(tx: Transaction, resolve: Activity) -> None:
    """Moderators of the group that it is about; of what is no group's matter, administrators here.

    Of a group elsewhere too: Lemmy sends its moderators' word to who reported without the group passing it on.
    """
    report = await _report(tx, resolve)
    group = await tx.session.get(Actor, report.group_id) if report.group_id else None
    if group is not None and (group.is_local or not await _administers(tx, resolve)):
        if resolve.announced_by is None and await _moderates(tx, resolve, group):
            return
        await check_may_moderate(tx, resolve, group)
    elif not await _administers(tx, resolve):
        raise Forbidden("Only administrators answer this report.", detail=resolve.iri)


async def apply(tx: Transaction, resolve: Activity) -> None:
    """Close the report, and tell a member who made it that somebody has looked."""
    report = await _report(tx, resolve)
    if report.resolved_at is not None:
        return
    moderator = await get_actor(tx.session, resolve.actor)
    report.resolved_at, report.resolved_by_id = tx.now, moderator.id
    await tx.session.flush()
    reporter = await tx.session.get(Actor, report.reporter_id)
    post = await tx.session.get(Post, report.post_id) if report.post_id else None
    group = await tx.session.get(Actor, report.group_id) if report.group_id else None
    await tell(tx, reporter, "resolved", by=moderator, post=post, group=group)


async def compose(tx: Transaction, moderator: Actor, report: Report) -> Activity:
    """A local moderator or administrator has dealt with a report."""
    reporter = await tx.session.get_one(Actor, report.reporter_id)
    subject = await tx.session.get(Actor, report.subject_id) if report.subject_id else None
    group = await tx.session.get(Actor, report.group_id) if report.group_id else None
    home = subject.home if subject is not None else moderator.home
    judge, audience = (group.iri, group.iri) if group is not None else (f"{home}/", None)
    inner = flag.write_flag(
        await _thing(tx, report, subject),
        iri=report.iri,
        actor=reporter.iri,
        to=judge,
        audience=audience,
        reason=report.reason,
    )
    iri = f"{moderator.home}/activities/resolve/{tx.ids.token()}"
    raw = writing.write_activity(
        "Resolve", iri=iri, actor=moderator.iri, obj=inner, to=(judge,), audience=audience
    )
    return Activity(
        type="Resolve",
        iri=iri,
        actor=moderator.iri,
        object=report.iri,
        raw=raw,
        audience=audience,
        to=(judge,),
    )


async def _report(tx: Transaction, resolve: Activity) -> Report:
    known = await find_by_flag(tx.session, resolve.object or "")
    given = resolve.raw.get("object")
    if known is None and isinstance(given, dict):
        inner = reading.read_activity(given, need_id=False)
        flagged = Activity(
            type="Flag", iri=inner.iri, actor=inner.actor, object=inner.object_iri, raw=inner.raw
        )
        known = await _by_matter(tx, flagged)
    if known is None:
        raise NotFound("The report that this resolves is not known here.", detail=resolve.iri)
    return known


async def _by_matter(tx: Transaction, given: Activity) -> Report | None:
    """Return the report of the same thing by the same person, open ones first."""
    reporter = await find_actor(tx.session, given.actor)
    if reporter is None:
        return None
    matter = await flag.matter_of(tx, given)
    found: Report | None = await tx.session.scalar(
        select(Report)
        .where(matter.condition, col(Report.reporter_id) == reporter.id)
        .order_by(col(Report.resolved_at).is_not(None), col(Report.id).desc())
        .limit(1)
    )
    return found


async def _moderates(tx: Transaction, resolve: Activity, group: Actor) -> bool:
    return await is_moderator(tx, await get_actor(tx.session, resolve.actor), group)


async def _administers(tx: Transaction, resolve: Activity) -> bool:
    return await is_administrator(tx.session, await get_actor(tx.session, resolve.actor))


async def _thing(tx: Transaction, report: Report, subject: Actor | None) -> str:
    if report.post_id is not None:
        return (await tx.session.get_one(Post, report.post_id)).iri
    if report.message_id is not None:
        return (await tx.session.get_one(Message, report.message_id)).iri
    return subject.iri if subject is not None else ""


HANDLER = Handler("Resolve", check=check, apply=apply)
