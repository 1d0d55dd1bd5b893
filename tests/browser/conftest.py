"""A real browser against a real server: Debian's Chromium, JavaScript off unless a test says otherwise."""

import asyncio
import os
import shutil
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
from tests.browser import gallery
from tests.browser.gallery import Catalogue
from tests.support.archipelago import WORKERS, a_key_pair

CHROMIUM = Path(os.environ.get("ARCHIPEL_TEST_CHROMIUM", "/usr/bin/chromium"))
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
SIZES = {"narrow": (320, 640), "phone": (390, 844), "desktop": (1280, 800)}


class Nowhere(httpx.AsyncBaseTransport):
    """The network of a node that is alone."""

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("there is nobody else", request=request)


class Harbour:
    """A node that serves on a port of its own, in a thread of its own."""

    def __init__(self, folder: Path, *, home: str = "", alone: bool = True) -> None:
        """home: what the node calls itself, where that is not where it listens; browsers have to be told.

        alone: there is no other node; else what others on loopback are to hear is told them by `work`.
        """
        self.alone = alone
        self.socket = socket.socket()
        self.socket.bind(("127.0.0.1", 0))
        self.port = self.socket.getsockname()[1]
        self.home = home or f"http://localhost:{self.port}"
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
        transport = Nowhere() if self.alone else None
        node = await composition.open_node(self.settings, transport=transport, new_key_pair=a_key_pair)
        self.loop, self.node = asyncio.get_running_loop(), node
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

    def work(self) -> int:
        """Let the node's workers do all that is due; return how much that was."""

        async def once() -> int:
            return sum([await step(self.node) for step in WORKERS.values()])

        done = 0
        while now := asyncio.run_coroutine_threadsafe(once(), self.loop).result(30):
            done += now
        return done

    def close(self) -> None:
        assert self.server is not None
        self.loop.call_soon_threadsafe(self.node.leaving.set)  # what is told live ends
        self.server.should_exit = True
        self.thread.join(30)
        self.socket.close()


@pytest.fixture
def harbour(tmp_path: Path) -> Iterator[Harbour]:
    opened = Harbour(tmp_path)
    yield opened
    opened.close()


def missing(reason: str) -> None:
    """Skip what cannot run here; in CI nothing may be skipped."""
    if os.environ.get("CI") == "true":
        pytest.fail(reason)
    pytest.skip(reason)


@pytest.fixture(scope="module")
def chromium() -> Iterator[Any]:
    """A browser of the module's own: Playwright's loop, left running, would stand in the way of other tests.

    So modules of this folder hold no tests that have a loop of their own.
    """
    if not CHROMIUM.is_file():
        missing(f"{CHROMIUM} is not there: install Debian's chromium, or set ARCHIPEL_TEST_CHROMIUM")
    api = pytest.importorskip("playwright.sync_api")
    with api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(CHROMIUM), args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def catalogue(tmp_path_factory: pytest.TempPathFactory) -> Catalogue:
    """Return what there is to see on the site; made once for all processes of a run."""
    base = tmp_path_factory.getbasetemp()
    return gallery.catalogue((base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / "gallery")


@pytest.fixture(scope="module")
def site(catalogue: Catalogue, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Harbour]:
    """Serve a copy of the demonstration community."""
    folder = tmp_path_factory.mktemp("site") / "node"
    shutil.copytree(catalogue.folder, folder)
    served = Harbour(folder, home=gallery.HOME)
    yield served
    served.close()


@pytest.fixture(scope="module")
def guide(catalogue: Catalogue, site: Harbour) -> Iterator[Callable[..., Any]]:
    """Open pages of the site as somebody: `guide("member")`, with what a browser's context takes."""
    if not CHROMIUM.is_file():
        missing(f"{CHROMIUM} is not there: install Debian's chromium, or set ARCHIPEL_TEST_CHROMIUM")
    api = pytest.importorskip("playwright.sync_api")
    with api.sync_playwright() as playwright:
        rule = f"--host-resolver-rules=MAP {gallery.HOST} 127.0.0.1:{site.port}"
        browser = playwright.chromium.launch(executable_path=str(CHROMIUM), args=[*ARGUMENTS, rule])

        def open_as(who: str, **given: Any) -> Any:
            context = browser.new_context(base_url=gallery.HOME, **given)
            context.set_default_timeout(20_000)
            if catalogue.cookies[who]:
                context.add_cookies([{"name": "sid", "value": catalogue.cookies[who], "url": gallery.HOME}])
            return context.new_page()

        yield open_as
        browser.close()


@pytest.fixture
def harbours(tmp_path: Path) -> Iterator[tuple[Harbour, Harbour]]:
    """Two nodes that reach each other over loopback."""
    opened = [Harbour(tmp_path / name, alone=False) for name in ("one", "two")]
    yield opened[0], opened[1]
    for one in opened:
        one.close()


@pytest.fixture
def opens(chromium: Any, harbour: Harbour) -> Iterator[Callable[..., Any]]:
    """Open a page of the given size; every answer is watched for sideways scrolling and refused sources."""
    contexts: list[Any] = []

    def open_one(size: str = "desktop", **given: Any) -> Any:
        width, height = SIZES[size]
        context = chromium.new_context(
            viewport={"width": width, "height": height},
            base_url=given.pop("at", harbour).home,
            java_script_enabled=given.pop("scripts", False),
            **given,
        )
        context.set_default_timeout(15_000)
        contexts.append(context)
        return context.new_page()

    yield open_one
    for context in contexts:
        context.close()
