"""A node at alpha.example whose network is a script."""

from __future__ import annotations

import itertools
import json
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import httpx
import pytest

from node.keyring import Keyring
from node.network.client import Client
from node.runtime import Node
from node.settings import Settings
from node.store.database import Database
from node.store.tables.actors import Actor
from tests.support.clock import ManualClock
from tests.support.databases import drop_database, fresh_database
from tests.support.rows import HOME, a_local_actor, an_actor

Answer = int | httpx.Response | Exception | Callable[[httpx.Request], httpx.Response]


class Peers(httpx.AsyncBaseTransport):
    """Other nodes: 202 to everything unless a host is told to answer otherwise. Remembers what it got."""

    def __init__(self) -> None:
        self.posts: list[httpx.Request] = []
        self.script: dict[str, list[Answer]] = {}
        self.always: dict[str, Answer] = {}

    def answers(self, host: str, *answers: Answer) -> None:
        """The next answers of *host*; afterwards it takes everything again."""
        self.script.setdefault(host, []).extend(answers)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        await request.aread()
        self.posts.append(request)
        host = request.url.host
        waiting = self.script.get(host)
        answer = waiting.pop(0) if waiting else self.always.get(host, 202)
        if isinstance(answer, Exception):
            raise answer
        if callable(answer):
            answer = answer(request)
        return answer if isinstance(answer, httpx.Response) else httpx.Response(answer)

    def got(self, host: str) -> list[str]:
        """Ids of what *host* was sent, in order."""
        return [self.body(one)["id"] for one in self.posts if one.url.host == host]

    @staticmethod
    def body(request: httpx.Request) -> dict[str, Any]:
        return json.loads(request.content)


class CountingIds:
    def __init__(self) -> None:
        self._count = itertools.count(1)
        self.share = 0.5

    def token(self) -> str:
        return f"token{next(self._count):04d}"

    def secret(self) -> str:
        return f"secret{next(self._count):04d}"

    def jitter(self) -> float:
        return self.share


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
def peers() -> Peers:
    return Peers()


@pytest.fixture
async def node(tmp_path: Path, clock: ManualClock, peers: Peers) -> AsyncIterator[Node]:
    url = await fresh_database(tmp_path, "alpha")
    settings = Settings(url=HOME, database=url, keys=tmp_path / "keys")
    node = Node(
        settings=settings,
        clock=clock,
        ids=CountingIds(),
        database=Database(settings.database_url),
        client=Client(peers, settings, homes={HOME}, clock=clock),
        keyring=Keyring(tmp_path / "keys"),
    )
    yield node
    await node.close()
    await drop_database(url)


@pytest.fixture
async def ada(node: Node) -> Actor:
    """A member here, whose key signs."""
    async with node.transaction() as tx:
        return await a_local_actor(tx, keyring=node.keyring)


@pytest.fixture
async def bob(node: Node) -> Actor:
    """Somebody on beta.example."""
    async with node.transaction() as tx:
        return await an_actor(tx)
