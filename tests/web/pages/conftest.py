from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack

import pytest
from argon2 import PasswordHasher

from node.local import members
from tests.support.archipelago import Archipelago, Island
from tests.support.browsing import Browser

CHEAP = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)  # tests/local/ has the real one
Opens = Callable[..., Browser]


@pytest.fixture(autouse=True)
def _cheap_passwords(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(members, "_HASHER", CHEAP)


@pytest.fixture
async def beta(sea: Archipelago) -> Island:
    return await sea.node("beta.example")


@pytest.fixture
async def opens(beta: Island) -> AsyncIterator[Opens]:
    """Open a browser; on beta unless another island is named."""
    async with AsyncExitStack() as stack:
        opened: list[Browser] = []

        def open_one(island: Island = beta, **given: str) -> Browser:
            browser = Browser(island.app, f"https://{island.host}", **given)
            opened.append(browser)
            stack.push_async_callback(browser.client.aclose)
            return browser

        yield open_one


@pytest.fixture
async def ada(opens: Opens) -> Browser:
    return await opens().signs_up("ada")


@pytest.fixture
async def bo(opens: Opens) -> Browser:
    return await opens().signs_up("bo")


@pytest.fixture
def stranger(opens: Opens) -> Browser:
    return opens()
