"""A process of a node under soak: the real `archipel` command, opened with faults and the soak's clock.

The way in is the one that tests have: another `Opening` for the command. What goes wrong, and when, comes over a pipe
from the process that started this one, so there is nothing in production that could be told to fail. When the pipe
ends, so does this process.

    -> ("arm", number, point, kind, after, seconds)   ("disarm", number)   ("go", number)   ("watch", point)
    <- ("ready",)   ("fired", number)   ("passed", point)   ("reached", {point: times})
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from node.app import open_node
from node.cli.archipel import archipel
from node.cli.opening import Opening
from node.faults import Faults, Injected, Point
from node.runtime import Node
from node.settings import Settings
from soak import planted
from soak.clock import FastClock

HELD_FOR = 20.0  # seconds; whoever holds a process at a point lets it go long before


@dataclass
class _Armed:
    number: int
    kind: str
    after: int
    seconds: float
    go: asyncio.Event


class Remote(Faults):
    """Faults as the other end of the pipe arms them, one a point at a time."""

    def __init__(self, pipe: Connection) -> None:
        super().__init__()
        self.pipe = pipe
        self._plan: dict[Point, _Armed] = {}
        self._held: dict[int, _Armed] = {}
        self._watched: Counter[Point] = Counter()

    def listen(self) -> None:
        """Take orders from now on, in the running event loop."""
        asyncio.get_running_loop().add_reader(self.pipe.fileno(), self._hear)
        self.pipe.send(("ready",))

    def _hear(self) -> None:
        try:
            while self.pipe.poll():
                self._obey(*self.pipe.recv())
        except (EOFError, OSError):
            os._exit(1)  # nobody would stop this process any more

    def _obey(self, order: str, *given: Any) -> None:
        if order == "arm":
            number, point, kind, after, seconds = given
            self._plan[point] = _Armed(number, kind, after, seconds, asyncio.Event())
        elif order == "disarm":
            self._plan = {point: one for point, one in self._plan.items() if one.number != given[0]}
        elif order == "go" and given[0] in self._held:
            self._held[given[0]].go.set()
        elif order == "watch":
            self._watched[given[0]] += 1

    async def at(self, point: Point) -> None:
        """Pass, or let happen what is armed here."""
        self.reached[point] += 1
        if self._watched.pop(point, 0):
            self.pipe.send(("passed", point))
        armed = self._plan.get(point)
        if armed is None:
            return
        armed.after -= 1
        if armed.after >= 0:
            return
        del self._plan[point]
        self.pipe.send(("fired", armed.number))
        await self._happen(armed)

    async def _happen(self, armed: _Armed) -> None:
        if armed.kind == "kill":
            os.kill(os.getpid(), signal.SIGKILL)
        elif armed.kind == "term":
            os.kill(os.getpid(), signal.SIGTERM)
        elif armed.kind == "error":
            raise Injected("A fault was injected.")
        elif armed.kind == "stall":
            await asyncio.sleep(armed.seconds)
        else:  # something happens to the database: the soak does it while the work stands here
            self._held[armed.number] = armed
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(HELD_FOR):
                    await armed.go.wait()
            del self._held[armed.number]


def run(  # noqa: PLR0917 -- what a process is given by position
    environment: Mapping[str, str],
    command: list[str],
    pipe: Connection,
    log: Path,
    clock: Path,
    bug: str,
) -> None:
    """Be a process of a node until its end; begun by `multiprocessing` in a fresh process."""
    out = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    os.dup2(out, 1)
    os.dup2(out, 2)
    os.environ.update(environment)
    faults = Remote(pipe)
    opening = Opening(open=partial(_open, faults, FastClock(clock)))
    if bug:
        planted.plant(bug)
    archipel(command, obj=opening, prog_name="archipel", standalone_mode=True)


async def _open(faults: Remote, clock: FastClock, settings: Settings) -> Node:
    node = await open_node(settings, clock=clock, faults=faults)
    faults.listen()
    return node
