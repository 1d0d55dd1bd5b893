"""Walks every route of an application, so that a new one cannot dodge a test (THREATS 0.1).

walker = Walker(app, name=["alice", "gardening"], token=["t1"])
for visit in walker.visits("GET"): ...
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from dataclasses import dataclass

from starlette.applications import Starlette
from starlette.routing import BaseRoute, Mount, Route

PARAMETER = re.compile(r"{(\w+)(?::\w+)?}")
UNKNOWN = "unknown"
ENDLESS = frozenset(
    {"/post/{token}/live"}
)  # answers that go on while they are listened to: tested by themselves


@dataclass(frozen=True)
class Visit:
    """One address to be asked by one method. route: the address as routes.py writes it."""

    route: str
    method: str
    path: str


class Walker:
    """Lists the routes of *app*; values: what to fill each path parameter with."""

    def __init__(self, app: Starlette, **values: list[str]) -> None:
        self.app, self.values = app, values

    def visits(self, *methods: str) -> Iterator[Visit]:
        """Every route that takes one of the methods, with every value of its parameters."""
        for template, taken in _flat(self.app.routes, ""):
            for method in methods:
                if method in taken:
                    for path in self._filled(template):
                        yield Visit(template, method, path)

    def unsafe(self) -> Iterator[Visit]:
        """Every route that may change something."""
        return self.visits("POST", "PUT", "PATCH", "DELETE")

    def _filled(self, template: str) -> Iterator[str]:
        names = [match[1] for match in PARAMETER.finditer(template)]
        for chosen in itertools.product(*(self.values.get(name, [UNKNOWN]) for name in names)):
            values = iter(chosen)
            yield PARAMETER.sub(lambda _match, values=values: next(values), template)


def _flat(routes: list[BaseRoute], prefix: str) -> Iterator[tuple[str, frozenset[str]]]:
    for route in routes:
        if isinstance(route, Route) and route.path in ENDLESS:
            continue
        if isinstance(route, Route):
            yield prefix + route.path, frozenset(route.methods or {"GET"})
        elif isinstance(route, Mount) and route.routes:
            yield from _flat(route.routes, prefix + route.path)
