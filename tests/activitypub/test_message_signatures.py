"""RFC 9421 as the fediverse uses it: what is accepted, and every way in which a request is not (THREATS 2.2)."""

from __future__ import annotations

import base64
import hashlib
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from hypothesis import given
from hypothesis import strategies as st

from node.activitypub import message_signatures, request_signatures
from node.activitypub.message_signatures import MessageSignature
from node.activitypub.signatures import SignedRequest
from node.errors import Unauthenticated
from tests.support import keyshop

HOME, URL = "https://h.example", "https://h.example/inbox?x=%20y"
KEY = "https://a.example/u/alice#main-key"
AT = datetime(2026, 11, 3, 9, tzinfo=UTC)
BODY = b'{"id":"https://a.example/1"}'


def signed(*, method="POST", url=URL, body=BODY, now=AT, key=None, change=None, drop=()):
    headers = message_signatures.sign(
        method=method,
        url=url,
        body=body,
        key_id=KEY,
        private_key=key or keyshop.private_key("alice"),
        now=now,
    )
    headers |= change or {}
    return SignedRequest(
        method=method,
        target=url.removeprefix(HOME),
        headers=tuple((name.lower(), value) for name, value in headers.items() if name not in drop),
        body=body or b"",
    )


def check(request, *, now=AT, pem=None, home=HOME):
    signature = request_signatures.check_cheap(request, now=now, hosts=["h.example"])
    request_signatures.check_key(request, signature, pem or keyshop.public_pem("alice"), home=home)
    return signature


def test_what_we_sign_verifies():
    signature = check(signed())
    assert isinstance(signature, MessageSignature)
    assert signature.components == ("@method", "@target-uri", "content-digest", "host", "date")
    assert check(signed(method="GET", body=None)).components == ("@method", "@target-uri", "host", "date")


def test_the_headers_are_as_mastodon_wants_them():
    headers = dict(signed().headers)
    assert (
        headers["content-digest"] == f"sha-256=:{base64.b64encode(hashlib.sha256(BODY).digest()).decode()}:"
    )
    assert headers["signature-input"] == (
        'sig1=("@method" "@target-uri" "content-digest" "host" "date")'
        f';created={int(AT.timestamp())};keyid="{KEY}";alg="rsa-v1_5-sha256"'
    )
    assert headers["signature"].startswith("sig1=:")


def test_the_example_of_the_rfc_verifies():
    """RFC 9421, B.2.6: Ed25519 over parts of a POST."""
    request = SignedRequest(
        method="POST",
        target="/foo?param=Value&Pet=dog",
        headers=(
            ("host", "example.com"),
            ("date", "Tue, 20 Apr 2021 02:07:55 GMT"),
            ("content-type", "application/json"),
            ("content-length", "18"),
            (
                "signature-input",
                (
                    'sig-b26=("date" "@method" "@path" "@authority" "content-type" "content-length")'
                    ';created=1618884473;keyid="test-key-ed25519"'
                ),
            ),
            (
                "signature",
                "sig-b26=:wqcAqbmYJ2ji2glfAMaRy4gruYYnx2nEFN2HN6jrnDnQCK1u02Gb04v9EDgwUPiu4A0w6vuQv5lIp5WPpBKRCw==:",
            ),
        ),
        body=b'{"hello": "world"}',
    )
    pem = (
        "-----BEGIN PUBLIC KEY-----\nMCowBQYDK2VwAyEAJrQLj5P/89iXES9+vFgrIy29clF9CC/oPPsw3c5D0bs=\n"
        "-----END PUBLIC KEY-----\n"
    )
    signature = message_signatures.parse(request)
    message_signatures.check_key(request, signature, pem, home="https://example.com")
    with pytest.raises(Unauthenticated):
        message_signatures.check_key(request, signature, pem, home="https://example.org")


def test_ed25519_keys_sign_too():
    key = Ed25519PrivateKey.generate()
    pem = key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()
    assert check(signed(key=key), pem=pem).algorithm == "ed25519"
    with pytest.raises(Unauthenticated, match="not that of the key"):
        check(signed(key=key))


def test_every_digest_must_be_that_of_the_body():
    """sha-512 is read as well; one of a kind that is not known does no harm, and alone does not do."""
    long = base64.b64encode(hashlib.sha512(BODY).digest()).decode()
    short = base64.b64encode(hashlib.sha256(BODY).digest()).decode()
    for header, right in (
        (f"sha-512=:{long}:", True),
        (f"md5=:AAAA:, sha-256=:{short}:", True),
        ("md5=:AAAA:", False),
        (f"sha-256=:{short}:, sha-512=:AAAA:", False),
        ("sha-256=:AAAA:", False),
        ("sha-256=5", False),
        ("", False),
    ):
        request = signed(change={"Content-Digest": header})
        if right:
            request_signatures.check_cheap(request, now=AT, hosts=["h.example"])
        else:
            with pytest.raises(Unauthenticated):
                request_signatures.check_cheap(request, now=AT, hosts=["h.example"])


@pytest.mark.parametrize(
    "change",
    [
        lambda one: replace(one, method="PUT"),
        lambda one: replace(one, target="/inbox"),
        lambda one: replace(one, target="/other?x=%20y"),
        lambda one: replace(one, body=b"{}"),
        lambda one: replace(one, headers=(*one.headers, ("date", "Tue, 03 Nov 2026 09:00:00 GMT"))),
        lambda one: replace(one, headers=(*one.headers, ("signature-input", "sig2=()"))),
        lambda one: replace(one, headers=tuple(h for h in one.headers if h[0] != "host")),
        lambda one: replace(one, headers=tuple((n, "evil.example" if n == "host" else v) for n, v in one.headers)),
        lambda one: replace(one, headers=tuple(h for h in one.headers if h[0] != "content-digest")),
        lambda one: replace(one, headers=tuple(h for h in one.headers if h[0] != "signature")),
    ],
)  # fmt: skip
def test_what_was_changed_on_the_way_is_refused(change):
    with pytest.raises(Unauthenticated):
        check(change(signed()))


@pytest.mark.parametrize(
    "stated",
    [
        'sig1=("@method" "@target-uri" "host" "date");created={t};keyid="k"',  # the body is not covered
        'sig1=("@target-uri" "content-digest");created={t};keyid="k"',
        'sig1=("@method" "content-digest");created={t};keyid="k"',
        'sig1=("@method" "@target-uri" "content-digest");keyid="k"',
        'sig1=("@method" "@target-uri" "content-digest");created={t}',
        'sig1=("@method" "@target-uri" "content-digest");created="x";keyid="k"',
        'sig1=("@method" "@target-uri" "content-digest");created={t};keyid="k";alg="hmac-sha256"',
        'sig1=("@method";req "@target-uri" "content-digest");created={t};keyid="k"',
        'sig1=("@method" "@method" "@target-uri" "content-digest");created={t};keyid="k"',
        'sig1=("@method" "@target-uri" "content-digest" "@status");created={t};keyid="k"',
        'sig1=("@method" "@target-uri" "content-digest");created={t};keyid="k";expires=1',
        'sig2=("@method" "@target-uri" "content-digest");created={t};keyid="k"',
        "sig1=();created={t}",
        "sig1=5",
        "sig1=(",
        "",
    ],
)
def test_a_signature_that_covers_too_little_or_makes_no_sense_is_refused(stated):
    request = signed(change={"Signature-Input": stated.replace("{t}", str(int(AT.timestamp())))})
    with pytest.raises(Unauthenticated):
        check(request)


def test_it_is_good_for_an_hour_and_not_before_its_time():
    """I.67"""
    request = signed()
    check(request, now=AT + timedelta(minutes=59))
    for now in (AT + timedelta(minutes=61), AT - timedelta(minutes=6)):
        with pytest.raises(Unauthenticated):
            check(request, now=now)


def test_another_key_or_another_home_is_another_signature():
    with pytest.raises(Unauthenticated, match="does not match"):
        check(signed(), pem=keyshop.public_pem("bob"))
    with pytest.raises(Unauthenticated, match="does not match"):
        check(signed(), home="http://h.example")


def test_the_draft_form_is_read_where_this_one_cannot_be():
    """RULE B4: a proxy's own Signature-Input must not hide what the sender signed."""
    draft = dict(keyshop.sign("alice", KEY, "https://h.example/inbox", BODY, AT))
    headers = tuple((name.lower(), value) for name, value in draft.items())
    request = SignedRequest("POST", "/inbox", (*headers, ("signature-input", "broken=(")), BODY)
    check(request)
    assert request_signatures.key_id_of(request) == KEY


def test_of_several_signatures_none_counts():
    """A30: two labels, one of them valid, in either header and either order."""
    stated, made = (dict(signed().headers)[name] for name in ("signature-input", "signature"))
    other, forged = stated.replace("sig1=", "sig2="), "sig2=:AAAA:"
    for change in (
        {"Signature-Input": f"{stated}, {other}", "Signature": f"{made}, {forged}"},
        {"Signature-Input": f"{other}, {stated}", "Signature": f"{forged}, {made}"},
        {"Signature-Input": f"{stated}, {other}"},
        {"Signature": f"{made}, {forged}"},
        {"Signature-Input": f"{stated}, {other}", "Signature": f"{made}, {made.replace('sig1=', 'sig2=')}"},
    ):
        with pytest.raises(Unauthenticated, match="several signatures"):
            check(signed(change=change))


def test_what_fails_in_this_form_is_not_saved_by_the_other():
    """A37: a request has one Signature header, so it is of one form, and each form is checked in full."""
    for body, change in ((BODY, "sig1=:AAAA:"), (b"{}", None)):
        modern = signed(body=BODY, change={"Signature": change} if change else {})
        draft = dict(keyshop.sign("alice", KEY, "https://h.example/inbox?x=%20y", BODY, AT))
        both = (
            *modern.headers,
            *((name.lower(), value) for name, value in draft.items() if name.lower() not in {"host", "date"}),
        )
        with pytest.raises(Unauthenticated):
            check(replace(modern, headers=both, body=body))
    draft = dict(keyshop.sign("alice", KEY, "https://h.example/inbox", BODY, AT))
    headers = tuple((name.lower(), value) for name, value in draft.items())
    stated = ("signature-input", dict(signed().headers)["signature-input"])
    check(SignedRequest("POST", "/inbox", (*headers, stated), BODY))
    with pytest.raises(Unauthenticated, match="Digest"):
        check(SignedRequest("POST", "/inbox", (*headers, stated), b"{}"))


@given(st.text(max_size=80), st.text(max_size=80))
def test_no_header_breaks_the_reader(stated, value):
    request = SignedRequest("POST", "/inbox", (("signature-input", stated), ("signature", value)), b"")
    try:
        request_signatures.check_cheap(request, now=AT, hosts=["h.example"])
    except Unauthenticated:
        pass
    else:
        raise AssertionError("nothing was signed")
    request_signatures.key_id_of(request)
