"""While its operator works on it, a node shows one page to people and goes on taking in what other nodes send.

The switch is a file in the data folder, written by `archipel maintenance`: it holds until when, and works without a
restart and while the database is away. Inboxes, documents, WebFinger and files for browsers answer as ever, so that
peers lose nothing and do not take the node for dead.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from starlette.requests import Request
from starlette.types import ASGIApp, Receive, Scope, Send

from node.errors import Unavailable
from node.runtime import Node
from node.web.errors import answer
from node.web.languages import mark
from node.web.negotiate import accept_of, wants_json

FILE = "maintenance.json"
LEAST_WAIT = 30  # seconds
FIRST_WORDS = mark("This place is being worked on and will be back soon. Nothing that you wrote is lost.")
_OPEN = (
    "/inbox",
    "/.well-known/",
    "/nodeinfo/",
    "/static/",
    "/activities/",
    "/stamps/",
    "/metrics",
    "/sw.js",
)


@dataclass(frozen=True, slots=True)
class Maintenance:
    """Until when pages are away, and what is said of it; empty words: the usual ones."""

    until: datetime
    words: str = ""


def begin(data: Path, plan: Maintenance) -> None:
    """Put pages away, from the next request on."""
    fresh = data / f"{FILE}.new"
    fresh.write_text(json.dumps({"until": plan.until.isoformat(), "words": plan.words}), encoding="utf-8")
    fresh.replace(data / FILE)


def end(data: Path) -> bool:
    """Bring pages back; return whether they were away."""
    was = (data / FILE).is_file()
    (data / FILE).unlink(missing_ok=True)
    return was


def read(data: Path) -> Maintenance | None:
    """Return what is planned, None when nothing is. What cannot be read is none: a broken file closes no node."""
    try:
        found = json.loads((data / FILE).read_text(encoding="utf-8"))
        return Maintenance(datetime.fromisoformat(found["until"]), str(found["words"]))
    except (OSError, ValueError, KeyError, TypeError):
        return None


class Away:
    """Middleware that answers pages with 503 while the node is worked on."""

    def __init__(self, app: ASGIApp, *, node: Node) -> None:
        self.app = app
        self.node = node
        self._file = node.settings.data / FILE

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Hand the request on, unless it is for a page and pages are away."""
        if scope["type"] != "http" or not self._file.exists() or _stays_open(scope):
            await self.app(scope, receive, send)
            return
        plan = read(self.node.settings.data)
        if plan is None:
            await self.app(scope, receive, send)
            return
        wait = int((plan.until - self.node.clock.now()).total_seconds())
        error = Unavailable(plan.words or FIRST_WORDS, retry_after=max(wait, LEAST_WAIT))
        response = await answer(Request(scope, receive), error)
        await response(scope, receive, send)


def _stays_open(scope: Scope) -> bool:
    path: str = scope["path"]
    return (
        path.startswith(_OPEN)
        or (scope["method"] == "POST" and path.endswith("/inbox"))
        or wants_json(accept_of(Request(scope)))
    )
