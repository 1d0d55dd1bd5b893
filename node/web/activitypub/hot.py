"""Documents that everybody may read, answered from memory: a post that thousands of servers fetch is written once (R15).

What is kept is the whole answer as it left: status, headers, body. So a hit differs in nothing from a miss. It is kept as
long as nothing that it relies on has changed (`store.relying`), which is asked at every hit, and is exact
(`store.changes`): an edit is seen by the next request, a deleted post is gone, a group that closes is closed.

Only what is marked with `kept` and said for everybody is kept: never a page, never an answer to a member, never what a
signature opened. Where the operator asks for signatures (`authorized_fetch`) nothing is. Requests that are anything but
plain (a query, an escaped path, a cookie, another host) pass by. WebFinger is asked by query, so it has a place of its own.
"""

from __future__ import annotations

import asyncio
import functools
import re
import time
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Collection
from dataclasses import dataclass, field
from functools import lru_cache
from http import HTTPStatus

from prometheus_client.metrics import Histogram
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from node.runtime import Node
from node.store.relying import relying
from node.web.headers import ACTIVITY_CACHE
from node.web.negotiate import ACCEPT_LENGTH, wants_activity

Endpoint = Callable[[Request], Awaitable[Response]]
Headers = list[tuple[bytes, bytes]]

KINDS = (HTTPStatus.OK, HTTPStatus.GONE)  # what is kept: the document, or the stone in its place
OVERHEAD = 1000  # bytes that an answer takes beside body and headers, about
PER_WORD = 200  # and each word that it relies on
LARGEST = 8  # no answer takes more than this part of the whole
WEBFINGER = "/.well-known/webfinger"
_ONE_RESOURCE = re.compile(rb"resource=[^&]{1,300}")
TRIES = 2  # times that a request waits for another's answer before it gets one of its own


def kept(endpoint: Endpoint) -> Endpoint:
    """Let answers of an endpoint be kept, if they are for everybody.

    All that it reads must be named: rows by their loading, lists and numbers by `rely_on`.
    """

    @functools.wraps(endpoint)
    async def marked(request: Request) -> Response:
        request.state.kept = True
        return await endpoint(request)

    return marked


def keep_not(request: Request) -> None:
    """Have nobody wait for the answer to *request*, nor keep it: who else asks is judged apart."""
    request.state.kept = False
    flight: Flight | None = getattr(request.state, "flight", None)
    if flight is not None:
        flight.is_shared = False
        flight.landed.set()


@dataclass(frozen=True, eq=False)
class Answer:
    """What was answered. words: what it relies on. timing: counts how long its route takes."""

    status: int
    headers: Headers
    body: bytes
    etag: bytes
    words: frozenset[str]
    timing: Histogram

    @property
    def size(self) -> int:
        """Bytes that it takes in memory, about."""
        headers = sum(len(name) + len(value) + 100 for name, value in self.headers)
        return len(self.body) + headers + OVERHEAD + PER_WORD * len(self.words)

    @property
    def unchanged(self) -> Headers:
        """The headers of a 304 in its place."""
        return [one for one in self.headers if one[0] != b"content-length"]


@dataclass(eq=False)
class Flight:
    """An answer that is being made.

    changed: what has changed since that began; None: anything may have. is_shared: nothing shows so far that the answer
    will not be kept.
    """

    changed: set[str] | None = field(default_factory=set)
    is_shared: bool = True
    landed: asyncio.Event = field(default_factory=asyncio.Event)

    def is_stale(self, words: Collection[str]) -> bool:
        """Tell whether something changed that the answer relies on."""
        return self.changed is None or not self.changed.isdisjoint(words)


class Shelf:
    """The answers that are kept, by path, and those that are being made. most: bytes."""

    def __init__(self, most: int) -> None:
        self.most = most
        self.size = 0
        self.flights: dict[str, Flight] = {}
        self._answers: OrderedDict[str, Answer] = OrderedDict()  # the longest unused first
        self._relying: dict[str, set[str]] = {}  # word -> paths

    def find(self, path: str) -> Answer | None:
        """Return the answer for a path, as used just now."""
        answer = self._answers.get(path)
        if answer is not None:
            self._answers.move_to_end(path)
        return answer

    def put(self, path: str, answer: Answer) -> None:
        """Keep an answer; the longest unused make room."""
        self._drop(path)
        if answer.size > self.most // LARGEST:
            return
        self._answers[path] = answer
        self.size += answer.size
        for word in answer.words:
            self._relying.setdefault(word, set()).add(path)
        while self.size > self.most:
            self._drop(next(iter(self._answers)))

    def hear(self, words: Collection[str] | None) -> None:
        """Forget what relies on what changed; everything when it is not known what did."""
        for flight in self.flights.values():
            if words is None or flight.changed is None:
                flight.changed = None
            else:
                flight.changed.update(words)
        if words is None:
            self._answers.clear()
            self._relying.clear()
            self.size = 0
            return
        for word in words:
            for path in list(self._relying.get(word, ())):
                self._drop(path)

    def _drop(self, path: str) -> None:
        answer = self._answers.pop(path, None)
        if answer is None:
            return
        self.size -= answer.size
        for word in answer.words:
            paths = self._relying[word]
            paths.discard(path)
            if not paths:
                del self._relying[word]

    def __len__(self) -> int:
        return len(self._answers)


class Hot:
    """Middleware around everything else that answers from the shelf of *node*, and fills it."""

    def __init__(self, app: ASGIApp, *, node: Node) -> None:
        self.app = app
        self.changes = node.changes
        self.metrics = node.metrics
        self.hits = node.metrics.cache.labels("documents", "hit")
        self.misses = node.metrics.cache.labels("documents", "miss")
        self.answers = {kind: node.metrics.answers.labels(kind) for kind in ("2xx", "3xx", "4xx")}
        self.host = node.settings.host.encode()
        self.shelf = Shelf(0 if node.settings.authorized_fetch else node.settings.document_cache)
        if self.shelf.most:
            self.changes.marking = True
            node.hearers.append(self.shelf.hear)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer from the shelf what can be; hand on the rest."""
        began = time.perf_counter()
        path = _path_of(scope) if self.shelf.most and scope["type"] == "http" else None
        asked = self._asked(scope) if path is not None else None
        current = asked is not None and (self.changes.is_current() or await self.changes.catch_up())
        if path is None or asked is None or not current:
            await self.app(scope, receive, send)
            return
        for _ in range(TRIES):
            answer = self.shelf.find(path)
            if answer is not None:
                await self._give(answer, scope["method"], asked, send)
                self._count(answer, asked, began)
                return
            flight = self.shelf.flights.get(path)
            if flight is None:
                await self._make(path, scope, receive, send)
                return
            await flight.landed.wait()
            if not flight.is_shared or not await self.changes.catch_up():
                break
        self.misses.inc()
        await self.app(scope, receive, send)

    def _asked(self, scope: Scope) -> bytes | None:
        """Return what `If-None-Match` names, empty without one; None for a request that the shelf is not for."""
        hosts, accept, known = [], [], []
        for name, value in scope["headers"]:
            if name == b"host":
                hosts.append(value)
            elif name == b"accept":
                accept.append(value)
            elif name == b"if-none-match":
                known.append(value)
            elif name in {b"cookie", b"authorization"}:
                return None
        has_one_face = scope["path"] == WEBFINGER
        if hosts != [self.host] or not (has_one_face or _is_for_nodes(b",".join(accept))):
            return None
        return b",".join(known)

    async def _make(self, path: str, scope: Scope, receive: Receive, send: Send) -> None:
        """Let the answer be made for all who ask for it meanwhile, and keep it if it may be.

        It is sent when the others have it: who asked first may read slowly, or never.
        """
        self.misses.inc()
        if scope["method"] != "GET":
            await self.app(scope, receive, send)
            return
        flight = self.shelf.flights[path] = scope.setdefault("state", {})["flight"] = Flight()
        told: list[Message] = []

        async def held(message: Message) -> None:
            if scope["state"].get("kept"):
                told.append(message)
                return
            flight.is_shared = False
            flight.landed.set()
            await send(message)

        try:
            with relying() as words:
                await self.app(scope, receive, held)
            answer = self._answer_of(scope, told, words)
            flight.is_shared = answer is not None
            if answer is not None and await self.changes.catch_up() and not flight.is_stale(words):
                self.shelf.put(path, answer)
        finally:
            del self.shelf.flights[path]
            flight.landed.set()
        for message in told:
            await send(message)

    def _answer_of(self, scope: Scope, told: list[Message], words: set[str]) -> Answer | None:
        """Return what is to be kept, or None."""
        state, body = scope["state"], scope["state"].get("body")
        if not told or state.get("is_private") or not isinstance(body, bytes) or not words:
            return None
        status: int = told[0]["status"]
        if status == HTTPStatus.NOT_MODIFIED:
            status = HTTPStatus.OK
        headers: Headers = [(name.lower(), value) for name, value in told[0]["headers"]]
        found = dict(headers)
        for_all = found.get(b"cache-control") == ACTIVITY_CACHE.encode() and b"set-cookie" not in found
        if status not in KINDS or not for_all or b"etag" not in found:
            return None
        headers = [one for one in headers if one[0] != b"content-length"]
        return Answer(
            status=status,
            headers=[*headers, (b"content-length", str(len(body)).encode())],
            body=body,
            etag=found[b"etag"],
            words=frozenset(words),
            timing=self.metrics.requests.labels(scope["route"].path, "activity"),
        )

    async def _give(self, answer: Answer, method: str, asked: bytes, send: Send) -> None:
        unchanged = _is_unchanged(answer, asked)
        headers = answer.unchanged if unchanged else answer.headers
        status = HTTPStatus.NOT_MODIFIED.value if unchanged else answer.status
        await send({"type": "http.response.start", "status": status, "headers": headers})
        body = b"" if unchanged or method == "HEAD" else answer.body
        await send({"type": "http.response.body", "body": body})

    def _count(self, answer: Answer, asked: bytes, began: float) -> None:
        status = HTTPStatus.NOT_MODIFIED if _is_unchanged(answer, asked) else answer.status
        self.hits.inc()
        self.answers[f"{status // 100}xx"].inc()
        answer.timing.observe(time.perf_counter() - began)


def _path_of(scope: Scope) -> str | None:
    """Return under what an answer may be kept: the plain path, of WebFinger with the one resource; or None."""
    path: str = scope["path"]
    query: bytes = scope["query_string"]
    is_plain = path.isascii() and scope.get("raw_path") == path.encode()
    if scope["method"] not in {"GET", "HEAD"} or not is_plain:
        return None
    if path == WEBFINGER:
        return f"{path}?{query.decode('latin-1')}" if _ONE_RESOURCE.fullmatch(query) else None
    return None if query else path


def _is_unchanged(answer: Answer, asked: bytes) -> bool:
    """Tell whether the asker has the document already; weak comparison (RFC 9110, 13.1.2)."""
    if not asked or answer.status != HTTPStatus.OK:
        return False
    known = [one.strip().removeprefix(b"W/") for one in asked.split(b",")]
    return answer.etag in known or known == [b"*"]


@lru_cache(maxsize=256)  # there are some thirty programs that ask, each in its own words
def _is_for_nodes(accept: bytes) -> bool:
    return len(accept) <= ACCEPT_LENGTH and wants_activity(accept.decode("latin-1"))
