"""Hashtags in members' words: found, and written as the links that Mastodon knows (FEDERATION D.2)."""

from __future__ import annotations

import html
import re
import unicodedata
from urllib.parse import quote

from node.text.markdown import spoken_words
from node.text.tags import Tag, take_apart

MOST = 30  # of one post; Mastodon takes "some dozens"
LONGEST = 100  # characters; what the table holds
# A letter must be in it: #1 is a number. A sign before it makes it part of an address.
HASHTAG = re.compile(r"(?<![\w/&#@.=?-])#(?=\w*[^\W\d_])(\w{1,100})(?!\w)")
_LITERAL = frozenset({"a", "code", "pre"})


def tag_name(text: str) -> str:
    """Return the name under which a hashtag is kept: without #, lower case, one form of each letter; may be empty."""
    name = unicodedata.normalize("NFKC", text.strip().lstrip("#")).lower()
    return name if 0 < len(name) <= LONGEST and re.fullmatch(r"\w+", name) else ""


def find_hashtags(source: str) -> list[str]:
    """Return the names of the hashtags in Markdown, each once; code and links are only talked about."""
    found: dict[str, None] = {}
    for words in spoken_words(source):
        found.update(dict.fromkeys(name for one in HASHTAG.findall(words) if (name := tag_name(one))))
    return list(found)[:MOST]


def link_hashtags(source: str, home: str) -> str:
    """Return cleaned HTML with its hashtags as links to their pages below *home*."""
    out: list[str] = []
    literal = 0
    for piece in take_apart(source):
        if isinstance(piece, Tag):
            if piece.name in _LITERAL:
                literal += -1 if piece.is_end else 1
            out.append(piece.raw)
        else:
            out.append(piece.raw if literal else HASHTAG.sub(lambda m: _link(m[1], home), piece.raw))
    return "".join(out)


def tag_page(home: str, name: str) -> str:
    """Return the address of a hashtag's page."""
    return f"{home}/tag/{quote(name)}"


def _link(words: str, home: str) -> str:
    address = html.escape(tag_page(home, tag_name(words)))
    return f'<a href="{address}" class="mention hashtag" rel="tag">#<span>{words}</span></a>'
