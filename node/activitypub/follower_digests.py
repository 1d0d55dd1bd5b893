"""Comparing followers without telling them: the header and the digest of FEP-8fcf (FEDERATION B.8).

`Collection-Synchronization: collectionId="...", url="...", digest="..."`: the digest is the XOR of the SHA-256 of
each follower's id that lives on the server which is told.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass

HEADER = "Collection-Synchronization"
LONGEST = 6 * 1024  # characters of the header that are read
_PAIR = re.compile(r'\s*([A-Za-z]{1,40})="([^"\\]{0,2048})"\s*(?:,|$)')
_DIGEST = re.compile(r"^[0-9a-f]{64}$")


@dataclass(frozen=True, slots=True)
class Synchronization:
    """What a server says it knows. collection: the followers collection. url: the part of it that is ours to see."""

    collection: str
    url: str
    digest: str


def digest_of(followers: Iterable[str]) -> str:
    """Return the digest of followers' ids in hex; of nobody 64 zeros."""
    whole = 0
    for iri in set(followers):
        whole ^= int.from_bytes(hashlib.sha256(iri.encode()).digest())
    return f"{whole:064x}"


def write_synchronization(collection: str, url: str, digest: str) -> str:
    """Return the value of the header."""
    return f'collectionId="{collection}", url="{url}", digest="{digest}"'


def read_synchronization(value: str) -> Synchronization | None:
    """Read the header; None for one that says nothing we can use. Nothing is raised: it is only a hint."""
    given: dict[str, str] = {}
    position = 0
    while position < len(value) <= LONGEST:
        pair = _PAIR.match(value, position)
        if pair is None or pair[1] in given:
            return None
        given[pair[1]] = pair[2]
        position = pair.end()
    digest = given.get("digest", "").lower()
    if not given.get("collectionId") or not given.get("url") or not _DIGEST.match(digest):
        return None
    return Synchronization(given["collectionId"], given["url"], digest)
