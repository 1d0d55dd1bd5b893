"""Polls and events in the shapes of tests/wire, and in shapes nobody should send."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from node.activitypub import reading, strictjson
from node.activitypub.gatherings import EventDocument, OptionDocument, PollDocument

WIRE = Path(__file__).parent.parent / "wire"
QUESTION = {"id": "https://a.example/q", "type": "Question", "attributedTo": "https://a.example/u/ann"}
EVENT = QUESTION | {"type": "Event", "startTime": "2026-12-01T19:00:00Z"}


def sample(name):
    return reading.read_object(strictjson.load((WIRE / f"{name}.json").read_bytes()))


def options(poll):
    return [(one.name, one.votes) for one in poll.options]


def test_mastodons_polls_say_what_is_asked_and_counted():
    poll = sample("mastodon/question").poll
    assert options(poll) == [("In April", 3), ("In May", 5)]
    assert (poll.multiple, poll.voters, poll.closed) == (False, 8, False)
    assert poll.closes_at == datetime(2026, 11, 6, 9, tzinfo=UTC)


def test_each_dialect_closes_its_polls_in_its_own_way():
    assert sample("piefed/question").poll.multiple
    pleroma = sample("pleroma/question").poll
    assert (pleroma.closed_at, pleroma.closes_at) == (datetime(2026, 11, 4, 9, tzinfo=UTC),) * 2
    friendica = sample("friendica/question").poll
    assert (friendica.closes_at, friendica.closed, friendica.multiple) == (None, False, True)
    closed = reading.read_object(QUESTION | {"oneOf": [{"name": "a"}], "closed": True}).poll
    assert closed == PollDocument((OptionDocument("a"),), closed=True)


def test_a_poll_that_offers_nothing_is_words_alone():
    for given in (None, [], "x", [None, 3, {}], [{"name": ""}], [{"name": "\u200b"}]):
        assert reading.read_object(QUESTION | {"oneOf": given}).poll is None, given


def test_options_are_capped_and_each_counts_once():
    """THREATS 0.2, V62; pitfall 32"""
    given = [{"name": f"{number}", "replies": {"totalItems": "7"}} for number in range(30)]
    poll = reading.read_object(QUESTION | {"anyOf": [*given, given[0], {"name": "x" * 999}]}).poll
    assert len(poll.options) == 20
    assert poll.options[0] == OptionDocument("0", 7)
    long = reading.read_object(QUESTION | {"oneOf": {"name": "x" * 999}}).poll
    assert len(long.options[0].name) == 300
    assert options(reading.read_object(QUESTION | {"oneOf": {"nameMap": {"en": " a  b"}}}).poll) == [
        (" a  b", 0)
    ], "compared exactly, so kept exactly"


def test_the_title_at_the_head_of_the_words_is_not_said_twice():
    for head in ("<p>Tea &amp; cake?</p>", "<h2>Tea &amp; <b>cake</b>?</h2>\n"):
        read = reading.read_object(QUESTION | {"name": "Tea & cake?", "content": f"{head}<p>On Sunday</p>"})
        assert read.content == "<p>On Sunday</p>"
    for content in ("<p>Other</p><p>x</p>", "Tea & cake?", None):
        assert reading.read_object(QUESTION | {"name": "Tea & cake?", "content": content}).content == content


def test_mobilizons_events_are_a_persons_in_a_group():
    read = sample("mobilizon/event")
    assert read.event == EventDocument(
        starts_at=datetime(2026, 12, 11, 19, tzinfo=UTC),
        ends_at=datetime(2026, 12, 11, 21, tzinfo=UTC),
        timezone="Europe/London",
        place="The Kenn Hall",
        address="1 Mill Lane, EX6 7TW, Kennford, United Kingdom",
        latitude=50.66881615,
        longitude=-3.537739788359949,
        join_mode="restricted",
        participants=7,
        category="SPORTS",
        contacts=("https://mobilizon.example/@tom",),
    )
    cancelled = strictjson.load((WIRE / "mobilizon/update_event.json").read_bytes())["object"]
    assert reading.read_object(cancelled).event.status == "cancelled"


def test_gancios_places_have_no_type_and_its_times_a_zone():
    """Pitfalls 20, 29"""
    event = sample("gancio/event").event
    assert (event.place, event.address) == ("The Forge", "Via Roma 5, Torino")
    assert (event.latitude, event.longitude) == (45.07, 7.68)
    assert event.starts_at == datetime(2026, 12, 1, 19, tzinfo=UTC)
    assert event.join_mode == "none"


def test_piefeds_events_may_be_online_and_their_numbers_words():
    """Pitfall 32"""
    event = sample("piefed/event").event
    assert event.online_url == "https://meet.example/seeds"
    assert (event.capacity, event.participants, event.timezone) == (40, 4, "Pacific/Auckland")


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({"location": [{"type": "VirtualLocation", "url": "https://v.example"}, {"name": "Hall"}]},
         {"place": "Hall", "online_url": "https://v.example"}),
        ({"location": {"url": "https://v.example"}}, {"place": "", "online_url": "https://v.example"}),
        ({"location": "https://v.example/place/1"}, {"place": "", "address": ""}),
        ({"location": {"type": "Place", "name": None, "address": "  Here 1\u0000 "}}, {"address": "Here 1"}),
        ({"location": {"name": "x", "latitude": "99", "longitude": 3}}, {"latitude": None, "longitude": None}),
        ({"location": {"name": "x", "latitude": "nan", "longitude": {}}}, {"latitude": None}),
        ({"isOnline": "true", "attachment": [{"type": "Link", "href": "https://v.example/a"}]},
         {"online_url": "https://v.example/a"}),
        ({"joinMode": "FREE"}, {"join_mode": "free"}),
        ({"joinMode": "mystery"}, {"join_mode": "none"}),
        ({"externalParticipationUrl": "https://x.example"}, {"join_mode": "external", "external_url": "https://x.example"}),
        ({"maximumAttendeeCapacity": 0}, {"capacity": None}),
        ({"maximumAttendeeCapacity": -4, "participantCount": "x"}, {"capacity": None, "participants": None}),
        ({"attendees": {"type": "Collection", "totalItems": 9}}, {"participants": 9}),
        ({"eventStatus": "https://schema.org/EventCancelled"}, {"status": "cancelled"}),
        ({"status": ["x"], "timezone": "Mars/Olympus"}, {"status": "confirmed", "timezone": ""}),
        ({"endTime": "2026-12-01T18:00:00Z"}, {"ends_at": None}),
        ({"endTime": "2026-12-01T20:00:00Z", "displayEndTime": False}, {"ends_at": None}),
    ],
)  # fmt: skip
def test_an_event_is_read_in_any_shape(given, expected):
    event = reading.read_object(EVENT | given).event
    assert {name: getattr(event, name) for name in expected} == expected


def test_an_event_without_a_beginning_is_words_alone():
    for start in (None, "soon", [], True):
        assert reading.read_object(EVENT | {"startTime": start}).event is None


def test_who_organises_is_read_in_one_way_only():
    """V21, V22: two readers that choose differently can be played against each other."""
    read = reading.read_object(EVENT | {"actor": "https://a.example/u/ann"})
    assert (read.attributed_to, read.group_attribution) == ("https://a.example/u/ann", None)
    read = reading.read_object(QUESTION | {"actor": "https://b.example/u/eve"})
    assert read.attributed_to == "https://a.example/u/ann"
