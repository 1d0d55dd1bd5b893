import pytest
from starlette.applications import Starlette
from starlette.responses import PlainTextResponse
from starlette.routing import Route

from node.web.hosts import KnownHosts


async def hello(request):
    return PlainTextResponse("hello")


async def ask(hosts: list[bytes], path: str = "/"):
    app = KnownHosts(
        Starlette(routes=[Route("/", hello), Route("/secret", hello)]),
        hosts={"h.example", "[::1]:8000"},
        anywhere={"/secret"},
    )
    sent = []

    async def send(message):
        sent.append(message)

    async def receive():
        return {"type": "http.request", "body": b"", "more_body": False}

    headers = [(b"host", host) for host in hosts]
    scope = {"type": "http", "method": "GET", "path": path, "headers": headers, "query_string": b""}
    await app(scope, receive, send)
    return sent[0]["status"]


@pytest.mark.parametrize("host", [b"h.example", b"H.Example", b"[::1]:8000"])
async def test_our_host_is_answered(host):
    assert await ask([host]) == 200


@pytest.mark.parametrize(
    "host", [b"evil.example", b"h.example.evil.example", b"h.example:8443", b"127.0.0.1"]
)
async def test_another_host_is_misdirected(host):
    assert await ask([host]) == 421


@pytest.mark.parametrize(
    "hosts",
    [[], [b""], [b"h.example", b"evil.example"], [b"h.example/x?y="], [b"h.example@evil"], [b"h.ex\xe4mple"]],
)
async def test_what_is_no_host_is_refused(hosts):
    assert await ask(hosts) == 400


@pytest.mark.parametrize("path", ["@evil", "evil", "", "/a\0b"])
async def test_what_is_no_path_is_refused(path):
    assert await ask([b"h.example"], path) == 400


async def test_what_asks_for_a_secret_is_answered_under_any_name():
    assert (await ask([b"127.0.0.1:8000"], "/secret"), await ask([b"evil@h.example"], "/secret")) == (
        200,
        400,
    )


async def test_other_protocols_pass():
    seen = []

    async def inner(scope, receive, send):
        seen.append(scope["type"])

    await KnownHosts(inner, hosts=set())({"type": "lifespan"}, None, None)
    assert seen == ["lifespan"]
