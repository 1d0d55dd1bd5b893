"""The table of THREATS 4.4, held over every route."""

import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from node.web.headers import ResponseHeaders, class_of, vary_on
from tests.support.quay import Quay
from tests.support.walker import Walker

ALWAYS = {
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "strict-transport-security": "max-age=63072000; includeSubDomains",
}
GOLDEN = {
    "html": ALWAYS
    | {
        "referrer-policy": "same-origin",
        "cross-origin-opener-policy": "same-origin",
        "cross-origin-resource-policy": "same-origin",
        "permissions-policy": "camera=(), microphone=(), geolocation=(), payment=(), usb=(), browsing-topics=()",
    },
    "activity": ALWAYS
    | {
        "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
        "referrer-policy": "no-referrer",
        "cross-origin-resource-policy": "cross-origin",
        "x-robots-tag": "noindex",
    },
    "media": ALWAYS
    | {
        "content-security-policy": "default-src 'none'; form-action 'none'; frame-ancestors 'none'; sandbox",
        "referrer-policy": "no-referrer",
    },
    "asset": ALWAYS | {"referrer-policy": "no-referrer", "cross-origin-resource-policy": "same-origin"},
}
HTML_POLICY = ("default-src 'none'", "script-src 'self'", "style-src 'self'", "form-action 'self'", "base-uri 'none'",
               "frame-ancestors 'none'", "require-trusted-types-for 'script'")  # fmt: skip


async def test_every_route_carries_the_headers_of_its_class(quay: Quay):
    alice = await quay.person("alice")
    group = await quay.group("alice_group")
    await quay.post(alice, group, token="t1")
    walker = Walker(quay.app, name=["alice", "alice_group", "nobody"], token=["t1", "none"], schema=["2.1"])
    seen = set()
    async with quay.visitor(raises=False) as browser:
        for visit in walker.visits("GET"):
            for accept in ("application/activity+json", "text/html"):
                answer = await browser.get(visit.path, headers={"accept": accept})
                kind = class_of(visit.path, answer.headers.get("content-type", ""))
                seen.add(kind)
                where = f"{visit.path} as {accept}"
                for name, value in GOLDEN[kind].items():
                    assert answer.headers.get(name) == value, (where, name)
                if kind == "html":
                    policy = answer.headers["content-security-policy"].split("; ")
                    assert not set(HTML_POLICY) - set(policy), where
                    assert "access-control-allow-origin" not in answer.headers, where
                assert "cache-control" in answer.headers, where
                assert not {"server", "x-powered-by"} & set(answer.headers), where
                if kind == "activity":
                    assert "set-cookie" not in answer.headers, where
                    vary = {one.strip() for one in answer.headers["vary"].split(",")}
                    assert {"Accept", "Signature"} <= vary, where
    assert "activity" in seen


async def test_head_answers_as_get_without_a_body(quay: Quay):
    walker = Walker(quay.app, name=["alice"], token=["t1"], schema=["2.0"])
    alice = await quay.person("alice")
    await quay.post(alice, await quay.group("bees"), token="t1")
    for visit in walker.visits("HEAD"):
        headers = {"accept": "application/activity+json"}
        get = await quay.browser.get(visit.path, headers=headers)
        head = await quay.browser.head(visit.path, headers=headers)
        assert head.content == b"", visit.path
        assert head.status_code == get.status_code, visit.path
        ignored = {"set-cookie", "content-length"}  # a form's token is another each time
        assert {k: v for k, v in head.headers.items() if k not in ignored} == {
            k: v for k, v in get.headers.items() if k not in ignored
        }, visit.path


@pytest.fixture
def page():
    """What one endpoint answers, from outside; set `answer` first."""

    async def endpoint(request):
        return endpoint.answer

    paths = ("/", "/media/a.png", "/static/site.css")
    app = Starlette(
        routes=[Route(path, endpoint, methods=["GET", "POST"]) for path in paths],
        middleware=[Middleware(ResponseHeaders, secure=False)],
    )

    async def ask(answer, path="/", method="GET", **headers):
        import httpx

        endpoint.answer = answer
        async with httpx.AsyncClient(
            transport=httpx.ASGITransport(app), base_url="http://h.example"
        ) as browser:
            return await browser.request(method, path, headers=headers)

    return ask


async def test_a_page_for_a_stranger_may_be_kept_for_a_moment(page):
    answer = await page(HTMLResponse("hello"))
    assert answer.headers["cache-control"] == "public, max-age=30"
    assert {"Accept", "Cookie"} <= set(answer.headers["vary"].split(", "))


async def test_a_page_for_a_browser_with_a_cookie_is_kept_nowhere(page):
    answer = await page(HTMLResponse("hello", headers={"Cache-Control": "public"}), cookie="__Host-sid=x")
    assert answer.headers["cache-control"] == "no-store"


async def test_a_page_that_sets_a_cookie_is_kept_nowhere(page):
    welcome = HTMLResponse("hello")
    welcome.set_cookie("__Host-sid", "x")
    assert (await page(welcome)).headers["cache-control"] == "no-store"


async def test_answers_to_forms_redirects_and_errors_are_kept_nowhere(page):
    assert (await page(HTMLResponse("done"), method="POST")).headers["cache-control"] == "no-store"
    assert (await page(RedirectResponse("/x", 303))).headers["cache-control"] == "no-store"
    assert (await page(HTMLResponse("oh", 404))).headers["cache-control"] == "no-store"
    assert (await page(Response("{}", 404, media_type="application/json"))).headers[
        "cache-control"
    ] == "no-store"


async def test_a_document_is_kept_for_minutes_and_so_is_a_tombstone(page):
    kept = "public, max-age=180"
    document = Response("{}", media_type="application/activity+json")
    assert (await page(document)).headers["cache-control"] == kept
    gone = Response("{}", 410, media_type="application/activity+json")
    assert (await page(gone)).headers["cache-control"] == kept


async def test_a_document_keeps_its_own_word_on_caching_but_never_sets_a_cookie(page):
    private = Response(
        "{}", media_type="application/activity+json", headers={"Cache-Control": "private, no-store"}
    )
    private.set_cookie("sid", "x")
    answer = await page(private)
    assert answer.headers["cache-control"] == "private, no-store"
    assert "set-cookie" not in answer.headers


async def test_media_is_kept_for_ever_unless_private(page):
    picture = await page(Response(b"x", media_type="image/png"), "/media/a.png")
    assert picture.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert picture.headers["cross-origin-resource-policy"] == "cross-origin"
    private = Response(b"x", media_type="image/png", headers={"Cache-Control": "private, no-store"})
    assert (await page(private, "/media/a.png")).headers["cross-origin-resource-policy"] == "same-site"


async def test_an_asset_is_for_our_pages(page):
    answer = await page(Response("a {}", media_type="text/css"), "/static/site.css")
    assert answer.headers["cross-origin-resource-policy"] == "same-origin"
    assert answer.headers["cache-control"] == "public, max-age=3600"


async def test_a_token_page_may_be_stricter_about_the_referrer(page):
    answer = await page(HTMLResponse("hello", headers={"Referrer-Policy": "no-referrer", "Server": "x"}))
    assert answer.headers["referrer-policy"] == "no-referrer"
    assert "server" not in answer.headers


async def test_plain_http_is_not_told_to_insist_on_tls(page):
    assert "strict-transport-security" not in (await page(HTMLResponse("hello"))).headers


def test_vary_grows_without_repeating():
    answer = Response(headers={"Vary": "accept, Origin"})
    vary_on(answer.headers, "Accept", "Cookie")
    assert answer.headers["vary"] == "accept, Origin, Cookie"


async def test_other_protocols_pass():
    seen = []

    async def inner(scope, receive, send):
        seen.append(scope["type"])

    await ResponseHeaders(inner, secure=True)({"type": "lifespan"}, None, None)
    assert seen == ["lifespan"]
