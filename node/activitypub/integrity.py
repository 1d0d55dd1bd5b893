"""Proofs that a document carries with it: FEP-8b32, cryptosuite eddsa-jcs-2022.

What is signed are two hashes: of the proof without its value but with the document's `@context`, and of the
document without its proof, both in the canonical form of RFC 8785. Whoever passes the document on unchanged
passes the proof on. Linked Data signatures (`signature`) are no proof here: they bind a meaning that is not the
one we read (THREATS.md V36, V37); they are left standing in what is passed on.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import rfc8785
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from node.activitypub import multikeys
from node.activitypub.keys import is_signed, load_public
from node.activitypub.structure import check_structure
from node.activitypub.values import listed, moment, web_iri
from node.activitypub.vocabulary import ACTIVITYSTREAMS, DATA_INTEGRITY
from node.activitypub.writing_actors import write_moment
from node.errors import Malformed, Unauthenticated

SUITE = "eddsa-jcs-2022"
TYPE = "DataIntegrityProof"
PURPOSE = "assertionMethod"
MAX_INTEGER = 2**53 - 1  # of those that every reader of JSON takes for the same
MOST = 4  # proofs of one document that are looked at
SIGNATURE_BYTES = 64


@dataclass(frozen=True, slots=True)
class Proof:
    """A proof taken apart. method: id of the key. config: what is signed of it. Times are aware, UTC."""

    method: str
    created: datetime
    expires: datetime | None
    config: Mapping[str, Any]
    signature: bytes


def attach(
    document: Mapping[str, Any], key: Ed25519PrivateKey, *, method: str, now: datetime
) -> dict[str, Any]:
    """Return *document* with a proof by *key*, and with the context that says what a proof is.

    method: id of the key in the actor's `assertionMethod`. Raises ValueError for what has no canonical form,
    such as a whole number beyond 2^53.
    """
    whole = {**document, "@context": _with_proofs(document.get("@context", ACTIVITYSTREAMS))}
    whole.pop("proof", None)
    proof = {
        "@context": whole["@context"],  # readers that follow the W3C to the letter look for it here
        "type": TYPE,
        "cryptosuite": SUITE,
        "verificationMethod": method,
        "proofPurpose": PURPOSE,
        "created": write_moment(now),
    }
    signature = key.sign(_hashes(whole, proof))
    return {**whole, "proof": {**proof, "proofValue": multikeys.encode(signature)}}


def proofs_of(document: Mapping[str, Any]) -> tuple[Proof, ...]:
    """Return the proofs of this kind that *document* claims to have; others are as if absent (A38)."""
    found = (_read(one, document) for one in listed(document.get("proof"))[:MOST])
    return tuple(one for one in found if one is not None)


def holds(document: Mapping[str, Any], proof: Proof, key_pem: str) -> bool:
    """Tell whether the key made *proof* for exactly this document; a key that is no Ed25519 made none.

    A Linked Data signature may have been put on after the proof (FEP-8b32, Fedify): then it is not in what was
    proven. We read nothing in it, so without it the document says the same.
    """
    try:
        check_structure(dict(document))
        key = load_public(key_pem)
        messages = [_hashes(one, proof.config) for one in _as_proven(document)]
    except (Malformed, Unauthenticated, ValueError):
        return False
    return isinstance(key, Ed25519PublicKey) and any(
        is_signed(key, proof.signature, message) for message in messages
    )


def without_proof(document: Mapping[str, Any]) -> dict[str, Any]:
    """Copy *document* without what vouched for it: it has been changed, so neither holds any more."""
    return {name: value for name, value in document.items() if name not in {"proof", "signature"}}


def _read(proof: Any, document: Mapping[str, Any]) -> Proof | None:
    if not isinstance(proof, dict) or (proof.get("type"), proof.get("cryptosuite")) != (TYPE, SUITE):
        return None
    method, created = web_iri(proof.get("verificationMethod")), moment(proof.get("created"))
    expires, value = moment(proof.get("expires")), proof.get("proofValue")
    if method is None or created is None or not isinstance(value, str):
        return None
    if proof.get("proofPurpose") != PURPOSE or "previousProof" in proof:
        return None
    if (proof.get("expires") is not None and expires is None) or not _fits(proof, document):
        return None
    try:
        signature = multikeys.decode(value)
    except Malformed:
        return None
    config = {name: one for name, one in proof.items() if name != "proofValue"}
    if "@context" in document:
        config["@context"] = document["@context"]
    return Proof(method, created, expires, config, signature) if len(signature) == SIGNATURE_BYTES else None


def _fits(proof: Mapping[str, Any], document: Mapping[str, Any]) -> bool:
    """Tell whether a context that the proof names is the document's: under another, words mean another thing."""
    return "@context" not in proof or proof["@context"] == document.get("@context")


def _as_proven(document: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    unsigned = {name: value for name, value in document.items() if name != "signature"}
    return [document] if len(unsigned) == len(document) else [unsigned, document]


def _hashes(document: Mapping[str, Any], config: Mapping[str, Any]) -> bytes:
    bare = {name: value for name, value in document.items() if name != "proof"}
    return b"".join(hashlib.sha256(_canonical(dict(one))).digest() for one in (config, bare))


def _canonical(document: dict[str, Any]) -> bytes:
    """Write JSON as RFC 8785 has it.

    Where there are no fractions, no large numbers and no names beyond ASCII, which are sorted in another order there,
    the standard library writes the very same bytes, ten times as fast.
    """
    if not _is_plain(document):
        return rfc8785.dumps(document)
    return json.dumps(document, ensure_ascii=False, separators=(",", ":"), sort_keys=True).encode()


def _is_plain(document: dict[str, Any]) -> bool:
    waiting: list[Any] = [document]
    while waiting:
        one = waiting.pop()
        kind = type(one)
        if kind is dict:
            if not "".join(one).isascii():
                return False
            waiting += [each for each in one.values() if type(each) is not str]
        elif kind is list:
            waiting += [each for each in one if type(each) is not str]
        elif kind is int:
            if abs(one) > MAX_INTEGER:
                return False
        elif kind is not bool and one is not None:
            return False
    return True


def _with_proofs(context: Any) -> list[Any]:
    given = list(context) if isinstance(context, list) else [context]
    if DATA_INTEGRITY in given:
        return given
    names = [one for one in given if isinstance(one, str)]
    return [*names, DATA_INTEGRITY, *(one for one in given if not isinstance(one, str))]
