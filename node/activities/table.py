"""Type -> Handler: what can happen here."""

from __future__ import annotations

from node.activities import (
    approve,
    ask,
    block,
    boost,
    create,
    curate,
    delete,
    flag,
    follow,
    lock,
    move,
    react,
    resolve,
    update,
    warn,
)
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
        block.HANDLER,
        flag.HANDLER,
        resolve.HANDLER,
        warn.HANDLER,
    )
}

# Answers about another activity: they call its `undo`, `accept` or `reject`.
ANSWERS = frozenset({"Undo", "Accept", "Reject"})
