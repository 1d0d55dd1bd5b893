import pytest
from starlette.exceptions import HTTPException
from starlette.routing import Route

from node.errors import Forbidden, Gone, Malformed, NotFound, TooMany, Unavailable
from tests.support.quay import Quay

JSON = {"accept": "application/activity+json"}
HTML = {"accept": "text/html"}


@pytest.fixture
def failing(quay: Quay):
    """A route that raises what it is told to."""

    async def endpoint(request):
        raise endpoint.error

    quay.app.router.routes.append(Route("/failing", endpoint))
    browser = quay.visitor(raises=False)

    async def ask(error, headers=JSON):
        endpoint.error = error
        return await browser.get("/failing", headers=headers)

    return ask


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (Malformed("m"), 400),
        (Forbidden("m"), 403),
        (NotFound("m"), 404),
        (Gone("m"), 410),
        (TooMany("m"), 429),
    ],
)
async def test_a_program_gets_a_problem(failing, error, status):
    answer = await failing(error)
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["status"] == status
    assert answer.json()["detail"] == "m"


async def test_a_browser_gets_a_page(failing):
    answer = await failing(NotFound("Look elsewhere."), HTML)
    assert answer.status_code == 404
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert "Look elsewhere." in answer.text


async def test_what_is_for_the_operator_is_not_told(failing):
    for headers in (JSON, HTML):
        answer = await failing(Malformed("This cannot be read.", detail="secret detail"), headers)
        assert "secret detail" not in answer.text


async def test_a_page_that_cannot_be_made_still_says_what_happened(failing, monkeypatch):
    def broken(request, error):
        raise RuntimeError("no such template")

    monkeypatch.setattr("node.web.errors.render_error", broken)
    answer = await failing(NotFound("Look elsewhere.", detail="secret detail"), HTML)
    assert (answer.status_code, answer.text) == (404, "Look elsewhere.\n")
    assert answer.headers["x-content-type-options"] == "nosniff"


async def test_who_must_wait_is_told_how_long(failing):
    assert (await failing(TooMany("m", retry_after=7))).headers["retry-after"] == "7"
    assert (await failing(Unavailable("m", retry_after=9))).headers["retry-after"] == "9"
    assert (await failing(Unavailable("m"))).headers["retry-after"] == "30"
    assert (await failing(Unavailable("m", retry_after=9), HTML)).headers["retry-after"] == "9"


async def test_what_nobody_expected_is_a_500_that_tells_nothing(failing):
    for headers in (JSON, HTML):
        answer = await failing(RuntimeError("password=hunter2"), headers)
        assert answer.status_code == 500
        assert "hunter2" not in answer.text
        assert answer.headers["cache-control"] == "no-store"
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert "strict-transport-security" in answer.headers


async def test_unknown_addresses_and_methods_are_refused_in_our_words(quay: Quay):
    nowhere = await quay.get("/no/such/address/here")
    assert nowhere.status_code == 404
    assert nowhere.json()["title"] == "Not Found"
    wrong = await quay.browser.delete("/nodeinfo/2.0", headers=JSON)
    assert wrong.status_code == 405
    assert set(wrong.headers["allow"].split(", ")) == {"GET", "HEAD"}


async def test_what_the_framework_cannot_read_is_malformed(failing):
    answer = await failing(HTTPException(400, "too many parts"))
    assert answer.status_code == 400
    assert "parts" not in answer.text


async def test_an_address_of_the_protocol_answers_in_json_whoever_asks(quay: Quay):
    answer = await quay.browser.get("/c/nobody/outbox", headers={"accept": "*/*"})
    assert answer.headers["content-type"] == "application/problem+json"


async def test_another_host_is_not_served(quay: Quay):
    answer = await quay.get("/nodeinfo/2.0", host="evil.example")
    assert answer.status_code == 421
    assert "strict-transport-security" in answer.headers


async def test_the_host_header_is_in_no_id(quay: Quay):
    await quay.person("alice")
    answer = await quay.get("/u/alice", host="H.EXAMPLE")
    assert "H.EXAMPLE" not in answer.text
    assert answer.json()["id"] == "https://h.example/u/alice"
