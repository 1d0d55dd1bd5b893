"""A process of the Fedify peer, and the control calls by which a test plays its users."""

import json
import os
import select
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

import httpx

SERVER = Path(__file__).parent / "fedify" / "server.mjs"
STARTING = 30.0  # seconds until the process must say that it listens
ANSWERING = 20.0  # seconds until a control call must have answered


@dataclass(frozen=True)
class FedifyProcess:
    """A running server.mjs. It ends when its standard input does, so none outlives the tests."""

    process: subprocess.Popen[bytes]
    url: str

    @classmethod
    def start(cls, node: Path, log: Path, env: dict[str, str]) -> Self:
        """Start one with the Node.js at *node*, its standard error in *log*; return when it listens."""
        with log.open("wb") as stderr:
            process = subprocess.Popen(
                [node, SERVER],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=stderr,
                env={**os.environ, **env, "FEDIFY_PEER_STDIN": "1", "NODE_NO_WARNINGS": "1"},
            )
        ready, _, _ = select.select([process.stdout], [], [], STARTING)
        line = process.stdout.readline() if ready else b""
        if not line:
            process.kill()
            process.communicate()
            raise RuntimeError(f"The Fedify peer did not start:\n{log.read_text()}")
        return cls(process, json.loads(line)["url"])

    def stop(self) -> None:
        """End it and wait until it has ended."""
        self.process.terminate()
        self.process.communicate()


class FedifyPeer:
    """One peer for one test. `url` is its origin; its actors live at `url/users/NAME` and `url/groups/NAME`."""

    def __init__(self, url: str, client: httpx.AsyncClient):
        """Call through *client*, whose timeout is above the longest wait."""
        self.url = url
        self._client = client

    async def post(self, verb: str, **parameters: Any) -> dict[str, Any]:
        """Let a user of the peer act, as `post("follow", actor=..., object=...)`; README.md has the verbs."""
        return self._read(verb, await self._client.post(f"{self.url}/_control/{verb}", json=parameters))

    async def get(self, verb: str, **parameters: Any) -> dict[str, Any]:
        """Ask the peer something, as `get("followers", actor=...)`."""
        return self._read(verb, await self._client.get(f"{self.url}/_control/{verb}", params=parameters))

    def _read(self, verb: str, response: httpx.Response) -> dict[str, Any]:
        answer = response.json()
        assert response.status_code == 200, f"{verb}: {answer['error']}"
        return answer

    async def person(self, name: str) -> str:
        """Add a person; return its id."""
        return (await self.post("add-person", name=name))["id"]

    async def group(self, name: str, moderators: Sequence[str] = ()) -> str:
        """Add a group; return its id."""
        return (await self.post("add-group", name=name, moderators=list(moderators)))["id"]

    async def wait(self, *, count: int = 1, seconds: float = 10, **query: Any) -> list[dict[str, Any]]:
        """Return the arrivals that match (`actor`, `type`, `inner`, `since`) once there are *count* of them."""
        answer = await self.get("wait", count=count, timeout_ms=int(seconds * 1000), **query)
        seen = [f"{one['type']} {one['id']}" for one in (await self.get("received"))["arrivals"]]
        assert not answer["timed_out"], f"{query} x {count} did not arrive; these did: {seen}"
        return answer["arrivals"]
