"""FEDERATION.md A.3, RULE A4, RULE D1."""

import pytest

from node.activitypub import nodeinfo as n
from node.errors import Malformed

REPORT = n.NodeReport(
    version="0.1.0", repository="https://r.example", homepage="https://p.example", members=9, active_half_year=5,
    active_month=3, threads=7, comments=11, open_registrations=True, name="Harbour", description="A node",
)  # fmt: skip
SCHEMA = "http://nodeinfo.diaspora.software/ns/schema/"


def test_what_we_say_of_ourselves():
    info = n.write_nodeinfo(REPORT, "2.1")
    assert info["version"] == "2.1"
    assert info["software"] == {
        "name": "archipel",
        "version": "0.1.0",
        "repository": "https://r.example",
        "homepage": "https://p.example",
    }
    assert info["usage"] == {
        "users": {"total": 9, "activeHalfyear": 5, "activeMonth": 3},
        "localPosts": 7,
        "localComments": 11,
    }
    assert info["protocols"] == ["activitypub"]
    assert info["openRegistrations"] is True
    assert all(isinstance(value, str) for value in info["metadata"].values())


def test_the_older_form_has_no_addresses():
    assert set(n.write_nodeinfo(REPORT, "2.0")["software"]) == {"name", "version"}


def test_peers_find_and_read_it():
    wellknown = n.write_wellknown("https://h.example")
    assert [link["rel"] for link in wellknown["links"]] == [f"{SCHEMA}2.0", f"{SCHEMA}2.1"]
    assert n.read_wellknown(wellknown) == "https://h.example/nodeinfo/2.1"
    assert n.read_nodeinfo(n.write_nodeinfo(REPORT, "2.0")) == n.Software("archipel", "0.1.0")


def test_the_newest_form_is_taken():
    old = {"rel": f"{SCHEMA}1.0", "href": "https://h.example/1"}
    assert n.read_wellknown({"links": old}) == "https://h.example/1"
    assert (
        n.read_wellknown({"links": [old, {"rel": f"{SCHEMA}2.0", "href": "https://h.example/2"}]})
        == "https://h.example/2"
    )


@pytest.mark.parametrize(
    "document",
    [
        {},
        {"links": None},
        {"links": ["x", {}]},
        {"links": [{"rel": f"{SCHEMA}2.1", "href": "ftp://x"}]},
        {"links": [{"rel": "other", "href": "https://h.example"}]},
    ],
)
def test_a_pointer_to_nowhere_is_refused(document):
    with pytest.raises(Malformed):
        n.read_wellknown(document)


@pytest.mark.parametrize(
    "document",
    [{}, {"software": "lemmy"}, {"software": {}}, {"software": {"name": ["x"]}}, {"software": {"name": ""}}],
)
def test_a_node_without_software_is_refused(document):
    with pytest.raises(Malformed):
        n.read_nodeinfo(document)


def test_software_is_named_in_lower_case():
    assert n.read_nodeinfo({"software": {"name": "Lemmy", "version": None}}) == n.Software("lemmy", "")


@pytest.mark.parametrize(
    ("name", "dialect"),
    [
        ("lemmy", "thread"),
        ("PieFed", "thread"),
        ("nodebb", "thread"),
        ("archipel", "thread"),
        ("mastodon", "micro"),
        ("gotosocial", "micro"),
        ("Iceshrimp.NET", "micro"),
        ("pixelfed", "micro"),
        ("wordpress", "micro"),
        ("friendica", "thread"),
        ("discourse", "thread"),
        ("mbin", "thread"),
        ("peertube", "unknown"),
        ("", "unknown"),
        (None, "unknown"),
    ],
)
def test_a_peer_is_spoken_to_in_its_dialect(name, dialect):
    assert n.dialect_of(name) == dialect
