"""Requests for another host, or with a path that is none, are turned away before anything reads them (V105)."""

from __future__ import annotations

import re
from collections.abc import Collection

from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send

_AUTHORITY = re.compile(rb"[a-z0-9.-]{1,253}(:[0-9]{1,5})?|\[[0-9a-f:.]{2,45}\](:[0-9]{1,5})?", re.IGNORECASE)


class KnownHosts:
    """Middleware that answers for the given hosts alone. hosts: authorities, lower case.

    anywhere: paths that are answered under any name, since they ask for a secret.
    """

    def __init__(self, app: ASGIApp, *, hosts: Collection[str], anywhere: Collection[str] = ()) -> None:
        self.app = app
        self.hosts = frozenset(hosts)
        self.anywhere = frozenset(anywhere)
        self._exactly = frozenset(host.encode() for host in self.hosts)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer 400 to a Host or path that is none, 421 to a host that is not ours."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        given = [value for name, value in scope["headers"] if name == b"host"]
        path: str = scope["path"]
        is_path = path.startswith("/") and "\0" not in path  # no text of PostgreSQL has a NUL
        if len(given) == 1 and given[0] in self._exactly and is_path:
            await self.app(scope, receive, send)  # as nearly all do
            return
        if len(given) != 1 or not _AUTHORITY.fullmatch(given[0]) or not is_path:
            answer = PlainTextResponse("The address of this request cannot be read.\n", 400)
        elif given[0].decode().lower() not in self.hosts and scope["path"] not in self.anywhere:
            answer = PlainTextResponse("This server does not answer for that host.\n", 421)
        else:
            await self.app(scope, receive, send)
            return
        await answer(scope, receive, send)
