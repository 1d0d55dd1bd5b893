"""Which form of signature each origin takes: the draft's first, RFC 9421 where that was refused (RULE B4)."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass
from datetime import datetime, timedelta
from http import HTTPStatus

from node.activitypub.request_signatures import Scheme
from node.clock import Clock

REMEMBERED = timedelta(days=7)
NEITHER = timedelta(hours=1)  # an origin that refused both is asked in one form alone for so long
MOST = 10_000  # origins
_DOUBTED = frozenset({HTTPStatus.BAD_REQUEST, HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN})
_USUAL: tuple[Scheme, ...] = ("cavage", "rfc9421")


@dataclass(frozen=True, slots=True)
class _Known:
    """What to try until then. proven: a delivery was taken in the first of them."""

    until: datetime
    schemes: tuple[Scheme, ...]
    proven: bool


class Schemes:
    """What worked at each origin, for a while.

    Kept in memory alone: what a restart forgets costs one refused request an origin, which is less than a look into
    the store at every fetch.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._known: OrderedDict[str, _Known] = OrderedDict()

    def to_try(self, origin: str) -> tuple[Scheme, ...]:
        """Return the forms to sign in, one after the other; never more than two."""
        known = self._known.get(origin)
        if known is None or known.until <= self._clock.now():
            return _USUAL
        return known.schemes

    def learn(self, origin: str, scheme: Scheme, *, last: bool, status: int, delivered: bool = False) -> bool:
        """Take the answer to a request signed as *scheme*; return whether it is worth another form.

        last: there is no other form to try. delivered: it was a delivery, which nobody takes without looking at the
        signature; from then on a 400 or 403 is about what was sent.
        """
        if status not in _DOUBTED:
            self._works(origin, scheme, is_proof=delivered and status < HTTPStatus.BAD_REQUEST)
            return False
        if status != HTTPStatus.UNAUTHORIZED and self._has_worked(origin, scheme):
            return False
        if last and len(self.to_try(origin)) > 1:
            self._remember(origin, NEITHER, self.to_try(origin)[:1])
        return not last

    def _works(self, origin: str, scheme: Scheme, *, is_proof: bool) -> None:
        if not is_proof and scheme == self.to_try(origin)[0] and origin not in self._known:
            return
        other: tuple[Scheme, ...] = tuple(one for one in _USUAL if one != scheme)
        proven = is_proof or self._has_worked(origin, scheme)
        self._remember(origin, REMEMBERED, (scheme, *other), proven=proven)

    def _has_worked(self, origin: str, scheme: Scheme) -> bool:
        known = self._known.get(origin)
        return known is not None and known.proven and self.to_try(origin)[0] == scheme == known.schemes[0]

    def _remember(
        self, origin: str, duration: timedelta, schemes: tuple[Scheme, ...], *, proven: bool = False
    ) -> None:
        self._known[origin] = _Known(self._clock.now() + duration, schemes, proven)
        self._known.move_to_end(origin)
        while len(self._known) > MOST:
            self._known.popitem(last=False)
