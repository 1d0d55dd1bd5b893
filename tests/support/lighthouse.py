"""A small peer on a real socket of loopback: serves its one actor, signs what it sends, keeps what it gets."""

from __future__ import annotations

import asyncio
import contextlib
import json
import socket
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import httpx
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from tests.support import keyshop

DEADLINE = 30.0  # seconds until what must happen has happened
PUBLIC = "https://www.w3.org/ns/activitystreams#Public"


@dataclass
class Lighthouse:
    """The peer: its actor is `alice`, its software says that it speaks in threads."""

    home: str
    got: list[bytes] = field(default_factory=list)  # bodies of what was delivered, in order
    hold: asyncio.Event | None = None  # deliveries are answered only when it is set
    _came: asyncio.Condition = field(default_factory=asyncio.Condition)

    @property
    def alice(self) -> str:
        return f"{self.home}/users/alice"

    @property
    def activities(self) -> list[dict[str, Any]]:
        return [json.loads(body) for body in self.got]

    async def wait_for(self, kind: str, count: int = 1) -> list[dict[str, Any]]:
        """Return the deliveries of that type once there are *count*."""

        def found() -> list[dict[str, Any]]:
            return [one for one in self.activities if one["type"] == kind]

        async with asyncio.timeout(DEADLINE), self._came:
            await self._came.wait_for(lambda: len(found()) >= count)
        return found()

    async def send(self, inbox: str, activity: dict[str, Any]) -> int:
        """Deliver an activity, signed by alice; return the answer's status."""
        body = json.dumps(activity).encode()
        headers = keyshop.sign("alice", f"{self.alice}#main-key", inbox, body, datetime.now(UTC))
        async with httpx.AsyncClient(trust_env=False, timeout=DEADLINE) as client:
            return (await client.post(inbox, content=body, headers=headers)).status_code

    def thread(self, name: str, group: str) -> dict[str, Any]:
        """A Create of a thread in *group*, as JSON; *name* makes its ids."""
        page = {
            "id": f"{self.home}/pages/{name}",
            "type": "Page",
            "attributedTo": self.alice,
            "name": name,
            "content": "<p>words</p>",
            "to": [group, PUBLIC],
            "audience": group,
            "published": "2026-01-01T00:00:00Z",
        }
        return {
            "@context": "https://www.w3.org/ns/activitystreams",
            "id": f"{self.home}/creates/{name}",
            "type": "Create",
            "actor": self.alice,
            "to": [group, PUBLIC],
            "audience": group,
            "object": page,
        }

    async def answer(self, request: Request) -> Response:
        """Serve one request."""
        path = request.url.path
        if request.method == "POST":
            self.got.append(await request.body())
            async with self._came:
                self._came.notify_all()
            if self.hold is not None:
                await self.hold.wait()
            return Response(status_code=202)
        documents = {
            "/users/alice": self._actor,
            "/.well-known/nodeinfo": self._links,
            "/nodeinfo": self._info,
        }
        if path not in documents:
            return Response(status_code=404)
        media = "application/activity+json" if path.startswith("/users") else "application/json"
        return JSONResponse(documents[path](), media_type=media)

    def _actor(self) -> dict[str, Any]:
        return {
            "@context": ["https://www.w3.org/ns/activitystreams", "https://w3id.org/security/v1"],
            "id": self.alice,
            "type": "Person",
            "preferredUsername": "alice",
            "inbox": f"{self.alice}/inbox",
            "outbox": f"{self.alice}/outbox",
            "endpoints": {"sharedInbox": f"{self.home}/inbox"},
            "publicKey": {
                "id": f"{self.alice}#main-key",
                "owner": self.alice,
                "publicKeyPem": keyshop.public_pem("alice"),
            },
        }

    def _links(self) -> dict[str, Any]:
        rel = "http://nodeinfo.diaspora.software/ns/schema/2.1"
        return {"links": [{"rel": rel, "href": f"{self.home}/nodeinfo"}]}

    def _info(self) -> dict[str, Any]:
        return {
            "version": "2.1",
            "software": {"name": "lemmy", "version": "0.19.12"},
            "protocols": ["activitypub"],
        }


@contextlib.asynccontextmanager
async def lit() -> AsyncIterator[Lighthouse]:
    """Serve a lighthouse until the block ends."""
    listener = socket.create_server(("127.0.0.1", 0))
    peer = Lighthouse(f"http://localhost:{listener.getsockname()[1]}")
    app = Starlette(routes=[Route("/{path:path}", peer.answer, methods=["GET", "POST"])])
    config = uvicorn.Config(app, log_config=None, lifespan="off", timeout_graceful_shutdown=5)
    server = uvicorn.Server(config)
    server.capture_signals = contextlib.nullcontext  # type: ignore[method-assign]
    serving = asyncio.create_task(server.serve(sockets=[listener]))
    try:
        yield peer
    finally:
        if peer.hold is not None:
            peer.hold.set()
        server.should_exit = True
        await serving
