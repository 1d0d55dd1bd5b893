"""HTML taken apart into tags and text, in time linear in its length.

Not a browser's parser and not a safety gate: `rebuild` writes balanced markup from these pieces, and nh3
judges that. It exists since an HTML5 parser may be made to answer 16 KB of misnested tags with 12 MB.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

# Elements whose content is no text of the document. Their inside is skipped to the matching end tag.
_SILENT = frozenset(
    {"script", "style", "template", "iframe", "object", "svg", "math", "textarea", "select", "title", "head"}
    | {"noembed", "noframes", "noscript", "xmp", "plaintext", "audio", "video", "canvas"}
)
_TOKEN = re.compile(
    r"""(?P<text>(?:[^<]++|<(?![a-zA-Z/!?]))++)
      | <!--(?:.*?-->|.*)
      | <(?P<end>/?)(?P<name>[a-zA-Z][a-zA-Z0-9]*+)
         (?P<attributes>(?:[^<>"']++|"[^"]*+"|'[^']*+')*+)>
      | <[^<>]*+>?
    """,
    re.VERBOSE | re.DOTALL,
)
_ATTRIBUTE = re.compile(
    r"""([^\s"'<>/=]++)(?:\s*+=\s*+(?:"([^"]*+)"|'([^']*+)'|([^\s"'<>]++)))?+""", re.VERBOSE
)
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufeff\ufffe\uffff]")


@dataclass(frozen=True, slots=True)
class Text:
    """Text between tags. raw: as written. text: entities decoded once, control characters gone."""

    raw: str

    @property
    def text(self) -> str:
        """Return the text that a reader sees."""
        return tidy(html.unescape(self.raw))


@dataclass(frozen=True, slots=True)
class Tag:
    """A start or end tag; name in lower case."""

    raw: str
    name: str
    is_end: bool
    attributes_raw: str

    def attributes(self) -> Mapping[str, str]:
        """Return the attributes, names in lower case, entities decoded; the first of a name wins."""
        found: dict[str, str] = {}
        for name, double, single, bare in _ATTRIBUTE.findall(self.attributes_raw):
            found.setdefault(name.lower(), tidy(html.unescape(double or single or bare)))
        return found


def take_apart(source: str) -> Iterator[Text | Tag]:
    """Yield the text and tags of *source* in order. Comments, declarations and scripts are left out."""
    position = 0
    while token := _TOKEN.match(source, position):
        position = token.end()
        if token["text"] is not None:
            yield Text(token["text"])
        elif token["name"] is not None:
            tag = Tag(token[0], token["name"].lower(), bool(token["end"]), token["attributes"])
            if tag.name not in _SILENT:
                yield tag
            elif not tag.is_end:
                position = _after(source, position, tag.name)


def tidy(text: str) -> str:
    """Return *text* with line ends as newlines and without control characters or lone surrogates."""
    return _CONTROL.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))


def _after(source: str, position: int, name: str) -> int:
    """Return where the element *name* that is open at *position* ends: after its end tag, or at the end."""
    end = re.compile(f"</{name}[^<>]*+>?", re.IGNORECASE).search(source, position)
    return end.end() if end else len(source)
