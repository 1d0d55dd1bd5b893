import pytest

from node.text.links import link_key

PAGE = "https://paper.example/a/story?id=7&page=2"


@pytest.mark.parametrize(
    "same",
    [
        "http://paper.example/a/story?id=7&page=2",
        "https://www.paper.example/a/story?id=7&page=2",
        "https://PAPER.example:443/a/story?page=2&id=7",
        "https://paper.example/a/story/?id=7&page=2#comments",
        "https://paper.example/a/story?utm_source=feed&id=7&UTM_medium=x&page=2&fbclid=abc",
    ],
)
def test_addresses_of_one_page_have_one_key(same):
    assert link_key(same) == link_key(PAGE) is not None


@pytest.mark.parametrize(
    "other",
    [
        "https://paper.example/a/story?id=8&page=2",
        "https://paper.example/A/story?id=7&page=2",
        "https://other.example/a/story?id=7&page=2",
        "https://paper.example:8443/a/story?id=7&page=2",
        "https://paper.example/a/story",
    ],
)
def test_other_pages_have_other_keys(other):
    assert link_key(other) != link_key(PAGE)


@pytest.mark.parametrize(
    "nothing", [None, "", "mailto:a@b.example", "https://", "https://[::1", "http://a:99999999/"]
)
def test_what_is_no_address_has_no_key(nothing):
    assert link_key(nothing) is None
