import pytest
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from node.web.negotiate import negotiated, wants_activity, wants_json
from tests.support.quay import HOME, Quay

PAGES = [
    "",
    "*/*",
    "text/html",
    "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8",
    "application/json",
    "application/activity+json;q=0",
    "application/activity+json;q=0.5, text/html",
    "application/activity+json;q=0.5, */*",
    "application/activity+jsonx",
    "application/*",
    "application/activity+json;q=high",
    "application/activity+json;q=2",
    ",,,;;;=",
    "text/html;level=1",
    'application/ld+json; profile="unclosed',
]
DOCUMENTS = [
    "application/activity+json",
    "Application/Activity+JSON",
    "application/ld+json",
    'application/ld+json; profile="https://www.w3.org/ns/activitystreams"',
    'application/ld+json;profile="https://www.w3.org/ns/activitystreams";q=0.9, text/html;q=0.1',
    "application/activity+json, application/ld+json",
    'application/ld+json; profile="a,b;q=0", text/html;q=0.5',
    "application/activity+json, */*;q=0.1",
    "application/activity+json, text/html",
    "text/html;q=0.4, application/activity+json;q=0.5",
    "*/*;q=0.1, application/activity+json;q=0.2",
    "text/html;q=0, */*, application/activity+json;q=0.1",
    "nonsense, application/activity+json",
    "application/activity+json; charset=utf-8",
    "application/activity+json;q=1.000",
]


@pytest.mark.parametrize("accept", PAGES)
def test_these_ask_for_a_page(accept: str):
    assert not wants_activity(accept)


@pytest.mark.parametrize("accept", DOCUMENTS)
def test_these_ask_for_a_document(accept: str):
    assert wants_activity(accept)
    assert wants_json(accept)


def test_plain_json_asks_for_json_but_not_for_a_document():
    assert wants_json("application/json")
    assert not wants_json("text/html, application/json;q=0.9")


def test_only_the_beginning_of_an_endless_header_is_read():
    assert not wants_activity("text/x," * 200 + "application/activity+json")


async def test_one_address_answers_with_either_face_and_each_names_the_other(quay: Quay):
    await quay.person("alice")
    page = await quay.browser.get("/u/alice", headers={"accept": "text/html"})
    assert page.headers["content-type"] == "text/html; charset=utf-8"
    assert page.headers["link"] == f'<{HOME}/u/alice>; rel="alternate"; type="application/activity+json"'
    assert {"Accept", "Cookie"} <= set(page.headers["vary"].split(", "))
    document = await quay.get("/u/alice")
    assert document.headers["content-type"] == "application/activity+json"
    assert "Accept" in document.headers["vary"].split(", ")


async def test_a_redirect_from_a_page_points_to_no_document(quay: Quay):
    async def page(request):
        return RedirectResponse("/elsewhere", 303)

    async def activity(request):
        return Response("{}")

    quay.app.router.routes += [
        Route("/moved", negotiated(page=page, activity=activity)),
        Route("/pageless", negotiated(page=None, activity=activity)),
    ]
    moved = await quay.browser.get("/moved", headers={"accept": "text/html"})
    assert "link" not in moved.headers
    assert (await quay.browser.get("/pageless", headers={"accept": "text/html"})).text == "{}"
