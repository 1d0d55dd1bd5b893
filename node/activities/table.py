"""Type -> Handler: what can happen here."""

from __future__ import annotations

from node.activities import approve, ask, boost, create, curate, delete, follow, lock, move, react, update
from node.activities.handler import Handler

HANDLERS: dict[str, Handler] = {
    handler.type: handler
    for handler in (
        follow.HANDLER,
        create.HANDLER,
        update.HANDLER,
        delete.HANDLER,
        react.LIKE,
        react.DISLIKE,
        react.EMOJI_REACT,
        *ask.HANDLERS,
        approve.APPROVE,
        approve.REJECT,
        boost.HANDLER,
        move.HANDLER,
        lock.HANDLER,
        curate.ADD,
        curate.REMOVE,
    )
}

# Answers about another activity: they call its `undo`, `accept` or `reject`.
ANSWERS = frozenset({"Undo", "Accept", "Reject"})
