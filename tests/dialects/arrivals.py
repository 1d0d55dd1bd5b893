"""Every sample of tests/wire, and what it does here."""

from __future__ import annotations

from tests.dialects import mastodon
from tests.dialects.arrival import Arrival

ARRIVALS: tuple[Arrival, ...] = (*mastodon.ARRIVALS,)
