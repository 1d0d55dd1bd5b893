"""What an actor signed may come from anybody: proofs of FEP-8b32 on what is passed on (RULE B5.3b, RULE B6b).

A proof does not end by itself, so one that is older than the journal's memory is no proof here: a replay of it
could not be told from news.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from node.activitypub import integrity, reading, strictjson
from node.activitypub.integrity import Proof
from node.activitypub.origin import same_identity, same_origin
from node.activitypub.signatures import MAX_AHEAD, key_url_ok
from node.errors import Refused, TooMany, Unavailable
from node.inbox.actors import fetch_actor
from node.inbox.fetching import fetch_document, is_ours
from node.inbox.limits import KeyFailures, KeyRefreshes
from node.network.client import Budget
from node.runtime import Node
from node.store.queries.keys import add_key, find_key
from node.store.tables.actors import PublicKey

PAUSE = timedelta(minutes=5)  # between two looks at an actor for the sake of its proofs (B.2.4)


async def is_proven(node: Node, raw: Mapping[str, Any], actor: str, budget: Budget) -> bool:
    """Tell whether the activity *raw*, to the last member of it, was signed by *actor*.

    raw: as it was received. One proof that holds is enough; without one it is as if there were none (A38). Raises
    Unavailable and TooMany when the key cannot be had right now.
    """
    for proof in integrity.proofs_of(raw):
        if _may_count(node, proof, raw, actor) and await _is_by(node, raw, proof, actor, budget):
            return True
    return False


def _may_count(node: Node, proof: Proof, raw: Mapping[str, Any], actor: str) -> bool:
    """Tell whether time, origin and form speak for a proof: all that is to be known before its key (A35)."""
    now = node.clock.now()
    remembered = timedelta(days=node.settings.arrival_days)
    if not now - remembered <= proof.created <= now + MAX_AHEAD:
        return False
    if proof.expires is not None and proof.expires < now:
        return False
    stated = reading.id_of(raw.get("actor"))
    return (
        stated is not None
        and same_identity(stated, actor)
        and not is_ours(node, actor)
        and same_origin(proof.method, actor)
        and same_origin(reading.id_of(raw) or "", actor)
        and key_url_ok(proof.method, development=node.settings.development)
    )


async def _is_by(node: Node, raw: Mapping[str, Any], proof: Proof, actor: str, budget: Budget) -> bool:
    known = await _known(node, proof.method, actor)
    if known is not None and integrity.holds(raw, proof, known.pem):
        return True
    looked = f"proofs of {actor}"
    node.memory(KeyFailures).check(looked, node.clock.now())
    node.step_outside()
    if not node.memory(KeyRefreshes).pass_once(looked, node.clock.now(), PAUSE):
        return False
    try:
        found = await _fetched(node, proof.method, actor, budget)
    except Unavailable as error:
        node.memory(KeyFailures).remember(looked, error, node.clock.now() + PAUSE)
        raise
    except TooMany:
        raise
    except Refused:
        return False
    return found is not None and integrity.holds(raw, proof, found.pem)


async def _known(node: Node, method: str, actor: str) -> PublicKey | None:
    async with node.reading() as session:
        key = await find_key(session, method, "proof")
    return key if key is not None and key.owner == actor else None


async def _fetched(node: Node, method: str, actor: str, budget: Budget) -> PublicKey | None:
    """Return the key as the actor's own document lists it now, itself or by its address (V01)."""
    owner = await fetch_actor(node, actor, budget, anew=True)
    document = reading.read_actor(strictjson.load(owner.document.encode()))
    if any(key.iri == method and not key.pem for key in document.proof_keys):
        found = reading.read_proof_key(await fetch_document(node, method, budget, exact=True), actor)
        async with node.transaction() as tx:
            await add_key(tx, actor, found.iri, found.pem, "proof")
    return await _known(node, method, actor)
