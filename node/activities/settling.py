"""Settling a report: what follows from it and closing it, in one go.

Each deed is an activity of its own and judged as such: Delete, Warn, Block, and a Resolve for each report of the
same thing. What came of it and the note stay on this node; FEDERATION C.9 sends neither.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from node.activities import block, delete, resolve, warn
from node.activities.block import BanDraft
from node.activities.perform import perform
from node.errors import Conflict
from node.store.database import Transaction
from node.store.queries.reports import same_open
from node.store.tables.actors import Actor
from node.store.tables.moderation import Report
from node.store.tables.posts import Post

DISMISSED, SETTLED = "dismissed", "settled"


@dataclass(frozen=True, slots=True)
class Verdict:
    """What whoever judges a report decides.

    reason: for everybody with a removal or a ban, for the author with a warning. note: for those in office here.
    below: remove what answers it too. ban: None for none; from_node: from all of this node, else from the group.
    dismiss: nothing is wrong with it.
    """

    remove: bool = False
    below: bool = False
    warn: bool = False
    ban: BanDraft | None = None
    from_node: bool = False
    reason: str = ""
    note: str = ""
    dismiss: bool = False

    @property
    def outcome(self) -> str:
        """What came of the report, as it is kept."""
        done = {"removed": self.remove, "warned": self.warn, "banned": self.ban is not None}
        said = " ".join(word for word, is_so in done.items() if is_so)
        return said or (DISMISSED if self.dismiss else SETTLED)


async def settle(tx: Transaction, judge: Actor, report: Report, verdict: Verdict) -> int:
    """Do what the *verdict* of a local moderator or administrator says and close all reports of the same thing.

    Returns how many were closed. Raises Conflict when it was closed meanwhile or what is asked for cannot be done,
    and what the deeds raise.
    """
    if report.resolved_at is not None:
        raise Conflict("Somebody has closed this report already.")
    await _act(tx, judge, report, verdict)
    closed = await same_open(tx.session, report)
    for one in closed:
        await perform(tx, await resolve.compose(tx, judge, one))
        one.outcome, one.note = verdict.outcome, verdict.note
    await tx.session.flush()
    return len(closed)


async def _act(tx: Transaction, judge: Actor, report: Report, verdict: Verdict) -> None:
    post = await tx.session.get(Post, report.post_id) if report.post_id else None
    if (verdict.remove or verdict.warn) and post is None:
        raise Conflict("This report is about no post that could be removed or warned of.")
    if post is not None and verdict.warn:
        await perform(tx, await warn.compose(tx, judge, post, verdict.reason))
    if post is not None and verdict.remove and post.removed_at is None and post.deleted_at is None:
        removal = await delete.compose(tx, judge, post, reason=verdict.reason, with_replies=verdict.below)
        await perform(tx, removal)
    if verdict.ban is not None:
        await _ban(tx, judge, report, verdict, verdict.ban)


async def _ban(tx: Transaction, judge: Actor, report: Report, verdict: Verdict, draft: BanDraft) -> None:
    person = await tx.session.get(Actor, report.subject_id) if report.subject_id else None
    group = await tx.session.get(Actor, report.group_id) if report.group_id else None
    if person is None or (group is None and not verdict.from_node):
        raise Conflict("This report is about nobody who could be banned.")
    place = None if verdict.from_node else group
    await perform(tx, block.compose(tx, judge, person, place, replace(draft, reason=verdict.reason)))
