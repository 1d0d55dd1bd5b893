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
    invite,
    join,
    leaving,
    lock,
    move,
    poll_vote,
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
        poll_vote.HANDLER,
        join.HANDLER,
        leaving.HANDLER,
        invite.HANDLER,
    )
}

# Answers about another activity: they call its `undo`, `accept`, `reject` ...
ANSWERS = frozenset({"Undo", "Accept", "Reject", "Ignore", "TentativeAccept"})
