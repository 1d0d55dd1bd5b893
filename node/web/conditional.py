"""Answers that who has them already need not get again (RFC 9110, 8.8.3 and 13.1.2)."""

from __future__ import annotations

import hashlib
from http import HTTPStatus

from starlette.requests import Request
from starlette.responses import Response


def answer(request: Request, body: bytes, media_type: str, *, status: int = HTTPStatus.OK) -> Response:
    """Answer with bytes and their strong entity tag; with 304 to one who has them already. media_type: to the letter."""
    etag = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
    if status == HTTPStatus.OK and _has(request, etag):
        response = Response(status_code=HTTPStatus.NOT_MODIFIED)
    else:
        response = Response(body, status)
    response.headers["Content-Type"] = media_type
    response.headers["ETag"] = etag
    return response


def _has(request: Request, etag: str) -> bool:
    known = [one.strip().removeprefix("W/") for one in request.headers.get("if-none-match", "").split(",")]
    return etag in known or known == ["*"]
