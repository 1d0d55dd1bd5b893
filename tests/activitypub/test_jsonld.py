"""THREATS.md V37, V39; FEDERATION.md I.7, I.8."""

import importlib
import inspect
import json
import re
import socket
from pathlib import Path

import pytest
from pyld import BUNDLED_CONTEXTS

from node.activitypub import jsonld, reading, vocabulary
from node.activitypub.contexts import BUNDLED
from node.activitypub.vocabulary import ACTIVITYSTREAMS, CONTEXT, PUBLIC, SECURITY
from node.errors import Malformed

NOTE = {
    "@context": ACTIVITYSTREAMS,
    "id": "https://a.example/1",
    "type": "Note",
    "attributedTo": "https://a.example/u",
}
FULL = f"{ACTIVITYSTREAMS}#"


def test_plain_documents_need_no_compaction():
    assert not jsonld.needs_compaction(NOTE)
    assert not jsonld.needs_compaction(
        {**NOTE, "vcard:bday": "x", "diaspora:guid": "y", "object": {"ical:status": "z"}}
    )
    assert jsonld.needs_compaction({"@id": "https://a.example/1"})
    assert jsonld.needs_compaction({**NOTE, "as:content": "x"})
    assert jsonld.needs_compaction({**NOTE, f"{FULL}content": "x"})
    assert jsonld.needs_compaction({"type": "Create", "object": {"@type": "as:Note"}})


def test_a_prefixed_arrival_is_read():
    odd = {
        "@context": {"as": FULL, "sec": "https://w3id.org/security#"},
        "@id": "https://a.example/1",
        "@type": "as:Create",
        "as:actor": {"@id": "https://a.example/u"},
        "as:to": [{"@id": "as:Public"}],
        "as:object": {"@id": "https://a.example/2", "@type": "as:Note", "as:attributedTo": {"@id": "https://a.example/u"}, "as:content": "<p>x</p>", "as:published": "2026-11-03T09:00:00Z"},
    }  # fmt: skip
    activity = reading.read_activity(jsonld.compact(odd))
    assert (activity.type, activity.actor, activity.to) == ("Create", "https://a.example/u", (PUBLIC,))
    note = reading.read_object(activity.inner)
    assert (note.content, note.published.year) == ("<p>x</p>", 2026)


def test_an_expanded_arrival_is_read():
    odd = {
        "@id": "https://a.example/1",
        "@type": [f"{FULL}Like"],
        f"{FULL}actor": [{"@id": "https://a.example/u"}],
        f"{FULL}object": [{"@id": "https://h.example/post/1"}],
        f"{FULL}summary": [{"@value": "nice"}],
    }
    activity = reading.read_activity(jsonld.compact(odd))
    assert (activity.type, activity.object_iri, activity.summary) == (
        "Like",
        "https://h.example/post/1",
        "nice",
    )


def test_a_context_is_never_fetched(monkeypatch):
    def connect(*args, **options):
        raise AssertionError("a socket was opened")

    monkeypatch.setattr(socket, "socket", connect)
    for url in ("http://127.0.0.1/", "https://unknown.example/context", "file:///etc/passwd"):
        document = {**NOTE, "@context": [ACTIVITYSTREAMS, url], "as:content": "x"}
        assert jsonld.compact(document)["content"] == "x"
        assert jsonld.lost_terms(document) == set()


@pytest.mark.parametrize(
    "document",
    [
        {**NOTE, "@graph": []},
        {**NOTE, "@context": {"to": "as:cc"}},
        {**NOTE, "@context": {"x": {"@id": "as:x", "@context": {"y": "as:y"}}}},
        {**NOTE, "@context": {"@import": "https://a.example/"}},
        {**NOTE, "@context": {"x": 5}},
        {**NOTE, "@context": {"@version": 9}},
        {**NOTE, "x": [0] * 1_000},
        {"@id": 5, "as:to": {"@value": {}}},
    ],
)
def test_what_cannot_be_read_or_costs_too_much_is_refused(document):
    with pytest.raises(Malformed):
        jsonld.compact(document)


def test_what_only_a_prefix_kept_is_read_all_the_same():
    odd = {**NOTE, "as:published": "2026-11-03T09:00:00Z", "as:name": {"@value": "Nom", "@language": "fr"}}
    read = reading.read_object(jsonld.compact(odd))
    assert (read.published.year, read.name) == (2026, "Nom")
    twice = jsonld.compact(
        {**NOTE, "content": "plain", "as:to": {"@id": "https://b.example/u"}, "to": "https://a.example/u"}
    )
    assert set(reading.read_object(twice).to) == {"https://a.example/u", "https://b.example/u"}


def test_several_things_in_one_document_are_refused():
    with pytest.raises(Malformed):
        jsonld.compact(
            {
                "@set": [
                    {"@id": "https://a.example/1", "as:name": "x"},
                    {"@id": "https://a.example/2", "as:name": "y"},
                ]
            }
        )


def test_lost_terms_are_named():
    assert jsonld.lost_terms(NOTE) == set()
    assert jsonld.lost_terms({**NOTE, "mystery": 1, "tag": [{"type": "Riddle", "puzzle": 2}]}) == {
        "mystery",
        "puzzle",
        "Riddle",
    }
    assert jsonld.lost_terms({**NOTE, "@context": CONTEXT, "sensitive": True, "webfinger": "a@b"}) == set()


@pytest.mark.parametrize("url", [ACTIVITYSTREAMS, SECURITY])
def test_our_contexts_say_what_the_published_ones_say(url):
    """Compared with the copies that PyLD brings along."""
    published = json.loads(BUNDLED_CONTEXTS[url].read_text())
    theirs = _senses(published["@context"])
    ours = _senses(BUNDLED[url]["@context"])
    assert {term: sense for term, sense in ours.items() if term in theirs and theirs[term] != sense} == {}


def _senses(context):
    prefixes = {term: sense for term, sense in context.items() if isinstance(sense, str)}

    def full(sense):
        prefix, colon, rest = sense.partition(":")
        return (
            prefixes[prefix] + rest if colon and prefix in prefixes and not rest.startswith("//") else sense
        )

    return {
        term: full(sense["@id"] if isinstance(sense, dict) else sense)
        for term, sense in context.items()
        if isinstance(sense, (str, dict))
    }


def test_no_writer_is_left_out_of_the_table_that_is_expanded():
    """A writer that no test of writing calls would never be expanded: name it there."""
    package = Path(vocabulary.__file__).parent
    called = "".join(one.read_text() for one in Path(__file__).parent.glob("test_writing*.py"))
    for path in package.glob("writing*.py"):
        module = importlib.import_module(f"node.activitypub.{path.stem}")
        for name, writer in vars(module).items():
            if (
                name.startswith("write_")
                and inspect.isfunction(writer)
                and writer.__module__ == module.__name__
            ):
                indirectly = name in {
                    "write_common",
                    "write_excerpt",
                    "write_thumbnail",
                    "write_moment",
                    "write_source",
                    "write_policy",
                    "write_emoji",
                    "write_media",
                }
                assert indirectly or re.search(rf"\b{name}\(", called) or f'make("{name[6:]}"' in called, name
