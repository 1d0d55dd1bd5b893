"""What the inbox keeps in memory to stay cheap: buckets of tokens, failures remembered, work in flight, look-ups.

All of it is bounded (V56, V58) and none of it is needed after a restart.
"""

from __future__ import annotations

import asyncio
import math
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Any, Generic, TypeVar

from node.errors import NodeError, TooMany

CAPACITY = 4096  # entries of each kind
FRESH_FOR = timedelta(seconds=60)  # how long another process's change may go unseen by a look-up in memory

Made = TypeVar("Made")
Value = TypeVar("Value")


class Buckets:
    """Token buckets by name. A bucket holds one minute's worth and fills evenly."""

    def __init__(self) -> None:
        self._levels: OrderedDict[str, tuple[float, datetime]] = OrderedDict()

    def take(self, name: str, per_minute: int, now: datetime) -> None:
        """Take a token of *name*'s bucket, or raise TooMany with the seconds until there is one."""
        level, since = self._levels.pop(name, (float(per_minute), now))
        per_second = per_minute / 60
        level = min(float(per_minute), level + max((now - since).total_seconds(), 0.0) * per_second)
        self._levels[name] = (level - 1 if level >= 1 else level, now)
        if len(self._levels) > CAPACITY:
            self._levels.popitem(last=False)
        if level < 1:
            wait = math.ceil((1 - level) / per_second)
            raise TooMany(
                "Too many activities at once. Send the next one later.", detail=name, retry_after=wait
            )


class Failures:
    """What failed lately and is not tried again for a while."""

    def __init__(self) -> None:
        self._until: OrderedDict[str, tuple[datetime, NodeError]] = OrderedDict()

    def check(self, name: str, now: datetime) -> None:
        """Raise again what *name* failed with, while that is remembered."""
        known = self._until.get(name)
        if known is not None and known[0] > now:
            raise known[1].with_traceback(None)

    def remember(self, name: str, error: NodeError, until: datetime) -> None:
        """Keep *error* until then."""
        self._until.pop(name, None)
        self._until[name] = (until, error)
        if len(self._until) > CAPACITY:
            self._until.popitem(last=False)


class Pauses:
    """What may be done once in a while, by name."""

    def __init__(self) -> None:
        self._last: OrderedDict[str, datetime] = OrderedDict()

    def pass_once(self, name: str, now: datetime, pause: timedelta) -> bool:
        """Tell whether *pause* has gone by since the last time that this said yes; a yes starts it anew."""
        last = self._last.get(name)
        if last is not None and now < last + pause:
            return False
        self._last.pop(name, None)
        self._last[name] = now
        if len(self._last) > CAPACITY:
            self._last.popitem(last=False)
        return True


class Flights:
    """Work in flight, by name: who asks for the same meanwhile gets the same answer (V56, R15)."""

    def __init__(self) -> None:
        self._running: dict[str, asyncio.Task[Any]] = {}

    async def join(self, name: str, make: Callable[[], Awaitable[Made]]) -> Made:
        """Return what *make* makes, or what its twin that is under way will have made.

        The work goes on when a caller gives up waiting: others may wait for it too.
        """
        task = self._running.get(name)
        if task is None:
            task = asyncio.create_task(_awaited(make))
            self._running[name] = task
            task.add_done_callback(lambda done: self._land(name, done))
        made: Made = await asyncio.shield(task)
        return made

    def _land(self, name: str, task: asyncio.Task[Any]) -> None:
        self._running.pop(name, None)
        if not task.cancelled():
            task.exception()  # seen: a flight that nobody waits for any more may fail quietly


async def _awaited(make: Callable[[], Awaitable[Made]]) -> Made:
    return await make()


class Lately(Generic[Value]):
    """What was looked up lately, by name; at most CAPACITY of it, for FRESH_FOR at most.

    Good for guessing early, never for deciding: whoever decides asks again in its unit of work.
    """

    def __init__(self) -> None:
        self._known: OrderedDict[str, tuple[datetime, Value]] = OrderedDict()

    def find(self, name: str, now: datetime) -> Value | None:
        """Return what is known of *name*, or None."""
        known = self._known.get(name)
        if known is None:
            return None
        if not known[0] <= now < known[0] + FRESH_FOR:
            del self._known[name]
            return None
        self._known.move_to_end(name)
        return known[1]

    def keep(self, name: str, value: Value, now: datetime) -> None:
        """Remember *value*; what was asked for least lately makes room."""
        self._known[name] = (now, value)
        self._known.move_to_end(name)
        if len(self._known) > CAPACITY:
            self._known.popitem(last=False)

    def forget(self, name: str) -> None:
        """Look again the next time."""
        self._known.pop(name, None)


class KeyFailures(Failures):
    """Key ids that lead nowhere."""


class ActorFailures(Failures):
    """Actors that could not be fetched."""


class KeyRefreshes(Pauses):
    """Keys that were fetched again because a signature did not match."""
