"""Bugs planted in the nodes, to see that the soak finds them (THREATS R46).

Each breaks one promise where the node keeps it, in a process that has not begun its work. The plan of its world is
narrowed to the faults that bring the bug to light, so that a short run must find it.
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, Final

from sqlmodel import col, update

from node.activities import marks, vote
from node.errors import Conflict
from node.faults import Point
from node.inbox import journal, process, receive, together
from node.outbox import lanes, publish, sending, verdicts
from node.runtime import Node
from node.store.queries import arrivals
from node.store.queries import log as log_queries
from node.store.tables.peers import Peer
from node.web.activitypub import inboxes  # noqa: F401 -- it takes the function that is replaced


@dataclass(frozen=True)
class Bug:
    """A way to break a promise, and the faults that show it."""

    plant: Callable[[], None]
    points: tuple[Point, ...] = ()
    kinds: tuple[str, ...] = ("kill", "error")
    links: tuple[str, ...] = ()
    acts: tuple[tuple[str, int], ...] = ()  # as usual when there are none
    enough: tuple[int, int, int] = (150, 10, 0)  # acts, faults in processes and on links that must show it


def everywhere(module: Any, name: str, new: Any) -> None:
    """Put *new* in the place of a function, wherever in the node it was imported to."""
    old = getattr(module, name)
    for one in list(sys.modules.values()):
        if getattr(one, "__name__", "").startswith("node.") and getattr(one, name, None) is old:
            setattr(one, name, new)


def answer_before_commit() -> None:
    """The peer hears 202, then the arrival is verified and written down (breaks P1)."""
    real = receive.receive
    running: set[asyncio.Task[Any]] = set()

    async def later(node: Node, request: Any, **more: Any) -> None:
        await asyncio.sleep(0.05)  # the answer has left
        await real(node, request, **more)

    async def received(node: Node, request: Any, **more: Any) -> receive.Receipt:
        task = asyncio.create_task(later(node, request, **more))
        running.add(task)
        task.add_done_callback(running.discard)
        return receive.Receipt("accepted")

    everywhere(receive, "receive", received)


def close_before_effect() -> None:
    """An arrival is done before it has taken effect, in a transaction of its own (breaks P2)."""
    alone, many, close, close_all = process._handle, together.work_together, journal.close, journal.close_all

    async def handle(node: Node, arrival: Any) -> None:
        with suppress(Conflict):  # it may have been closed with a batch
            async with node.transaction() as tx:
                await close(tx, arrival, "done")
        await alone(node, arrival)

    async def work(node: Node, batch: Any) -> Any:
        async with node.transaction() as tx:
            await close_all(tx, batch.arrivals)
        return await many(node, batch)

    async def closed(*given: Any, **more: Any) -> None:
        del given, more

    async def held(tx: Any, arrivals: Sequence[Any]) -> Sequence[Any]:
        del tx
        return arrivals

    process._handle = handle
    everywhere(together, "work_together", work)
    everywhere(journal, "hold", held)
    everywhere(journal, "close_all", closed)
    everywhere(journal, "close", closed)
    everywhere(journal, "renew", closed)  # the lease of what is closed cannot be had any longer


def handle_each_time() -> None:
    """The journal does not know an arrival that came before (breaks P2)."""
    real = journal.record_all

    async def never(*given: Any) -> bool:
        del given
        return False

    async def recorded(tx: Any, group: Sequence[Any]) -> set[str]:
        again = [replace(one, iri=f"{one.iri}#{tx.ids.token()}") for one in group]
        fresh = await real(tx, group)
        await real(tx, [new for one, new in zip(group, again, strict=True) if one.iri not in fresh])
        return fresh

    everywhere(arrivals, "is_recorded", never)
    everywhere(journal, "record_all", recorded)


def move_cursor_before_post() -> None:
    """An entry counts as told before it is sent (breaks P4)."""
    real = sending.send

    async def sent(node: Node, parcel: Any, inbox: str, **more: Any) -> Any:
        async with node.transaction() as tx:
            host = inbox.split("/")[2]
            ahead = update(Peer).where(col(Peer.host) == host, col(Peer.cursor) < parcel.entry.id)
            await tx.session.execute(ahead.values(cursor=parcel.entry.id))
        return await real(node, parcel, inbox, **more)

    everywhere(sending, "send", sent)


def jump_to_head() -> None:
    """A lane that is given back has told everything, whatever was written meanwhile (breaks P4)."""
    real = lanes.settle

    async def settled(tx: Any, steps: Sequence[Any]) -> Any:
        head = await log_queries.head(tx.session)
        return await real(tx, [replace(one, cursor=head) if one.ends else one for one in steps])

    everywhere(lanes, "settle", settled)


def tell_apart() -> None:
    """What a member did is committed, then what leaves of it (breaks P3)."""
    real = publish.publish
    transaction = Node.transaction

    async def later(tx: Any, activity: Any) -> None:
        tx.__dict__.setdefault("untold", []).append(activity)

    def opened(node: Node, **more: Any) -> Any:
        return _then_told(node, partial(transaction, node, **more), real)

    everywhere(publish, "publish", later)
    Node._plain = transaction  # type: ignore[attr-defined]
    Node.transaction = opened  # type: ignore[method-assign]


def _then_told(node: Node, transaction: Callable[[], Any], tell: Any) -> Any:
    @asynccontextmanager
    async def both() -> AsyncIterator[Any]:
        async with transaction() as tx:
            yield tx
        untold = tx.__dict__.get("untold", [])
        if untold:
            async with Node.__dict__["_plain"](node) as tx:
                for activity in untold:
                    await tell(tx, activity)

    return both()


def take_an_error_for_a_yes() -> None:
    """A peer that answers 5xx has taken it (breaks P4)."""
    real = verdicts.judge

    def judged(status: int, *given: Any, **more: Any) -> Any:
        return real(200 if status >= 500 else status, *given, **more)

    everywhere(verdicts, "judge", judged)


def forget_an_early_undo() -> None:
    """An Undo that overtakes its vote leaves no mark (breaks R18)."""

    async def forgotten(*given: Any) -> None:
        del given

    vote.leave_mark = forgotten  # type: ignore[attr-defined]


def forget_an_early_delete() -> None:
    """A Delete that overtakes its Create leaves no mark (breaks R21)."""
    real = marks.leave_mark

    async def marked(tx: Any, kind: str, *given: Any) -> None:
        if kind != "deleted":
            await real(tx, kind, *given)

    everywhere(marks, "leave_mark", marked)


BUGS: Final[dict[str, Bug]] = {
    "answer before commit": Bug(answer_before_commit, ("I2", "I3")),
    "close before effect": Bug(close_before_effect, ("I6", "I7")),
    "handle each time": Bug(
        handle_each_time, ("I4",), links=("lost answer", "double", "late double"), enough=(60, 3, 8)
    ),
    "cursor before POST": Bug(
        move_cursor_before_post, ("O5",), links=("drop", "503", "500"), enough=(60, 3, 8)
    ),
    "jump to head": Bug(jump_to_head, ("O8",), links=("delay",), enough=(100, 3, 3)),
    "tell apart": Bug(tell_apart, ("O1",)),
    "an error for a yes": Bug(take_an_error_for_a_yes, ("O8",), links=("500", "503"), enough=(60, 3, 6)),
    "forget an early Undo": Bug(
        forget_an_early_undo,
        ("I8",),
        links=("reorder",),
        enough=(200, 0, 40),
        acts=(("comment", 5), ("vote", 95)),
    ),
    "forget an early Delete": Bug(
        forget_an_early_delete,
        ("I8",),
        links=("reorder",),
        enough=(200, 0, 40),
        acts=(("comment", 50), ("delete", 50)),
    ),
}


def plant(name: str) -> None:
    """Break this process."""
    BUGS[name].plant()
