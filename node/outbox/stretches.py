"""The log as workers read it: stretch by stretch, each read once for all lanes that pass through it.

Entries are append-only, so what was read stays true; who is to hear of them does not, and is asked elsewhere.
"""

from __future__ import annotations

import json
from collections import OrderedDict, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from node.outbox.ordering import BARRIER, Touch, touch_of
from node.store.queries import log as queries
from node.store.tables.log import LogAudience, LogEntry

LENGTH = 128  # ids of the log in one stretch
KEPT = 16 * 1024 * 1024  # characters of JSON kept of all stretches; the newest read stays in any case


@dataclass(slots=True)
class Read:
    """An entry of the log as it was read. bodies: JSON, by the kind of software that reads it."""

    entry: LogEntry
    touch: Touch
    audience: tuple[LogAudience, ...]
    bodies: dict[str, bytes] = field(default_factory=dict)

    @property
    def id(self) -> int:
        """Return the entry's number in the log."""
        assert self.entry.id is not None
        return self.entry.id


class Stretch:
    """The entries from *first* on, LENGTH ids at most, as far as they were there when it was read."""

    def __init__(self, first: int) -> None:
        self.first = first
        self.last = first - 1  # read up to here
        self.size = 0
        self.entries: dict[int, Read] = {}  # by id, in order
        # Which entries name the followers of an actor, an actor, or everyone: ids in order.
        self.by_followee: defaultdict[int, list[int]] = defaultdict(list)
        self.by_actor: defaultdict[int, list[int]] = defaultdict(list)
        self.for_everyone: list[int] = []

    @property
    def end(self) -> int:
        """Return the last id that belongs to the stretch, whether or not it exists yet."""
        return self.first + LENGTH - 1

    def add(self, read: Read) -> None:
        """Put the next entry in."""
        self.entries[read.id] = read
        self.size += len(read.entry.body)
        for row in read.audience:
            if row.kind == "everyone":
                self.for_everyone.append(read.id)
            else:
                named = self.by_followee if row.kind == "followers" else self.by_actor
                named[row.actor_id or 0].append(read.id)


class Stretches:
    """What a node has read of its log lately; bounded by KEPT."""

    def __init__(self) -> None:
        self._kept: OrderedDict[int, Stretch] = OrderedDict()

    async def read(self, session: AsyncSession, after: int, head: int) -> Stretch:
        """Return the stretch that entry *after* + 1 lies in, read up to *head*."""
        number = after // LENGTH
        stretch = self._kept.pop(number, None) or Stretch(number * LENGTH + 1)
        upto = min(head, stretch.end)
        if stretch.last < upto:
            for read in await _read(session, stretch.last, upto):
                stretch.add(read)
            stretch.last = upto
        self._kept[number] = stretch
        while len(self._kept) > 1 and sum(one.size for one in self._kept.values()) > KEPT:
            self._kept.popitem(last=False)
        return stretch


async def _read(session: AsyncSession, after: int, upto: int) -> list[Read]:
    audience: defaultdict[int, list[LogAudience]] = defaultdict(list)
    for row in await queries.audience_between(session, after, upto):
        audience[row.entry_id].append(row)
    entries = await queries.entries_between(session, after, upto)
    return [Read(one, _touch(one.body), tuple(audience[one.id or 0])) for one in entries]


def _touch(body: str) -> Touch:
    try:
        activity: Any = json.loads(body)
    except ValueError:
        return BARRIER
    return touch_of(activity) if isinstance(activity, dict) else BARRIER


def numbers(*lists: list[int]) -> Iterator[int]:
    """Give the ids of several lists, each once, in order."""
    yield from sorted(set[int]().union(*lists))
