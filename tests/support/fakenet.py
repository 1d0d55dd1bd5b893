"""An internet of one's own: scripted names, recorded connections, nothing outside the script (THREATS 0.1)."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator, Awaitable, Callable, MutableMapping
from typing import Any

import httpx

from node.network.resolver import GuardedResolver

App = Callable[..., Awaitable[None]]
Message = MutableMapping[str, Any]


class FakeNet(httpx.AsyncBaseTransport):
    """A resolver with scripted answers, and a transport to ASGI apps that judges addresses as the real one does.

    For the real transport it also opens sockets: `open_socket` records the address that was to be connected
    to and connects to the loopback port that `listen_at` gave for it.
    """

    def __init__(self, *, allow_loopback: bool = False) -> None:
        self.looked_up: list[str] = []
        self.connected: list[str] = []
        self._answers: dict[str, list[list[str]]] = {}
        self._apps: dict[str, App] = {}
        self._ports: dict[str, int] = {}
        self._guard = GuardedResolver(self, allow_loopback=allow_loopback)

    def name(self, host: str, *answers: list[str]) -> None:
        """Let *host* be answered with each of *answers* in turn, and with the last one ever after."""
        self._answers[host] = list(answers)

    def serve(self, host: str, app: App, address: str = "93.184.216.34") -> None:
        """Let *app* answer for *host*, which is at *address*."""
        self.name(host, [address])
        self._apps[host] = app

    def listen_at(self, address: str, port: int) -> None:
        """Lead sockets for *address* to *port* on loopback."""
        self._ports[address] = port

    async def resolve(self, host: str, port: int) -> list[str]:
        self.looked_up.append(host)
        assert host in self._answers, f"{host} is outside the script"
        answers = self._answers[host]
        return answers.pop(0) if len(answers) > 1 else answers[0]

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        host = request.url.host
        addresses = await self._guard.resolve(host, request.url.port or 443)
        self.connected.append(addresses[0])
        assert host in self._apps, f"nobody serves {host}"
        return await answer_of(self._apps[host], request)

    def open_socket(self, info: tuple[Any, ...]) -> socket.socket:
        address = info[4][0]
        self.connected.append(address)
        assert address in self._ports, f"{address} is outside the script"
        return _LedSocket(self._ports[address])


class _LedSocket(socket.socket):
    def __init__(self, port: int) -> None:
        super().__init__(socket.AF_INET, socket.SOCK_STREAM)
        self._port = port

    def connect(self, address: Any) -> None:
        super().connect(("127.0.0.1", self._port))


async def answer_of(app: App, request: httpx.Request) -> httpx.Response:
    """Ask *app*, and hand its body on as it comes."""
    sent: asyncio.Queue[Message | None] = asyncio.Queue()
    task = asyncio.create_task(_run(app, request, await request.aread(), sent))
    try:
        start = await sent.get()
    except asyncio.CancelledError:
        task.cancel()
        raise
    if start is None:
        await task
        raise httpx.RemoteProtocolError("closed without an answer", request=request)
    return httpx.Response(
        start["status"], headers=start.get("headers", []), stream=_Stream(task, sent), request=request
    )


async def _run(app: App, request: httpx.Request, body: bytes, sent: asyncio.Queue[Message | None]) -> None:
    asked = [{"type": "http.request", "body": body, "more_body": False}]

    async def receive() -> Message:
        return asked.pop() if asked else {"type": "http.disconnect"}

    try:
        await app(_scope(request), receive, sent.put)
    finally:
        await sent.put(None)


def _scope(request: httpx.Request) -> Message:
    path, _, query = request.url.raw_path.partition(b"?")
    return {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": request.method,
        "scheme": request.url.scheme,
        "path": request.url.path,
        "raw_path": path,
        "query_string": query,
        "headers": [(name.lower(), value) for name, value in request.headers.raw],
        "client": ("93.184.216.99", 40_000),
        "server": (request.url.host, request.url.port or 443),
        "root_path": "",
    }


class _Stream(httpx.AsyncByteStream):
    def __init__(self, task: asyncio.Task[None], sent: asyncio.Queue[Message | None]) -> None:
        self._task, self._sent = task, sent

    async def __aiter__(self) -> AsyncIterator[bytes]:
        while message := await self._sent.get():
            yield message.get("body", b"")
            if not message.get("more_body"):
                return
        raise httpx.RemoteProtocolError("closed before the body was complete")

    async def aclose(self) -> None:
        self._task.cancel()
