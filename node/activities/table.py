"""Type -> Handler: what can happen here."""

from __future__ import annotations

from node.activities import boost, create, delete, follow, move, update, vote
from node.activities.handler import Handler

HANDLERS: dict[str, Handler] = {
    handler.type: handler
    for handler in (
        follow.HANDLER,
        create.HANDLER,
        update.HANDLER,
        delete.HANDLER,
        vote.LIKE,
        vote.DISLIKE,
        boost.HANDLER,
        move.HANDLER,
    )
}

# Answers about another activity: they call its `undo`, `accept` or `reject`.
ANSWERS = frozenset({"Undo", "Accept", "Reject"})
