"""The links between nodes: a proxy before each, through which the others reach it, and which fails them.

One request a connection. What is drawn for a delivery is one of LINK_FAULTS; other requests are delayed, refused or
cut. The proxy keeps what it saw: which deliveries a node took with 2xx, and how often each was sent.
"""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import json
import random
import re
import socket
import struct
import time
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Coroutine, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

LINK_FAULTS: Final = {
    "drop": "the request is lost",
    "lost answer": "it is taken, the answer is lost",
    "half body": "the node gets half of it, then a reset",
    "half answer": "it is taken, half an answer comes back",
    "double": "the node gets it twice at once",
    "late double": "the node gets it again seconds later",
    "delay": "it takes up to a second",
    "stall": "it takes longer than a lease",
    "reorder": "a queue takes it with 202 and delivers it later, behind others",
    "slices": "it comes a few bytes at a time",
    "429": "not taken: too many, with Retry-After",
    "503": "not taken: busy, with Retry-After",
    "500": "not taken: an error",
    "taken, 502": "it is taken, and an error comes back",
}
OF_FETCHES: Final = ("drop", "delay", "half answer", "503", "slices")
# What may be overtaken: whatever comes of these must not depend on their order (R18 to R21).
UNORDERED: Final = frozenset({"Create", "Like", "Dislike", "Undo Like", "Undo Dislike", "Update", "Delete"})
PATIENCE: Final = 40.0  # seconds for one exchange with a node
OVERTAKEN_BY: Final = 25  # deliveries, at most, behind which a queue lets one wait
LONGEST_QUEUE: Final = 10.0  # seconds
HEAD: Final = 65536
_KEY_HOST = re.compile(rb'(?im)^signature(?:-input)?:.*?key[iI]d="https?://([^/"]+)')
_LENGTH = re.compile(rb"(?im)^content-length:\s*(\d+)")


@dataclass(frozen=True)
class Asked:
    """A request as it came."""

    method: str
    path: str
    head: bytes  # to the empty line, with "Connection: close"
    body: bytes
    source: str  # host whose key signed it; empty when unknown
    iri: str = ""  # of the activity that is delivered
    type: str = ""

    @property
    def is_delivery(self) -> bool:
        return self.method == "POST" and self.path.endswith("/inbox")


@dataclass
class Traffic:
    """What went over all links. A delivery is an activity's id and the host it went to."""

    faults: Counter[str] = field(default_factory=Counter)
    repeats: int = 0  # sent again by the sender, though it had been taken
    taken: dict[tuple[str, str], str] = field(default_factory=dict)  # 2xx of the node itself; type
    errors: Counter[str] = field(default_factory=Counter)  # answers 500 of nodes, by path
    refused: Counter[str] = field(default_factory=Counter)  # answers 4xx to deliveries
    changed: list[str] = field(default_factory=list)  # sent again under the same id with other bytes
    _digests: dict[tuple[str, str], bytes] = field(default_factory=dict)

    def note(self, asked: Asked, host: str) -> None:
        key = (asked.iri, host)
        self.repeats += key in self.taken
        digest = hashlib.sha256(asked.body).digest()
        if self._digests.setdefault(key, digest) != digest:
            self.changed.append(f"{asked.iri} to {host}")


class Links:
    """The state of all links: whether faults come, and who is cut off from whom."""

    def __init__(self, seed: int, *, rate: float, kinds: Collection[str] = ()) -> None:
        self.rate = rate  # share of requests that fail
        self._only = kinds  # all of LINK_FAULTS when there is none
        self.open = True  # whether anything fails
        self.traffic = Traffic()
        self.cut: set[frozenset[str]] = set()
        self._random = random.Random(seed)
        self._kinds: list[str] = []

    def draw(self, asked: Asked) -> str:
        """Return which fault befalls a request; empty for none."""
        if not self.open or self._random.random() >= self.rate:
            return ""
        if not asked.is_delivery:
            return self._random.choice(OF_FETCHES) if not self._only else ""
        if not self._kinds:
            self._kinds = list(self._only or LINK_FAULTS)
            self._random.shuffle(self._kinds)
        kind = self._kinds.pop()
        return "late double" if kind == "reorder" and asked.type not in UNORDERED else kind

    def choice(self, among: Sequence[int]) -> int:
        return self._random.choice(among)

    def seconds(self, most: float) -> float:
        return self._random.uniform(0.0, most)

    def are_apart(self, one: str, other: str) -> bool:
        return self.open and frozenset({one, other}) in self.cut


class Proxy:
    """The door of one node to the others."""

    def __init__(self, links: Links, host: str, port: int, *, lease: float) -> None:
        self.links, self.host, self._port = links, host, port
        self._stall = lease * 1.5
        self._later: set[asyncio.Task[None]] = set()
        self._passed = 0  # deliveries so far

    @property
    def holds(self) -> int:
        """How many deliveries it has yet to make."""
        return len(self._later)

    @contextlib.asynccontextmanager
    async def serving(self, listener: socket.socket) -> AsyncIterator[None]:
        server = await asyncio.start_server(self._serve, sock=listener, limit=HEAD)
        try:
            yield
        finally:
            server.close()
            for task in self._later:
                task.cancel()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            async with asyncio.timeout(PATIENCE + self._stall):
                asked = await self._read(reader)
                if asked is not None:
                    await self._pass(asked, writer)
        except (OSError, TimeoutError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
            writer.transport.abort()
        finally:
            writer.close()

    async def _read(self, reader: asyncio.StreamReader) -> Asked | None:
        head = await reader.readuntil(b"\r\n\r\n")
        line, _, rest = head.partition(b"\r\n")
        method, path, _ = line.decode("latin-1").split(" ", 2)
        kept = [one for one in rest.split(b"\r\n") if one and not one.lower().startswith(b"connection:")]
        length = _LENGTH.search(head)
        body = await reader.readexactly(int(length[1])) if length else b""
        found = _KEY_HOST.search(head)
        head = b"\r\n".join([line, *kept, b"Connection: close", b"", b""])
        source = found[1].decode() if found else ""
        iri = kind = ""
        if method == "POST" and path.endswith("/inbox"):
            activity = json.loads(body)
            iri, kind = str(activity["id"]), str(activity["type"])
            kind = _kind(activity)
        return Asked(method, path, head, body, source, iri, kind)

    async def _pass(self, asked: Asked, writer: asyncio.StreamWriter) -> None:
        if asked.source and self.links.are_apart(asked.source, self.host):
            writer.transport.abort()
            return
        if asked.is_delivery:
            self.links.traffic.note(asked, self.host)
            self._passed += 1
        kind = self.links.draw(asked)
        if kind:
            self.links.traffic.faults[kind] += 1
        answer = await self._fail(kind, asked) if kind else await self.exchange(asked)
        if answer is None:
            _reset(writer)
        elif kind == "half answer":
            writer.write(answer[: len(answer) // 2])
            await writer.drain()
        else:
            writer.write(answer)
            await writer.drain()

    async def _fail(self, kind: str, asked: Asked) -> bytes | None:
        """Let one of LINK_FAULTS happen; return the answer that goes back, None to cut the connection."""
        if kind in {"drop", "half body"}:
            return await self._half(asked) if kind == "half body" else None
        if kind in {"429", "503", "500"}:
            return _answer(int(kind), retry_after=self.links.choice((1, 30, 120)))
        if kind == "reorder":
            self._spawn(self._overtaken(asked, self.links.choice(range(1, OVERTAKEN_BY))))
            return _answer(202)
        if kind == "double":
            both = await asyncio.gather(self.exchange(asked), self.exchange(asked))
            return both[0] or both[1]
        if kind == "late double":
            self._in_a_while(lambda: self.exchange(asked))
        await asyncio.sleep({"delay": self.links.seconds(1.0), "stall": self._stall}.get(kind, 0.0))
        answer = await self.exchange(asked, slices=kind == "slices")
        spoilt = {"lost answer": None, "taken, 502": _answer(502)}
        return spoilt.get(kind, answer)

    async def exchange(self, asked: Asked, *, slices: bool = False) -> bytes | None:
        """Ask the node; return the whole answer, None when there is none."""
        try:
            async with asyncio.timeout(PATIENCE):
                reader, writer = await asyncio.open_connection("127.0.0.1", self._port)
                try:
                    await _send(writer, asked, slices=slices)
                    answer = await reader.read(-1)
                finally:
                    writer.close()
        except (OSError, TimeoutError):
            return None
        if b"\r\n\r\n" not in answer:
            return None
        self._note(asked, int(answer[9:12]))
        return answer

    def _note(self, asked: Asked, status: int) -> None:
        traffic = self.links.traffic
        if status == 500:
            traffic.errors[asked.path] += 1
        if asked.is_delivery and 200 <= status < 300:
            traffic.taken[asked.iri, self.host] = asked.type
        elif asked.is_delivery and 400 <= status < 500:
            traffic.refused[f"{status} {asked.type}"] += 1

    async def _half(self, asked: Asked) -> None:
        with contextlib.suppress(OSError):
            _, writer = await asyncio.open_connection("127.0.0.1", self._port)
            writer.write(asked.head + asked.body[: len(asked.body) // 2])
            await writer.drain()
            await asyncio.sleep(0.05)
            _reset(writer)

    def _in_a_while(self, act: Callable[[], Awaitable[object]]) -> None:
        async def later() -> None:
            await asyncio.sleep(self.links.seconds(3.0))
            await act()

        self._spawn(later())

    def _spawn(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._later.add(task)
        task.add_done_callback(self._later.discard)

    async def _overtaken(self, asked: Asked, by: int) -> None:
        """Deliver when so many others have come by, or when none comes any more."""
        until = self._passed + by
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(LONGEST_QUEUE):
                while self._passed < until:
                    await asyncio.sleep(0.05)
        await self._until_taken(asked)

    async def _until_taken(self, asked: Asked) -> None:
        """Deliver what this link has answered for: what a queue of the peer's would do."""
        began = time.monotonic()
        while (asked.iri, self.host) not in self.links.traffic.taken:
            await self.exchange(asked)
            await asyncio.sleep(0.3)
            if time.monotonic() - began > PATIENCE * 3:
                raise AssertionError(f"{self.host} never took {asked.iri}")


def _kind(activity: Any) -> str:
    """Return the type of an activity; of an Announce that of what it passes on, of an Undo both."""
    kind, inner = str(activity.get("type")), activity.get("object")
    if not isinstance(inner, dict):
        return kind
    if kind == "Announce":
        return _kind(inner)
    return f"Undo {inner.get('type')}" if kind == "Undo" else kind


async def _send(writer: asyncio.StreamWriter, asked: Asked, *, slices: bool) -> None:
    whole = asked.head + asked.body
    if not slices:
        writer.write(whole)
        await writer.drain()
        return
    step = max(1, len(whole) // 12)
    for at in range(0, len(whole), step):
        writer.write(whole[at : at + step])
        await writer.drain()
        await asyncio.sleep(0.02)


def _answer(status: int, *, retry_after: int | None = None) -> bytes:
    wait = f"Retry-After: {retry_after}\r\n" if retry_after and status != 500 else ""
    return f"HTTP/1.1 {status} Of a link\r\n{wait}Content-Length: 0\r\nConnection: close\r\n\r\n".encode()


def _reset(writer: asyncio.StreamWriter) -> None:
    """Cut a connection so that the other end gets a reset rather than an end."""
    raw = writer.get_extra_info("socket")
    if raw is not None:
        with contextlib.suppress(OSError):
            raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.transport.abort()
