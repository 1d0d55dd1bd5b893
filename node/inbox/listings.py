"""Collections elsewhere: flat, or in pages of their own origin, of which a few are read (I.37, I.38)."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import structlog

from node.activitypub import reading
from node.activitypub.documents import CollectionDocument
from node.activitypub.origin import same_origin
from node.errors import NodeError, Refused
from node.inbox.fetching import fetch_collection, fetch_if_changed
from node.network.client import Budget
from node.runtime import Node

PAGES = 5  # of one collection (A48)
ITEMS_OF_A_PAGE = 2000  # what PieFed lists of a thread; more in one page is not looked at

log = structlog.get_logger()


@dataclass(slots=True)
class Listing:
    """A collection that was asked for. etag: names this version. total: items it says that it has.

    page_after: where the page after the last one that was read begins; None at the end.
    """

    node: Node
    iri: str
    budget: Budget
    head: CollectionDocument | None  # None: it has not changed
    etag: str = ""
    page_after: str | None = None

    @property
    def total(self) -> int | None:
        """Return how many items it states, or has when it is flat."""
        if self.head is None:
            return None
        if self.head.total_items is not None or self.head.first is not None or self.head.next is not None:
            return self.head.total_items
        return len(self.head.items)

    async def pages(
        self, *, at_most: int = PAGES, backwards: bool = False, begin_at: str | None = None
    ) -> AsyncIterator[CollectionDocument]:
        """Yield the collection's own items, then its pages.

        backwards: from its last page on, where it names that. begin_at: a page to begin with instead.
        """
        if self.head is None:
            return
        yield _cut(self.head)
        seen = {self.iri}
        backwards = backwards and isinstance(self.head.last, str)
        page = self.head
        for turn in range(at_most):
            following = _following(page, first=turn == 0, backwards=backwards)
            if begin_at is not None and turn == 0 and same_origin(begin_at, self.iri):
                following = begin_at
            found = await self._page(following, seen)
            self.page_after = found.next if found is not None else None
            if found is None:
                return
            page = found
            yield _cut(page)

    async def _page(
        self, following: str | CollectionDocument | None, seen: set[str]
    ) -> CollectionDocument | None:
        if following is None or isinstance(following, CollectionDocument):
            return following
        if following in seen or not same_origin(following, self.iri):
            return None
        seen.add(following)
        try:
            return await fetch_collection(self.node, following, self.budget)
        except NodeError as error:
            log.info("page not read", collection=self.iri, page=following, error=str(error))
            return None


async def read_listing(node: Node, iri: str, budget: Budget, *, etag: str = "") -> Listing | None:
    """Ask for a collection; None when there is none at *iri* (I.104). Raises Unavailable.

    etag: of the version that was read before.
    """
    try:
        head, version = await fetch_if_changed(node, iri, budget, etag=etag)
    except Refused as error:
        log.info("collection not read", collection=iri, error=str(error))
        return None
    return Listing(node, iri, budget, head, version)


async def items_of(node: Node, iri: str, budget: Budget) -> AsyncIterator[str | dict[str, Any]]:
    """Yield what a collection holds, flat or in at most PAGES pages; nothing if there is none. Raises Unavailable."""
    listing = await read_listing(node, iri, budget)
    if listing is None:
        return
    async for page in listing.pages():
        for item in page.items:
            yield item


def _following(page: CollectionDocument, *, first: bool, backwards: bool) -> str | CollectionDocument | None:
    if backwards:
        return page.last if first else page.prev
    if first and isinstance(page.first, dict):
        return reading.read_collection(page.first)
    if first:
        return page.next or (page.first if isinstance(page.first, str) else None)
    return page.next


def _cut(page: CollectionDocument) -> CollectionDocument:
    if len(page.items) <= ITEMS_OF_A_PAGE:
        return page
    return CollectionDocument(page.iri, page.type, page.total_items, page.items[:ITEMS_OF_A_PAGE])
