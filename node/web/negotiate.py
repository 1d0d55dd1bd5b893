"""One address, two faces: a page for people, a document for other nodes (FEDERATION A.7)."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from http import HTTPStatus
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import Response

from node.activitypub.vocabulary import ACTIVITY_JSON
from node.web.headers import vary_on

Endpoint = Callable[[Request], Awaitable[Response]]

ACTIVITY_TYPES = frozenset({"application/activity+json", "application/ld+json"})
JSON_TYPES = ACTIVITY_TYPES | {"application/json", "application/problem+json", "application/jrd+json"}
HTML_RANGES = {"*/*": 0, "text/*": 1, "text/html": 2}  # a more specific range has the last word
ACCEPT_LENGTH = 1000  # characters read; browsers send about 130

_RANGE = re.compile(r'\s*([\w*.+-]+/[\w*.+-]+)((?:\s*;\s*[\w-]+=(?:"[^"]*"|[^",;\s]*))*)\s*(?:,|$)')
_QUALITY = re.compile(r";\s*[qQ]=(0(?:\.\d{0,3})?|1(?:\.0{0,3})?)(?=\s*(?:;|$))")
_QUOTED = re.compile(r'"[^"]*"')
_ANY_QUALITY = re.compile(r";\s*[qQ]=")


def wants_activity(accept: str) -> bool:
    """Tell whether an `Accept` header asks for ActivityPub: it names one of its types, and no page before it.

    `application/ld+json` counts with any profile or none, as peers send it. `*/*` alone asks for a page.
    """
    return _prefers(accept, ACTIVITY_TYPES)


def wants_json(accept: str) -> bool:
    """Tell whether an `Accept` header asks for JSON of any kind rather than a page."""
    return _prefers(accept, JSON_TYPES)


def negotiated(*, page: Endpoint | None, activity: Endpoint) -> Endpoint:
    """Return an endpoint for GET and HEAD that answers with whichever of the two is asked for.

    page may set `Link` itself when its ActivityPub id is not its own address. None: there is no page yet.
    """

    async def choose(request: Request) -> Response:
        if page is None or wants_activity(accept_of(request)):
            return await activity(request)
        response = await page(request)
        vary_on(response.headers, "Accept", "Cookie")
        if response.status_code == HTTPStatus.OK:
            address = own_address(request)
            response.headers.setdefault("Link", f'<{address}>; rel="alternate"; type="{ACTIVITY_JSON}"')
        return response

    choose.faces = (page, activity)  # type: ignore[attr-defined]
    return choose


def accept_of(request: Request) -> str:
    """Return what the request accepts, all its `Accept` headers joined."""
    return ",".join(request.headers.getlist("accept"))


def own_address(request: Request) -> str:
    """Return the address of the request under the node's own name: from the settings, never the Host header."""
    home: str = request.app.state.node.settings.home
    return home + quote(request.scope["path"], safe="/@:!$&'()*+,;=~-._")


def _prefers(accept: str, wanted: frozenset[str]) -> bool:
    best, page, precision = 0.0, 0.0, -1
    for media_range, quality in _ranges(accept[:ACCEPT_LENGTH]):
        if media_range in wanted:
            best = max(best, quality)
        elif media_range in HTML_RANGES and HTML_RANGES[media_range] >= precision:
            page, precision = quality, HTML_RANGES[media_range]
    return best > 0 and best >= page


def _ranges(accept: str) -> list[tuple[str, float]]:
    """Read media ranges with their q-values; what cannot be read is passed over."""
    found, position = [], 0
    while position < len(accept):
        match = _RANGE.match(accept, position)
        if match is None:
            comma = accept.find(",", position)
            position = len(accept) if comma < 0 else comma + 1
            continue
        position = match.end()
        parameters = _QUOTED.sub('""', match[2])
        given = _QUALITY.search(parameters)
        if given is None and _ANY_QUALITY.search(parameters):
            continue
        found.append((match[1].lower(), float(given[1]) if given else 1.0))
    return found
