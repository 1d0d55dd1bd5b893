"""A node whose documents are kept in memory, with what tests ask of it."""

from __future__ import annotations

import httpx
import pytest
from starlette.applications import Starlette

from node.web.activitypub.hot import Hot, Shelf
from node.web.errors import exception_handlers
from node.web.headers import middleware
from node.web.routes import routes
from tests.support.counting import asked
from tests.support.quay import HOME, Quay

LD = 'application/ld+json; profile="https://www.w3.org/ns/activitystreams"'


@pytest.fixture
async def quay(quay):
    layer_of(quay)  # as the first event of a server does
    async with quay.node.listening():
        yield quay


@pytest.fixture
async def alice(quay):
    return await quay.person("alice")


@pytest.fixture
async def bees(quay):
    return await quay.group("bees")


@pytest.fixture
async def thread(quay, alice, bees):
    return await quay.post(alice, bees, token="t1", title="Swarm season")


def layer_of(quay: Quay) -> Hot:
    if quay.app.middleware_stack is None:
        quay.app.middleware_stack = quay.app.build_middleware_stack()
    layer = quay.app.middleware_stack
    while not isinstance(layer, Hot):
        layer = layer.app
    return layer


def shelf_of(quay: Quay) -> Shelf:
    return layer_of(quay).shelf


def counted(quay: Quay, result: str) -> float:
    return quay.node.metrics.registry.get_sample_value(
        "archipel_cache_lookups_total", {"cache": "documents", "result": result}
    )


def bare(quay: Quay) -> httpx.AsyncClient:
    """The same node without memory."""
    app = Starlette(
        routes=routes(), middleware=middleware(quay.node), exception_handlers=dict(exception_handlers())
    )
    app.state.node = quay.node
    return httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url=HOME)


async def is_asked(quay: Quay, path: str, **headers: str) -> tuple[httpx.Response, int]:
    """Ask, and count the statements that this costs."""
    with asked(quay.node.database) as statements:
        answer = await quay.get(path, **headers)
    return answer, statements.count


async def kept_paths(quay: Quay, *paths: str) -> None:
    for path in paths:
        await quay.get(path)
        _, cost = await is_asked(quay, path)
        assert cost == 0, f"{path} is not kept"
