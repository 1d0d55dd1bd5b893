"""Markdown as members write it, to HTML that is fit for pages and for peers."""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Iterator, Mapping
from functools import cache

from markdown_it import MarkdownIt
from markdown_it.token import Token

from node.errors import TooLarge
from node.text.clean import clean_html
from node.text.tags import Tag, take_apart

LONGEST = 100_000  # characters
# The parser is linear, but at up to 60 microseconds a bracket: so much markup is made, not written.
_MOST = {"[": 2_000, "<": 2_000, "\n": 5_000, "*": 10_000, "_": 10_000, "`": 10_000, "~": 10_000, "&": 10_000}
_LITERAL = frozenset({"a", "code", "pre"})
_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
HANDLE = re.compile(
    rf"(?<![\w@!/.&])[@!][A-Za-z0-9_](?:[A-Za-z0-9_.-]{{0,62}}[A-Za-z0-9_])?"
    rf"@(?:(?:{_LABEL}\.){{1,8}}[A-Za-z][A-Za-z0-9-]{{1,62}}(?::\d{{1,5}})?|localhost(?::\d{{1,5}})?)(?![\w@])"
)


def to_html(source: str) -> str:
    """Return Markdown (CommonMark, and ~~struck~~) as cleaned HTML.

    Raises TooLarge beyond LONGEST characters or for unreasonably much markup.
    HTML in the source is shown as text. Bare addresses become links, when they say https:// or http://.
    """
    return clean_html(_parser().render(_capped(source)))


def find_handles(source: str) -> list[str]:
    """Return the handles in Markdown, such as @ada@a.example or !bees@b.example, each once, as written.

    Handles in code and in links are only talked about, so they are left out.
    """
    found: dict[str, None] = {}
    for words in spoken_words(source):
        found.update(dict.fromkeys(HANDLE.findall(words)))
    return list(found)


def spoken_words(source: str) -> Iterator[str]:
    """Yield the runs of words in Markdown that stand in no code and no link."""
    for block in _parser().parse(_capped(source)):
        yield from _spoken(block.children or ())


def link_handles(source: str, lookup: Mapping[str, str]) -> str:
    """Return cleaned HTML with its handles as links; those not in *lookup*, handle to address, stay text."""
    out: list[str] = []
    literal = 0
    for piece in take_apart(source):
        if isinstance(piece, Tag):
            if piece.name in _LITERAL:
                literal += -1 if piece.is_end else 1
            out.append(piece.raw)
        else:
            out.append(piece.raw if literal else HANDLE.sub(lambda m: _mention(m[0], lookup), piece.raw))
    return "".join(out)


def _mention(handle: str, lookup: Mapping[str, str]) -> str:
    address = lookup.get(handle, "")
    if not address.startswith(("https://", "http://")):
        return handle
    # Mastodon shows a person by name alone; a group's host tells it from its namesakes.
    mark, name = handle[0], handle[1:] if handle[0] == "!" else handle[1:].partition("@")[0]
    link = f'<a href="{html.escape(address)}" class="u-url mention">{mark}<span>{name}</span></a>'
    return f'<span class="h-card">{link}</span>'


def _spoken(tokens: Iterable[Token]) -> Iterable[str]:
    """Yield runs of text, put together again over what the parser split, without code and links."""
    run, links = "", 0
    for token in tokens:
        links += {"link_open": 1, "link_close": -1}.get(token.type, 0)
        if token.type == "text" and not links:
            run += token.content
        elif run:
            yield run
            run = ""
    if run:
        yield run


@cache
def _parser() -> MarkdownIt:
    parser = MarkdownIt("commonmark", {"html": False, "linkify": True}).enable(["strikethrough", "linkify"])
    assert parser.linkify is not None, "linkify-it-py is a dependency"
    parser.linkify.set({"fuzzy_link": False, "fuzzy_email": False})  # a word with a dot is no address
    return parser


def _capped(source: str) -> str:
    if len(source) > LONGEST:
        raise TooLarge(f"A text may have at most {LONGEST} characters.")
    if any(source.count(mark) > most for mark, most in _MOST.items()):
        raise TooLarge("A text may not consist of markup alone: shorten it, or post it in parts.")
    return source
