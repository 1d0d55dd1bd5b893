"""What happened here is told: routed, addressed, and written to the log in the caller's transaction."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from node.activitypub import addressing
from node.activitypub.activity import Activity
from node.activitypub.vocabulary import PUBLIC_SPELLINGS
from node.outbox import announcing, asking, log, reporting
from node.outbox.audience import concerns_members_alone, targets_of
from node.outbox.routing import Route, route
from node.store.database import Transaction
from node.store.queries.actors import find_actor
from node.store.queries.posts import find_post
from node.store.tables.actors import Actor

# Between two actors: never fetched by a third (FEDERATION B.7). Undo{Follow} is one of them too.
_PERSONAL = frozenset(
    {
        "Accept",
        "AnnounceRequest",
        "Block",
        "Flag",
        "Follow",
        "Ignore",
        "Invite",
        "Join",
        "Leave",
        "LikeRequest",
        "PollVote",
        "QuoteRequest",
        "Reject",
        "ReplyRequest",
        "Resolve",
        "TentativeAccept",
        "Warn",
    }
)


async def publish(tx: Transaction, activity: Activity) -> None:
    """Write to the log what leaves because of *activity*, which took effect in *tx*.

    A local author's activity goes to whom it addresses; a local group announces what concerns it. Nothing
    leaves because of history that was fetched, nor because another group announced it.
    """
    if activity.backfilled:
        return
    author = await find_actor(tx.session, activity.actor)
    if author is None:
        return
    if author.is_local and await asking.waits(tx, activity):
        return
    if activity.type in reporting.REPORTS:
        await reporting.pass_on(tx, activity, author)
        return
    group = await _group_of(tx, activity)
    if group is not None and author.is_local and await concerns_members_alone(tx.session, activity, group):
        activity = _among_members(activity, group)
    if author.is_local and await _is_public(tx, activity):
        # Once, for all who hear of it: what the group passes on is the very document that the author sends.
        activity = replace(activity, raw=tx.prove(author, without_blind(activity.raw)))
    way = route(author_is_local=author.is_local, group_is_local=group.is_local if group is not None else None)
    if Route.TELL in way:
        await _tell(tx, activity, author, group)
    if Route.ANNOUNCE in way and group is not None and activity.announced_by is None:
        await announcing.announce(tx, activity, group=group, author=author)


def _among_members(activity: Activity, group: Actor) -> Activity:
    """Return the activity as a private group's members hear it: nothing in it is addressed to the public (C.16)."""
    to = addressing.among_members(group.iri, group.followers)
    raw = addressing.without_public(activity.raw, to)
    if raw == activity.raw:
        return activity
    return replace(activity, raw=raw, to=tuple(raw["to"]), cc=tuple(raw["cc"]))


async def _group_of(tx: Transaction, activity: Activity) -> Actor | None:
    """Return the group whose matter it is: that of the post it is about, whatever it says itself."""
    if activity.type == "Move":  # the thread is elsewhere by now: who gave it away says so
        origin = await find_actor(tx.session, activity.origin or activity.audience or "")
        return origin if origin is not None and origin.is_group else None
    subject = activity.inner.object if activity.inner is not None else activity.object
    post = await find_post(tx.session, subject) if subject else None
    if post is not None:
        return await tx.session.get(Actor, post.group_id) if post.group_id else None
    charted = await find_actor(tx.session, subject) if subject else None
    if charted is not None and charted.is_group:
        return charted
    named = activity.audience or _closed_by(activity)
    group = await find_actor(tx.session, named) if named else None
    return group if group is not None and group.is_group else None


def _closed_by(activity: Activity) -> str | None:
    """Return what a ban closes: Mbin names its group there alone."""
    block = activity.inner if activity.inner is not None else activity
    return block.target if block.type == "Block" else None


async def _tell(tx: Transaction, activity: Activity, author: Actor, group: Actor | None) -> None:
    targets = await targets_of(tx.session, activity, author=author, group=group)
    public = await _is_public(tx, activity)
    if not targets and not public:
        return
    await log.append(
        tx,
        iri=activity.iri,
        type=activity.type,
        actor=author,
        body=without_blind(activity.raw),
        public=public,
        targets=targets,
    )


async def _is_public(tx: Transaction, activity: Activity) -> bool:
    """Tell whether anybody may fetch the activity by its id: as public as what it is about."""
    answered = activity.inner
    kept = [one for one in (activity, answered) if one is not None and one.type in _PERSONAL]
    if any(one.type != "Block" or one.target is None for one in kept):  # a ban is for everybody to know
        return False
    subject = answered.object if answered is not None else activity.object
    post = await find_post(tx.session, subject) if subject else None
    if post is not None:
        return post.visibility in {"public", "unlisted"}
    named = activity.addressees + (answered.addressees if answered is not None else ())
    return any(iri in PUBLIC_SPELLINGS for iri in named)


def without_blind(raw: Mapping[str, Any]) -> dict[str, Any]:
    """Copy *raw* without `bto` and `bcc`: who was addressed in secret stays secret (A98)."""
    return {name: value for name, value in raw.items() if name not in {"bto", "bcc"}}
