"""How a list of threads is asked for: which threads, in which order, from where on."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from urllib.parse import urlencode

from node.store.queries.merging import Wanted
from node.store.queries.narrowing import Only
from node.store.queries.paging import Position, order_of, within

THREADS_SHOWN = 25
NO_LESS = Only()

View = Literal["followed", "node", "all"]


@dataclass(frozen=True, slots=True)
class Listing:
    """How a list of threads is ordered. view: of the front page, whose threads; None elsewhere, and for its usual ones.

    only: what it is narrowed to.
    """

    sort: str = "hot"
    period: str = "all"
    after: Position | None = None
    view: View | None = None
    only: Only = NO_LESS

    @property
    def is_dated(self) -> bool:
        """Whether the order is asked of a period."""
        return order_of(self.sort).dated

    def way(self, *, sort: str = "", period: str = "", after: str | None = None, without: str = "") -> str:
        """Return the query of the address of another order of the list, or of another page of it.

        without: what, lang or tag: no longer narrowed to that; all: to nothing.
        """
        asked: dict[str, str] = {"view": self.view} if self.view else {}
        asked["sort"] = sort or self.sort
        if order_of(asked["sort"]).dated:
            asked["period"] = period or self.period
        told = (("what", self.only.what), ("lang", self.only.lang), ("tag", self.only.tag))
        asked |= {name: value for name, value in told if value and without not in {name, "all"}}
        if after:
            asked["after"] = after
        return f"?{urlencode(asked)}"


def wanted(listing: Listing, now: datetime) -> Wanted:
    """Return the page that *listing* asks for; raises Malformed for an order or a period that is none."""
    order = order_of(listing.sort)
    since = within(listing.period, now) if order.dated else None
    return Wanted(order, listing.after, THREADS_SHOWN, since, now)
