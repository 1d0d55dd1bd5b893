"""The two things for which JSON-LD is processed at all, both off the hot path.

To compact the odd arrival that writes our terms with prefixes or in full; and to prove in tests that all we
emit expands with no term lost. Contexts come from `contexts`; none is ever fetched (THREATS.md V39).
"""

from __future__ import annotations

from typing import Any

from node.activitypub.contexts import BUNDLED
from node.activitypub.strictjson import MAX_DEPTH
from node.activitypub.structure import check_structure
from node.activitypub.vocabulary import ACTIVITYSTREAMS, CONTEXT
from node.errors import Malformed

_KEYWORDS = frozenset({"@id", "@type", "@value", "@list", "@set", "@language"})
_SHORT = ("as:", "sec:", "ldp:")
_PREFIXES = (
    *_SHORT,
    f"{ACTIVITYSTREAMS}#",
    "https://w3id.org/security#",
    "http://www.w3.org/ns/ldp#",
)
_BASE = "https://relative.invalid/"  # undefined types end up below it
_MAX_NODES = 1_000  # values; what it costs grows faster than their number


def needs_compaction(document: dict[str, Any]) -> bool:
    """Tell whether *document* or what it embeds as object writes known terms with prefixes or in full.

    Foreign prefixed terms (`vcard:hasAddress`) do not count: nobody reads them.
    """
    inner = document.get("object")
    return _is_odd(document) or (isinstance(inner, dict) and _is_odd(inner))


def compact(document: dict[str, Any]) -> dict[str, Any]:
    """Rewrite *document* in the terms of our own context, or raise Malformed.

    Terms that only a context we do not know would explain are lost. For reading; pass the original on.
    """
    check_structure(document)
    _check_cost(document)
    from pyld import jsonld  # noqa: PLC0415 -- 5 MB that most nodes never need

    try:
        compacted = jsonld.compact(document, CONTEXT, {"documentLoader": _load, "base": _BASE})
    except (jsonld.JsonLdError, RecursionError, ValueError, TypeError, KeyError, AttributeError) as error:
        raise Malformed("The document cannot be read as JSON-LD.", detail=str(error)[:200]) from error
    if not isinstance(compacted, dict) or "@graph" in compacted:
        raise Malformed("The document describes more than one thing.")
    plain: dict[str, Any] = _plain(compacted)
    return plain


def lost_terms(document: dict[str, Any]) -> set[str]:
    """Return the properties and types in *document* that its own context does not define."""
    from pyld import jsonld  # noqa: PLC0415 -- as above

    lost: set[str] = set()
    expanded = jsonld.expand(document, {"documentLoader": _load, "base": _BASE}, on_property_dropped=lost.add)
    return lost | _undefined_types(expanded)


def _plain(value: Any) -> Any:
    """Take the prefixes off what kept them: a date, say, that came without saying that it is one."""
    if isinstance(value, list):
        return [_plain(one) for one in value]
    if not isinstance(value, dict):
        return value
    if "@value" in value:
        return value["@value"]
    named = {name: _plain(one) for name, one in value.items() if not name.startswith(_SHORT)}
    odd = {name.partition(":")[2]: _plain(one) for name, one in value.items() if name.startswith(_SHORT)}
    return odd | named


def _load(url: str, options: dict[str, Any]) -> dict[str, Any]:
    del options
    known = BUNDLED.get(url.rstrip("#"), {"@context": {}})
    return {"contentType": "application/ld+json", "contextUrl": None, "documentUrl": url, "document": known}


def _is_odd(document: dict[str, Any]) -> bool:
    return any(key in _KEYWORDS or key.startswith(_PREFIXES) for key in document)


def _check_cost(document: dict[str, Any]) -> None:
    waiting: list[tuple[Any, bool, int]] = [(document, False, 1)]
    seen = 0
    while waiting:
        one, in_context, depth = waiting.pop()
        seen += 1
        if seen > _MAX_NODES or depth > MAX_DEPTH:
            raise Malformed("The document is too large to be read as JSON-LD.")
        if isinstance(one, list):
            waiting.extend((each, in_context, depth + 1) for each in one)
        elif isinstance(one, dict):
            if in_context and ("@context" in one or "@import" in one):
                raise Malformed("The document's context brings further contexts.")
            waiting.extend((each, in_context or key == "@context", depth + 1) for key, each in one.items())


def _undefined_types(expanded: Any) -> set[str]:
    lost: set[str] = set()
    waiting = [expanded]
    while waiting:
        one = waiting.pop()
        if isinstance(one, list):
            waiting.extend(one)
        elif isinstance(one, dict):
            stated = one.get("@type", [])
            kinds = [stated] if isinstance(stated, str) else stated  # a typed value has but one
            lost.update(kind.removeprefix(_BASE) for kind in kinds if kind.startswith(_BASE))
            waiting.extend(one.values())
    return lost
