import pytest

from node.errors import Forbidden
from node.ids import RandomIds
from node.keyring import Keyring
from node.web.guards import check_token, form_token, local_path, neighbourhood, subnet


@pytest.fixture
def keyring(tmp_path):
    return Keyring(tmp_path)


def test_a_form_token_is_another_each_time_and_good_each_time(keyring):
    tokens = {form_token(keyring, "secret", RandomIds()) for _ in range(20)}
    assert len(tokens) == 20
    for token in tokens:
        check_token(keyring, "secret", token)


def test_what_was_never_given_out_is_no_token(keyring):
    given = form_token(keyring, "secret", RandomIds())
    plain = keyring.sign_token("secret", purpose="csrf")
    for token in (
        "",
        plain,
        given[:-1],
        given + "A",
        given.swapcase(),
        "\udce9",
        "é" * 86,
        given[::-1],
        "=" * 86,
    ):
        with pytest.raises(Forbidden):
            check_token(keyring, "secret", token)
    for secret in ("other", "", None):
        with pytest.raises(Forbidden):
            check_token(keyring, secret, given)


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
