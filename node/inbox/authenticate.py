"""Whose signature is this? Answered by the signer's own document at its origin, and by nothing else.

A key is an actor's only when the actor's document lists it under the same id with the same PEM (V01). Every
check that needs no network has been made before (A35). `recognise` guesses from memory and is for who asks the
database again before anything comes of it; `authenticate` asks it, and the origin where it must.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from urllib.parse import urldefrag

from node.activitypub import reading
from node.activitypub.documents import ActorDocument, KeyDocument
from node.activitypub.origin import same_identity, same_origin
from node.activitypub.request_signatures import RequestSignature, check_cheap, check_key
from node.activitypub.signatures import SignedRequest, key_url_ok
from node.errors import Gone, NodeError, Refused, TooMany, Unauthenticated, Unavailable
from node.inbox.actors import keep_actor
from node.inbox.fetching import fetch_document, is_ours
from node.inbox.limits import Flights, KeyFailures, KeyRefreshes, Lately
from node.network.client import Budget
from node.runtime import Node
from node.store.queries.keys import add_key, find_key
from node.store.tables.actors import PublicKey

REFRESH_PAUSE = timedelta(minutes=5)  # between two looks at a key whose signatures do not match (B.2.4)
FAILED_FOR = timedelta(minutes=5)  # a key that leads nowhere is not asked for again (V56)
FETCHES = 3  # for one key: the key, its owner, the owner's own id


@dataclass(frozen=True, slots=True)
class Signer:
    """A key and whose it is: what a signature was checked with."""

    key_id: str
    owner: str
    pem: str


class Signers(Lately[Signer]):
    """Keys that signed lately, by their id."""


def recognise(node: Node, request: SignedRequest, signature: RequestSignature) -> Signer | None:
    """Return who signed *request*, by a key in memory; None where `authenticate` has to tell.

    The key may have changed since: whoever lets anything come of it asks whether it still stands. signature: from
    `check_cheap`.
    """
    known = node.memory(Signers).find(signature.key_id, node.clock.now())
    node.metrics.cache.labels("signers", "miss" if known is None else "hit").inc()
    if known is None:
        return None
    try:
        check_key(request, signature, known.pem, home=node.settings.home)
    except Unauthenticated:
        return None
    return known


async def authenticate(node: Node, request: SignedRequest, signature: RequestSignature) -> Signer:
    """Return who signed *request*.

    signature: from `check_cheap`. Raises Unauthenticated; Gone when the origin says that the actor is no
    more; Unavailable when the key cannot be had right now.
    """
    async with node.reading() as session:
        known = await find_key(session, signature.key_id)
    if known is not None:
        try:
            check_key(request, signature, known.pem, home=node.settings.home)
        except Unauthenticated:
            if not node.memory(KeyRefreshes).pass_once(known.key_id, node.clock.now(), REFRESH_PAUSE):
                raise
        else:
            return _remembered(node, known)
    key = await _fetched_key(node, signature.key_id)
    check_key(request, signature, key.pem, home=node.settings.home)
    return _remembered(node, key)


def _remembered(node: Node, key: PublicKey) -> Signer:
    signer = Signer(key.key_id, key.owner, key.pem)
    node.memory(Signers).keep(signer.key_id, signer, node.clock.now())
    return signer


async def signer_of(node: Node, request: SignedRequest) -> str:
    """Return the id of the actor whose key signed *request*: the whole check, cheap and dear, in one.

    For who asks rather than tells. Raises as `check_cheap` and `authenticate`.
    """
    signature = check_cheap(request, now=node.clock.now(), hosts=[node.settings.host])
    return (await authenticate(node, request, signature)).owner


async def _fetched_key(node: Node, key_id: str) -> PublicKey:
    if not key_url_ok(key_id, development=node.settings.development) or is_ours(node, key_id):
        raise Unauthenticated("The keyId must be the https address of your actor's key.", detail=key_id)
    node.memory(KeyFailures).check(key_id, node.clock.now())
    return await node.memory(Flights).join(f"key {key_id}", lambda: _flight(node, key_id))


async def _flight(node: Node, key_id: str) -> PublicKey:
    """Fetch the key, and remember it when that fails: nobody may be waiting any more by then (V56, R29)."""
    try:
        return await fetch_key(node, key_id)
    except (Gone, Unavailable, Unauthenticated) as error:
        node.memory(KeyFailures).remember(key_id, error, node.clock.now() + FAILED_FOR)
        raise


async def fetch_key(node: Node, key_id: str) -> PublicKey:
    """Fetch the key of that id and keep it with its owner (FEDERATION B.2).

    Raises Unauthenticated unless the owner's document lists it; Gone and Unavailable as the origin says.
    """
    budget = Budget(FETCHES)
    try:
        return await _claimed_both_ways(node, key_id, budget)
    except (Gone, Unavailable, Unauthenticated):
        raise
    except (Refused, TooMany) as error:
        raise Unauthenticated("The key at this keyId cannot be used.", detail=f"{key_id}: {error}") from error


async def _claimed_both_ways(node: Node, key_id: str, budget: Budget) -> PublicKey:
    raw = await fetch_document(node, urldefrag(key_id).url, budget)
    claim: KeyDocument | None = None
    if reading.kind_of(raw) == "key":
        claim = reading.read_key(raw)
        if claim.iri != key_id or not same_origin(claim.owner, key_id):
            raise Unauthenticated("The key document does not hold this key.", detail=f"{key_id}: {claim}")
        raw = await fetch_document(node, claim.owner, budget, exact=True)
    owner = reading.read_actor(raw)
    pem = _listed(owner, key_id)
    if not pem and claim is None:
        raise Unauthenticated("No key is found at the address that the actor lists.", detail=key_id)
    if claim is not None and pem and claim.pem.split() != pem.split():
        raise Unauthenticated("The key's owner lists another key under this id.", detail=key_id)
    async with node.transaction() as tx:
        await keep_actor(tx, owner)
        if claim is not None and not pem:
            await add_key(tx, owner.iri, key_id, claim.pem)
        key = await find_key(tx.session, key_id)
    if key is None or not same_identity(key.owner, owner.iri):
        raise Unauthenticated("This key belongs to another actor.", detail=key_id)
    return key


def _listed(owner: ActorDocument, key_id: str) -> str:
    """Return the key that is listed under this id, empty where only its address is."""
    for key in owner.public_keys:
        if key.iri == key_id:
            return key.pem
    raise Unauthenticated("The actor's document does not list this key.", detail=f"{owner.iri}: {key_id}")


def vouches_for_end(error: NodeError, key_id: str, actor: str) -> bool:
    """Tell whether the origin's 410 for a key says that *actor* itself is no more (B.2.6)."""
    return isinstance(error, Gone) and same_identity(urldefrag(key_id).url, actor)
