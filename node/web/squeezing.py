"""Answers squeezed on their way out: pages, feeds and calendars take a quarter of the room or less.

Squeezing tells how often something repeats, and so what is secret in a page to who can have words of their own put beside
it and see how long the answer is (BREACH). Three things stand against that: cookies come along with no request of another
site's pages (`SameSite=Lax`), form tokens are masked anew for every page (`guards.form_token`), and every squeezed page is
lengthened by up to PADDING bytes, drawn anew, in a field of the gzip header that nobody reads (as Django does it).
"""

from __future__ import annotations

import struct
import zlib

from starlette.datastructures import Headers, MutableHeaders
from starlette.middleware.gzip import GZipResponder
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from node.ids import Ids

# Documents for other nodes are kept in memory as they leave; style, script and icons are packed once a process (`assets`).
SQUEEZED = frozenset({"text/html", "text/calendar", "application/atom+xml"})
LEAST = 500  # bytes; shorter answers would hardly get smaller
LEVEL = 6  # of 9: the last per cent would cost half as much time again
PADDING = 100  # bytes
_WITH_NAME = (
    b"\x1f\x8b\x08\x08\x00\x00\x00\x00\x00\xff"  # RFC 1952: deflate, a file name follows, no time, any system
)


class Squeezed:
    """Middleware within `ResponseHeaders`, so that an answer to HEAD tells the length that GET would have."""

    def __init__(self, app: ASGIApp, *, ids: Ids) -> None:
        self.app = app
        self.ids = ids

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Hand the request on; squeeze the answer for who says that they can unfold it."""
        if scope["type"] == "http" and _takes_gzip(Headers(scope=scope).get("accept-encoding", "")):
            await _Squeezing(self.app, int(self.ids.jitter() * PADDING))(scope, receive, send)
        else:
            await self.app(scope, receive, send)


def _takes_gzip(accepted: str) -> bool:
    """Tell whether a client takes gzip: named, and not with a weight of nought."""
    for one in accepted.split(","):
        coding, _, weight = one.partition(";")
        if coding.strip().lower() in {"gzip", "x-gzip"}:
            return weight.replace(" ", "").lower() not in {"q=0", "q=0.0", "q=0.00", "q=0.000"}
    return False


class _Squeezing(GZipResponder):
    """One answer. padding: bytes to lengthen it by."""

    def __init__(self, app: ASGIApp, padding: int) -> None:
        super().__init__(app, LEAST, LEVEL)
        self.padding = padding

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def weakened(message: Message) -> None:
            """Send on; what is squeezed is the same as what is not, but not byte for byte (RFC 9110, 8.8.1)."""
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                tag = headers.get("etag", "")
                squeezed = "content-encoding" in headers and not self.content_encoding_set
                if squeezed and tag.startswith('"'):
                    headers["etag"] = f"W/{tag}"
            await send(message)

        await super().__call__(scope, receive, weakened)

    async def send_with_compression(self, message: Message) -> None:
        """Leave alone whatever is not among SQUEEZED."""
        if message["type"] == "http.response.start":
            kind = Headers(raw=message["headers"]).get("content-type", "").partition(";")[0].strip().lower()
            if kind not in SQUEEZED:
                self.exclude_content_types = (kind,)
        await super().send_with_compression(message)

    async def apply_compression(self, body: bytes, *, more_body: bool) -> bytes:
        """Squeeze; an answer that comes in one piece, as every page does, is lengthened too."""
        if more_body or self._compressor is not None:
            return await super().apply_compression(body, more_body=more_body)
        return squeeze(body, self.padding)


def squeeze(body: bytes, padding: int) -> bytes:
    """Return a body as gzip, longer by *padding* bytes than it need be."""
    deflate = zlib.compressobj(LEVEL, zlib.DEFLATED, -zlib.MAX_WBITS)
    packed = deflate.compress(body) + deflate.flush()
    return _WITH_NAME + b"a" * padding + b"\x00" + packed + struct.pack("<II", zlib.crc32(body), len(body))
