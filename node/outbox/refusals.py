"""What peers refuse for good, as the operator is told of it: a line for each peer and reason an hour, not one a delivery.

Some refusals are how a peer works. Lemmy answers 400 to every echo of its own members' acts ("Object is not remote"),
which it needs all the same to know that the group has taken them (RULE C1).
"""

from __future__ import annotations

import re
from collections import OrderedDict
from datetime import datetime, timedelta

PAUSE = timedelta(hours=1)
MOST = 1000  # peers and reasons
_DIFFERING = re.compile(r"https?://\S+|[0-9a-f-]{8,}|\d{4,}")  # addresses and names within the peer's words


class Refusals:
    """When each kind of refusal was told last, and how many came since."""

    def __init__(self) -> None:
        self._told: OrderedDict[tuple[str, str], tuple[datetime, int]] = OrderedDict()

    def count(self, host: str, reason: str, now: datetime) -> int | None:
        """Return how many refusals of this kind to tell of, this one included; None when not now."""
        kind = (host, _DIFFERING.sub("", reason))
        told, since = self._told.pop(kind, (None, 0))
        is_due = told is None or now >= told + PAUSE
        self._told[kind] = (now, 0) if told is None or is_due else (told, since + 1)
        if len(self._told) > MOST:
            self._told.popitem(last=False)
        return since + 1 if is_due else None
