"""Response bodies, read to a limit that counts decoded bytes."""

from __future__ import annotations

import zlib

import httpx

from node.errors import Malformed, TooLarge, Unavailable, UnsupportedMedia

HIGHEST_RATIO = 100  # decoded to encoded bytes; honest JSON stays under 30
RATIO_MATTERS_FROM = 64 * 1024  # decoded bytes; below that a bomb does no harm
_GZIP = 16 + zlib.MAX_WBITS


async def read_body(response: httpx.Response, limit: int) -> bytes:
    """Return the decoded body of *response*, at most *limit* bytes.

    Stops reading as soon as it is too much. Raises TooLarge over the limit or for a decompression bomb,
    UnsupportedMedia for an encoding we did not ask for, Malformed for broken gzip, Unavailable for gzip
    that ends early.
    """
    encoding = response.headers.get("content-encoding", "identity").strip().lower()
    if encoding in {"identity", ""}:
        return await _read_plain(response, limit)
    if encoding in {"gzip", "x-gzip"}:
        return await _read_gzip(response, limit)
    raise UnsupportedMedia("The answer is compressed in a way we did not ask for.", detail=encoding[:100])


async def read_start(response: httpx.Response, limit: int) -> bytes:
    """Return the first *limit* bytes of the body as sent; the rest stays unread."""
    start = bytearray()
    async for chunk in response.stream:  # type: ignore[union-attr] # ours are asynchronous
        start += chunk
        if len(start) >= limit:
            break
    return bytes(start[:limit])


async def _read_plain(response: httpx.Response, limit: int) -> bytes:
    announced = response.headers.get("content-length", "")
    if announced.isdecimal() and len(announced) < 20 and int(announced) > limit:  # noqa: PLR2004 -- 64 bits
        raise _too_large(response, limit)
    body = bytearray()
    async for chunk in response.aiter_raw():
        body += chunk
        if len(body) > limit:
            raise _too_large(response, limit)
    return bytes(body)


async def _read_gzip(response: httpx.Response, limit: int) -> bytes:
    inflate = zlib.decompressobj(_GZIP)
    body, received = bytearray(), 0
    async for chunk in response.aiter_raw():
        received += len(chunk)
        try:
            body += inflate.decompress(chunk, limit + 1 - len(body))
        except zlib.error as error:
            raise Malformed("The answer is not the gzip it says it is.", detail=str(error)) from error
        if len(body) > limit or len(body) > max(RATIO_MATTERS_FROM, HIGHEST_RATIO * received):
            raise _too_large(response, limit)
        if inflate.unused_data:
            raise Malformed("The answer goes on after its gzip has ended.")
    if not inflate.eof:
        raise Unavailable("The answer ended before it was complete.", detail=str(response.request.url))
    return bytes(body)


def _too_large(response: httpx.Response, limit: int) -> TooLarge:
    return TooLarge(f"The answer is larger than the {limit} bytes we read.", detail=str(response.request.url))
