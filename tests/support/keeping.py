"""What a node keeps in memory, held against what it would answer now."""

from __future__ import annotations

from collections.abc import Iterable

import httpx
from starlette.types import Receive, Scope, Send

from node.web.activitypub.hot import Hot
from tests.support.archipelago import Island

ACCEPT = {"accept": "application/activity+json"}


def hot_of(island: Island) -> Hot:
    """Return the layer of a node that keeps documents."""
    if island.app.middleware_stack is None:
        island.app.middleware_stack = island.app.build_middleware_stack()
    layer = island.app.middleware_stack
    while not isinstance(layer, Hot):
        layer = layer.app  # type: ignore[attr-defined]
    return layer


async def keep(island: Island, paths: Iterable[str]) -> None:
    """Ask for documents, so that those that may be are kept."""
    transport = httpx.ASGITransport(island.app)
    async with httpx.AsyncClient(transport=transport, base_url=f"https://{island.host}") as client:
        for path in paths:
            await client.get(path, headers=ACCEPT)


async def lies(island: Island) -> list[str]:
    """Name the kept answers that differ from what is answered without memory, and how."""
    hot = hot_of(island)
    assert await hot.changes.catch_up(), "nothing kept is given out before all of its own was heard"

    async def without_memory(scope: Scope, receive: Receive, send: Send) -> None:
        scope["app"] = island.app
        await hot.app(scope, receive, send)

    found = []
    transport = httpx.ASGITransport(without_memory)
    async with httpx.AsyncClient(transport=transport, base_url=f"https://{island.host}") as client:
        for path, answer in list(hot.shelf._answers.items()):
            fresh = await client.get(path, headers=ACCEPT)
            kept = httpx.Headers(answer.headers)
            if (answer.status, answer.body, kept) != (fresh.status_code, fresh.content, fresh.headers):
                found.append(
                    f"{path}: kept {answer.status} {answer.body!r}, is {fresh.status_code} {fresh.text}"
                )
    return found
