"""Links of a page elsewhere that say what they are (`rel`)."""

from __future__ import annotations

import re

from node.text.tags import Tag, take_apart

LINKS_READ = 2000  # of one page
_HEAD = re.compile(r"</?head\b[^<>]*+>", re.IGNORECASE)


def links_of(source: str, rel: str) -> list[str]:
    """Return where the links of a page lead that carry *rel*, head and body alike, in order."""
    found: list[str] = []
    for piece in take_apart(_HEAD.sub("", source)):  # the head is read like the rest: it holds links too
        if isinstance(piece, Tag) and piece.name in {"a", "link"} and not piece.is_end:
            given = piece.attributes()
            if rel in given.get("rel", "").lower().split() and given.get("href"):
                found.append(given["href"])
        if len(found) >= LINKS_READ:
            break
    return found
