import pytest

from node.activitypub.intents import PREFIX, expand, read_intents, write_intents
from node.activitypub.webfinger import SUBSCRIBE


def read(*links, development=False):
    return read_intents({"links": list(links)}, development=development)


def test_what_we_offer_can_be_read_back():
    found = read_intents({"links": write_intents("https://a.example")}, development=False)
    assert set(found) == {"follow", "like", "dislike", "object", "create"}
    made = expand(found["follow"], {"object": "https://b.example/u/bo?x=1&y"}, "a.example")
    assert made == "https://a.example/intents/follow?object=https%3A%2F%2Fb.example%2Fu%2Fbo%3Fx%3D1%26y"


def test_the_older_template_and_links_by_href_are_read():
    assert read({"rel": SUBSCRIBE, "template": "https://a.example/f?uri={uri}"}) == {
        "subscribe": "https://a.example/f?uri={uri}"
    }
    assert read({"rel": f"{PREFIX}like", "href": "https://a.example/l?{object}"})["like"]


@pytest.mark.parametrize(
    "template",
    [
        "javascript:alert(1)//{object}",
        "http://a.example/{object}",
        "//a.example/{object}",
        "https://{object}/x",
        "https://a.example:{object}/",
        "data:text/html,{object}",
        "https://a.example/ x{object}",
        "https://a.example/\n{object}",
        "https://a.example/" + "x" * 1001,
        "",
        None,
        7,
    ],
)
def test_what_is_no_address_of_a_server_is_left_out(template):
    assert read({"rel": f"{PREFIX}Follow", "template": template}) == {}


def test_an_address_leads_nowhere_but_to_its_own_server():
    assert expand("https://evil.example/{object}", {"object": "x"}, "a.example") is None
    assert expand("https://a.example@evil.example/{object}", {"object": "x"}, "a.example") is None
    assert expand("https://a.example/?o={object}&s={on-success}", {"object": "é"}, "a.example") == (
        "https://a.example/?o=%C3%A9&s="
    )


def test_odd_documents_hold_no_intents():
    for document in ({}, {"links": None}, {"links": ["x", 7, {}]}, {"links": {"rel": 3, "template": "x"}}):
        assert read_intents(document, development=False) == {}
