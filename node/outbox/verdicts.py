"""What a peer's answer to a delivery means (RULE F2, R11). Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from enum import Enum, auto

HOLD_FOR = timedelta(minutes=1)  # when a peer says "too many" but not how long
UNAUTHENTICATED_TRIES = 3
_REDIRECTED, _CLIENT_ERROR, _SERVER_ERROR = 300, 400, 500  # where the classes begin
_TOO_MANY, _BUSY = 429, 503
_LATER = frozenset({408, 425})
_UNAUTHENTICATED = 401
_DOUBTED = frozenset({400, _UNAUTHENTICATED, 403})  # what peers answer to a signature that does not match
_MOVED = frozenset({404, 410})  # and every 3xx: the inbox may be elsewhere by now


class Verdict(Enum):
    """What to do next with the entry."""

    DONE = auto()
    DROP = auto()  # the peer will never take it
    RECHECK = auto()  # drop it, and read the actor again: its inbox may have moved
    RETRY = auto()  # counts as a failure of the peer
    HOLD = auto()  # the peer asked us to wait
    ASIDE = auto()  # the peer may hold an old key: try this one again later, and go on


@dataclass(frozen=True, slots=True)
class Outcome:
    """A verdict, its reason for the operator, and how long to wait at least."""

    verdict: Verdict
    reason: str = ""
    wait: timedelta = timedelta(0)
    is_silence: bool = False  # nobody answered: it may as well be our own network (R30)


def judge(
    status: int, retry_after: float | None, *, unauthenticated: int = 0, new_keys: bool = False
) -> Outcome:
    """Return what an answer means.

    status: 200 to 599. retry_after: seconds, None when the peer names none. unauthenticated: how many
    tries before this one were answered 401: a third is the last. new_keys: the actor's were changed so lately
    that the peer may hold the old ones: then its doubts pass, and meanwhile hold up nobody else (RULE B3).
    """
    wait = timedelta(seconds=retry_after or 0)
    verdict = _verdict(
        status, asked_to_wait=bool(wait), last_try=unauthenticated + 1 >= UNAUTHENTICATED_TRIES
    )
    if new_keys and status in _DOUBTED:
        verdict = Verdict.ASIDE
    if verdict is Verdict.HOLD:
        wait = wait or HOLD_FOR
    return Outcome(verdict, f"HTTP {status}", wait)


def _verdict(status: int, *, asked_to_wait: bool, last_try: bool) -> Verdict:
    if status < _REDIRECTED:
        return Verdict.DONE
    if status == _TOO_MANY or (status == _BUSY and asked_to_wait):
        return Verdict.HOLD
    if status >= _SERVER_ERROR or status in _LATER or (status == _UNAUTHENTICATED and not last_try):
        return Verdict.RETRY
    if status < _CLIENT_ERROR or status in _MOVED:
        return Verdict.RECHECK
    return Verdict.DROP
