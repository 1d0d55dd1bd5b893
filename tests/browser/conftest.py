"""A real browser against a real server: Debian's Chromium, JavaScript off unless a test says otherwise."""

import asyncio
import os
import socket
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
import uvicorn

from node import app as composition
from node.local import passes
from node.settings import Settings
from tests.support.archipelago import a_key_pair

CHROMIUM = Path(os.environ.get("ARCHIPEL_TEST_CHROMIUM", "/usr/bin/chromium"))
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
SIZES = {"phone": (320, 640), "desktop": (1280, 800)}


class Nowhere(httpx.AsyncBaseTransport):
    """The network of a node that is alone."""

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("there is nobody else", request=request)


class Harbour:
    """A node that serves on a port of its own, in a thread of its own."""

    def __init__(self, folder: Path) -> None:
        self.socket = socket.socket()
        self.socket.bind(("127.0.0.1", 0))
        self.home = f"http://localhost:{self.socket.getsockname()[1]}"
        self.settings = Settings(
            url=self.home, development=True, data=folder, keys=folder / "keys", name="Tidepool"
        )
        self.ready = threading.Event()
        self.welcome = ""
        self.server: uvicorn.Server | None = None
        self.thread = threading.Thread(target=lambda: asyncio.run(self.serve()))
        self.thread.start()
        assert self.ready.wait(30)

    async def serve(self) -> None:
        node = await composition.open_node(self.settings, transport=Nowhere(), new_key_pair=a_key_pair)
        async with node.transaction() as tx:
            self.welcome = f"{self.home}/welcome/{await passes.issue(tx, passes.ADMINISTRATOR)}"
        config = uvicorn.Config(
            composition.build_app(node, background=False), log_level="error", lifespan="off"
        )
        self.server = uvicorn.Server(config)
        self.socket.listen()
        self.ready.set()  # connections wait in the socket's queue until the server takes them
        await self.server.serve(sockets=[self.socket])
        await node.close()

    def close(self) -> None:
        assert self.server is not None
        self.server.should_exit = True
        self.thread.join(30)
        self.socket.close()


@pytest.fixture
def harbour(tmp_path: Path) -> Iterator[Harbour]:
    opened = Harbour(tmp_path)
    yield opened
    opened.close()


@pytest.fixture
def chromium() -> Iterator[Any]:
    """A browser of the test's own: Playwright's loop, left running, would stand in the way of other tests."""
    if not CHROMIUM.is_file():
        reason = f"{CHROMIUM} is not there: install Debian's chromium, or set ARCHIPEL_TEST_CHROMIUM"
        if os.environ.get("CI") == "true":
            pytest.fail(reason)
        pytest.skip(reason)
    api = pytest.importorskip("playwright.sync_api")
    with api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(CHROMIUM), args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture
def opens(chromium: Any, harbour: Harbour) -> Iterator[Callable[..., Any]]:
    """Open a page of the given size; every answer is watched for sideways scrolling and refused sources."""
    contexts: list[Any] = []

    def open_one(size: str = "desktop", **given: Any) -> Any:
        width, height = SIZES[size]
        context = chromium.new_context(
            viewport={"width": width, "height": height},
            base_url=harbour.home,
            java_script_enabled=given.pop("scripts", False),
            **given,
        )
        context.set_default_timeout(15_000)
        contexts.append(context)
        return context.new_page()

    yield open_one
    for context in contexts:
        context.close()
