"""One value of a document, whatever shape it came in. Total: nothing here raises but Malformed.

null is absence everywhere (FEDERATION.md I.10). A value of the wrong kind is absence too, except where it
would say who somebody is: there it is Malformed.
"""

from __future__ import annotations

import html
import re
import unicodedata
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from node.activitypub.vocabulary import HTML, MAX_ADDRESSEES, MAX_IRI, PUBLIC, PUBLIC_SPELLINGS
from node.errors import Malformed

_WEB = re.compile(r"^https?://[^\x00-\x20\x7f\\/?#][^\x00-\x20\x7f\\]*$")
_LANGUAGE = re.compile(r"^[A-Za-z]{2,3}(-[A-Za-z0-9]{1,8})*$")
_EPOCH = re.compile(r"^\d{9,14}(\.\d{1,9})?$")
_MILLISECONDS_FROM = 100_000_000_000  # as seconds, the year 5138
_JOINERS = "\u200c\u200d"  # needed within Persian words and emoji
_TRUE = frozenset({"true", "1", "yes"})
_FALSE = frozenset({"false", "0", "no", ""})
_LARGEST = 2**31 - 1
OUR_LANGUAGES = ("en", "fr")  # of our pages; where a text comes in several, readers know these


def listed(value: Any) -> list[Any]:
    """Return *value* as a list without nulls; a single value is a list of one."""
    if value is None:
        return []
    return [one for one in value if one is not None] if isinstance(value, list) else [value]


def id_of(value: Any) -> str | None:
    """Return the id in *value*: a string, an object with an id, or the first of a list; else None."""
    for _ in range(3):  # a list of objects is the deepest shape seen
        if isinstance(value, dict):
            value = value.get("id")
        elif isinstance(value, list):
            value = next(iter(listed(value)), None)
        else:
            break
    if not isinstance(value, str) or not 0 < len(value) <= MAX_IRI:
        return None
    return value if value.isascii() or len(value.encode(errors="replace")) <= MAX_IRI else None


def web_iri(value: Any) -> str | None:
    """Return the id in *value* if it is an http or https address; unchanged, never repaired."""
    iri = id_of(value)
    return iri if iri is not None and _WEB.match(iri) else None


def required_iri(document: dict[str, Any], name: str) -> str:
    """Return the one address under *name*, or raise Malformed: absent, several, a number, another scheme."""
    found = {web_iri(one) for one in listed(document.get(name))}
    if len(found) != 1 or None in found:
        raise Malformed(f"`{name}` must be one https address.", detail=repr(document.get(name))[:200])
    return next(iri for iri in found if iri is not None)


def addresses(value: Any) -> tuple[str, ...]:
    """Return the ids in `to` or `cc`, in order, each once, the public in its full spelling."""
    found: dict[str, None] = {}
    for one in listed(value):
        iri = id_of(one)
        if iri in PUBLIC_SPELLINGS:
            found[PUBLIC] = None
        elif iri is not None and _WEB.match(iri):
            found[iri] = None
        if len(found) >= MAX_ADDRESSEES:
            break
    return tuple(found)


def text(value: Any, limit: int) -> str | None:
    """Return *value* as text of at most *limit* characters, markup untouched."""
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        value = str(value)
    return value[:limit] if isinstance(value, str) else None


def plain(value: Any, limit: int, *, joiners: bool = False) -> str | None:
    """Return *value* as one line of plain text, or None if nothing is left.

    Entities are decoded once. Invisible and control characters go: they disguise names (THREATS.md V35);
    with *joiners*, those that join letters and emoji stay.
    """
    given = text(value, limit * 8)
    if given is None:
        return None
    kept = html.unescape(given)
    if not kept.isprintable():
        kept = "".join(_visible(one, joiners=joiners) for one in kept)
    return " ".join(kept.split())[:limit].rstrip() or None


def flag(value: Any, *, default: bool = False) -> bool:
    """Return a boolean, also written as a number or string (I.32); *default* if it is neither."""
    if isinstance(value, (bool, int)):
        return bool(value)
    word = value.strip().lower() if isinstance(value, str) else None
    return True if word in _TRUE else False if word in _FALSE else default


def count(value: Any) -> int | None:
    """Return a number of things or pixels, also written as a string or fraction; None if it is none."""
    if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) <= len(str(_LARGEST)):
        value = int(value)
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return None
    return int(value) if 0 <= value <= _LARGEST else None


def moment(value: Any) -> datetime | None:
    """Return an instant, aware, UTC; None if it cannot be read.

    Zones and fractions as they come, no zone is UTC, numbers are seconds or milliseconds since 1970 (I.29).
    The future is not refused: there is no clock here.
    """
    try:
        if isinstance(value, str) and not _EPOCH.match(value.strip()):
            when = datetime.fromisoformat(value.strip().upper())
            return when.astimezone(UTC) if when.tzinfo else when.replace(tzinfo=UTC)
        if isinstance(value, bool) or not isinstance(value, (int, float, str)):
            return None
        seconds = float(value)
        return datetime.fromtimestamp(seconds / 1000 if seconds >= _MILLISECONDS_FROM else seconds, UTC)
    except (ValueError, OverflowError, OSError):
        return None


def page_url(value: Any) -> str | None:
    """Return the page among the addresses in a `url`: string, Link, or list of either (I.16).

    The first that is HTML, else the first that does not say what it is, else the first at all.
    """
    found = [(_href(one), _media_type(one)) for one in listed(value)]
    usable = [(href, kind) for href, kind in found if href is not None]
    for wanted in (HTML, None):
        for href, kind in usable:
            if kind == wanted:
                return href
    return usable[0][0] if usable else None


def in_a_language(document: dict[str, Any], name: str, language: str | None) -> Any:
    """Return a text, or where there is only its map of languages, the fitting one of those (I.25)."""
    if document.get(name) is not None:
        return document[name]
    versions = languages_of(document, name)
    code = _fitting(versions, language)
    return versions[code] if code is not None else None


def languages_of(document: dict[str, Any], name: str) -> dict[str, str]:
    """Return the versions of a text by language code."""
    versions = document.get(f"{name}Map")
    if not isinstance(versions, dict):
        return {}
    return {code: one for code, one in versions.items() if isinstance(one, str)}


def language_of(document: dict[str, Any]) -> str | None:
    """Return the language that a document says it is in, as a code such as `fr` (I.26)."""
    stated = document.get("language") or document.get("inLanguage")
    for one in listed(stated):
        code = one.get("identifier") if isinstance(one, dict) else one
        if _is_language(code):
            return str(code)
    for name in ("content", "name", "summary"):
        versions = languages_of(document, name)
        if len(versions) == 1 or document.get(name) is None:
            code = _fitting(versions, None)
            if _is_language(code):
                return code
    return None


def types_of(value: Any) -> tuple[str, ...]:
    """Return the names in a `type`, prefixes of ActivityStreams taken off."""
    names = (one for one in listed(value) if isinstance(one, str) and one)
    return tuple(dict.fromkeys(one.removeprefix("as:")[:100] for one in names))


def web_iris(values: Iterable[Any]) -> tuple[str, ...]:
    """Return the addresses in *values*, each once; the rest is left out."""
    return tuple(dict.fromkeys(iri for iri in map(web_iri, values) if iri is not None))


def _visible(character: str, *, joiners: bool) -> str:
    if character.isspace():
        return " "
    hidden = unicodedata.category(character) in {"Cc", "Cf", "Cs"}
    return "" if hidden and not (joiners and character in _JOINERS) else character


def _fitting(versions: dict[str, str], language: str | None) -> str | None:
    """Return which version to take: of no language, in the document's, in one that our pages speak, the first."""
    wanted = ("und", language, *OUR_LANGUAGES)
    return next((code for code in wanted if code in versions), next(iter(versions), None))


def _is_language(code: Any) -> bool:
    return isinstance(code, str) and bool(_LANGUAGE.match(code)) and code.lower() != "und"


def _href(value: Any) -> str | None:
    if isinstance(value, dict):
        value = value.get("href") or value.get("url") or value.get("id")
    return web_iri(value)


def _media_type(value: Any) -> str | None:
    return media_type(value.get("mediaType")) if isinstance(value, dict) else None


def media_type(value: Any) -> str | None:
    """Return a media type in lower case, without parameters."""
    name = value.partition(";")[0].strip().lower() if isinstance(value, str) else ""
    return name if "/" in name and len(name) <= 100 else None  # noqa: PLR2004 -- longer than any in use
