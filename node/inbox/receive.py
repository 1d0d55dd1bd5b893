"""The door: is it well formed, is it really from them, have we had it? Then it is written down: 202.

Cheap checks come first, and the network is asked for one key at most (A35, R29). Nothing takes effect here. A sender
whom the door knows costs no look at the database of its own: what memory says of hosts and keys is asked again, for all
who wait together, where they are written down (`intake`).
Source: FEDERATION B.9; THREATS 1.1, 2.2.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Literal

from node.activities.table import ANSWERS, HANDLERS
from node.activitypub import reading, strictjson
from node.activitypub.documents import ActivityDocument
from node.activitypub.origin import host_of, origin_of, parse_iri, same_identity, same_origin
from node.activitypub.request_signatures import RequestSignature, check_cheap, key_id_of
from node.activitypub.signatures import SignedRequest
from node.errors import (
    Forbidden,
    Gone,
    Malformed,
    TooLarge,
    TooMany,
    Unauthenticated,
    Unavailable,
    UnsupportedMedia,
)
from node.inbox import journal, synchronizing
from node.inbox.authenticate import Signer, Signers, authenticate, recognise, vouches_for_end
from node.inbox.fetching import is_ours
from node.inbox.intake import Grounds, Intake, Outdated
from node.inbox.limits import Buckets, Lately
from node.inbox.proofs import is_proven
from node.network.answers import read_media_type
from node.network.client import Budget
from node.runtime import Node
from node.store.queries.actors import find_actor
from node.store.queries.arrivals import is_blocked, is_followed_here, is_recorded

MEDIA_TYPES = frozenset({"application/activity+json", "application/ld+json", "application/json"})
FORWARDABLE = frozenset({"Create", "Update", "Delete"})
# What its actor told everybody: passed on with their proof it counts. Between two actors nothing is passed on.
PROVABLE = FORWARDABLE | {"Announce", "Dislike", "EmojiReact", "Like", "Undo"}
PROOF_FETCHES = 3  # the actor, its own id, a key that has an address of its own
LOOKS = 3  # at a key that changes while the arrival waits to be written down


class Welcome(Lately[bool]):
    """Hosts that were not blocked lately."""


@dataclass(frozen=True, slots=True)
class Receipt:
    """What became of an arrival that needs no error. state: accepted, repeat or dropped."""

    state: str
    reason: str = ""
    status: int = 202


async def receive(node: Node, request: SignedRequest, *, address: str = "") -> Receipt:
    """Take an activity at the door.

    address: of the client, for limits. Raises Malformed, UnsupportedMedia, TooLarge, TooMany, Forbidden,
    Unauthenticated and Unavailable; a Receipt means that nothing more is asked of the sender.
    """
    activity = _read(node, request)
    if is_ours(node, activity.iri) or is_ours(node, activity.actor):
        return Receipt("dropped", "It names an id of this node as its own.")
    key_host = _key_host(request)
    hosts = tuple(dict.fromkeys((host_of(activity.actor), host_of(activity.iri), *key_host)))
    await _check_blocked(node, hosts)
    for host in {hosts[0], *key_host}:  # where a key is said to be is where we would ask (V56)
        node.memory(Buckets).take(f"{address} {host}", node.settings.requests_per_minute, node.clock.now())
    signature = check_cheap(request, now=node.clock.now(), hosts=[node.settings.host])
    if activity.type not in HANDLERS and activity.type not in ANSWERS:
        return Receipt("dropped", f"{activity.type} has no effect here.")
    if activity.object is None:
        raise Malformed(f"A {activity.type} needs an object.", detail=activity.iri)
    if _ends_actor(activity):
        async with node.reading() as session:
            if await find_actor(session, activity.actor) is None:
                return Receipt("dropped", "An actor that was never known here has left.")
    return await _taken(node, request, signature, activity, hosts)


async def _taken(
    node: Node,
    request: SignedRequest,
    signature: RequestSignature,
    activity: ActivityDocument,
    hosts: tuple[str, ...],
) -> Receipt:
    """Verify and write down; once more when the key was another's by then. hosts: none of them may be blocked."""
    for _ in range(LOOKS):
        signer = recognise(node, request, signature)
        if signer is None:
            async with node.reading() as session:
                if await is_recorded(session, activity.iri):
                    return Receipt("repeat")
            signer = await _authenticated(node, request, signature, activity)
        arrival = await _verified(node, request, signer, activity)
        await node.reach("I2")
        grounds = Grounds(hosts, signer, synchronizing.stated_in(request))
        try:
            fresh = await node.memory(Intake).admit(node, arrival, grounds)
        except Outdated:
            node.memory(Signers).forget(signature.key_id)
            continue
        await node.reach("I4")
        return Receipt("accepted" if fresh else "repeat")
    raise Unavailable("The signer's key keeps changing. Please send it again later.", retry_after=60)


def _read(node: Node, request: SignedRequest) -> ActivityDocument:
    if len(request.body) > node.settings.max_body:
        raise TooLarge(f"An activity may have at most {node.settings.max_body} bytes.")
    stated = next(iter(request.values("content-type")), "")
    if stated not in MEDIA_TYPES and read_media_type(stated)[0] not in MEDIA_TYPES:
        raise UnsupportedMedia("Send activities as application/activity+json.", detail=stated[:200])
    activity = reading.read_activity(strictjson.load(request.body))
    for iri in (activity.iri, activity.actor):
        parse_iri(iri, development=node.settings.development)
    if not same_origin(activity.iri, activity.actor):
        raise Malformed(
            "An activity's id must have the origin of its actor.", detail=f"{activity.iri}: {activity.actor}"
        )
    return activity


def _key_host(request: SignedRequest) -> list[str]:
    """Return the host of the keyId where one can be read at all; its form is judged later."""
    stated = key_id_of(request)
    try:
        return [host_of(stated)] if stated is not None else []
    except Malformed:
        return []


async def _check_blocked(node: Node, hosts: Sequence[str]) -> None:
    """Raise Forbidden for a blocked host. That one is not is remembered; that one is, is asked each time."""
    welcome, now = node.memory(Welcome), node.clock.now()
    unsure = [host for host in hosts if not welcome.find(host, now)]
    node.metrics.cache.labels("hosts", "miss" if unsure else "hit").inc()
    if not unsure:
        return
    async with node.reading() as session:
        if await is_blocked(session, unsure):
            raise Forbidden("This node does not accept activities from your host.", detail=" ".join(hosts))
    for host in unsure:
        welcome.keep(host, value=True, now=now)


def _ends_actor(activity: ActivityDocument) -> bool:
    return activity.type == "Delete" and activity.object_iri == activity.actor


async def _authenticated(
    node: Node, request: SignedRequest, signature: RequestSignature, activity: ActivityDocument
) -> Signer | None:
    """Return who signed; None for an actor of whose end its origin tells (B.2.6). Raises Unauthenticated."""
    try:
        return await authenticate(node, request, signature)
    except Gone as error:
        if not (_ends_actor(activity) and vouches_for_end(error, signature.key_id, activity.actor)):
            raise Unauthenticated("The key's owner is gone.", detail=signature.key_id) from error
        return None


async def _verified(
    node: Node, request: SignedRequest, key: Signer | None, activity: ActivityDocument
) -> journal.Verified:
    """Return the arrival with its signer, or raise Unauthenticated: the only way to make one (V04, V05).

    key: the one that signed; None where the actor's origin vouched for what the actor is said to do.
    """
    signer = activity.actor if key is None else key.owner
    trust = "actor" if same_identity(signer, activity.actor) else await _trust_in(node, signer, activity)
    return journal.Verified(
        iri=_hint_iri(activity.iri, signer) if trust == "forwarded" else activity.iri,
        type=activity.type,
        actor=activity.actor,
        signer=activity.actor if trust == "proof" else signer,
        trust=trust,
        body=request.body.decode(),
        host=host_of(signer),
    )


async def _trust_in(node: Node, forwarder: str, activity: ActivityDocument) -> Literal["proof", "forwarded"]:
    """Tell what another's activity counts for: as the actor's own with their proof on it, else as a hint (B5.3)."""
    try:
        if activity.type in PROVABLE and await is_proven(
            node, activity.raw, activity.actor, Budget(PROOF_FETCHES)
        ):
            return "proof"
    except (Unavailable, TooMany):
        with suppress(Unauthenticated):
            await _check_forwarder(node, forwarder, activity)
            return "forwarded"
        raise
    await _check_forwarder(node, forwarder, activity)
    return "forwarded"


async def _check_forwarder(node: Node, signer: str, activity: ActivityDocument) -> None:
    """Take a stranger's activity as a hint only from somebody whom a member here follows (B5.3c, A21).

    Anybody else who signs for another is refused (A02, V05, V25), on the same host too.
    """
    async with node.reading() as session:
        known = await is_followed_here(session, signer)
    if not known or activity.type not in FORWARDABLE or same_origin(signer, activity.actor):
        raise Unauthenticated(
            "The signature is not by the activity's actor.", detail=f"{signer}: {activity.iri}"
        )


def _hint_iri(iri: str, signer: str) -> str:
    """Return the name under which a hint is recorded: it must not pass for the activity itself (V65)."""
    return f"{origin_of(signer)}/#hint-{hashlib.sha256(f'{signer} {iri}'.encode()).hexdigest()}"
