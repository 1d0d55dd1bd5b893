"""The one way in which anything happens: judged, done, told. All or nothing, with the transaction."""

from __future__ import annotations

from dataclasses import replace

from node.activities.handler import Handler, Step
from node.activities.table import ANSWERS, HANDLERS
from node.activitypub.activity import Activity
from node.errors import Forbidden, Malformed, Refused
from node.outbox.publish import publish
from node.store.database import Transaction


async def perform(tx: Transaction, activity: Activity) -> None:
    """Judge *activity*, let it take effect, queue word of it.

    Raises Refused when the actor may not; Unavailable when it may work later.
    """
    await judge(tx, activity)
    await take_effect(tx, activity)


async def judge(tx: Transaction, activity: Activity) -> None:
    """Raise Refused unless the actor of *activity* may; nothing is changed."""
    check, _ = rules_for(activity)
    await check(tx, activity)


async def take_effect(tx: Transaction, activity: Activity) -> None:
    """Let *activity*, which has been judged, take effect, and queue word of it."""
    _, apply = rules_for(activity)
    await apply(tx, activity)
    await publish(tx, activity)


def rules_for(activity: Activity) -> tuple[Step, Step]:
    """Return (check, apply) of an activity; of an answer, those that the answered activity's module gives."""
    if activity.type not in ANSWERS:
        handler = _handler(activity)
        return handler.check, handler.apply
    if activity.inner is None:
        raise Malformed(f"{activity.type} does not say what it answers.", detail=activity.iri)
    handler = _handler(activity.inner)
    if activity.type == "Undo":
        return _may_undo(handler), _on_inner(handler.undo, handler)
    answers = {"Accept": handler.accept, "Reject": handler.reject, "Ignore": handler.ignore}
    return handler.may_answer, _on_inner(answers.get(activity.type, handler.waver))


def _handler(activity: Activity) -> Handler:
    handler = HANDLERS.get(activity.type)
    if handler is None:
        raise Refused(f"{activity.type} has no effect here.", detail=activity.iri)
    return handler


def _on_inner(step: Step, handler: Handler | None = None) -> Step:
    async def apply(tx: Transaction, activity: Activity) -> None:
        await step(tx, _inner(activity, handler))

    return apply


def _inner(activity: Activity, handler: Handler | None = None) -> Activity:
    """Return what is answered; who passes the answer on speaks for no more than they would of the act (A05).

    handler: of what is undone; an act of office is judged by who takes it back.
    """
    inner = activity.inner
    assert inner is not None
    actor = activity.actor if handler is not None and handler.of_office(inner) else inner.actor
    passed_on = activity.announced_by or inner.announced_by
    hearsay = activity.hearsay or inner.hearsay
    return replace(inner, actor=actor, announced_by=passed_on, hearsay=hearsay, answer=activity.raw)


def _may_undo(handler: Handler) -> Step:
    async def check(tx: Transaction, activity: Activity) -> None:
        inner = _inner(activity, handler)
        if inner.actor != activity.actor:
            raise Forbidden("Only who did it may undo it.", detail=f"{activity.actor}: {inner.iri}")
        await handler.may_undo(tx, inner)

    return check
