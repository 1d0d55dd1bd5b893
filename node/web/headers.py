"""Headers that every answer carries, by its class: page, document, media, asset (THREATS 4.4).

An endpoint that sets one of them itself is believed, but for what concerns secrecy: an answer to a signed-in
reader is never stored, and a document never sets a cookie.
"""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus
from typing import Literal

from starlette.datastructures import Headers, MutableHeaders
from starlette.middleware import Middleware
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from node.runtime import Node
from node.web.guards import LONG_TLS, PAGE_HEADERS
from node.web.hosts import KnownHosts
from node.web.squeezing import Squeezed
from node.web.timing import Timed

RouteClass = Literal["html", "activity", "media", "asset"]

HTML_CACHE = "public, max-age=30"
ACTIVITY_CACHE = "public, max-age=180"
MEDIA_CACHE = "public, max-age=31536000, immutable"
ASSET_CACHE = "public, max-age=3600"
NAMED_ASSET_CACHE = (
    "public, max-age=31536000, immutable"  # its address changes with its content (`rendering.static`)
)
KEPT_NOWHERE = "no-store"
METRICS = "/metrics"  # asks for a secret, whatever name it is reached by
PRIVATE = "private, no-store"

_COMMON = {"X-Content-Type-Options": "nosniff", "X-Frame-Options": "DENY"}
BY_CLASS: Mapping[RouteClass, Mapping[str, str]] = {
    "html": PAGE_HEADERS,
    "activity": _COMMON
    | {
        "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
        "Referrer-Policy": "no-referrer",
        "Cross-Origin-Resource-Policy": "cross-origin",
        "Vary": "Accept, Signature",
        "X-Robots-Tag": "noindex",
    },
    "media": _COMMON
    | {
        "Content-Security-Policy": (
            "default-src 'none'; form-action 'none'; frame-ancestors 'none'; sandbox"
        ),
        "Referrer-Policy": "no-referrer",
        "Cross-Origin-Resource-Policy": "cross-origin",
    },
    "asset": _COMMON
    | {
        "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
        "Referrer-Policy": "no-referrer",
        "Cross-Origin-Resource-Policy": "same-origin",
    },
}
CACHE: Mapping[RouteClass, str] = {
    "html": HTML_CACHE,
    "activity": ACTIVITY_CACHE,
    "media": MEDIA_CACHE,
    "asset": ASSET_CACHE,
}
_WRITTEN = {
    kind: [(name.lower().encode(), value.encode()) for name, value in ours.items()]
    for kind, ours in BY_CLASS.items()
}
_UNSAID = frozenset({b"server", b"x-powered-by"})


def middleware(node: Node, *within: Middleware) -> list[Middleware]:
    """Return what stands around every route, outermost first. within: more, innermost."""
    return [
        Middleware(Timed, metrics=node.metrics, kind_of=class_of),
        Middleware(ResponseHeaders, secure=node.settings.secure),
        Middleware(KnownHosts, hosts={node.settings.host}, anywhere={METRICS}),
        *within,
        Middleware(Squeezed, ids=node.ids),
    ]


class ResponseHeaders:
    """Middleware around everything else. secure: browsers reach the node over TLS."""

    def __init__(self, app: ASGIApp, *, secure: bool) -> None:
        self.app = app
        self.secure = secure

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Add the headers; to HEAD, answer without a body."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                complete(scope, headers, message["status"], secure=self.secure)
            elif message["type"] == "http.response.body" and scope["method"] == "HEAD":
                message = {**message, "body": b""}
            await send(message)

        await self.app(scope, receive, send_with_headers)


def complete(scope: Scope, headers: MutableHeaders, status: int, *, secure: bool) -> None:
    """Add to an answer's headers what its class asks for."""
    kind = class_of(scope["path"], headers.get("content-type", ""))
    given = {name for name, _ in headers.raw}
    if b"vary" in given and "Vary" in BY_CLASS[kind]:
        vary_on(headers, *BY_CLASS[kind]["Vary"].split(", "))
    headers.raw.extend(one for one in _WRITTEN[kind] if one[0] not in given)
    if secure:
        headers.setdefault("Strict-Transport-Security", LONG_TLS)
    _cache(scope, headers, kind, status)
    for name in given & _UNSAID:
        del headers[name.decode()]
    if kind in {"media", "asset"} and "private" in headers["Cache-Control"]:
        headers["Cross-Origin-Resource-Policy"] = "same-site"


def class_of(path: str, content_type: str) -> RouteClass:
    """Tell the class of an answer by its address and type."""
    if path.startswith("/media/"):
        return "media"
    if path.startswith("/static/") or path in {"/favicon.ico", "/robots.txt", "/sw.js"}:
        return "asset"
    return "html" if content_type.startswith("text/html") or not content_type else "activity"


def vary_on(headers: MutableHeaders, *names: str) -> None:
    """Add to `Vary` those names that it lacks."""
    there = [one.strip() for one in headers.get("Vary", "").split(",") if one.strip()]
    known = {one.lower() for one in there}
    headers["Vary"] = ", ".join(there + [one for one in names if one.lower() not in known])


def _cache(scope: Scope, headers: MutableHeaders, kind: RouteClass, status: int) -> None:
    """Say who may keep the answer. Pages for a browser with a cookie are never kept (A74)."""
    given = headers.get("Cache-Control")
    changing = scope["method"] not in {"GET", "HEAD"}
    failed = status >= HTTPStatus.BAD_REQUEST and status != HTTPStatus.GONE
    if kind == "html":
        personal = "cookie" in Headers(scope=scope) or "set-cookie" in headers
        if personal or changing or status >= HTTPStatus.MULTIPLE_CHOICES:
            headers["Cache-Control"] = KEPT_NOWHERE
        else:
            headers.setdefault("Cache-Control", CACHE[kind])
        return
    del headers["Set-Cookie"]
    if given is None:
        headers["Cache-Control"] = KEPT_NOWHERE if failed or changing else CACHE[kind]
