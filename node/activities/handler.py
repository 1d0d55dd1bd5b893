"""What an activity's module must say of it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from node.activitypub.activity import Activity
from node.errors import Forbidden, Refused
from node.store.database import Transaction

Step = Callable[[Transaction, Activity], Awaitable[None]]


async def nothing(tx: Transaction, activity: Activity) -> None:
    """Take no effect."""


async def not_undoable(tx: Transaction, activity: Activity) -> None:
    """Refuse to be undone."""
    del tx
    raise Refused(f"{activity.type} cannot be undone.", detail=activity.iri)


async def not_answerable(tx: Transaction, activity: Activity) -> None:
    """Refuse to be accepted or rejected."""
    del tx
    raise Refused(f"{activity.type} takes no Accept or Reject.", detail=activity.iri)


def never(activity: Activity) -> bool:
    """Say no."""
    del activity
    return False


def always(activity: Activity) -> bool:
    """Say yes."""
    del activity
    return True


async def asked_answers(tx: Transaction, answer: Activity) -> None:
    """Take an answer only from whom the answered activity was about (A08)."""
    del tx
    assert answer.inner is not None
    if answer.inner.object != answer.actor:
        raise Forbidden(
            "Only the one who was asked may answer.", detail=f"{answer.actor}: {answer.inner.iri}"
        )


@dataclass(frozen=True, slots=True)
class Handler:
    """One kind of activity.

    type: the ActivityStreams name. needs: what must be known before the transaction, fetched when it is not:
    ``actor`` (who acts), ``object`` (a post or actor by iri), ``parent`` (what the document answers),
    ``subject`` (the person it is about), ``group`` (of the audience), ``attributed`` (author of the document),
    ``curated`` (what a list of a group is to hold).
    check: raise Refused unless the actor may. apply: take effect. undo: take it back.
    may_undo: judge an Undo of it; by default only the actor of the activity may.
    of_office: tells whether it was done in office; what one moderator did another takes back, so the undone
    activity that `may_undo` and `undo` get names the one who undoes it as its actor (FEDERATION C.8).
    may_answer: judge an Accept, Reject, Ignore or TentativeAccept of it, called with the answer itself; by
    default only the object may answer.
    accept, reject, ignore, waver: take that answer; called with the *answered* activity, in which `answer` is the
    JSON of the answer.
    """

    type: str
    check: Step
    apply: Step
    needs: tuple[str, ...] = ("actor",)
    undo: Step = not_undoable
    may_undo: Step = nothing
    of_office: Callable[[Activity], bool] = never
    accept: Step = not_answerable
    reject: Step = not_answerable
    ignore: Step = not_answerable
    waver: Step = not_answerable
    may_answer: Step = asked_answers
