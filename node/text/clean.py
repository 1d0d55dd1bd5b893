"""HTML from elsewhere, and our own from Markdown, cut down to what a post may hold (THREATS.md A64 to A69).

Two steps: `rebuild` writes the source anew, balanced, from known elements; then nh3, an HTML5 parser with an
allow-list, has the last word. Nothing is re-parsed or joined after that.
"""

from __future__ import annotations

import re
import unicodedata

import nh3

from node.errors import TooLarge
from node.text.rebuild import BLOCKS, INLINE, rebuild
from node.text.tags import Text, take_apart, tidy

LONGEST = 1_000_000  # characters; a backstop, for callers hold content to 100,000
LINK_REL = "nofollow ugc noopener noreferrer"
_EVERYWHERE = {"lang", "dir"}
_TAGS = set(BLOCKS | INLINE | {"br", "hr"})
_CLEANER = nh3.Cleaner(
    tags=_TAGS,
    attributes=dict.fromkeys(_TAGS, _EVERYWHERE)
    | {"a": _EVERYWHERE | {"href"}, "ol": _EVERYWHERE | {"start"}},
    url_schemes={"http", "https", "mailto"},
    link_rel=LINK_REL,
)
_LINE_TAGS = _TAGS - INLINE | {"div", "h1", "h2", "tr", "dt", "dd", "section", "article", "figure"}
_CELL_TAGS = {"td", "th"}
_WHITE = re.compile(r"\s+")


def clean_html(source: str) -> str:
    """Return *source* with only what a post may hold; the same again when cleaned again.

    Kept: p br a em strong del code pre blockquote ul ol li h3-h6 hr span, `lang` and `dir`, the start of a
    list, links by http, https and mailto. Images become links. A link whose words name another host shows
    its true host. Raises TooLarge beyond LONGEST characters.
    """
    if len(source) > LONGEST:
        raise TooLarge(f"A text may have at most {LONGEST} characters of HTML.")
    return _CLEANER.clean(rebuild(source))


def text_lines(source: str) -> list[str]:
    """Return the lines that a reader sees in HTML, without markup, blanks collapsed, empty lines left out."""
    lines = [""]
    for piece in take_apart(source):
        if isinstance(piece, Text):
            lines[-1] += piece.text
        elif piece.name in _LINE_TAGS:
            lines.append("")
        elif piece.name in _CELL_TAGS:
            lines[-1] += " "
    return [line for raw in lines if (line := _collapse(raw))]


def plain_text(source: str) -> str:
    """Return the words of HTML on one line: markup gone, entities decoded once, blanks collapsed."""
    return " ".join(text_lines(source))


def plain_name(text: str) -> str:
    """Return a name from elsewhere on one line, without invisible, control and direction characters (V35).

    *text* is text, not HTML: a name with markup keeps it, and templates escape it.
    """
    return _collapse(
        "".join(c for c in _WHITE.sub(" ", tidy(text)) if unicodedata.category(c) not in {"Cc", "Cf"})
    )


def excerpt(source: str, limit: int = 300) -> str:
    """Return the beginning of HTML as plain text, at most *limit* characters, cut between words with `…`."""
    return shortened(plain_text(source), limit)


def shortened(text: str, limit: int) -> str:
    """Return *text*, cut between words so that with `…` it has at most *limit* characters."""
    if len(text) <= limit:
        return text
    head = text[:limit]
    border = head.rfind(" ")
    return head[: border if border > limit // 2 else limit - 1].rstrip(" ,;:-") + "…"


def _collapse(text: str) -> str:
    return _WHITE.sub(" ", text).strip()
