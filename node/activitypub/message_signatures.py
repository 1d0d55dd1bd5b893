"""HTTP Message Signatures, RFC 9421, as Mastodon, NodeBB and Fedify use them (FEDERATION.md B.3).

As with the draft form, checking has two halves: all that is cheap, then the key. The address that was signed is
rebuilt from the node's own home, never from the socket: a proxy stands between.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import format_datetime
from typing import Any

import http_sf
from cryptography.hazmat.primitives.asymmetric import rsa

from node.activitypub.keys import PrivateKey, is_signed, load_public, sign_bytes
from node.activitypub.origin import parse_iri
from node.activitypub.signatures import (
    MAX_AGE,
    MAX_AHEAD,
    SignedRequest,
    check_date,
    check_host,
)
from node.activitypub.vocabulary import ACTIVITY_JSON, MAX_IRI
from node.errors import Unauthenticated

LABEL = "sig1"
_ONCE = ("content-digest", "date", "host", "signature", "signature-input")
_MAX_HEADER = 8 * 1024  # characters of either header
_MAX_COVERED = 32
_READING = frozenset({"GET", "HEAD"})
_RSA, _ED25519 = "rsa-v1_5-sha256", "ed25519"
_HASHES = {"sha-256": hashlib.sha256, "sha-512": hashlib.sha512}
_DERIVED = frozenset(
    {"@method", "@target-uri", "@authority", "@scheme", "@request-target", "@path", "@query"}
)


@dataclass(frozen=True, slots=True)
class MessageSignature:
    """One signature of a request. components: what it covers, in order; parameters: as they are signed."""

    key_id: str
    components: tuple[str, ...]
    parameters: str
    signature: bytes
    algorithm: str | None
    created: datetime
    expires: datetime | None = None


def is_used_by(request: SignedRequest) -> bool:
    """Tell whether the request is signed in this form; the draft form has no such header."""
    return bool(request.values("signature-input"))


def parse(request: SignedRequest) -> MessageSignature:
    """Return the signature, or raise Unauthenticated, whatever the headers hold.

    There must be one: of several, another reader may have checked another than we did (A30).
    """
    for name in _ONCE:
        if len(request.values(name)) > 1:
            raise Unauthenticated(f"The request has two {name.title()} headers.")
    inputs = _dictionary(request, "signature-input")
    signatures = _dictionary(request, "signature")
    if len(inputs) > 1 or len(signatures) > 1:
        raise Unauthenticated("The request has several signatures: send one.", detail=" ".join(inputs)[:200])
    label = next(iter(inputs), "")
    if label not in signatures:
        raise Unauthenticated("The request has no signature for its Signature-Input.", detail=label[:80])
    return _read(label, inputs[label], signatures[label])


def check_cheap(request: SignedRequest, *, now: datetime, hosts: Collection[str]) -> MessageSignature:
    """Check everything but the key, or raise Unauthenticated; return the signature to check it with.

    Method and address covered, of a body its digest; the host ours; made within the last hour, at most five
    minutes ahead of us, and not expired; every digest that of the body.
    """
    signature = parse(request)
    _check_covered(request, signature)
    check_host(request, hosts)
    if not now - MAX_AGE <= signature.created <= now + MAX_AHEAD:
        raise Unauthenticated("The request was signed too long ago, or in the future: check the clock.")
    if signature.expires is not None and signature.expires < now:
        raise Unauthenticated("The signature has expired.")
    if "date" in signature.components:
        check_date(request, now)
    if request.body or request.values("content-digest"):
        _check_digest(request)
    return signature


def check_key(request: SignedRequest, signature: MessageSignature, key_pem: str, *, home: str) -> None:
    """Check the signature itself, or raise Unauthenticated. home: scheme and host that the request is for.

    The key decides the algorithm, and a stated one must be the key's (A31).
    """
    key = load_public(key_pem)
    own = _RSA if isinstance(key, rsa.RSAPublicKey) else _ED25519
    if signature.algorithm not in {None, own}:
        raise Unauthenticated("The signature's algorithm is not that of the key.", detail=signature.key_id)
    if not is_signed(key, signature.signature, _base(request, signature, home)):
        raise Unauthenticated("The signature does not match the request.", detail=signature.key_id)


def sign(
    *, method: str, url: str, body: bytes | None, key_id: str, private_key: PrivateKey, now: datetime
) -> dict[str, str]:
    """Return the headers to send with a request, signed by RULE B4. Send exactly *body* and the Host given here."""
    sent = {
        "Host": parse_iri(url, development=True).authority,
        "Date": format_datetime(now.astimezone(UTC), usegmt=True),
    }
    components = ["@method", "@target-uri"]
    if body is not None:
        sent["Content-Digest"] = f"sha-256=:{base64.b64encode(hashlib.sha256(body).digest()).decode()}:"
        sent["Content-Type"] = ACTIVITY_JSON
        components.append("content-digest")
    components += ["host", "date"]
    algorithm = _RSA if isinstance(private_key, rsa.RSAPrivateKey) else _ED25519
    parameters = {"created": int(now.timestamp()), "keyid": key_id, "alg": algorithm}
    written = _serialised([(name, {}) for name in components], parameters)
    request = SignedRequest(
        method=method,
        target=url,
        headers=tuple((name.lower(), value) for name, value in sent.items()),
        body=body or b"",
    )
    signature = MessageSignature(key_id, tuple(components), written, b"", algorithm, now)
    made = sign_bytes(private_key, _base(request, signature, ""))
    sent["Signature-Input"] = f"{LABEL}={written}"
    sent["Signature"] = f"{LABEL}=:{base64.b64encode(made).decode()}:"
    return sent


def challenge() -> str:
    """Return what to say to who has not signed: in Accept-Signature (RFC 9421, 5.1)."""
    return f'{LABEL}=("@method" "@target-uri" "content-digest");created;keyid;alg="{_RSA}"'


def _dictionary(request: SignedRequest, name: str) -> Mapping[str, Any]:
    header = next(iter(request.values(name)), "")
    if not header or len(header) > _MAX_HEADER:
        raise Unauthenticated(f"The {name.title()} header is absent or too long.")
    try:
        found = http_sf.parse(header.encode(), tltype="dictionary")
    except (http_sf.StructuredFieldError, ValueError) as error:
        raise Unauthenticated(f"The {name.title()} header cannot be read.", detail=header[:200]) from error
    return found if isinstance(found, dict) else {}


def _read(label: str, stated: Any, signed: Any) -> MessageSignature:
    items, parameters = stated
    value = signed[0]
    if not isinstance(items, list) or not isinstance(value, bytes):
        raise Unauthenticated("The signature is not of the form of RFC 9421.", detail=label)
    components = tuple(name for name, more in items if isinstance(name, str) and not more)
    if len(components) != len(items) or not 0 < len(items) <= _MAX_COVERED:
        raise Unauthenticated("The signature covers parts with parameters, which are not read here.")
    if len(set(components)) != len(components):
        raise Unauthenticated("The signature must name each part that it covers once.")
    key_id, algorithm = parameters.get("keyid"), parameters.get("alg")
    if not isinstance(key_id, str) or not 0 < len(key_id) <= MAX_IRI:
        raise Unauthenticated("The Signature-Input header needs a keyid.")
    if algorithm is not None and algorithm not in {_RSA, _ED25519}:
        raise Unauthenticated(f"The signature's algorithm must be {_RSA} or {_ED25519}.")
    created = _instant(parameters.get("created"))
    if created is None:
        raise Unauthenticated("The Signature-Input header needs the time of the signature, created.")
    return MessageSignature(
        key_id=key_id,
        components=components,
        parameters=_serialised(items, parameters),
        signature=value,
        algorithm=algorithm,
        created=created,
        expires=_instant(parameters.get("expires")),
    )


def _serialised(items: list[tuple[Any, Any]], parameters: Mapping[str, Any]) -> str:
    member: Any = (items, dict(parameters))
    written: str = http_sf.ser({LABEL: member})
    return written.removeprefix(f"{LABEL}=")


def _instant(value: Any) -> datetime | None:
    if value is None:
        return None
    if not isinstance(value, int) or isinstance(value, bool):
        raise Unauthenticated("created and expires must be seconds since 1970.")
    try:
        return datetime.fromtimestamp(value, UTC)
    except (ValueError, OverflowError, OSError) as error:
        raise Unauthenticated("created and expires must be seconds since 1970.") from error


def _check_covered(request: SignedRequest, signature: MessageSignature) -> None:
    covered = set(signature.components)
    missing = [] if "@method" in covered else ["@method"]
    if "@target-uri" not in covered and not {"@authority", "@path"} <= covered:
        missing.append("@target-uri")
    if (request.body or request.method.upper() not in _READING) and "content-digest" not in covered:
        missing.append("content-digest")
    if missing:
        raise Unauthenticated(f"The signature must also cover {', '.join(missing)}.")
    unknown = [name for name in covered if name.startswith("@") and name not in _DERIVED]
    if unknown:
        raise Unauthenticated(
            "The signature covers a part that requests do not have.", detail=unknown[0][:80]
        )


def _check_digest(request: SignedRequest) -> None:
    known = 0
    for name, (value, _) in _dictionary(request, "content-digest").items():
        if name not in _HASHES:
            continue
        known += 1
        if not isinstance(value, bytes) or not hmac.compare_digest(
            value, _HASHES[name](request.body).digest()
        ):
            raise Unauthenticated("The Content-Digest header does not match the body.")
    if not known:
        raise Unauthenticated("The Content-Digest header must hold a sha-256 or sha-512 digest.")


def _base(request: SignedRequest, signature: MessageSignature, home: str) -> bytes:
    """Return what is signed: a line for each part, then the parameters (RFC 9421, 2.5)."""
    lines = [f'"{name}": {_component(request, name, home)}' for name in signature.components]
    lines.append(f'"@signature-params": {signature.parameters}')
    return "\n".join(lines).encode("utf-8", "surrogateescape")


def _component(request: SignedRequest, name: str, home: str) -> str:
    scheme, _, authority = home.partition("://")
    path, mark, query = request.target.partition("?")
    derived = {
        "@method": request.method.upper(),
        "@target-uri": f"{home}{request.target}",
        "@authority": authority,
        "@scheme": scheme,
        "@request-target": request.target,
        "@path": path,
        "@query": f"?{query}" if mark else "?",
    }
    if name in derived:
        return derived[name]
    values = request.values(name)
    if not values:
        raise Unauthenticated(f"The signature covers {name}, which the request does not have.")
    return ", ".join(one.strip() for one in values)
