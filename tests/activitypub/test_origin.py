"""THREATS.md V18, V34, A42."""

import contextlib
import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from node.activitypub.origin import (
    host_name,
    host_of,
    is_local,
    origin_of,
    parse_iri,
    same_identity,
    same_origin,
)
from node.errors import Malformed


@pytest.mark.parametrize(
    ("text", "authority"),
    [
        ("https://h.example/u/alice", "h.example"),
        ("https://h.example", "h.example"),
        ("https://H.Example/u/Alice", "h.example"),
        ("https://h.example:443/x", "h.example"),
        ("https://bücher.example/x", "xn--bcher-kva.example"),
        ("https://xn--bcher-kva.example/x", "xn--bcher-kva.example"),
        ("https://h.example/x?y=1#z", "h.example"),
        ("https://h.example/ü", "h.example"),
        ("https://h.example/a%2Fb", "h.example"),
        ("https://1.2.3.4.example/", "1.2.3.4.example"),
        ("https://a/", "a"),
    ],
)
def test_an_id_is_taken_apart(text, authority):
    iri = parse_iri(text)
    assert (iri.authority, iri.text, iri.origin) == (authority, text, f"https://{authority}")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "h.example/u",
        "//h.example/u",
        "http://h.example/u",
        "HTTPS://h.example/u",
        "ftp://h.example/u",
        "data:text/plain,x",
        "acct:u@h.example",
        "javascript:alert(1)",
        "https:h.example",
        "https:///u",
        "https://",
        "https://h.example:8443/u",
        "https://h.example:/u",
        "https://h.example:99999/u",
        "https://h.example:x/u",
        "https://user@h.example/u",
        "https://user:pass@h.example/u",
        "https://@h.example/u",
        "https://evil.test\\@good.test/",
        "https://good.test\\evil/",
        "https://h.example /u",
        " https://h.example/u",
        "https://h.example/u\n",
        "https://h.example/\tu",
        "https://h.example/\x00",
        "https://h.example/\x85",
        "https://vic%2etim.test/",
        "https://victim.test%00/",
        "https://victim.test./",
        "https://vic\u00adtim.test/",
        "https://vic\u200btim.test/",
        "https://vi_ctim.test/",
        "https://-victim.test/",
        "https://victim..test/",
        "https://127.0.0.1/",
        "https://127.1/",
        "https://2130706433/",
        "https://0x7f.1/",
        "https://0x7f000001/",
        "https://[::1]/",
        "https://[::1/",
        "https://" + "a" * 64 + ".test/",
        "https://h.example/" + "a" * 2040,
    ],
)
def test_an_unclear_id_is_refused(text):
    with pytest.raises(Malformed):
        parse_iri(text)


def test_the_longest_id_is_read():
    assert parse_iri("https://h.example/" + "a" * 2030)


@pytest.mark.parametrize("value", [None, 1, [], {}, b"https://h.example/"])
def test_only_text_is_an_id(value):
    with pytest.raises(Malformed):
        parse_iri(value)


def test_development_allows_http_ports_and_addresses():
    for text, origin in [
        ("http://localhost:8001/u", "http://localhost:8001"),
        ("http://127.0.0.1/", "http://127.0.0.1"),
        ("https://[::1]:9/", "https://[::1]:9"),
        ("http://h.example:80/", "http://h.example"),
    ]:
        assert parse_iri(text, development=True).origin == origin
    with pytest.raises(Malformed):
        parse_iri("http://user@localhost/", development=True)


def test_origins_compare_by_scheme_host_and_port():
    assert same_origin("https://h.example/a", "https://H.EXAMPLE:443/b")
    assert origin_of("https://bücher.example/a") == origin_of("https://xn--bcher-kva.example/b")
    assert host_of("http://localhost:8001/x") == "localhost:8001"
    for other in (
        "http://h.example/",
        "https://www.h.example/",
        "https://h.example:444/",
        "h.example",
        "",
        "https://h.example./",
    ):
        assert not same_origin("https://h.example/", other)
    assert not same_origin("nonsense", "nonsense")


NEAR = [
    f"https://{host}{path}"
    for host in ("victim.test", "Victim.test", "victim.test:443", "victim.test.", "www.victim.test")
    for path in (
        "/u/bob",
        "/u/Bob",
        "/u/bob/",
        "/u//bob",
        "/u/bob?",
        "/u/bob#",
        "/u/b%6fb",
        "/u/bob#main-key",
    )
]


def test_forty_near_equal_ids_are_all_unequal():
    assert len(NEAR) == 40
    for a, b in itertools.combinations(NEAR, 2):
        assert not same_identity(a, b)


def test_a_node_is_one_with_and_without_its_slash():
    assert same_identity("https://a.example", "https://a.example/")
    assert same_identity("https://a.example/", "https://a.example")
    assert same_identity("https://a.example/u/x", "https://a.example/u/x")
    for a, b in [
        ("https://a.example//", "https://a.example/"),
        ("https://a.example/?", "https://a.example/?/"),
        ("https://a.example#", "https://a.example#/"),
        ("https://a.example/x", "https://a.example/x/"),
        ("https://A.example", "https://a.example/"),
        ("", ""),
        ("", "/"),
        ("x", "x/"),
    ]:
        assert not same_identity(a, b)


def test_local_ids_are_known_however_they_are_written():
    homes = ["https://us.example", "https://bees.example"]
    assert is_local("https://us.example/p/999", homes)
    assert is_local("https://BEES.example:443/", homes)
    assert not is_local("https://us.example.evil.example/", homes)
    assert not is_local("https://evil.example/https://us.example/", homes)
    assert not is_local("us.example", homes)


def test_a_host_is_never_repaired():
    assert host_name("Straße.example") == "xn--strae-oqa.example"
    for bad in ("", "a b", "vic\u00adtim.test", "☃\u200d.example", "\u0661.example"):
        with pytest.raises(Malformed):
            host_name(bad)


@given(st.text(max_size=60))
def test_whatever_the_text_it_is_read_or_malformed(text):
    for candidate in (text, f"https://{text}", f"https://h.example/{text}"):
        with contextlib.suppress(Malformed):
            assert parse_iri(candidate, development=True).text == candidate
