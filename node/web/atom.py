"""Atom: threads as feed readers take them (RFC 4287)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from html import escape
from xml.etree import ElementTree as ET

from node.store.queries.syndication import Entry
from node.text.clean import clean_html

ATOM = "application/atom+xml"
_NAMESPACE = "http://www.w3.org/2005/Atom"
_XML = "http://www.w3.org/XML/1998/namespace"
# What XML 1.0 has no way to write (section 2.2): a reader would refuse the whole feed for one of these.
_UNWRITABLE = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")

_NEVER = datetime.fromtimestamp(0, UTC)  # when a feed was changed that has nothing in it

ET.register_namespace("", _NAMESPACE)


@dataclass(frozen=True, slots=True)
class Heading:
    """What a feed is. home: of the node, without a slash at its end. path: of the feed. page: where people read the same."""

    title: str
    home: str
    path: str
    page: str


def write_feed(heading: Heading, entries: Sequence[Entry]) -> bytes:
    """Return the feed as a document, in UTF-8."""
    feed = ET.Element(_name("feed"), {f"{{{_XML}}}base": f"{heading.home}/"})
    _text(feed, "id", heading.home + heading.path)
    _text(feed, "title", heading.title)
    _text(feed, "updated", _stamp(max((one.updated for one in entries), default=_NEVER)))
    _link(feed, "self", heading.home + heading.path, type=ATOM)
    _link(feed, "alternate", heading.home + heading.page, type="text/html")
    _text(feed, "generator", "Archipel")
    for one in entries:
        feed.append(_entry(heading, one))
    return bytes(ET.tostring(feed, encoding="utf-8", xml_declaration=True))


def _entry(heading: Heading, one: Entry) -> ET.Element:
    entry = ET.Element(_name("entry"), {f"{{{_XML}}}lang": one.language} if one.language else {})
    _text(entry, "id", one.iri)
    _text(entry, "title", one.title)
    _text(entry, "published", _stamp(one.published))
    _text(entry, "updated", _stamp(one.updated))
    author = ET.SubElement(entry, _name("author"))
    _text(author, "name", one.author.label)
    _text(author, "uri", heading.home + one.author.path)
    _link(entry, "alternate", heading.home + one.path, type="text/html")
    if one.link_url is not None:
        _link(entry, "related", one.link_url)
    for medium in one.media:
        kind = f"{medium.kind}/{medium.form}" if medium.form and medium.kind != "document" else ""
        _link(entry, "enclosure", medium.url, type=kind, title=medium.alt)
    for tag in one.tags:
        ET.SubElement(
            entry,
            _name("category"),
            {"term": _writable(tag), "scheme": f"{heading.home}/tag/", "label": f"#{_writable(tag)}"},
        )
    _text(entry, "content", _content(one), type="html")
    return entry


def _content(one: Entry) -> str:
    """Return the HTML of a thread: its warning first, and the page that it is about at its end."""
    parts = []
    if one.warning:
        parts.append(f"<p><strong>⚠ {escape(one.warning)}</strong></p><hr>")
    parts.append(clean_html(one.content))
    if one.link_url is not None:
        address = escape(one.link_url, quote=True)
        parts.append(f'<p><a href="{address}">{escape(one.link_url)}</a></p>')
    return "".join(parts)


def _text(parent: ET.Element, name: str, value: str, **attributes: str) -> None:
    ET.SubElement(parent, _name(name), attributes).text = _writable(value)


def _link(parent: ET.Element, rel: str, href: str, **attributes: str) -> None:
    # An address with characters beyond ASCII is kept as people read it; Atom takes an IRI, XML no control characters.
    given = {name: _writable(value) for name, value in attributes.items() if value}
    ET.SubElement(parent, _name("link"), {"rel": rel, "href": _writable(href)} | given)


def _name(local: str) -> str:
    return f"{{{_NAMESPACE}}}{local}"


def _writable(text: str) -> str:
    return _UNWRITABLE.sub("", text)


def _stamp(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
