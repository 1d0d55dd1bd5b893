"""One POST to one inbox: signed at that moment, and judged by what comes back."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from functools import partial
from typing import Any

import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from node.activitypub.origin import origin_of
from node.activitypub.vocabulary import ACTIVITY_JSON
from node.errors import Misconfigured, Refused, Unavailable
from node.network.answers import Delivered
from node.outbox.audience import inboxes_of, synchronization_of
from node.outbox.batching import Batcher
from node.outbox.ordering import BARRIER, Touch
from node.outbox.verdicts import Outcome, Verdict, judge
from node.outbox.wording import worded_for
from node.runtime import Node
from node.store.queries.lanes import RUNNING
from node.store.tables.actors import Actor
from node.store.tables.log import LogEntry
from node.store.tables.peers import Peer

# After new keys: the peers that keep an actor longest, for a day, have read it again by then (RULE B3).
KEYS_KNOWN_AFTER = timedelta(hours=25)
SIGNED_TOGETHER = 16  # signatures of one visit to a thread: 4 ms
SIGNED_ABREAST = 2  # threads
LATER = frozenset({Verdict.ASIDE, Verdict.HOLD, Verdict.RETRY})  # verdicts after which it is tried again
OWN_FAULT = timedelta(minutes=5)  # before another try when it is our key that cannot be opened

_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Parcel:
    """An entry made ready for one peer: read before, sent after, so no session is open meanwhile."""

    entry: LogEntry
    actor: Actor
    body: bytes  # JSON, in the words that this peer reads
    inboxes: Sequence[str]
    unauthenticated: int  # tries of it that were answered 401
    headers: Mapping[str, str] = field(default_factory=dict)  # beside those of its signature
    touch: Touch = BARRIER

    @property
    def id(self) -> int:
        """Return the number of its entry in the log."""
        assert self.entry.id is not None
        return self.entry.id


async def prepare(
    session: AsyncSession, entry: LogEntry, peer: Peer, *, unauthenticated: int = 0
) -> Parcel | None:
    """Ask anew who at *peer* is concerned; None when it is paused, given up or blocked by now."""
    if peer.state not in RUNNING or peer.blocked_at is not None:
        return None
    actor = await session.get(Actor, entry.actor_id)
    assert actor is not None, "entries go with their actor's row"
    inboxes = await inboxes_of(session, entry, peer)
    headers = await synchronization_of(session, entry, actor, peer.id)
    text = await worded_for(session, entry, actor, peer.software) if inboxes else ""
    return Parcel(entry, actor, text.encode(), inboxes, unauthenticated, headers)


class Signing:
    """Signs in a thread, for all who wait at that moment: RSA leaves the event loop alone for its 0.25 ms each."""

    def __init__(self) -> None:
        self._batcher: Batcher[Callable[[], Mapping[str, str]], Mapping[str, str]] = Batcher(
            self._sign_all, most=SIGNED_TOGETHER, abreast=SIGNED_ABREAST
        )

    async def sign(self, make: Callable[[], Mapping[str, str]]) -> Mapping[str, str]:
        """Return what *make* returns, made in a thread."""
        return await self._batcher.ask(make)

    @staticmethod
    async def _sign_all(
        makes: Sequence[Callable[[], Mapping[str, str]]],
    ) -> Sequence[Mapping[str, str] | Exception]:
        return await asyncio.to_thread(lambda: [make() for make in makes])


async def send(node: Node, parcel: Parcel, inbox: str, **patience: Any) -> Outcome:
    """Send an entry to one inbox and return what came of it; raises nothing but cancellation.

    patience: as of `Client.post`, for a peer that is not worth as much of it as others.
    """
    outcome = await _send(node, parcel, inbox, patience)
    node.metrics.deliveries.labels(outcome.verdict.name.lower()).inc()
    if outcome.verdict in LATER:
        node.metrics.retries.labels("delivery").inc()
    return outcome


async def _send(node: Node, parcel: Parcel, inbox: str, patience: Mapping[str, Any]) -> Outcome:
    try:
        answer = await _post(node, parcel, inbox, patience)
    except Exception as error:  # noqa: BLE001 -- a fault of ours backs off like any other, and blocks nobody (R17)
        return _trouble(error, parcel)
    rotated = parcel.actor.keys_rotated_at
    outcome = judge(
        answer.status,
        answer.retry_after,
        unauthenticated=parcel.unauthenticated,
        new_keys=rotated is not None and node.clock.now() < rotated + KEYS_KNOWN_AFTER,
    )
    if outcome.verdict is Verdict.DONE:
        await node.reach("O6")
        return outcome
    return replace(outcome, reason=f"{outcome.reason} from {inbox}: {answer.body_excerpt}")


async def _post(node: Node, parcel: Parcel, inbox: str, patience: Mapping[str, Any]) -> Delivered:
    sign = node.sign_as(parcel.actor)  # at this moment: a key changed since holds at once (R41)
    schemes, origin = node.client.schemes, origin_of(inbox)
    answer: Delivered | None = None
    for scheme in (
        forms := schemes.to_try(origin)
    ):  # a second form only where the first is doubted (RULE B4)
        headers = await node.memory(Signing).sign(partial(sign, "POST", inbox, parcel.body, scheme))
        answer = await node.client.post(
            inbox,
            body=parcel.body,
            headers={"Content-Type": ACTIVITY_JSON, **parcel.headers, **headers},
            **patience,
        )
        await node.reach("O5")
        last = scheme == forms[-1]
        if not schemes.learn(origin, scheme, last=last, status=answer.status, delivered=True):
            break
    assert answer is not None, "there is always a form to sign in"
    return answer


def _trouble(error: Exception, parcel: Parcel) -> Outcome:
    if isinstance(error, Unavailable):
        return Outcome(Verdict.RETRY, str(error), is_silence=True)
    if isinstance(error, Refused):  # an address that we do not ask, such as a private one (V49)
        return Outcome(Verdict.DROP, str(error))
    if isinstance(error, Misconfigured):  # no key will come back, but one that does not open may
        gone = parcel.actor.sealed_key is None
        return Outcome(Verdict.DROP if gone else Verdict.HOLD, str(error), OWN_FAULT)
    _log.error("outbox.send_failed", activity=parcel.entry.iri, exc_info=error)
    return Outcome(Verdict.RETRY, f"unexpected: {error!r}")
