"""Answers are counted by the template of their address, never by what stands in one."""

import pytest
from starlette.applications import Starlette
from starlette.responses import HTMLResponse, PlainTextResponse
from starlette.routing import Mount, Route

from node.metrics import Metrics
from node.web.headers import class_of
from node.web.timing import Timed


async def page(request):
    return HTMLResponse("hello")


async def document(request):
    return PlainTextResponse("{}", media_type="application/activity+json")


async def broken(request):
    raise RuntimeError


async def ask(metrics, path, *, kind="http"):
    routes = [
        Route("/post/{token}", page),
        Route("/doc/{token}", document),
        Route("/broken", broken),
        Mount("/static", document),
    ]

    async def send(message):
        pass

    async def receive():
        return {"type": "http.request", "body": b"", "more_body": False}

    scope = {"type": kind, "method": "GET", "path": path, "headers": [], "query_string": b""}
    app = Timed(Starlette(routes=routes), metrics=metrics, kind_of=class_of)
    await app(scope, receive, send)


def counted(metrics):
    return {
        (sample.labels["route"], sample.labels["kind"]): sample.value
        for family in metrics.registry.collect()
        for sample in family.samples
        if sample.name == "archipel_request_seconds_count"
    }


async def test_addresses_of_one_form_are_counted_together():
    metrics = Metrics()
    for path in ("/post/a", "/post/b", "/doc/a", "/nowhere/a", "/nowhere/b"):
        await ask(metrics, path)
    assert counted(metrics) == {
        ("/post/{token}", "html"): 2,
        ("/doc/{token}", "activity"): 1,
        ("none", "activity"): 2,
    }
    assert metrics.registry.get_sample_value("archipel_answers_total", {"status": "2xx"}) == 3
    assert metrics.registry.get_sample_value("archipel_answers_total", {"status": "4xx"}) == 2


async def test_an_answer_that_broke_counts_as_one():
    metrics = Metrics()
    with pytest.raises(RuntimeError):
        await ask(metrics, "/broken")
    assert metrics.registry.get_sample_value("archipel_answers_total", {"status": "5xx"}) == 1


async def test_other_protocols_are_not_counted():
    metrics, seen = Metrics(), []

    async def inner(scope, receive, send):
        seen.append(scope["type"])

    await Timed(inner, metrics=metrics, kind_of=class_of)({"type": "lifespan"}, None, None)
    assert (seen, counted(metrics)) == (["lifespan"], {})
