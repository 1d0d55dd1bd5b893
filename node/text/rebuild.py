"""HTML written anew from the few elements that posts are made of, balanced and of limited depth.

Other elements give way to what stands for them here: headings of pages become headings of posts, images
become links, divisions become paragraphs. What comes out means the same to every parser.
"""

from __future__ import annotations

import html
import re
import unicodedata
from collections.abc import Mapping
from urllib.parse import urlsplit

from node.text.tags import Tag, Text, take_apart

DEEPEST = 24  # open elements; deeper markup flows on without its tags
BLOCKS = frozenset({"p", "pre", "blockquote", "ul", "ol", "li", "h3", "h4", "h5", "h6"})
INLINE = frozenset({"a", "em", "strong", "del", "code", "span"})
_LISTS = frozenset({"ul", "ol"})
_LEAVES = frozenset({"p", "pre", "h3", "h4", "h5", "h6"})  # hold no other block
_RENAMED = {"h1": "h3", "h2": "h3", "b": "strong", "i": "em", "s": "del", "strike": "del"}
# Everything else that starts a line in a browser.
_DIVISIONS = frozenset(
    {"div", "section", "article", "aside", "header", "footer", "main", "nav", "figure", "figcaption", "table"}
    | {"tr", "dl", "dt", "dd", "details", "summary", "form", "fieldset", "address", "center", "li", "caption"}
)
_CELLS = frozenset({"td", "th"})
_LINK = re.compile(r"^(?:https?://[^\s/]|mailto:[^\s@]+@[^\s@])", re.IGNORECASE)
_IMAGE = re.compile(r"^https?://[^\s/]", re.IGNORECASE)
_LANGUAGE = re.compile(r"^[A-Za-z]{1,8}(-[A-Za-z0-9]{1,8}){0,4}$")
_START = re.compile(r"^\d{1,6}$")
_HOSTLIKE = re.compile(
    r"^(?:[a-z][a-z0-9+.-]{0,20}:/{0,2})?([\w-]+(?:\.[\w-]+)*\.[a-z]{2,})(?=$|[/:?#),.;!])"
)


def rebuild(source: str) -> str:
    """Return *source* as balanced HTML of paragraphs, lists, quotes, headings, code, emphasis and links."""
    builder = _Builder()
    for piece in take_apart(source):
        if isinstance(piece, Text):
            builder.write(piece.text)
        elif piece.is_end:
            builder.end(_RENAMED.get(piece.name, piece.name))
        else:
            builder.start(_RENAMED.get(piece.name, piece.name), piece)
    builder.close_to(0)
    return "".join(builder.out)


def names_another_host(text: str, url: str) -> str | None:
    """Return the host of *url* when *text* is a link to it that names some other host, else None.

    Nothing to say when the true host stands at the end of the text already.
    """
    host = _host_of(url)
    words = unicodedata.normalize("NFKC", "".join(c for c in text if unicodedata.category(c) != "Cf"))
    if words.rstrip().endswith(f"[{host}]"):
        return None
    for word in words.lower().split():
        named = _HOSTLIKE.match(word.lstrip("(<\"'"))
        if named and named[1].removeprefix("www.") != host.removeprefix("www."):
            return host
    return None


class _Builder:
    """Writes tags so that they nest: inline elements inside one block, blocks inside quotes and lists."""

    def __init__(self) -> None:
        self.out: list[str] = []
        self._open: list[str] = []
        self._fresh = False  # a division began or ended: the next words start a paragraph
        self._link = ""  # where the open link leads
        self._link_text: list[str] = []

    def write(self, text: str) -> None:
        """Write words, escaped."""
        if self._open and self._open[-1] == "pre" and self.out[-1].startswith("<pre"):
            text = text.lstrip("\n")  # parsers drop the first newline after <pre>, each time anew
        if not text:
            return
        if text.strip():
            self._begin_paragraph()
        self._link_text.append(text)
        self.out.append(html.escape(text, quote=False))

    def start(self, name: str, tag: Tag) -> None:
        """Begin the element *name*, or whatever stands for it here."""
        if name == "img":
            self._image(tag.attributes())
        elif name == "br":
            self._space("<br>")
        elif name == "hr":
            self._leave_leaves()
            self.out.append("<hr>")
        elif name == "li" and not _LISTS.isdisjoint(self._open):
            self._leave_item()
            self._push(name, tag.attributes())
        elif name in _DIVISIONS:
            self._divide()
        elif name in _CELLS:
            self._space(" ")
        elif name in BLOCKS:
            self._leave_leaves()
            self._push(name, tag.attributes())
        elif name in INLINE:
            self._start_inline(name, tag.attributes())

    def end(self, name: str) -> None:
        """End the nearest open element *name*, and what is open inside it."""
        if name in self._reachable(name):
            depth = len(self._open) - 1 - self._open[::-1].index(name)
            self.close_to(depth)
        elif name in _DIVISIONS:
            self._divide()

    def close_to(self, depth: int) -> None:
        """End open elements until *depth* are left."""
        while len(self._open) > depth:
            name = self._open.pop()
            if name == "a":
                self._reveal()
            self.out.append(f"</{name}>")

    def _start_inline(self, name: str, attributes: Mapping[str, str]) -> None:
        if name == "a":
            if "a" in self._open:
                self.close_to(self._open.index("a"))
            href = attributes.get("href", "").strip()
            if not _LINK.match(href):
                return
            attributes = {**attributes, "href": href}
        if name == "span" and not _kept(name, attributes):
            return
        self._begin_paragraph()
        if self._push(name, attributes) and name == "a":
            self._link, self._link_text = attributes["href"], []

    def _push(self, name: str, attributes: Mapping[str, str]) -> bool:
        if len(self._open) >= DEEPEST:
            return False
        self._fresh = False
        self._open.append(name)
        self.out.append(f"<{name}{_kept(name, attributes)}>")
        return True

    def _image(self, attributes: Mapping[str, str]) -> None:
        words, source = attributes.get("alt", "").strip(), attributes.get("src", "").strip()
        if "a" in self._open or not _IMAGE.match(source):
            self.write(words)
            return
        self._start_inline("a", {"href": source})
        self.write(words or _host_of(source))
        self.end("a")

    def _space(self, markup: str) -> None:
        self._link_text.append(" ")
        self.out.append(markup)

    def _reveal(self) -> None:
        host = names_another_host("".join(self._link_text), self._link)
        if host is not None:
            self.out.append(html.escape(f" [{host}]", quote=False))

    def _begin_paragraph(self) -> None:
        if self._fresh and (not self._open or self._open[-1] == "blockquote"):
            self._push("p", {})
        self._fresh = False

    def _divide(self) -> None:
        self._leave_leaves()
        if self._open and self._open[-1] == "li":
            self.out.append("<br>" if self.out[-1] not in {"<br>", "<li>"} else "")
        self._fresh = True

    def _leave_leaves(self) -> None:
        """End inline elements, and a block that cannot hold another."""
        depth = len(self._open)
        while depth and (self._open[depth - 1] in INLINE or self._open[depth - 1] in _LEAVES):
            depth -= 1
        self.close_to(depth)

    def _leave_item(self) -> None:
        """End whatever is open inside the nearest list."""
        depth = len(self._open)
        while self._open[depth - 1] not in _LISTS:
            depth -= 1
        self.close_to(depth)

    def _reachable(self, name: str) -> list[str]:
        """Return the open elements that an end tag may end: none beyond the nearest list, but for blocks."""
        if name != "li":
            return self._open
        nearest = max((i for i, one in enumerate(self._open) if one in _LISTS), default=-1)
        return self._open[nearest + 1 :]


def _kept(name: str, attributes: Mapping[str, str]) -> str:
    """Return the attributes that stay, written out."""
    kept = {}
    if name == "a":
        kept["href"] = attributes["href"]
    if name == "ol" and _START.match(attributes.get("start", "")):
        kept["start"] = attributes["start"]
    if _LANGUAGE.match(attributes.get("lang", "")):
        kept["lang"] = attributes["lang"]
    if attributes.get("dir", "").lower() in {"ltr", "rtl", "auto"}:
        kept["dir"] = attributes["dir"].lower()
    return "".join(f' {key}="{html.escape(value)}"' for key, value in kept.items())


def _host_of(url: str) -> str:
    try:
        parts = urlsplit(url)
        return (parts.hostname or "").lower() or parts.path.rpartition("@")[2].partition("?")[0].lower()
    except ValueError:
        return url
