"""The nodes of a soak: their processes, begun and ended here by their ids, and what is armed in them."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import multiprocessing
import os
import random
import signal
import socket
import time
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any, Final

from node.faults import Point
from node.keyring import Keyring
from node.store.database import Database
from soak import node as entry
from soak.clock import FastClock
from soak.databases import Store
from soak.proxy import Links, Proxy

STOP_WITHIN: Final = 30.0  # seconds for a clean stop (R04)
READY_WITHIN: Final = 60.0
IN_WEB: Final[tuple[Point, ...]] = ("I1", "I2", "I3", "I4", "O1", "O2")
IN_WORKER: Final[tuple[Point, ...]] = ("I5", "I6", "I7", "I8", "O1", "O2", "O3", "O4", "O5", "O6", "O7", "O8")
# Where work goes on again after a fault at a point.
THEN: Final[dict[str, Point]] = {"I": "I8", "O": "O8"}

_forks = multiprocessing.get_context("forkserver")


def preload() -> None:
    """Let one process read the code once, of which all others are forks: a restart takes a tenth of a second."""
    _forks.set_forkserver_preload(["soak.node", "asyncpg", "aiosqlite", "uvloop"])


@dataclass
class Fault:
    """One fault that is armed somewhere, and when it struck and was over; seconds of time.monotonic."""

    number: int
    point: Point
    kind: str
    fired: asyncio.Event = field(default_factory=asyncio.Event)
    struck: float = 0.0


class Slot:
    """One process of a node, begun again when it ends."""

    def __init__(self, node: SoakNode, command: list[str], points: tuple[Point, ...], bug: str) -> None:
        self.node, self.command, self.points = node, command, points
        self._bug = bug
        self.armed: Fault | None = None
        self.reached: Counter[Point] = Counter()
        self._pipe: Connection | None = None
        self._process: Any = None
        self.ready = asyncio.Event()
        self.ended = asyncio.Event()
        self.ended.set()

    @property
    def pid(self) -> int:
        return int(self._process.pid)

    def start(self) -> None:
        """Begin the process."""
        self.ready.clear()
        self.ended.clear()
        ours, theirs = _forks.Pipe()
        self._process = _forks.Process(
            target=entry.run,
            args=(
                self.node.environment, self.command, theirs, self.node.log, self.node.clock_file, self._bug,
            ),
            daemon=True,
        )  # fmt: skip
        self._process.start()
        theirs.close()
        self._pipe = ours
        loop = asyncio.get_running_loop()
        loop.add_reader(ours.fileno(), self._hear, ours)
        loop.add_reader(self._process.sentinel, self._died, self._process.sentinel)

    async def settled(self) -> None:
        """Wait until the process is ready, or has ended before it was."""
        done = [asyncio.ensure_future(one.wait()) for one in (self.ready, self.ended)]
        try:
            await asyncio.wait(done, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for one in done:
                one.cancel()

    def tell(self, *order: Any) -> None:
        """Give the process an order; one that is dead takes none."""
        with contextlib.suppress(OSError, ValueError):
            if self._pipe is not None:
                self._pipe.send(order)

    def kill(self, how: signal.Signals = signal.SIGKILL) -> None:
        """Send the process a signal, if it still lives."""
        if not self.ended.is_set():
            with contextlib.suppress(ProcessLookupError):
                os.kill(self.pid, how)

    async def stop(self) -> int:
        """End the process well; return its exit code. Raises TimeoutError when it takes more than STOP_WITHIN."""
        if not self.ended.is_set():
            self._process.terminate()
            async with asyncio.timeout(STOP_WITHIN + 5):
                await self.ended.wait()
        return self.code

    @property
    def code(self) -> int:
        """The exit code of the process that ended last; negative: the signal that ended it."""
        return int(self._process.exitcode)

    def _hear(self, pipe: Connection) -> None:
        try:
            while pipe.poll():
                self._take(*pipe.recv())
        except (EOFError, OSError):
            self._deaf(pipe)

    def _deaf(self, pipe: Connection) -> None:
        if not pipe.closed:
            asyncio.get_running_loop().remove_reader(pipe.fileno())
            pipe.close()

    def _take(self, word: str, what: Any = None) -> None:
        if word == "ready":
            self.ready.set()
        elif word == "fired" and self.armed is not None and self.armed.number == what:
            self.armed.struck = time.monotonic()
            self.armed.fired.set()
        elif word == "passed":
            self.node.passed(what)

    def _died(self, sentinel: int) -> None:
        asyncio.get_running_loop().remove_reader(sentinel)
        self._process.join()
        if self._pipe is not None and not self._pipe.closed:
            self._hear(self._pipe)
        self.ended.set()


class SoakNode:
    """One node: a database, a proxy before it, one process or several."""

    def __init__(
        self, name: str, folder: Path, store: Store, clock_file: Path, listener: socket.socket
    ) -> None:
        self.name, self.store, self.clock_file = name, store, clock_file
        self.log = folder / f"{name}.log"
        self.host = f"localhost:{listener.getsockname()[1]}"
        self.home = f"http://{self.host}"
        self.port = free_port()
        self.keys = folder / f"{name}-keys"
        self.keyring = Keyring(self.keys)
        self.slots: list[Slot] = []
        self.database = Database(store.url)
        self._watching: dict[Point, list[asyncio.Future[float]]] = {}

    @property
    def environment(self) -> dict[str, str]:
        return {
            "ARCHIPEL_URL": self.home,
            "ARCHIPEL_DEVELOPMENT": "1",
            "ARCHIPEL_NAME": self.name,
            "ARCHIPEL_DATABASE": self.store.url,
            "ARCHIPEL_DATA": str(self.store.disk.folder),
            "ARCHIPEL_KEYS": str(self.keys),
            "ARCHIPEL_REQUESTS_PER_MINUTE": "1000000",
        }

    @property
    def base(self) -> str:
        """Where the node itself listens."""
        return f"http://127.0.0.1:{self.port}"

    def settle_in(self, *, apart: int, bug: str) -> None:
        """Choose the processes: one for all, or one for the web and *apart* workers."""
        serve = ["serve", "--port", str(self.port)]
        if not apart:
            self.slots = [Slot(self, serve, (*IN_WEB, *IN_WORKER[:4], *IN_WORKER[6:]), bug)]
            return
        self.slots = [Slot(self, [*serve, "--no-background"], IN_WEB, bug)]
        self.slots += [Slot(self, ["worker"], IN_WORKER, bug) for _ in range(apart)]

    async def start(self) -> None:
        for slot in self.slots:
            slot.start()
            async with asyncio.timeout(READY_WITHIN):
                await slot.ready.wait()
        await self.listens()

    async def listens(self) -> None:
        """Wait until the node takes connections."""
        async with asyncio.timeout(READY_WITHIN):
            while True:
                try:
                    _, writer = await asyncio.open_connection("127.0.0.1", self.port)
                except OSError:
                    await asyncio.sleep(0.02)
                else:
                    writer.close()
                    return

    @property
    def pids(self) -> list[int]:
        return [slot.pid for slot in self.slots if not slot.ended.is_set()]

    def watch(self, point: Point) -> asyncio.Future[float]:
        """Return when a process of this node next reaches *point*: seconds of time.monotonic."""
        future: asyncio.Future[float] = asyncio.get_running_loop().create_future()
        self._watching.setdefault(point, []).append(future)
        for slot in self.slots:
            slot.tell("watch", point)
        return future

    def passed(self, point: Point) -> None:
        for future in self._watching.pop(point, []):
            if not future.done():
                future.set_result(time.monotonic())

    def still_watching(self) -> Iterator[Point]:
        """Name the points that somebody waits for: a process begun meanwhile has to be told."""
        yield from self._watching

    async def close(self) -> None:
        for slot in self.slots:
            slot.kill()
        for slot in self.slots:
            await slot.ended.wait()
        await self.database.dispose()


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


@dataclass
class World:
    """Nodes, the links between them and their clock."""

    nodes: list[SoakNode]
    links: Links
    clock: FastClock
    kind: str  # of the databases: sqlite or postgres
    proxies: list[Proxy] = field(default_factory=list)
    numbers: Iterator[int] = field(default_factory=lambda: itertools.count(1))
    random: random.Random = field(default_factory=random.Random)

    @contextlib.asynccontextmanager
    async def linked(self, listeners: list[socket.socket], lease: float) -> AsyncIterator[World]:
        """Serve the proxies inside the block."""
        async with contextlib.AsyncExitStack() as stack:
            for node, listener in zip(self.nodes, listeners, strict=True):
                proxy = Proxy(self.links, node.host, node.port, lease=lease)
                await stack.enter_async_context(proxy.serving(listener))
                self.proxies.append(proxy)
            yield self
