"""Where an id comes from, and whether two are the same.

An id is compared as the exact string it is; nothing is ever repaired. A host that needs repair is refused
(THREATS.md V18, V34, A42).
"""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import urlsplit

import idna

from node.activitypub.vocabulary import MAX_IRI
from node.errors import Malformed

_FORBIDDEN = re.compile(r"[\x00-\x20\x7f-\xa0\\]")
_HOST = re.compile(
    r"^(?=.{1,253}$)[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)*$"
)
_NUMERIC = re.compile(r"^(\d+|0x[0-9a-f]*)$")  # the last label of 127.0.0.1, 127.1, 2130706433, 0x7f.1
_START = re.compile(r"(https?)://([^/?#]*)")
_DEFAULT_PORTS = {"https": 443, "http": 80}


@dataclass(frozen=True, slots=True)
class Iri:
    """An id in parts. host: lower-case A-labels. port: the one to connect to. path to fragment: as written."""

    text: str
    scheme: str
    host: str
    port: int
    path: str
    query: str
    fragment: str

    @property
    def authority(self) -> str:
        """Return the host, with the port unless it is the scheme's own."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == _DEFAULT_PORTS[self.scheme] else f"{host}:{self.port}"

    @property
    def origin(self) -> str:
        """Return scheme, host and port, normalised."""
        return f"{self.scheme}://{self.authority}"


def parse_iri(text: str, *, development: bool = False) -> Iri:
    """Take an id apart, or raise Malformed.

    https, a host name and the default port, at most 2048 bytes. *development* also allows http, other
    ports and addresses instead of names.
    """
    if not isinstance(text, str) or not text:
        raise Malformed("An id must be an https address.")
    if len(text) > MAX_IRI or len(text.encode(errors="replace")) > MAX_IRI:
        raise Malformed(f"An id may have at most {MAX_IRI} bytes.")
    iri = _split(text)
    if development:
        return iri
    if iri.scheme != "https":
        raise Malformed("An id must begin with https://.", detail=text)
    if iri.port != _DEFAULT_PORTS["https"]:
        raise Malformed("An id may not name a port.", detail=text)
    if ":" in iri.host or _NUMERIC.match(iri.host.rpartition(".")[2]):
        raise Malformed("An id needs a host name, not an address.", detail=text)
    return iri


def origin_of(iri: str) -> str:
    """Return scheme, host and port of *iri*, normalised; raises Malformed."""
    return parse_iri(iri, development=True).origin


def host_of(iri: str) -> str:
    """Return the authority of *iri*: its host, with the port if it is not the default; raises Malformed."""
    return parse_iri(iri, development=True).authority


def same_origin(a: str, b: str) -> bool:
    """Tell whether two ids share scheme, host and port. What cannot be read shares with nothing."""
    try:
        return origin_of(a) == origin_of(b)
    except Malformed:
        return False


def same_identity(a: str, b: str) -> bool:
    """Tell whether two ids name the same thing: the same string.

    One exception: the actor of a whole node is written with and without its slash (FEDERATION.md I.42).
    """
    if a == b:
        return bool(a)
    if a.removesuffix("/") != b.removesuffix("/"):
        return False
    try:
        iri = parse_iri(max(a, b, key=len), development=True)
    except Malformed:
        return False
    return iri.path == "/" and not iri.query and not iri.fragment and iri.text.endswith("/")


def is_local(iri: str, homes: Collection[str]) -> bool:
    """Tell whether *iri* is under one of *homes*, each a scheme and host such as `https://bees.example`."""
    return any(same_origin(iri, home) for home in homes)


def host_name(text: str) -> str:
    """Return a host as lower-case A-labels, or raise Malformed; IDNA 2008, nothing mapped away."""
    host = text.lower()
    if not host.isascii():
        try:
            host = idna.encode(host).decode()
        except (idna.IDNAError, UnicodeError) as error:
            raise Malformed("This is not a valid host name.", detail=ascii(text)) from error
    if not _HOST.match(host):
        raise Malformed("This is not a valid host name.", detail=ascii(text))
    return host


@lru_cache(maxsize=8192)
def _split(text: str) -> Iri:
    if _FORBIDDEN.search(text):
        raise Malformed("An id may not hold blanks, control characters or backslashes.", detail=ascii(text))
    start = _START.match(text)
    if start is None:
        raise Malformed("An id must begin with https://.", detail=ascii(text))
    host, port = _place(start[1], start[2])
    rest, _, fragment = text[start.end() :].partition("#")
    path, _, query = rest.partition("?")
    return Iri(text, start[1], host, port, path, query, fragment)


@lru_cache(maxsize=4096)
def _place(scheme: str, authority: str) -> tuple[str, int]:
    """Return host and port. Ids are many, the places where they are at home are few."""
    try:
        parts = urlsplit(f"{scheme}://{authority}")
        port = parts.port
    except ValueError as error:
        raise Malformed("This is not an address.", detail=ascii(authority)) from error
    if "@" in authority or "%" in authority or authority.endswith(":") or not parts.hostname:
        raise Malformed("An id needs a plain host: no user, no percent sign.", detail=ascii(authority))
    host = parts.hostname if authority.startswith("[") else host_name(parts.hostname)
    return host, _DEFAULT_PORTS[scheme] if port is None else port
