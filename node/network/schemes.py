"""Which form of signature each origin takes: the draft's first, RFC 9421 where that was refused (RULE B4)."""

from __future__ import annotations

from collections import OrderedDict
from datetime import datetime, timedelta
from http import HTTPStatus

from node.activitypub.request_signatures import Scheme
from node.clock import Clock

REMEMBERED = timedelta(days=7)
NEITHER = timedelta(hours=1)  # an origin that refused both is asked in one form alone for so long
MOST = 10_000  # origins
_DOUBTED = frozenset({HTTPStatus.BAD_REQUEST, HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN})
_USUAL: tuple[Scheme, ...] = ("cavage", "rfc9421")


class Schemes:
    """What worked at each origin, for a while."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._known: OrderedDict[str, tuple[datetime, tuple[Scheme, ...]]] = OrderedDict()

    def to_try(self, origin: str) -> tuple[Scheme, ...]:
        """Return the forms to sign in, one after the other; never more than two."""
        known = self._known.get(origin)
        if known is None or known[0] <= self._clock.now():
            return _USUAL
        return known[1]

    def learn(self, origin: str, scheme: Scheme, *, last: bool, status: int) -> bool:
        """Take the answer to a request signed as *scheme*; return whether it is worth another form.

        last: there is no other form to try.
        """
        if status not in _DOUBTED:
            if scheme != self.to_try(origin)[0] or origin in self._known:
                other: tuple[Scheme, ...] = tuple(one for one in _USUAL if one != scheme)
                self._remember(origin, REMEMBERED, (scheme, *other))
            return False
        if last and len(self.to_try(origin)) > 1:
            self._remember(origin, NEITHER, self.to_try(origin)[:1])
        return not last

    def _remember(self, origin: str, duration: timedelta, schemes: tuple[Scheme, ...]) -> None:
        self._known[origin] = (self._clock.now() + duration, schemes)
        self._known.move_to_end(origin)
        while len(self._known) > MOST:
            self._known.popitem(last=False)
