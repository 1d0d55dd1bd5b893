"""Named points at which tests let a node fail: what must hold when it does is THREATS section 3.

A running node reaches them all day and nothing happens. A test opens its node with `Faults` and says what is to
come of the next time: an error, a stall, the end of the process.
"""

from __future__ import annotations

import asyncio
import os
import signal
from collections import Counter, defaultdict, deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Final, Literal, get_args

Point = Literal[
    "I1", "I2", "I3", "I4", "I5", "I6", "I7", "I8", "O1", "O2", "O3", "O4", "O5", "O6", "O7", "O8"
]
POINTS: Final[dict[Point, str]] = {
    "I1": "the body of an arrival is read",
    "I2": "its signature is verified, nothing is written",
    "I3": "it is written down, the commit comes next",
    "I4": "it is committed, the 202 comes next",
    "I5": "arrivals are claimed and the claim is committed",
    "I6": "the effect of one is made, its row is not closed yet",
    "I7": "its row is closed, the commit comes next",
    "I8": "the effect is committed",
    "O1": "what happened and its entry in the log are written, the commit comes next",
    "O2": "they are committed, no worker has been told yet",
    "O3": "it was asked who at a peer is to hear of an entry, nothing is sent",
    "O4": "lanes are claimed and the claim is committed",
    "O5": "the peer has the bytes, its answer has not been read",
    "O6": "the answer is judged, it was taken",
    "O7": "the cursor is moved, the commit comes next",
    "O8": "the cursor is committed",
}
assert tuple(POINTS) == get_args(Point)

Act = Callable[[], Awaitable[None]]  # what happens at a point: returns, raises, or never comes back


class Injected(Exception):
    """Raised at a point because a test wanted it so: to the code, a fault that nobody foresaw."""


async def nothing() -> None:
    """Let the work go on."""


async def kill() -> None:
    """End this process as the system would when memory runs out: nobody can object."""
    os.kill(os.getpid(), signal.SIGKILL)


def raising(make: Callable[[], Exception] = lambda: Injected("A fault was injected.")) -> Act:
    """Return an act that raises what *make* returns, such as the database's own error."""

    async def act() -> None:
        raise make()

    return act


class Stall:
    """An act that waits until it is released; `reached` says that somebody waits."""

    def __init__(self) -> None:
        self.reached = asyncio.Event()
        self.released = asyncio.Event()

    async def __call__(self) -> None:
        """Wait."""
        self.reached.set()
        await self.released.wait()


@dataclass
class Faults:
    """Decides what happens at each point. Counts how often each was reached."""

    reached: Counter[Point] = field(default_factory=Counter)
    _armed: defaultdict[Point, deque[Act]] = field(default_factory=lambda: defaultdict(deque))

    def arm(self, point: Point, act: Act, *, after: int = 0) -> None:
        """Let *act* happen at *point*, behind what is armed there; *after*: times it is passed unharmed before."""
        self._armed[point].extend([nothing] * after)
        self._armed[point].append(act)

    async def at(self, point: Point) -> None:
        """Do what is armed at *point* for this time; called by the node."""
        self.reached[point] += 1
        if self._armed[point]:
            await self._armed[point].popleft()()
