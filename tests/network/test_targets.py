import pytest

from node.errors import Malformed
from node.network.targets import read_target

SENT = {
    "https://good.test": "https://good.test/",
    "https://good.test/a?b=c#d": "https://good.test/a?b=c",
    "https://good.test:443/a": "https://good.test/a",
    "https://GOOD.test/A": "https://good.test/A",
    "https://good.test/%7Eada/a%2fb?x=%3a%2F&y=a+b": "https://good.test/%7Eada/a%2fb?x=%3a%2F&y=a+b",
    "https://bücher.test/ä": "https://xn--bcher-kva.test/%C3%A4",
}
REFUSED = [
    "https://xn--a/",  # Punycode of nothing
    "",
    "good.test/a",
    "//good.test/a",
    "http://good.test/a",
    "ftp://good.test/a",
    "file:///etc/passwd",
    "data:application/json,{}",
    "javascript:alert(1)",
    "gopher://good.test/",
    "https:good.test",
    "https:///a",
    "https://",
    "https://good.test:80/",
    "https://good.test:8443/",
    "https://good.test:0/",
    "https://good.test:99999/",
    "https://good.test:x/",
    "https://user@good.test/",
    "https://user:pass@good.test/",
    "https://evil.test\\@good.test/",
    "https://good.test\\a",
    "https://good.test/a b",
    "https://good.test/a\nb",
    "https://good.test/\ta",
    " https://good.test/",
    "https://good.test/\x00",
    "https://good%2etest/",
    "https://go\u00adod.test/",
    "https://good.test./",
    "https://good..test/",
    "https://-good.test/",
    "https://go_od.test/",
    "https://127.0.0.1/",
    "https://[::1]/",
    "https://2130706433/",
    "https://127.1/",
    "https://0x7f.1/",
    "https://[good.test/",
    "https://good.test/\ud800",
    "https://good.test/" + "a" * 2048,
]


@pytest.mark.parametrize(("url", "sent"), SENT.items())
def test_a_plain_address_is_sent_as_written(url, sent):
    assert str(read_target(url)) == sent


@pytest.mark.parametrize("url", REFUSED)
def test_any_other_form_is_refused(url):
    with pytest.raises(Malformed):
        read_target(url)


@pytest.mark.parametrize("url", ["http://localhost:8001/a", "http://127.0.0.1:8000/", "https://[::1]:8443/a"])
def test_development_allows_http_ports_and_addresses(url):
    assert str(read_target(url, development=True)) == url


@pytest.mark.parametrize("url", ["ftp://localhost/", "http://user@localhost/", "http:///"])
def test_development_is_no_free_pass(url):
    with pytest.raises(Malformed):
        read_target(url, development=True)
