"""FEDERATION.md A.2; THREATS.md V24, A23."""

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from node.activitypub.webfinger import (
    Handle,
    JrdDocument,
    jrd_for,
    parse_handle,
    read_jrd,
    self_links,
    subject_matches,
)
from node.errors import Malformed

BEES = Handle("bees", "h.example")
IRI = "https://h.example/c/bees"


@pytest.mark.parametrize(
    "text",
    [
        "@bees@h.example",
        "!bees@h.example",
        "~bees@h.example",
        "bees@h.example",
        "acct:bees@h.example",
        "ACCT:bees@H.Example",
        " @bees@h.example ",
    ],
)
def test_a_handle_is_read_in_every_notation(text):
    assert parse_handle(text) == BEES


def test_a_handle_keeps_the_case_of_its_name():
    handle = parse_handle("@Bees.of-the_Isle@bücher.example:8443")
    assert (handle.username, handle.host) == ("Bees.of-the_Isle", "xn--bcher-kva.example:8443")
    assert str(BEES) == "bees@h.example"
    assert BEES.acct == "acct:bees@h.example"
    assert parse_handle("@é@localhost:8001").host == "localhost:8001"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "@",
        "bees",
        "@bees",
        "@bees@",
        "@@h.example",
        "a b@h.example",
        "@a@b@h.example",
        "bees@h.example/x",
        "bees@h example",
        "bees@h.example:0",
        "bees@h.example:x",
        "bees@",
        "bees@h.example.",
        "be/es@h.example",
        "x" * 101 + "@h.example",
        "!!bees@h.example",
        "bees@vic\u00adtim.example",
    ],
)
def test_what_is_no_handle_is_refused(text):
    with pytest.raises(Malformed):
        parse_handle(text)


@given(st.text(max_size=40))
def test_whatever_the_text_it_is_a_handle_or_malformed(text):
    with contextlib.suppress(Malformed):
        assert parse_handle(text).host


def test_what_we_answer_we_can_read():
    jrd = jrd_for(
        BEES,
        iri=IRI,
        kind="Group",
        profile_url="https://h.example/bees",
        subscribe_template="https://h.example/interact?uri={uri}",
        aliases=["https://old.example/bees"],
    )
    assert jrd["subject"] == "acct:bees@h.example"
    assert jrd["aliases"] == [IRI, "https://h.example/bees", "https://old.example/bees"]
    assert [link["rel"] for link in jrd["links"]] == [
        "http://webfinger.net/rel/profile-page",
        "self",
        "http://ostatus.org/schema/1.0/subscribe",
    ]
    read = read_jrd(jrd, BEES.acct)
    assert self_links(read) == [(IRI, "Group")]
    assert subject_matches(read, BEES.acct)


def test_the_node_itself_has_a_kind_that_is_none():
    jrd = jrd_for(Handle("h.example", "h.example"), iri="https://h.example/", kind=None)
    assert jrd["aliases"] == ["https://h.example/"]
    assert jrd["links"][1]["properties"] == {"https://www.w3.org/ns/activitystreams#type": "none"}
    assert len(jrd["links"]) == 2
    assert self_links(read_jrd(jrd, "x")) == [("https://h.example/", None)]


def test_only_self_links_to_activities_count():
    links = [
        None,
        "x",
        {"rel": "self"},
        {"rel": "self", "type": "text/html", "href": "https://h.example/1"},
        {"rel": "self", "href": "https://h.example/2"},
        {"rel": "self", "type": "application/activity+json", "href": "ftp://h.example/3"},
        {"rel": 5, "type": "application/activity+json", "href": "https://h.example/4"},
        {"rel": "self", "type": 'application/ld+json; profile="x"', "href": "https://h.example/5", "properties": []},
        {"rel": "self", "type": "Application/Activity+JSON", "href": "https://h.example/6", "properties": {"https://www.w3.org/ns/activitystreams#type": "Person"}},
        {"rel": "alternate", "type": "application/activity+json", "href": "https://h.example/7"},
    ]  # fmt: skip
    read = read_jrd({"subject": "acct:x@h.example", "links": links}, "acct:x@h.example")
    assert self_links(read) == [("https://h.example/5", None), ("https://h.example/6", "Person")]


def test_links_are_counted_and_may_be_missing():
    assert read_jrd({}, "acct:x@h.example") == JrdDocument("acct:x@h.example", ())
    many = [
        {"rel": "self", "type": "application/activity+json", "href": f"https://h.example/{i}"}
        for i in range(100)
    ]
    assert len(read_jrd({"links": many}, "x").links) == 64
    with pytest.raises(Malformed):
        read_jrd({"subject": ["acct:x@h.example"]}, "acct:x@h.example")


@pytest.mark.parametrize(
    ("subject", "resource", "matches"),
    [
        ("acct:bob@good.example", "acct:bob@good.example", True),
        ("acct:robert@GOOD.example", "acct:bob@good.example", True),
        ("acct:bob@bücher.example", "acct:bob@xn--bcher-kva.example", True),
        ("acct:bob@good.example", "https://good.example/u/bob", True),
        ("https://good.example/u/bob", "acct:bob@good.example", True),
        ("acct:bob@victim.example", "acct:bob@evil.example", False),
        ("acct:bob@good.example.evil.example", "acct:bob@good.example", False),
        ("acct:bob@good.example:8443", "acct:bob@good.example", False),
        ("nonsense", "acct:bob@good.example", False),
        ("", "", False),
    ],
)
def test_the_subject_must_be_of_the_host_that_was_asked(subject, resource, matches):
    assert subject_matches(JrdDocument(subject, ()), resource) is matches
