"""Reports leave for those who judge them, and for nobody else (FEDERATION C.9).

A report about a group elsewhere goes to the group and to the author's node; one about a group of ours, whoever made
it, is passed on by the group to its moderators on other nodes and to the author's node. Microblogs get it in the form
that they know, from the node itself: they need not know who reported. None of it can be fetched.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlmodel import col, select

from node.activitypub import writing
from node.activitypub.activity import Activity
from node.activitypub.vocabulary import PUBLIC
from node.outbox import log
from node.outbox.audience import Target
from node.store.database import Transaction
from node.store.queries.reports import find_by_flag, moderators_of
from node.store.tables.actors import Actor
from node.store.tables.moderation import Report
from node.store.tables.posts import Post

REPORTS = frozenset({"Flag", "Resolve"})


async def pass_on(tx: Transaction, activity: Activity, author: Actor) -> None:
    """Log what leaves because of a Flag or a Resolve that took effect; *author* is its actor.

    One that only added to an open report goes nowhere: who judges it has it already (THREATS A104).
    """
    iri = activity.iri if activity.type == "Flag" else activity.object
    report = await find_by_flag(tx.session, iri or "")
    if report is None:
        return
    group = await tx.session.get(Actor, report.group_id) if report.group_id else None
    subject = await tx.session.get(Actor, report.subject_id) if report.subject_id else None
    reporter = await tx.session.get(Actor, report.reporter_id)
    concerned = [subject, *([reporter] if activity.type == "Resolve" else [])]
    if group is not None and group.is_local:
        if activity.announced_by is None:
            await _announce(tx, activity, group, author, concerned)
    elif author.is_local:
        await _send(tx, activity, author, [*_to([group], "any"), *_to(concerned, "thread")])
    if author.is_local and activity.type == "Flag":
        await _send_to_microblog(tx, report, subject)


async def _announce(
    tx: Transaction, activity: Activity, group: Actor, author: Actor, concerned: Iterable[Actor | None]
) -> None:
    """Lemmy takes what a public group passes on only when it is addressed to the public, whoever gets it.

    The reporter's own node has kept the report before it sent it, and refuses it as a double.
    """
    told = [*await moderators_of(tx.session, group), *concerned]
    if activity.type == "Flag":
        told = [one for one in told if one is not None and one.home != author.home]
    targets = _to(told, "thread")
    if not targets:
        return
    inner = {name: value for name, value in activity.raw.items() if name != "@context" or not author.is_local}
    announce = writing.write_announce(
        group.iri,
        inner,
        iri=f"{group.home}/activities/announce/{tx.ids.token()}",
        to=[group.iri] if group.private else [group.iri, PUBLIC],
        published=tx.now,
    )
    await _log(tx, group, announce, targets)


async def _send(tx: Transaction, activity: Activity, author: Actor, targets: list[Target]) -> None:
    if targets:
        await _log(tx, author, dict(activity.raw), targets)


async def _send_to_microblog(tx: Transaction, report: Report, subject: Actor | None) -> None:
    if subject is None or subject.is_local:
        return
    node = await tx.session.scalar(
        select(Actor).where(
            col(Actor.kind) == "Application", col(Actor.path) == "/", col(Actor.sealed_key).is_not(None)
        )
    )
    if node is None:
        return
    post = await tx.session.get(Post, report.post_id) if report.post_id else None
    flag = writing.write_activity(
        "Flag",
        iri=f"{node.home}/activities/flag/{tx.ids.token()}",
        actor=node.iri,
        obj="",
        to=(subject.iri,),
        content=report.reason,
    )
    flag["object"] = [subject.iri, *([post.iri] if post is not None else [])]
    await _log(tx, node, flag, _to([subject], "micro"))


def _to(actors: Iterable[Actor | None], dialect: Any) -> list[Target]:
    return [Target("actor", one.id, dialect) for one in actors if one is not None and not one.is_local]


async def _log(tx: Transaction, actor: Actor, document: dict[str, Any], targets: list[Target]) -> None:
    await log.append(
        tx,
        iri=document["id"],
        type=document["type"],
        actor=actor,
        body=document,
        public=False,
        targets=targets,
    )
