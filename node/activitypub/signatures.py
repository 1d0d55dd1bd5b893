"""HTTP signatures after draft-cavage, as the fediverse uses them (FEDERATION.md B.1, THREATS.md 2.2).

Checking has two halves: all that is cheap, then the key. Whoever receives runs `check_cheap` first and looks
for a key only when that is past (A35).
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime, parsedate_to_datetime
from functools import lru_cache
from urllib.parse import urlsplit

from cryptography.hazmat.primitives.asymmetric import rsa

from node.activitypub.keys import (
    PrivateKey,
    generate_rsa,
    is_signed,
    load_private,
    load_public,
    sign_bytes,
)
from node.activitypub.origin import parse_iri
from node.activitypub.vocabulary import ACTIVITY_JSON, MAX_IRI
from node.errors import Malformed, Unauthenticated

__all__ = [
    "CavageSignature",
    "SignedRequest",
    "check_cheap",
    "check_date",
    "check_host",
    "check_key",
    "generate_rsa",
    "key_url_ok",
    "load_private",
    "parse",
    "sign",
    "verify",
]

MAX_AGE = timedelta(hours=1)
MAX_AHEAD = timedelta(minutes=5)
_MAX_HEADER = 8 * 1024  # characters of the Signature header
_MAX_COVERED = 32
_LABELS = frozenset({"hs2019", "rsa-sha256"})
_READING = frozenset({"GET", "HEAD"})
_ONCE = ("date", "digest", "host", "signature")
_PARAMETER = re.compile(
    r'\s*([A-Za-z][A-Za-z0-9_-]*)\s*=\s*(?:"([^"\\]*(?:\\.[^"\\]*)*)"|([^\s",]+))\s*(?:,|$)'
)
_SECONDS = re.compile(r"^\d{1,12}$")


@dataclass(frozen=True, slots=True)
class SignedRequest:
    """A request as it came in. target: raw path and query. headers: lower-case names, repeats kept."""

    method: str
    target: str
    headers: tuple[tuple[str, str], ...]
    body: bytes = b""
    _by_name: dict[str, list[str]] = field(default_factory=dict, init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        for name, value in self.headers:
            self._by_name.setdefault(name, []).append(value)

    def values(self, name: str) -> list[str]:
        """Return every value of a header, in order."""
        return self._by_name.get(name, [])


@dataclass(frozen=True, slots=True)
class CavageSignature:
    """A Signature header taken apart. headers: names covered, lower case, in order. Times are aware, UTC."""

    key_id: str
    algorithm: str
    headers: tuple[str, ...]
    signature: bytes
    created: datetime | None = None
    expires: datetime | None = None


@lru_cache(maxsize=16)
def parse(value: str) -> CavageSignature:
    """Take a Signature header apart, or raise Unauthenticated; nothing else, whatever the text (V12).

    The last few are remembered: one request asks for its key id first, and for all of it a moment later.
    """
    given = _parameters(value)
    key_id, algorithm = given.get("keyid", ""), given.get("algorithm", "hs2019").lower()
    if not key_id or len(key_id) > MAX_IRI:
        raise Unauthenticated("The Signature header needs a keyId.")
    if algorithm not in _LABELS:
        raise Unauthenticated("The signature's algorithm must be rsa-sha256 or hs2019.", detail=algorithm)
    names = given.get("headers", "(created)" if algorithm == "hs2019" else "date").lower().split()
    if not 0 < len(names) <= _MAX_COVERED or len(set(names)) != len(names):
        raise Unauthenticated("The Signature header must name each header it covers once.")
    if algorithm != "hs2019" and not {"(created)", "(expires)"}.isdisjoint(names):
        raise Unauthenticated("(created) and (expires) need the algorithm hs2019.")
    return CavageSignature(
        key_id=key_id,
        algorithm=algorithm,
        headers=tuple(names),
        signature=_base64(given.get("signature", ""), "signature"),
        created=_instant(given.get("created")),
        expires=_instant(given.get("expires")),
    )


def verify(request: SignedRequest, key_pem: str, *, now: datetime, hosts: Collection[str]) -> None:
    """Check that the key signed method, target, host, date and body, or raise Unauthenticated.

    now: aware. hosts: the authorities that are ours, such as `bees.example`. RULE B2, THREATS.md 2.2.
    """
    check_key(request, check_cheap(request, now=now, hosts=hosts), key_pem)


def check_cheap(request: SignedRequest, *, now: datetime, hosts: Collection[str]) -> CavageSignature:
    """Check everything but the key, or raise Unauthenticated; return the signature to check it with.

    Well formed; nothing doubled; host, request target, time and body covered; the host ours; the time
    within an hour back and five minutes ahead; the digest that of the body.
    """
    for name in _ONCE:
        if len(request.values(name)) > 1:
            raise Unauthenticated(f"The request has two {name.title()} headers.")
    values = request.values("signature")
    if not values:
        raise Unauthenticated("The request is not signed: it has no Signature header.")
    signature = parse(values[0])
    _check_covered(request, signature)
    check_host(request, hosts)
    _check_time(request, signature, now)
    _check_digest(request)
    return signature


def check_key(request: SignedRequest, signature: CavageSignature, key_pem: str) -> None:
    """Check the signature itself, or raise Unauthenticated.

    The key decides the algorithm. Some peers sign the path of a GET without its query, so that is tried
    second; no inbox of ours has a query, so a POST must match as it is (A33).
    """
    key = load_public(key_pem)
    if signature.algorithm == "rsa-sha256" and not isinstance(key, rsa.RSAPublicKey):
        raise Unauthenticated(
            "The signature says rsa-sha256 but the key is another.", detail=signature.key_id
        )
    targets = {request.target: None}
    if request.method.upper() in _READING:
        targets[request.target.partition("?")[0]] = None
    hashes = (
        (False, True) if signature.algorithm == "hs2019" else (False,)
    )  # the label leaves SHA-512 open (RULE B2.2)
    messages = [_message(request, signature, one) for one in targets]
    if not any(is_signed(key, signature.signature, one, sha512=big) for big in hashes for one in messages):
        raise Unauthenticated("The signature does not match the request.", detail=signature.key_id)


def sign(
    *,
    method: str,
    url: str,
    headers: Mapping[str, str] | None = None,
    body: bytes | None,
    key_id: str,
    private_key: PrivateKey,
    now: datetime,
) -> dict[str, str]:
    """Return the headers to send with a request, signed by RULE B1.

    headers: more to send, unsigned but for Content-Type. Send exactly *body* and the Host given here, which
    names the port only where it is not the scheme's own. Without a body the Digest is that of nothing: Lemmy demands
    it, signed, before it shows what is in a private community, and sends the same.
    """
    parts = parse_iri(url, development=True)
    sent = {name.title(): value for name, value in (headers or {}).items()}
    sent |= {"Host": parts.authority, "Date": format_datetime(now.astimezone(UTC), usegmt=True)}
    names = ["(request-target)", "host", "date", "digest"]
    sent["Digest"] = f"SHA-256={base64.b64encode(hashlib.sha256(body or b'').digest()).decode()}"
    if body is not None:
        sent.setdefault("Content-Type", ACTIVITY_JSON)
        names += ["content-type"]
    request = SignedRequest(
        method=method,
        target=_target(url),
        headers=tuple((name.lower(), value) for name, value in sent.items()),
    )
    label = "rsa-sha256" if isinstance(private_key, rsa.RSAPrivateKey) else "hs2019"
    signature = CavageSignature(key_id, label, tuple(names), b"")
    value = base64.b64encode(sign_bytes(private_key, _message(request, signature, request.target))).decode()
    # No blanks after the commas: PieFed and Mbin split on them and do not trim.
    covered = " ".join(names)
    sent["Signature"] = f'keyId="{key_id}",algorithm="{label}",headers="{covered}",signature="{value}"'
    return sent


def key_url_ok(key_id: str, *, development: bool = False) -> bool:
    """Tell whether a keyId may be fetched: https, a plain host, at most 2048 characters (A34)."""
    try:
        parse_iri(key_id, development=development)
    except Malformed:
        return False
    return True


def _parameters(value: str) -> dict[str, str]:
    if len(value) > _MAX_HEADER:
        raise Unauthenticated("The Signature header is too long.")
    rest = value.strip()
    if rest[:10].lower() == "signature ":
        rest = rest[10:]
    found: dict[str, str] = {}
    position = 0
    while position < len(rest):
        match = _PARAMETER.match(rest, position)
        if match is None or match[1].lower() in found:
            raise Unauthenticated("The Signature header cannot be read.", detail=value[:200])
        quoted = match[2]
        if quoted is not None and "\\" in quoted:
            quoted = re.sub(r"\\(.)", r"\1", quoted)
        found[match[1].lower()] = match[3] if quoted is None else quoted
        position = match.end()
    return found


def _base64(text: str, what: str) -> bytes:
    try:
        decoded = base64.b64decode(text.encode(), validate=True)
    except (binascii.Error, ValueError) as error:
        raise Unauthenticated(f"The {what} is not base64.", detail=text[:80]) from error
    if not decoded or base64.b64encode(decoded).decode() != text:
        raise Unauthenticated(f"The {what} is empty, or not written in the one way that base64 has for it.")
    return decoded


def _instant(text: str | None) -> datetime | None:
    if text is None:
        return None
    if not _SECONDS.match(text):
        raise Unauthenticated("created and expires must be seconds since 1970.", detail=text[:80])
    try:
        return datetime.fromtimestamp(int(text), UTC)
    except (ValueError, OverflowError, OSError) as error:
        raise Unauthenticated("created and expires must be seconds since 1970.", detail=text) from error


def _check_covered(request: SignedRequest, signature: CavageSignature) -> None:
    wanted = ["(request-target)", "host"]
    if request.body or request.method.upper() not in _READING:
        wanted.append("digest")
    missing = [name for name in wanted if name not in signature.headers]
    if "date" not in signature.headers and "(created)" not in signature.headers:
        missing.append("date")
    if missing:
        raise Unauthenticated(f"The signature must also cover {', '.join(missing)}.")


def check_host(request: SignedRequest, hosts: Collection[str]) -> None:
    """Raise Unauthenticated unless the request is for one of *hosts*, the authorities that are ours."""
    host = next(iter(request.values("host")), "").lower().removesuffix(":443")
    if not host or host not in {one.lower().removesuffix(":443") for one in hosts}:
        raise Unauthenticated("The request was signed for another host.", detail=host[:200])


def check_date(request: SignedRequest, now: datetime) -> None:
    """Raise Unauthenticated unless the Date header is within an hour back and five minutes ahead of *now*."""
    when = _date(next(iter(request.values("date")), ""))
    if when < now - MAX_AGE or when > now + MAX_AHEAD:
        raise Unauthenticated("The request was signed too long ago, or in the future: check the clock.")


def _check_time(request: SignedRequest, signature: CavageSignature, now: datetime) -> None:
    stated = []
    if "date" in signature.headers:
        stated.append(_date(next(iter(request.values("date")), "")))
    if "(created)" in signature.headers:
        if signature.created is None:
            raise Unauthenticated("The signature covers (created) but does not give it.")
        stated.append(signature.created)
    for when in stated:
        if when < now - MAX_AGE or when > now + MAX_AHEAD:
            raise Unauthenticated("The request was signed too long ago, or in the future: check the clock.")
    if signature.expires is not None and signature.expires < now:
        raise Unauthenticated("The signature has expired.")


@lru_cache(maxsize=64)  # requests of one second say the same
def _date(text: str) -> datetime:
    try:
        when = parsedate_to_datetime(text)
    except (ValueError, TypeError, IndexError, OverflowError) as error:
        raise Unauthenticated("The Date header cannot be read.", detail=text[:80]) from error
    if when.tzinfo is None:  # "-0000": no zone is claimed
        raise Unauthenticated("The Date header must be in GMT.", detail=text[:80])
    return when


def _check_digest(request: SignedRequest) -> None:
    header = next(iter(request.values("digest")), None)
    if header is None:
        return  # then it was not asked for either: what is covered but absent fails with the key
    given = [one.strip() for one in header.split(",")]
    ours = [one.removeprefix("SHA-256=") for one in given if one.startswith("SHA-256=")]
    if len(ours) != 1:
        raise Unauthenticated("The Digest header must hold one SHA-256 digest.", detail=header[:200])
    actual = base64.b64encode(hashlib.sha256(request.body).digest())
    if not hmac.compare_digest(ours[0].encode(), actual):
        raise Unauthenticated("The Digest header does not match the body: sign the bytes you send.")


def _message(request: SignedRequest, signature: CavageSignature, target: str) -> bytes:
    lines = []
    for name in signature.headers:
        if name == "(request-target)":
            value = f"{request.method.lower()} {target}"
        elif name == "(created)":
            value = _seconds(signature.created, name)
        elif name == "(expires)":
            value = _seconds(signature.expires, name)
        else:
            values = request.values(name)
            if not values:
                raise Unauthenticated(f"The signature covers {name}, which the request does not have.")
            value = ", ".join(one.strip() for one in values)
        lines.append(f"{name}: {value}")
    return "\n".join(lines).encode("utf-8", "surrogateescape")


def _seconds(when: datetime | None, name: str) -> str:
    if when is None:
        raise Unauthenticated(f"The signature covers {name} but does not give it.")
    return str(int(when.timestamp()))


def _target(url: str) -> str:
    parts = urlsplit(url)
    return (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
