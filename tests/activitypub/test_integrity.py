"""FEP-8b32, THREATS.md A38, V36 to V38. Vectors: of the FEP, and of the W3C's EdDSA cryptosuites (B.2)."""

import copy
import json
from datetime import UTC, datetime, timedelta

import pytest
import rfc8785
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given, settings
from hypothesis import strategies as st

from node.activitypub import integrity, multikeys
from node.activitypub.jsonld import lost_terms
from node.activitypub.vocabulary import CONTEXT, DATA_INTEGRITY
from tests.support import keyshop

SECRET = "z3u2en7t5LR2WtQH5PfFqMqwVHBeXouLzo6haApm8XHqvjxq"
SHOWN = "z6MkrJVnaZkeFzdQyMZu1cgjg7k1pZZ6pvBQ7XJPt4swbTQ2"
KEY = Ed25519PrivateKey.from_private_bytes(multikeys.decode(SECRET)[2:])
PEM = multikeys.pem_of(SHOWN)
THEN = datetime(2023, 2, 24, 23, 36, 38, tzinfo=UTC)
METHOD = "https://server.example/users/alice#ed25519-key"
CREATE = {
    "@context": ["https://www.w3.org/ns/activitystreams", DATA_INTEGRITY],
    "id": "https://server.example/activities/1",
    "type": "Create",
    "actor": "https://server.example/users/alice",
    "object": {
        "id": "https://server.example/objects/1",
        "type": "Note",
        "attributedTo": "https://server.example/users/alice",
        "content": "Hello world",
        "location": {"type": "Place", "longitude": -71.184902, "latitude": 25.273962},
    },
}
OF_THE_FEP = "zLaewdp4H9kqtwyrLatK4cjY5oRHwVcw4gibPSUDYDMhi4M49v8pcYk3ZB6D69dNpAPbUmY8ocuJ3m9KhKJEEg7z"
CREDENTIAL = {
    "@context": ["https://www.w3.org/ns/credentials/v2", "https://www.w3.org/ns/credentials/examples/v2"],
    "id": "urn:uuid:58172aac-d8ba-11ed-83dd-0b3aef56cc33",
    "type": ["VerifiableCredential", "AlumniCredential"],
    "name": "Alumni Credential",
    "description": "A minimum viable example of an Alumni Credential.",
    "issuer": "https://vc.example/issuers/5678",
    "validFrom": "2023-01-01T00:00:00Z",
    "credentialSubject": {"id": "did:example:abcdefgh", "alumniOf": "The School of Examples"},
}
OF_THE_W3C = "z2HnFSSPPBzR36zdDgK8PbEHeXbR56YF24jwMpt3R1eHXQzJDMWS93FCzpvJpwTWd3GAVFuUfjoJdcnTMuVor51aX"


def proven(document=CREATE, key=KEY, method=METHOD, now=THEN):
    return integrity.attach(document, key, method=method, now=now)


def holds(document, pem=PEM):
    return any(integrity.holds(document, proof, pem) for proof in integrity.proofs_of(document))


def test_the_vector_of_the_fep_is_made_and_read():
    made = proven()
    assert made["proof"] == {
        "@context": CREATE["@context"],
        "type": "DataIntegrityProof",
        "cryptosuite": "eddsa-jcs-2022",
        "verificationMethod": METHOD,
        "proofPurpose": "assertionMethod",
        "created": "2023-02-24T23:36:38Z",
        "proofValue": OF_THE_FEP,
    }
    assert {name: value for name, value in made.items() if name != "proof"} == CREATE
    assert holds(made)
    assert not holds(made, multikeys.pem_of(multikeys.generate()[1]))


def test_the_vector_of_the_w3c_is_read():
    """Its key is named by a DID, which is nobody's address: the method alone is ours."""
    config = {
        "type": "DataIntegrityProof",
        "cryptosuite": "eddsa-jcs-2022",
        "created": "2023-02-24T23:36:38Z",
        "verificationMethod": f"did:key:{SHOWN}#{SHOWN}",
        "proofPurpose": "assertionMethod",
        "@context": CREDENTIAL["@context"],
    }
    proof = integrity.Proof("", THEN, None, config, multikeys.decode(OF_THE_W3C))
    assert integrity.holds(CREDENTIAL, proof, PEM)
    assert integrity.proofs_of({**CREDENTIAL, "proof": {**config, "proofValue": OF_THE_W3C}}) == ()


def test_what_another_wrote_to_the_fep_is_read():
    made = keyshop.prove("alice", METHOD, CREATE | {"object": "https://server.example/1"}, THEN)
    pem = multikeys.pem_of(keyshop.multikey("alice", METHOD, "x")["publicKeyMultibase"])
    assert holds(made, pem)
    assert holds({**made, "proof": [{"type": "Other"}, made["proof"]]}, pem), "one of several"
    with_context = keyshop.prove("alice", METHOD, CREATE, THEN, **{"@context": CREATE["@context"]})
    assert "proof" in with_context


def test_no_term_of_a_proven_document_is_lost():
    for context in (CONTEXT, CONTEXT[0]):
        made = proven({"@context": context, "id": "https://h.example/1", "type": "Like"})
        assert DATA_INTEGRITY in made["@context"]
        assert lost_terms(made) == set()
    assert made["@context"] == [CONTEXT[0], DATA_INTEGRITY]
    announce = {**made, "id": "https://h.example/2", "type": "Announce", "object": made}
    announce = proven({name: one for name, one in announce.items() if name != "proof"})
    assert lost_terms(announce) == set()
    assert holds(announce)
    assert holds(announce["object"]), "what is carried proves itself (I.9)"


def test_a_proof_outlives_the_wire_but_no_change():
    made = proven()
    again = json.loads(json.dumps(made, indent=3, sort_keys=True))
    assert holds(again), "order and blanks mean nothing"

    def altered(*path, value):
        copied = copy.deepcopy(made)
        where = copied
        for name in path[:-1]:
            where = where[name]
        where[path[-1]] = value
        return copied

    changes = {
        "content": altered("object", "content", value="Hello World"),
        "actor": altered("actor", value="https://server.example/users/bob"),
        "more": altered("summary", value="added"),
        "context": altered("@context", value=CREATE["@context"][:1]),
        "time": altered("proof", "created", value="2023-02-24T23:36:39Z"),
        "method": altered("proof", "verificationMethod", value="https://server.example/users/bob#key"),
        "value": altered("proof", "proofValue", value=OF_THE_W3C),
        "expiry": altered("proof", "expires", value="2033-02-24T23:36:38Z"),
    }
    assert [name for name, changed in changes.items() if holds(changed)] == []
    assert not holds({name: one for name, one in made.items() if name != "object"})


@pytest.mark.parametrize(
    "change",
    [
        {"type": "Ed25519Signature2020"},
        {"cryptosuite": "eddsa-rdfc-2022"},
        {"cryptosuite": "jcs-eddsa-2022"},
        {"proofPurpose": "authentication"},
        {"created": None},
        {"created": "yesterday"},
        {"expires": "never"},
        {"verificationMethod": f"did:key:{SHOWN}"},
        {"verificationMethod": None},
        {"proofValue": "u" + OF_THE_FEP[1:]},
        {"proofValue": OF_THE_FEP[:40]},
        {"proofValue": None},
        {"previousProof": "urn:uuid:1"},
        {"@context": "https://www.w3.org/ns/activitystreams"},
    ],
)
def test_another_kind_of_proof_is_as_none(change):
    made = proven()
    assert integrity.proofs_of({**made, "proof": made["proof"] | change}) == ()


def test_a_linked_data_signature_is_no_proof():
    signed = CREATE | {"signature": {"type": "RsaSignature2017", "creator": METHOD, "signatureValue": "x"}}
    assert integrity.proofs_of(signed) == ()
    made = proven(signed)
    assert made["signature"] == signed["signature"], "kept as it came, and covered by the proof"
    assert holds(made)
    assert integrity.without_proof(made) == CREATE


def test_what_rearranges_a_document_is_never_proven():
    assert not holds(proven({**CREATE, "@included": []})), "V37"
    nested = [CREATE["@context"][0], {"actor": "https://evil.example/other"}]
    assert not holds(proven({**CREATE, "@context": nested}))


def test_only_the_first_proofs_are_looked_at():
    made = proven()
    assert len(integrity.proofs_of({**made, "proof": [made["proof"]] * 50})) == integrity.MOST


def test_what_has_no_canonical_form_gets_no_proof():
    with pytest.raises(ValueError, match="domain"):
        proven({**CREATE, "number": 2**60})
    made = proven()
    assert not holds({**made, "number": 2**60})


@given(
    st.recursive(
        st.none() | st.booleans() | st.text(max_size=5) | st.integers(),
        lambda x: st.lists(x) | st.dictionaries(st.text(max_size=12), x),
        max_leaves=8,
    )
)
@settings(max_examples=200, deadline=None)
def test_no_shape_of_a_proof_raises(value):
    for document in ({**CREATE, "proof": value}, {**CREATE, "proof": {"type": value}}):
        assert integrity.proofs_of(document) == ()
    made = proven()
    for name in made["proof"]:
        changed = {**made, "proof": {**made["proof"], name: value}}
        for proof in integrity.proofs_of(changed):
            integrity.holds(changed, proof, PEM)


def test_the_time_of_a_proof_is_read_with_its_fractions():
    (proof,) = integrity.proofs_of(
        {**proven(), "proof": {**proven()["proof"], "created": "2023-02-24T23:36:38.5Z"}}
    )
    assert proof.created == THEN + timedelta(seconds=0.5)


plain = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=8,
)


@given(st.dictionaries(st.text(max_size=4), plain, max_size=4))
@settings(max_examples=200)
def test_the_quick_way_to_write_json_in_canonical_form_writes_the_same(document):
    """RFC 8785; what the quick way does not take is left to the other, errors and all."""
    try:
        wanted = rfc8785.dumps(document)
    except ValueError:
        with pytest.raises(ValueError):  # noqa: PT011 -- as the library says it: a number too large, half a character
            integrity._canonical(document)
    else:
        assert integrity._canonical(document) == wanted
