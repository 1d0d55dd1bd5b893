"""GET of pictures and files: uploads of members, and pictures of other servers by way of this one.

What is part of a post is seen by whoever sees the post at that moment (THREATS V75). Nothing here is ever a page or a
document: types are ours, and what is no picture, sound or film is handed out as a file to keep (V16, A87).
"""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from http import HTTPStatus
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from node.errors import Malformed, NotFound
from node.inbox.limits import Buckets
from node.inbox.picturing import is_in_a_circle, picture_of
from node.pictures.kinds import ENDINGS
from node.runtime import Node
from node.store.objects import object_name
from node.store.queries.media import far_source, find_medium, group_of_medium, seen_by
from node.store.queries.uploads import SIZES, files_of
from node.store.tables.media import Medium
from node.web.activitypub.asking import admit
from node.web.guards import subnet
from node.web.session import PICTURE, viewer_of

PIECE = 256 * 1024  # bytes read at a time
FOR_ALL = "public, max-age=86400"  # a day: what is deleted is gone from everywhere after that
FOR_SOME = "private, no-cache"
NOTHING = "There is nothing at this address, or it is not for you to see."
WEBP = "image/webp"
FAR_PER_MINUTE = 600  # pictures of other servers that one address asks for
_RANGE = re.compile(r"^bytes=(\d{0,15})-(\d{0,15})$")


async def own(request: Request) -> Response:
    """GET /media/{token}/{file}: an upload, whole or in a size, to whoever sees what it is part of."""
    node: Node = request.app.state.node
    file = str(request.path_params["file"])
    viewer = await viewer_of(request)
    async with node.reading() as session:
        medium = await find_medium(session, str(request.path_params["token"]))
        if medium is None or file not in files_of(medium):
            raise NotFound(NOTHING)
        seen = await seen_by(session, medium, viewer.actor)
        group = await group_of_medium(session, medium) if seen == "none" else None
    if group is not None:
        await admit(request, group)  # another server of its members, by its signature
    elif seen == "none":
        raise NotFound(NOTHING)
    mime = medium.mime if file.startswith("full.") else WEBP
    response = await _bytes(request, node, files_of(medium)[file], mime)
    response.headers["Cache-Control"] = FOR_ALL if seen == "all" else FOR_SOME
    response.headers["Content-Disposition"] = _disposition(medium)
    return response


async def far(request: Request) -> Response:
    """GET /media/far/{name}/{size}/{seal}: a picture of another server, if its address is one that we gave (A90)."""
    node: Node = request.app.state.node
    name, size = str(request.path_params["name"]), str(request.path_params["size"])
    if not node.keyring.token_matches(str(request.path_params["seal"]), f"{name}/{size}", purpose=PICTURE):
        raise NotFound(NOTHING)
    if is_in_a_circle(node, request.headers.get("via", "")):
        raise Malformed("This picture came to its own address again.")
    viewer = await viewer_of(request)
    async with node.reading() as session:
        source = await far_source(session, name, viewer.actor)
    if source is None or size not in SIZES[source.use]:
        raise NotFound(NOTHING)
    address = subnet(request.client.host if request.client else None)
    node.memory(Buckets).take(f"PICTURE {address}", FAR_PER_MINUTE, node.clock.now())
    kept = await picture_of(node, source)
    response = await _bytes(request, node, object_name("far", kept.token, size, ENDINGS[WEBP]), WEBP)
    response.headers["Cache-Control"] = FOR_ALL if source.is_open else FOR_SOME
    response.headers["Content-Disposition"] = "inline"
    return response


async def _bytes(request: Request, node: Node, name: str, mime: str) -> Response:
    """Answer with a file of the store, or the range of it that is asked for (RFC 9110, 14)."""
    size = await node.objects.size(name)
    headers = {"Content-Type": mime, "Accept-Ranges": "bytes", "ETag": f'"{name.replace("/", "-")}"'}
    if headers["ETag"] in request.headers.get("if-none-match", ""):  # what a name means never changes
        return Response(status_code=HTTPStatus.NOT_MODIFIED, headers=headers)
    start, end = _range(request, size, headers["ETag"])
    if start >= end and size:
        headers["Content-Range"] = f"bytes */{size}"
        return Response(status_code=HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE, headers=headers)
    headers["Content-Length"] = str(end - start)
    partial = (start, end) != (0, size)
    if partial:
        headers["Content-Range"] = f"bytes {start}-{end - 1}/{size}"
    status = HTTPStatus.PARTIAL_CONTENT if partial else HTTPStatus.OK
    if request.method == "HEAD":
        return Response(status_code=status, headers=headers)
    return StreamingResponse(_pieces(node, name, start, end), status, headers)


async def _pieces(node: Node, name: str, start: int, end: int) -> AsyncIterator[bytes]:
    while start < end:
        piece = await node.objects.read(name, start, min(end, start + PIECE))
        if not piece:
            return
        start += len(piece)
        yield piece


def _range(request: Request, size: int, etag: str) -> tuple[int, int]:
    """Return where the answer begins and ends; all of it for what is no single range."""
    asked = _RANGE.match(request.headers.get("range", ""))
    if asked is None or asked[0] == "bytes=-" or request.headers.get("if-range", etag) != etag:
        return 0, size
    if not asked[1]:
        return max(0, size - int(asked[2])), size if int(asked[2]) else 0
    return int(asked[1]), min(size, int(asked[2]) + 1) if asked[2] else size


def _disposition(medium: Medium) -> str:
    if medium.kind == "image":
        return "inline"
    how = "inline" if medium.kind in {"audio", "video"} else "attachment"
    ending = ENDINGS[medium.mime]
    name = medium.name if medium.name.lower().endswith(f".{ending}") else f"{medium.name or 'file'}.{ending}"
    return f"{how}; filename*=UTF-8''{quote(name, safe='')}"
