"""A context that defines what is used, and no more."""

from __future__ import annotations

from node.activitypub import jsonld
from node.activitypub.fitting import fitted
from node.activitypub.vocabulary import ACTIVITYSTREAMS, CONTEXT, EVENT_CONTEXT, EVENT_TERMS, LEMMY, SECURITY

NOTE = {
    "@context": CONTEXT,
    "id": "https://a.example/n/1",
    "type": "Note",
    "sensitive": False,
    "tag": [{"type": "Hashtag", "name": "#bees"}, {"type": "Emoji", "name": ":bee:"}],
}


def test_a_context_names_what_the_document_uses_and_the_prefixes_that_this_needs():
    published, terms = fitted(NOTE)["@context"][:-1], fitted(NOTE)["@context"][-1]
    assert published == [ACTIVITYSTREAMS, SECURITY, LEMMY]
    assert set(terms) == {"Hashtag", "Emoji", "sensitive", "toot"}
    assert jsonld.lost_terms(fitted(NOTE)) == set()
    assert fitted({"@context": CONTEXT, "type": "Note"})["@context"] == published, "no empty part"


def test_words_for_events_bring_the_prefixes_that_other_words_share():
    event = {
        "@context": EVENT_CONTEXT,
        "id": "https://a.example/e/1",
        "type": "Event",
        "timezone": "Etc/UTC",
        "location": {"type": "Place", "address": {"type": "PostalAddress", "streetAddress": "1"}},
    }
    *_, terms = fitted(event)["@context"]
    assert set(terms) == {"mz", "schema", "timezone", "address", "PostalAddress", "streetAddress"}
    assert jsonld.lost_terms(fitted(event)) == set()
    assert set(EVENT_TERMS) > set(terms) - {"schema"}


def test_what_is_proven_or_has_a_context_of_its_own_stays():
    for document in (
        {**NOTE, "proof": {"type": "DataIntegrityProof"}},
        {**NOTE, "@context": [ACTIVITYSTREAMS, {"bee": "https://b.example/ns#bee"}]},
        {**NOTE, "@context": ACTIVITYSTREAMS},
    ):
        assert fitted(document) == document
    assert NOTE["@context"] is CONTEXT
