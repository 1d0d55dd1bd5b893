"""Software that is not ours: found here, or skipped with the reason; where CI=true, missing is a failure."""

import os
import shutil
import subprocess
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.peers.fedify_peer import ANSWERING, FedifyPeer, FedifyProcess

FEDIFY = Path(__file__).parent / "fedify"
OLDEST_NODE = 22  # what Fedify asks for


def _version_of(node: Path) -> int:
    """Major version of the Node.js at *node*."""
    said = subprocess.run([node, "--version"], capture_output=True, text=True, check=True, timeout=30)
    return int(said.stdout.removeprefix("v").split(".")[0])


def _find_node() -> Path | None:
    """Find a Node.js that is new enough: the one that `fedify/setup` installed, else the machine's own."""
    candidates = [FEDIFY / "node_modules" / "node" / "bin" / "node", shutil.which("node")]
    found = (Path(node) for node in candidates if node is not None and Path(node).exists())
    return next((node for node in found if _version_of(node) >= OLDEST_NODE), None)


def _missing(what: str) -> None:
    reason = f"{what} is missing: run tests/peers/fedify/setup"
    if os.environ.get("CI") == "true":
        pytest.fail(reason)
    pytest.skip(reason)


@pytest.fixture(scope="session")
def node_js() -> Path:
    """Path of a Node.js that can run the Fedify peer, whose packages are there too."""
    if not (FEDIFY / "node_modules" / "@fedify" / "fedify" / "package.json").exists():
        _missing("Fedify")
    node = _find_node()
    if node is None:
        _missing(f"Node.js {OLDEST_NODE}")
    assert node is not None
    return node


@pytest.fixture(scope="session")
def fedify_processes(
    node_js: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Callable[..., FedifyProcess]]:
    """Give the *number*th process with the settings *env*: started once, kept until the session ends."""
    logs = tmp_path_factory.mktemp("fedify")
    started: dict[tuple[Any, ...], FedifyProcess] = {}

    def get(number: int, env: dict[str, str]) -> FedifyProcess:
        key = (number, *sorted(env.items()))
        if key not in started:
            started[key] = FedifyProcess.start(node_js, logs / f"{len(started)}.log", env)
        return started[key]

    yield get
    for process in started.values():
        process.stop()


@pytest.fixture
async def start_fedify(
    fedify_processes: Callable[..., FedifyProcess],
) -> AsyncIterator[Callable[..., Awaitable[FedifyPeer]]]:
    """Make fresh Fedify peers: `await start_fedify()`, `await start_fedify(FEDIFY_PEER_FIRST_KNOCK="rfc9421")`."""
    given: list[FedifyPeer] = []
    async with httpx.AsyncClient(timeout=ANSWERING, trust_env=False) as client:

        async def start(**env: str) -> FedifyPeer:
            peer = FedifyPeer(fedify_processes(len(given), env).url, client)
            await peer.post("reset")
            given.append(peer)
            return peer

        yield start


@pytest.fixture
async def fedify(start_fedify: Callable[..., Awaitable[FedifyPeer]]) -> FedifyPeer:
    """Make one fresh Fedify peer with its defaults."""
    return await start_fedify()
