import pytest

from node.web.guards import local_path, neighbourhood, subnet


@pytest.mark.parametrize("path", ["/", "/c/bees", "/c/bees@beta.example?sort=new&after=1.5_2", "/post/x#c-y"])
def test_a_path_of_ours_is_kept(path):
    assert local_path(path) == path


@pytest.mark.parametrize(
    "path",
    [None, "", "//evil", "/\\evil", "\\evil", "https:evil", "https://evil", "evil", " /x", "/a b", "/a\r\nb", "/\x00",
     "/\t/evil", "/" + "x" * 500],
)  # fmt: skip
def test_anything_else_is_not(path):
    assert local_path(path, "/default") == "/default"


def test_what_a_header_cannot_hold_is_encoded():
    assert local_path("/u/é") == "/u/%C3%A9"


@pytest.mark.parametrize(
    ("address", "near", "wide"),
    [
        ("192.0.2.7", "192.0.2.7", "192.0.2.0/24"),
        ("::ffff:192.0.2.7", "192.0.2.7", "192.0.2.0/24"),
        ("2001:db8:1:2:3::4", "2001:db8:1:2::/64", "2001:db8:1::/48"),
        ("unix", "unknown", "unknown"),
        (None, "unknown", "unknown"),
    ],
)
def test_limits_count_networks(address, near, wide):
    assert subnet(address) == near
    assert neighbourhood(address) == wide
