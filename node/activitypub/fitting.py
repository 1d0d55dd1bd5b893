"""A document's context, cut to the terms that the document uses.

Our writers declare every term that we know. That is three kilobytes, and a proof repeats them; most documents use
a handful. What leaves says what it needs, no more.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from node.activitypub.vocabulary import EVENT_TERMS, EXTENSION_TERMS

_KNOWN = (EXTENSION_TERMS, EVENT_TERMS)


def fitted(document: Mapping[str, Any]) -> dict[str, Any]:
    """Return *document* with a context that defines what it uses; as it is if proven, or if the context is another's."""
    context = document.get("@context")
    if "proof" in document or not isinstance(context, list):
        return dict(document)
    used = frozenset(_names(document))
    fitting = [_cut(part, used) if part in _KNOWN else part for part in context]
    return {**document, "@context": [part for part in fitting if part]}


def _cut(terms: Mapping[str, Any], used: frozenset[str]) -> dict[str, Any]:
    """Return the definitions of the *used* terms, and of the prefixes that these are written with."""
    wanted = {term: meaning for term, meaning in terms.items() if term in used}
    prefixes = {iri.partition(":")[0] for meaning in wanted.values() for iri in _iris(meaning)}
    return {
        term: meaning for term, meaning in {**EXTENSION_TERMS, **terms}.items() if term in prefixes
    } | wanted


def _iris(meaning: Any) -> Iterator[str]:
    yield from (meaning.get("@id", ""), meaning.get("@type", "")) if isinstance(meaning, dict) else (meaning,)


def _names(value: Any) -> Iterator[str]:
    """Yield every property and type within *value*."""
    if isinstance(value, list):
        for one in value:
            yield from _names(one)
    elif isinstance(value, Mapping):
        for name, one in value.items():
            if name == "@context":
                continue
            yield name
            if name == "type":
                yield from one if isinstance(one, list) else (one,)
            yield from _names(one)
