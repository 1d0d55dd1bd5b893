"""The contexts that the node has built in, beside the published ones that Fedify brings along."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
from pyld import jsonld
from pyld.context_resolver import ContextResolver

from node.activitypub.contexts import BUNDLED
from node.activitypub.vocabulary import ACTIVITYSTREAMS, DATA_INTEGRITY, DID, LEMMY, MULTIKEY, SECURITY

pytestmark = pytest.mark.peer

PUBLISHED = Path(__file__).parent / "fedify/node_modules/@fedify/vocab-runtime/src/contexts"
FILES = {
    ACTIVITYSTREAMS: "activitystreams",
    DATA_INTEGRITY: "security-data-integrity-v1",
    DID: "did-v1",
    MULTIKEY: "security-multikey-v1",
    SECURITY: "security-v1",
}


def loader(contexts: Mapping[str, Any]) -> Callable[..., dict[str, Any]]:
    def load(url: str, _options: Any) -> dict[str, Any]:
        return {"contextUrl": None, "documentUrl": url, "document": contexts[url], "contentType": None}

    return load


def meanings(context: Any, contexts: Mapping[str, Any]) -> dict[str, tuple[Any, ...]]:
    """What each term stands for: its IRI, its kind, how several of it are held, what it defines inside."""
    load = loader(contexts)
    options = {
        "base": "",
        "documentLoader": load,
        "processingMode": "json-ld-1.1",
        "contextResolver": ContextResolver({}, load),
    }
    processor = jsonld.JsonLdProcessor()
    terms = processor.process_context(processor._get_initial_context(options), context, options)["mappings"]
    found = {}
    for term, meaning in terms.items():
        found[term] = tuple(meaning.get(key) for key in ("@id", "@type", "@container"))
        if isinstance(meaning.get("@context"), dict):
            inner = meanings(meaning["@context"], contexts)
            found |= {f"{term} {name}": value for name, value in inner.items()}
    return found


@pytest.mark.parametrize("url", sorted([*FILES, LEMMY]))
def test_every_term_means_what_its_publisher_says(node_js, url):
    """A context of ours that knew more than the real one would hide terms that nobody else can read."""
    published = {name: json.loads((PUBLISHED / f"{file}.json").read_text()) for name, file in FILES.items()}
    lemmy = json.loads((PUBLISHED / "join-lemmy.json").read_text())["@context"]
    published[LEMMY] = {"@context": [ACTIVITYSTREAMS, *lemmy]}  # as Lemmy serves it; Fedify reads it thus too
    ours, theirs = meanings(url, BUNDLED), meanings(url, published)
    assert {term: meaning for term, meaning in ours.items() if theirs.get(term) != meaning} == {}
