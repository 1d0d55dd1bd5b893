"""How long answers take, by the template of their address."""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import cache

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from node.metrics import Metrics

NO_ROUTE = "none"  # nothing of ours is there, or it was turned away before anybody looked


class Timed:
    """Middleware that counts every answer and the time to its end; never by what stands in an address.

    kind_of: tells the class of an answer by path and content type.
    """

    def __init__(self, app: ASGIApp, *, metrics: Metrics, kind_of: Callable[[str, str], str]) -> None:
        self.app = app
        self.kind_of = kind_of
        # Looking a counter up by its labels costs more than counting. Labels come from closed lists, so these are few.
        self._seconds = cache(metrics.requests.labels)
        self._answers = cache(metrics.answers.labels)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Hand the request on and count its answer; one that broke counts as 500."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        status, kind, endless = 500, "html", False

        async def watched(message: Message) -> None:
            nonlocal status, kind, endless
            if message["type"] == "http.response.start":
                status = message["status"]
                given = (value for name, value in message["headers"] if name == b"content-type")
                stated = next(given, b"").decode("latin-1")
                kind = self.kind_of(scope["path"], stated)
                endless = stated.startswith("text/event-stream")
            await send(message)

        began = time.perf_counter()
        try:
            await self.app(scope, receive, watched)
        finally:
            route = getattr(scope.get("route"), "path", NO_ROUTE)
            if not endless:  # it lasts as long as somebody reads
                self._seconds(route, kind).observe(time.perf_counter() - began)
            self._answers(f"{status // 100}xx").inc()
