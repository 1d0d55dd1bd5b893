"""The network between nodes of one test: real HTTP requests and answers, carried in process.

Hosts that are not on the chart refuse the connection. A host can be taken away, told everything twice, or
have what is sent to it held back and let through in another order.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

import httpx


@dataclass(frozen=True)
class Parcel:
    """One delivery as it was sent: who, to whom, what, and the answer's status."""

    sender: str
    host: str
    path: str
    body: bytes
    status: int

    @property
    def activity(self) -> dict[str, Any]:
        return json.loads(self.body)

    @property
    def shape(self) -> str:
        """The types from the outside in: ``Announce{Create{Page}}``; an id is written ``id``."""
        names, depth = [], self.activity
        while True:
            names.append(depth["type"])
            inner = depth.get("object")
            if isinstance(inner, dict) and "type" in inner and len(names) < 4:
                depth = inner
                continue
            if isinstance(inner, str):
                names.append("id")
            return "{".join(names) + "}" * (len(names) - 1)


@dataclass
class Chart:
    """Which app answers for which host, and what was carried."""

    apps: dict[str, Any] = field(default_factory=dict)
    away: set[str] = field(default_factory=set)
    doubled: set[str] = field(default_factory=set)
    held: dict[str, list[tuple[str, httpx.Request, bytes]]] = field(default_factory=dict)
    parcels: list[Parcel] = field(default_factory=list)
    fetched: list[tuple[str, str]] = field(default_factory=list)  # (who asked, url)

    async def carry(self, sender: str, request: httpx.Request, body: bytes) -> httpx.Response:
        host = request.url.netloc.decode()
        response = await httpx.ASGITransport(app=self.apps[host]).handle_async_request(
            httpx.Request(
                request.method,
                request.url,
                headers=request.headers,
                content=body,
                extensions=request.extensions,
            )
        )
        if request.method == "POST":
            self.parcels.append(Parcel(sender, host, request.url.path, body, response.status_code))
        else:
            self.fetched.append((sender, str(request.url)))
        return response

    async def release(self, host: str, *, backwards: bool = False) -> None:
        """Let through what was held back for *host*; deliveries were answered 202 when they were held."""
        waiting = self.held.pop(host, [])
        for sender, request, body in reversed(waiting) if backwards else waiting:
            await self.carry(sender, request, body)


class SeaTransport(httpx.AsyncBaseTransport):
    """One node's way to the others."""

    def __init__(self, chart: Chart, sender: str) -> None:
        self._chart, self._sender = chart, sender

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        chart, host = self._chart, request.url.netloc.decode()
        body = await request.aread()
        if host not in chart.apps or host in chart.away or self._sender in chart.away:
            raise httpx.ConnectError(f"{host} does not answer", request=request)
        if request.method == "POST" and host in chart.held:
            chart.held[host].append((self._sender, request, body))
            return httpx.Response(202, request=request)
        if request.method == "POST" and host in chart.doubled:
            await chart.carry(self._sender, request, body)
        return await chart.carry(self._sender, request, body)
