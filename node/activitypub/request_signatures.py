"""The signature of a request, in whichever of the two forms it has (RULE B4): RFC 9421 is looked for first."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Literal

from node.activitypub import message_signatures, signatures
from node.activitypub.keys import PrivateKey
from node.activitypub.message_signatures import MessageSignature
from node.activitypub.signatures import CavageSignature, SignedRequest
from node.errors import Unauthenticated

RequestSignature = CavageSignature | MessageSignature
Scheme = Literal["cavage", "rfc9421"]


def check_cheap(request: SignedRequest, *, now: datetime, hosts: Collection[str]) -> RequestSignature:
    """Check everything but the key, or raise Unauthenticated; hosts: the authorities that are ours."""
    if not message_signatures.is_used_by(request):
        return signatures.check_cheap(request, now=now, hosts=hosts)
    try:
        return message_signatures.check_cheap(request, now=now, hosts=hosts)
    except Unauthenticated:
        if not _has_draft(request):
            raise
    return signatures.check_cheap(request, now=now, hosts=hosts)


def check_key(request: SignedRequest, signature: RequestSignature, key_pem: str, *, home: str) -> None:
    """Check the signature itself, or raise Unauthenticated. home: scheme and host that the request is for."""
    if isinstance(signature, MessageSignature):
        message_signatures.check_key(request, signature, key_pem, home=home)
    else:
        signatures.check_key(request, signature, key_pem)


def key_id_of(request: SignedRequest) -> str | None:
    """Return the id of the key as it is stated, where one can be read at all; its form is judged later."""
    try:
        if message_signatures.is_used_by(request) and not _has_draft(request):
            return message_signatures.parse(request).key_id
        stated = request.values("signature")
        return signatures.parse(stated[0]).key_id if stated else None
    except Unauthenticated:
        return None


def sign(
    scheme: Scheme,
    *,
    method: str,
    url: str,
    body: bytes | None,
    key_id: str,
    private_key: PrivateKey,
    now: datetime,
) -> dict[str, str]:
    """Return the headers to send with a request, signed in that form."""
    make = message_signatures.sign if scheme == "rfc9421" else signatures.sign
    return make(method=method, url=url, body=body, key_id=key_id, private_key=private_key, now=now)


def _has_draft(request: SignedRequest) -> bool:
    """Tell whether the Signature header is one of the draft form: the two never share one."""
    stated = request.values("signature")
    try:
        return len(stated) == 1 and bool(signatures.parse(stated[0]))
    except Unauthenticated:
        return False
