"""What plain JSON and JSON-LD would read differently is refused (THREATS.md V37).

We read documents as plain JSON with a fixed vocabulary and fetch no context (V39). That is safe as long as
nothing in a document gives our words another sense.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from node.activitypub.vocabulary import ACTIVITYSTREAMS
from node.errors import Malformed

_RESTRUCTURING: Final = frozenset({"@graph", "@included", "@reverse", "@nest"})
_NAMESPACE: Final = f"{ACTIVITYSTREAMS}#"
_AS_TERMS = ("actor", "attributedTo", "audience", "cc", "inReplyTo", "object", "target", "to")
_CORE: Final[dict[str, frozenset[str]]] = {
    "id": frozenset({"@id"}),
    "type": frozenset({"@type"}),
    "as": frozenset({_NAMESPACE}),
    **{term: frozenset({term, f"as:{term}", f"{_NAMESPACE}{term}"}) for term in _AS_TERMS},
}


def check_structure(document: dict[str, Any]) -> None:
    """Raise Malformed if *document* rearranges itself or renames core terms, at any depth.

    Refused: the keys `@graph`, `@included`, `@reverse` and `@nest` anywhere, and inline contexts that give
    them other names or that map `id`, `type`, `actor`, `object`, `attributedTo`, `to`, `cc` and the like to
    another sense.
    """
    waiting: list[Any] = [document]
    while waiting:
        one = waiting.pop()
        if isinstance(one, list):
            waiting.extend(each for each in one if isinstance(each, (dict, list)))
        elif isinstance(one, dict):
            _check_keys(one)
            waiting.extend(each for each in one.values() if isinstance(each, (dict, list)))


def _check_keys(one: dict[str, Any]) -> None:
    if not _RESTRUCTURING.isdisjoint(one):
        raise Malformed("The document uses a JSON-LD keyword that rearranges it: @graph, @nest and the like.")
    if "@context" in one:
        for context in _inline(one["@context"]):
            _check_context(context)


def _inline(context: Any) -> Iterator[dict[str, Any]]:
    waiting = [context]
    while waiting:
        one = waiting.pop()
        if isinstance(one, dict):
            yield one
        elif isinstance(one, list):
            waiting.extend(one)


def _check_context(context: dict[str, Any]) -> None:
    for term, meaning in context.items():
        sense = meaning.get("@id", term) if isinstance(meaning, dict) else meaning
        if isinstance(sense, str) and sense in _RESTRUCTURING:
            raise Malformed("The document's context gives a rearranging keyword another name.")
        wanted = _CORE.get(term)
        if wanted is not None and (not isinstance(sense, str) or sense not in wanted):
            raise Malformed(f"The document's context gives `{term}` another sense.")
