"""Answers that who has them already need not get again (RFC 9110, 8.8.3 and 13.1.2)."""

from __future__ import annotations

import hashlib

from starlette.requests import Request


def etag_of(body: bytes) -> str:
    """Return the strong entity tag of these bytes."""
    return f'"{hashlib.sha256(body).hexdigest()[:32]}"'


def has_already(request: Request, etag: str) -> bool:
    """Tell whether who asks has what *etag* stands for."""
    known = [one.strip().removeprefix("W/") for one in request.headers.get("if-none-match", "").split(",")]
    return etag in known or known == ["*"]
