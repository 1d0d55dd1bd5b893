"""Polls and events as we write them: nothing a peer cannot read, nothing lost when expanded."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

from node.activitypub import jsonld, reading, writing, writing_gatherings
from node.activitypub.gatherings import EventDocument, OptionDocument, PollDocument
from node.activitypub.vocabulary import CONTEXT, EVENT_CONTEXT, PLAIN_CONTEXT, PUBLIC
from node.activitypub.writing_objects import LocalObject

NOW = datetime(2026, 11, 3, 9, tzinfo=UTC)
ADA, BEES = "https://a.example/u/ada", "https://b.example/c/bees"
POST = LocalObject(
    iri="https://a.example/post/1",
    attributed_to=ADA,
    to=(BEES, PUBLIC),
    cc=(f"{ADA}/followers",),
    audience=BEES,
    published=NOW,
    name="Tea & cake?",
    content="<p>On Sunday</p>",
    source="On Sunday",
    excerpt="<p>On Sunday</p>",
)
POLL = PollDocument((OptionDocument("Tea", 2), OptionDocument("Cake")), closes_at=NOW, voters=2)
EVENT = EventDocument(
    starts_at=NOW,
    ends_at=NOW,
    timezone="Europe/Paris",
    place="Hall",
    address="Mill Lane 1",
    latitude=1.5,
    longitude=2.5,
    online_url="https://v.example/x",
    join_mode="external",
    external_url="https://v.example/tickets",
    capacity=3,
    participants=5,
    category="MEETING",
)


def test_a_poll_is_written_as_mastodon_writes_one():
    written = writing.write_question(replace(POST, content_warning="food"), POLL)
    assert written["type"] == "Question"
    assert written["oneOf"] == [
        {"type": "Note", "name": "Tea", "replies": {"type": "Collection", "totalItems": 2}},
        {"type": "Note", "name": "Cake", "replies": {"type": "Collection", "totalItems": 0}},
    ]
    assert "anyOf" not in written
    assert (written["endTime"], written["votersCount"]) == ("2026-11-03T09:00:00Z", 2)
    assert written["content"] == "<p>Tea &amp; cake?</p><p>On Sunday</p>"
    assert written["summary"] == "food"
    several = writing.write_question(POST, replace(POLL, multiple=True, closed=True, closed_at=NOW))
    assert several["closed"] == "2026-11-03T09:00:00Z"
    assert len(several["anyOf"]) == 2
    assert "summary" not in several, "an excerpt would be a warning to those who know Questions"


def test_what_is_written_is_read_again_as_it_was():
    read = reading.read_object(writing.write_question(POST, POLL))
    assert (read.poll, read.name, read.content) == (POLL, POST.name, POST.content)
    read = reading.read_object(writing.write_event(POST, EVENT))
    assert read.event == EVENT
    bare = EventDocument(starts_at=NOW, timezone="Etc/UTC", participants=0)
    assert reading.read_object(writing.write_event(POST, bare)).event == bare
    online = replace(bare, online_url="https://v.example/x")
    written = writing.write_event(POST, online)
    assert (written["location"]["type"], written["isOnline"]) == ("VirtualLocation", True)
    assert reading.read_object(written).event == online


def test_no_term_is_lost_wherever_an_event_or_poll_is_inside():
    for made in (writing.write_question(POST, POLL), writing.write_event(POST, EVENT)):
        create = writing.write_create(made, iri="https://a.example/c/1", actor=ADA)
        update = writing.write_update(made, iri="https://a.example/u/1", actor=ADA)
        inner = {name: value for name, value in create.items() if name != "@context"}
        announce = writing.write_announce(BEES, inner, iri="https://b.example/a/1")
        outbox = writing.write_ordered_collection("https://b.example/o", [announce])
        for document in (made, create, update, announce, outbox):
            assert jsonld.lost_terms(document) == set(), document["type"]
    page = writing.write_page(POST)
    announce = writing.write_announce(BEES, page, iri="https://b.example/a/2")
    assert (announce["@context"], announce["object"]["@context"]) == (PLAIN_CONTEXT, CONTEXT)
    bare = {name: value for name, value in page.items() if name != "@context"}
    announce = writing.write_announce(BEES, bare, iri="https://b.example/a/2")
    assert announce["@context"] == CONTEXT, "others do without the words for events"
    assert (
        writing.write_create(writing.write_event(POST, EVENT), iri="https://a.example/c", actor=ADA)[
            "@context"
        ]
        == EVENT_CONTEXT
    )


def test_a_vote_has_a_name_and_neither_words_nor_date_and_goes_to_one():
    """Pitfall 98"""
    vote = writing_gatherings.write_ballot(
        "Tea",
        iri=f"{ADA}#votes/1",
        actor=ADA,
        question="https://m.example/q",
        author="https://m.example/u/mia",
    )
    assert (vote["to"], vote["cc"], vote["object"]["to"]) == (["https://m.example/u/mia"], [], vote["to"])
    assert {"content", "published", "tag"}.isdisjoint(vote["object"])
    assert jsonld.lost_terms(vote) == set()


def test_taking_part_expands_whole():
    for kind, more in (
        ("Join", {"message": "Hello"}),
        ("Join", {}),
        ("Leave", {}),
        ("Invite", {"target": ADA}),
    ):
        written = writing_gatherings.write_taking_part(
            kind, POST.iri, iri="https://a.example/x", actor=ADA, to=[ADA], **more
        )
        assert jsonld.lost_terms(written) == set()
        for answer in ("Accept", "Reject", "Ignore"):
            reply = writing_gatherings.write_reply(
                answer, written, iri="https://a.example/y", actor=ADA, to=[]
            )
            assert reply["object"]["id"] == written["id"]
            assert jsonld.lost_terms(reply) == set()
