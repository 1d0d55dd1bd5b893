"""Finding the route of a request among a hundred without asking all of them.

Starlette asks one route after the other whether it matches, which at the end of the list costs more than many an answer.
Every address of ours begins with a word of its own (`/inbox`, `/c/...`), so only those that share it are asked, in order.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from starlette import routing
from starlette.routing import BaseRoute, Mount, Route
from starlette.types import Receive, Scope, Send


class Router(routing.Router):
    """A router over routes whose first segment is literal; the first that matches answers, as ever."""

    def __init__(self, routes: Iterable[BaseRoute], **more: Any) -> None:
        super().__init__(list(routes), **more)
        by_first: defaultdict[str, list[BaseRoute]] = defaultdict(list)
        for route in self.routes:
            by_first[_first_of(route)].append(route)
        self._by_first = {first: routing.Router(found) for first, found in by_first.items()}
        self._nowhere = routing.Router([])

    async def app(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Hand the request to those routes that begin as its path does."""
        if scope["type"] != "http":
            await super().app(scope, receive, send)
            return
        scope.setdefault("router", self)
        first = scope["path"].split("/", 2)[1]
        await self._by_first.get(first, self._nowhere).app(scope, receive, send)


def _first_of(route: BaseRoute) -> str:
    assert isinstance(route, (Route, Mount)), "other kinds have no path of their own"
    first = route.path.split("/", 2)[1]
    assert "{" not in first, f"{route.path} may begin with anything"
    return first
