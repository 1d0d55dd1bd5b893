"""What browsers load beside a page: one stylesheet, one script, icons. Each is put together once a process, and packed once.

The script is written in parts, `static/parts/`, one a matter; browsers get them as one file. Each part is a function of its own, so
that no two share a name.
"""

from __future__ import annotations

import gzip
import hashlib
from dataclasses import dataclass
from functools import cache
from http import HTTPStatus
from mimetypes import guess_type

from starlette.requests import Request
from starlette.responses import Response

from node.errors import NotFound
from node.web.conditional import answer
from node.web.languages import folder_of

FOREVER = "public, max-age=31536000, immutable"  # the address changes with the content
SCRIPT = "archipel.js"


@dataclass(frozen=True, slots=True)
class Asset:
    """A file for browsers. packed: the same by gzip. version: of the content."""

    content: bytes
    packed: bytes
    version: str
    media_type: str


@cache
def assets() -> dict[str, Asset]:
    """Return all of them by name."""
    folder = folder_of("static")
    names = sorted(one.name for one in folder.iterdir() if one.is_file())
    contents = {name: (folder / name).read_bytes() for name in names}
    parts = sorted(folder.glob("parts/*.js"))
    contents[SCRIPT] += b"".join(b"\n(() => {\n%s})();\n" % part.read_bytes() for part in parts)
    return {name: _asset(name, content) for name, content in contents.items()}


def _asset(name: str, content: bytes) -> Asset:
    media_type = guess_type(name)[0] or "application/octet-stream"
    packed = gzip.compress(content, mtime=0)
    return Asset(content, packed, hashlib.sha256(content).hexdigest()[:12], media_type)


def address_of(name: str) -> str:
    """Return the address of an asset; it changes with the content, so that caches may keep it."""
    return f"/static/{name}?v={assets()[name].version}"


async def serve(request: Request) -> Response:
    """GET /static/{name}: for a year at the address that pages name, for an hour at any other."""
    asset = assets().get(str(request.path_params["name"]))
    if asset is None:
        raise NotFound("There is no such file.")
    packed = "gzip" in request.headers.get("accept-encoding", "")
    response = answer(request, asset.packed if packed else asset.content, asset.media_type)
    response.headers["Vary"] = "Accept-Encoding"
    if packed and response.status_code == HTTPStatus.OK:
        response.headers["Content-Encoding"] = "gzip"
    if request.query_params.get("v") == asset.version:
        response.headers["Cache-Control"] = FOREVER
    return response
