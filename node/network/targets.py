"""Which URLs we ask at all, judged before a name is even looked up."""

from __future__ import annotations

from functools import lru_cache

import httpx

from node.activitypub.origin import parse_iri
from node.errors import Malformed

REMEMBERED = 4096  # inboxes, which are asked again and again; reading one costs as much as sending to it


@lru_cache(maxsize=REMEMBERED)
def read_target(url: str, *, development: bool = False) -> httpx.URL:
    """Return *url* as it is sent: its host in ASCII, its path as written, its fragment left out.

    Raises Malformed unless it is https on the default port, with a host name that all readers agree upon.
    development: http, other ports and addresses instead of names will do too.
    """
    iri = parse_iri(url, development=development)
    try:
        target = httpx.URL(iri.origin + (iri.path or "/") + (f"?{iri.query}" if iri.query else ""))
        host = target.host  # decoded here: Punycode of nothing fails only when it is read
    except (httpx.InvalidURL, UnicodeError) as error:
        raise Malformed("This is not a web address that can be fetched.", detail=ascii(url)) from error
    if not host:
        raise Malformed("This is not a web address that can be fetched.", detail=ascii(url))
    return target
