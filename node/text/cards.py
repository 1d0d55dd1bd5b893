"""What a page elsewhere says of itself in its head: Open Graph (ogp.me), its title, its description."""

from __future__ import annotations

import re
from dataclasses import dataclass
from html import unescape

from node.text.clean import plain_name, shortened
from node.text.tags import Tag, take_apart

TITLE = 200  # characters
WORDS = 300  # characters
SITE = 80  # characters
_HEAD = re.compile(r"</?head\b[^<>]*+>", re.IGNORECASE)
_TITLE = re.compile(r"<title\b[^<>]*+>([^<]{0,2000})", re.IGNORECASE)
_WANTED = frozenset(
    {
        "og:title",
        "og:description",
        "og:site_name",
        "og:image",
        "twitter:title",
        "twitter:description",
        "description",
    }
)


@dataclass(frozen=True, slots=True)
class PageSays:
    """A page in a few words, plain text. image: an address as the page wrote it, perhaps relative."""

    title: str = ""
    words: str = ""
    site: str = ""
    image: str = ""


def read_page(source: str) -> PageSays:
    """Return what a page says of itself; empty where it says nothing."""
    found: dict[str, str] = {}
    for piece in take_apart(_HEAD.sub("", source)):
        if not isinstance(piece, Tag) or piece.name != "meta" or piece.is_end:
            continue
        given = piece.attributes()
        name = (given.get("property") or given.get("name") or "").lower()
        if name in _WANTED and given.get("content", "").strip():
            found.setdefault(name, given["content"])
    titled = _TITLE.search(source)
    title = found.get("og:title") or found.get("twitter:title") or (unescape(titled[1]) if titled else "")
    words = found.get("og:description") or found.get("twitter:description") or found.get("description", "")
    return PageSays(
        title=_line(title, TITLE),
        words=_line(words, WORDS),
        site=_line(found.get("og:site_name", ""), SITE),
        image=found.get("og:image", "").strip(),
    )


def _line(text: str, longest: int) -> str:
    return shortened(" ".join(plain_name(text).split()), longest)
