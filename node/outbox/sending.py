"""One POST to one inbox: signed at that moment, and judged by what comes back."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta

import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from node.activitypub.origin import origin_of
from node.activitypub.vocabulary import ACTIVITY_JSON
from node.errors import Misconfigured, Refused, Unavailable
from node.network.answers import Delivered
from node.outbox.audience import inboxes_of, synchronization_of
from node.outbox.verdicts import Outcome, Verdict, judge
from node.outbox.wording import worded_for
from node.runtime import Node
from node.store.queries.lanes import RUNNING
from node.store.tables.actors import Actor
from node.store.tables.log import LogEntry
from node.store.tables.peers import Peer

# After new keys: the peers that keep an actor longest, for a day, have read it again by then (RULE B3).
KEYS_KNOWN_AFTER = timedelta(hours=25)
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


async def prepare(
    session: AsyncSession, entry: LogEntry, peer: Peer, *, unauthenticated: int = 0
) -> Parcel | None:
    """Ask anew who at *peer* is concerned; None when it is paused, given up or blocked by now."""
    if peer.state not in RUNNING or peer.blocked_at is not None:
        return None
    actor = await session.get(Actor, entry.actor_id)
    assert actor is not None, "entries go with their actor's row"
    inboxes = await inboxes_of(session, entry, peer)
    headers = await synchronization_of(session, entry, actor, peer)
    body = await worded_for(session, entry, actor, peer) if inboxes else ""
    return Parcel(entry, actor, body.encode(), inboxes, unauthenticated, headers)


async def send(node: Node, parcel: Parcel, inbox: str) -> Outcome:
    """Send an entry to one inbox and return what came of it; raises nothing but cancellation."""
    try:
        answer = await _post(node, parcel, inbox)
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


async def _post(node: Node, parcel: Parcel, inbox: str) -> Delivered:
    sign = node.sign_as(parcel.actor)  # at this moment: a key changed since holds at once (R41)
    schemes, origin = node.client.schemes, origin_of(inbox)
    answer: Delivered | None = None
    for scheme in (
        forms := schemes.to_try(origin)
    ):  # a second form only where the first is doubted (RULE B4)
        headers = await asyncio.to_thread(
            sign, "POST", inbox, parcel.body, scheme
        )  # 0.25 ms, beside the loop
        answer = await node.client.post(
            inbox, body=parcel.body, headers={"Content-Type": ACTIVITY_JSON, **parcel.headers, **headers}
        )
        await node.reach("O5")
        last = scheme == forms[-1]
        if not schemes.learn(origin, scheme, last=last, status=answer.status, delivered=True):
            break
    assert answer is not None, "there is always a form to sign in"
    return answer


def _trouble(error: Exception, parcel: Parcel) -> Outcome:
    if isinstance(error, Unavailable):
        return Outcome(Verdict.RETRY, str(error))
    if isinstance(error, Refused):  # an address that we do not ask, such as a private one (V49)
        return Outcome(Verdict.DROP, str(error))
    if isinstance(error, Misconfigured):  # no key will come back, but one that does not open may
        gone = parcel.actor.sealed_key is None
        return Outcome(Verdict.DROP if gone else Verdict.HOLD, str(error), OWN_FAULT)
    _log.error("outbox.send_failed", activity=parcel.entry.iri, exc_info=error)
    return Outcome(Verdict.RETRY, f"unexpected: {error!r}")
