"""Fetching of one's own accord: history, a thread's comments. What one errand may cost, whoever it asks.

Everything that others can make long is bounded: requests in all, posts, requests open to a host, failures of a
host, items that belong elsewhere (A47, A48, V53). What a list names is a hint: each post comes from its own
origin, or stands whole in a list of that same origin.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import structlog

from node.activitypub import reading
from node.activitypub.documents import ObjectDocument
from node.activitypub.origin import host_of, same_origin
from node.errors import NodeError, Refused, TooMany, Unavailable
from node.inbox.actors import fetch_actor
from node.inbox.fetching import checked_object, fetch_document, fetch_object, is_ours
from node.network.client import Budget
from node.runtime import Node
from node.store.queries.history import known_among

AT_ONCE = 20  # fetches of one errand side by side (RULE E3)
AT_ONCE_PER_HOST = 2  # half of what the node allows itself: arrivals need fetches too
FETCHES_PER_POST = 3  # of the whole errand: the post, its author, and something over
PATIENCE = 5  # failures of a host in a row, and items that belong elsewhere: then no more of it
WRAPPERS = 3  # an id of an Announce of a Create of a Page is the deepest shape seen
CREATED = frozenset({"Announce", "Create", "Update"})  # what may stand around a post in a list

Item = str | dict[str, Any]
Report = Callable[[int], Awaitable[None]]

log = structlog.get_logger()


class Portion(Budget):
    """A part of another budget: both must have something left."""

    def __init__(self, whole: Budget, fetches: int) -> None:
        super().__init__(fetches)
        self._whole = whole

    def spend(self) -> None:
        """Take one fetch of both, or raise TooMany."""
        super().spend()
        self._whole.spend()


async def to_nobody(done: int) -> None:
    """Report to nobody."""
    del done


@dataclass
class Errand:
    """One piece of fetching. left: posts it may still bring; here: posts found or brought; new: brought."""

    node: Node
    left: int
    report: Report = to_nobody
    here: int = 0
    new: int = 0
    strays: int = 0
    seen: set[str] = field(default_factory=set)
    budget: Budget = field(init=False)
    _failures: dict[str, int] = field(default_factory=dict)
    _doors: dict[str, asyncio.Semaphore] = field(default_factory=dict)
    _room: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(AT_ONCE))

    def __post_init__(self) -> None:
        self.budget = Budget(FETCHES_PER_POST * self.left + self.node.settings.fetches_per_activity)

    def portion(self) -> Portion:
        """Return the budget of one post."""
        return Portion(self.budget, self.node.settings.fetches_per_activity)

    @property
    def is_over(self) -> bool:
        """Tell whether nothing more may be fetched."""
        return self.left <= 0 or self.budget.left <= 0

    async def fetch_all(self, items: Sequence[Item], *, vouched_by: str) -> list[ObjectDocument]:
        """Return the posts in *items*, as far as they can be had, in their order; their authors are here then.

        vouched_by: the list that holds the items; what stands in it whole is believed for its own origin.
        """
        wanted = [item for item in items if self._is_fresh(item)][: max(self.left, 0)]
        found = await asyncio.gather(*(self._one(item, vouched_by) for item in wanted))
        return [document for document in found if document is not None]

    async def unknown_among(self, items: Sequence[Item]) -> list[Item]:
        """Return the items that are not of posts that are here and settled; the others count as here."""
        named = {index: iri for index, item in enumerate(items) if (iri := innermost(item)) is not None}
        async with self.node.reading() as session:
            known = await known_among(session, set(named.values()) - self.seen)
        here = {iri for iri in named.values() if iri in known}
        self.here += len(here - self.seen)
        self.seen |= here
        return [item for index, item in enumerate(items) if named.get(index) not in known]

    def stray(self, document: ObjectDocument, place: str) -> None:
        """Note that a list named something that is no part of it."""
        self.strays += 1
        log.info("listed but elsewhere", post=document.iri, list=place)

    def failed(self, iri: str, error: NodeError) -> None:
        """Note that the host of *iri* did not give what was to be had from it."""
        host = host_of(iri)
        self._failures[host] = self._failures.get(host, 0) + 1
        log.info("history skipped", post=iri, error=str(error))

    def is_tired_of(self, iri: str) -> bool:
        """Tell whether the host of *iri* has failed too often to be asked again by this errand."""
        return self._failures.get(host_of(iri), 0) >= PATIENCE

    def _is_fresh(self, item: Item) -> bool:
        iri = reading.id_of(item)
        if iri is None or iri in self.seen or is_ours(self.node, iri):
            return False
        self.seen.add(iri)
        return True

    async def _one(self, item: Item, vouched_by: str) -> ObjectDocument | None:
        iri = reading.id_of(item) or ""
        host = host_of(iri)
        async with self._room, self._doors.setdefault(host, asyncio.Semaphore(AT_ONCE_PER_HOST)):
            if self.is_tired_of(iri) or self.is_over:
                return None
            try:
                budget = self.portion()
                document = await unwrapped(self.node, item, vouched_by, budget)
                if document is not None:
                    await fetch_actor(self.node, document.attributed_to, budget)
            except (Refused, Unavailable) as error:
                if not isinstance(error, TooMany):
                    self.failed(iri, error)
                return None
            self._failures.pop(host, None)
            return document


def innermost(item: Item) -> str | None:
    """Return the id of the post in an item as far as the item itself tells; of an id, that id."""
    current: Any = item
    for _ in range(WRAPPERS):
        if isinstance(current, list):
            current = next(iter(current), None)
        if not isinstance(current, dict) or current.get("type") not in CREATED:
            break
        current = current.get("object")
    return reading.id_of(current)


async def unwrapped(node: Node, item: Item, vouched_by: str, budget: Budget) -> ObjectDocument | None:
    """Return the post in an item, whatever it is wrapped in; None for what is no post.

    Raises as `fetch_document`.
    """
    current: Any = item
    for _ in range(WRAPPERS):
        if isinstance(current, str):
            fetched = await fetch_document(node, current, budget)
            current, vouched_by = fetched, reading.id_of(fetched) or current
        kind = reading.kind_of(current)
        if kind == "object":
            iri = reading.id_of(current) or ""
            is_own = same_origin(iri, vouched_by)
            return checked_object(current) if is_own else await fetch_object(node, iri, budget)
        if kind != "activity":
            return None
        current = current.get("object")
        if isinstance(current, list):
            current = next(iter(current), None)
        if not isinstance(current, (str, dict)):
            return None
    return None
