from datetime import UTC, datetime

import pytest

from node.network.answers import excerpt_of, read_media_type, read_retry_after

NOW = datetime(2026, 11, 3, 9, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("0", 0.0),
        ("120", 120.0),
        ("99999999999999999999", 86_400.0),
        ("Tue, 03 Nov 2026 09:01:30 GMT", 90.0),
        ("Tue, 03 Nov 2026 09:01:30 -0000", 90.0),
        ("Tue, 03 Nov 2026 08:00:00 GMT", 0.0),
        ("Tue, 03 Nov 2099 08:00:00 GMT", 86_400.0),
        ("", None),
        ("-5", None),
        ("1.5", None),
        ("soon", None),
        ("²", None),
    ],
)
def test_retry_after_is_read_in_both_forms(value, seconds):
    assert read_retry_after(value, now=NOW) == seconds


def test_media_types_are_split_with_respect_for_quotes():
    assert read_media_type('A/B; x="1;2" ; Y=z; x=3; flag') == ("a/b", {"x": "1;2", "y": "z", "flag": ""})


def test_an_excerpt_is_one_printable_line_of_bounded_length():
    assert excerpt_of(b"a\r\nb\x00") == "a\\r\\nb\\x00"
    assert len(excerpt_of(b"\x00" * 10_000)) == 200
