"""Several processes of one node on one machine: begun, watched, begun again when they die, and ended together.

The parent has no event loop, no thread and no database, so it can fork at any time and has little to die of. Its children
share the memory of the modules that it has loaded. Each holds the end of a pipe that closes with the parent, however that
ends, and stops by itself then: nobody is left behind.
"""

from __future__ import annotations

import gc
import os
import selectors
import signal
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import NoReturn

import click
import structlog

from node.errors import Misconfigured, NodeError

TAKEN = (signal.SIGTERM, signal.SIGINT, signal.SIGCHLD)
TRIES = 5  # deaths in a row before it was ready: then something is wrong that time does not heal
FIRST_PAUSE, LONGEST_PAUSE = 1.0, 30.0  # seconds before a process is begun again; none the first time
SETTLED = 60.0  # seconds; a process that lived for so long starts with no pause again
PATIENCE = 32.0  # seconds until a process that was told to stop is killed: a little more than it takes (R04)

log = structlog.get_logger()


@dataclass(frozen=True)
class Place:
    """What a child knows of its parent. lifeline: a descriptor that turns readable when the parent is gone."""

    lifeline: int
    _report: int

    def ready(self) -> None:
        """Tell the parent that this process does what it was begun for."""
        with suppress(BrokenPipeError):
            os.write(self._report, b"R")


@dataclass(frozen=True)
class Role:
    """What some of the processes are for. run: called in each of them; its return is the end of the process."""

    name: str
    count: int
    run: Callable[[Place], None]


@dataclass(eq=False)
class _Slot:
    """The place of one process, whoever stands in it at the moment."""

    role: Role
    number: int
    pid: int | None = None
    report: int = -1
    is_ready: bool = False
    since: float = 0.0
    due: float = 0.0  # when to begin it (again)
    deaths: int = 0  # in a row, none of them after SETTLED
    deaths_at_start: int = 0  # in a row


@dataclass
class Supervisor:
    """Keeps the processes of some roles alive until told to stop. on_ready: called once, when all are ready."""

    roles: Sequence[Role]
    on_ready: Callable[[], None]
    first_pause: float = FIRST_PAUSE
    patience: float = PATIENCE
    _slots: list[_Slot] = field(default_factory=list)
    _stopping: bool = False
    _was_ready: bool = False

    def run(self) -> None:
        """Work until SIGTERM or SIGINT; raises Misconfigured when a process cannot even start."""
        self._slots = [_Slot(role, number) for role in self.roles for number in range(1, role.count + 1)]
        self._lifeline, self._held = os.pipe()
        gc.freeze()  # what is loaded by now stays shared: no collection of a child writes to its pages
        with selectors.DefaultSelector() as self._selector, self._signals():
            try:
                while not self._stopping:
                    self._begin_due()
                    self._look(self._next_due())
            finally:
                self._end()
        os.close(self._held)
        os.close(self._lifeline)

    @contextmanager
    def _signals(self) -> Iterator[None]:
        self._woken, self._wake = os.pipe()
        for end in (self._woken, self._wake):
            os.set_blocking(end, False)
        self._selector.register(self._woken, selectors.EVENT_READ)
        before = {one: signal.signal(one, self._note) for one in TAKEN}
        signal.set_wakeup_fd(self._wake, warn_on_full_buffer=False)
        try:
            yield
        finally:
            signal.set_wakeup_fd(-1)
            for one, handler in before.items():
                signal.signal(one, handler)
            os.close(self._woken)
            os.close(self._wake)

    def _note(self, number: int, frame: object) -> None:
        del frame
        if number != signal.SIGCHLD:
            self._stopping = True

    def _next_due(self) -> float | None:
        waiting = [slot.due for slot in self._slots if slot.pid is None]
        return max(0.0, min(waiting) - time.monotonic()) if waiting else None

    def _begin_due(self) -> None:
        now = time.monotonic()
        for slot in self._slots:
            if slot.pid is None and slot.due <= now and not self._stopping:
                self._begin(slot)

    def _begin(self, slot: _Slot) -> None:
        report, said = os.pipe()
        sys.stdout.flush()
        sys.stderr.flush()
        pid = os.fork()
        if pid == 0:
            self._become(slot, said)
        os.close(said)
        slot.pid, slot.report, slot.is_ready, slot.since = pid, report, False, time.monotonic()
        self._selector.register(report, selectors.EVENT_READ, slot)

    def _become(self, slot: _Slot, said: int) -> NoReturn:
        """Be the child: let go of all that is the parent's, and do what the role is."""
        signal.set_wakeup_fd(-1)
        for one in TAKEN:
            signal.signal(one, signal.SIG_DFL)
        self._selector.close()
        theirs = [other.report for other in self._slots if other.pid is not None]
        for end in (self._held, self._woken, self._wake, *theirs):
            os.close(end)
        _leave(lambda: slot.role.run(Place(self._lifeline, said)))

    def _look(self, at_most: float | None) -> None:
        """Wait for signals and words of children, for *at_most* seconds, and act on them."""
        for key, _ in self._selector.select(at_most):
            heard = os.read(key.fd, 4096)
            slot: _Slot | None = key.data
            if slot is None:
                continue
            if heard:
                slot.is_ready, slot.deaths_at_start = True, 0
                self._tell_ready()
            else:  # it has died, or will in a moment
                self._selector.unregister(key.fd)
        self._bury()

    def _tell_ready(self) -> None:
        if not self._was_ready and all(slot.is_ready for slot in self._slots):
            self._was_ready = True
            self.on_ready()

    def _bury(self) -> None:
        """Take note of everybody who has died."""
        for slot in self._slots:
            if slot.pid is None:
                continue
            pid, status = os.waitpid(slot.pid, os.WNOHANG)
            if pid:
                self._lost(slot, _reason(status))

    def _lost(self, slot: _Slot, reason: str) -> None:
        now = time.monotonic()
        with suppress(KeyError):
            self._selector.unregister(slot.report)
        os.close(slot.report)
        lived, was_ready, pid = now - slot.since, slot.is_ready, slot.pid
        slot.pid, slot.is_ready = None, False
        if self._stopping:
            return
        slot.deaths = 0 if was_ready and lived >= SETTLED else slot.deaths
        pause = min(LONGEST_PAUSE, self.first_pause * 2 ** (slot.deaths - 1)) if slot.deaths else 0.0
        slot.deaths += 1
        slot.deaths_at_start = 0 if was_ready else slot.deaths_at_start + 1
        slot.due = now + pause
        about = {"role": slot.role.name, "number": slot.number, "pid": pid, "reason": reason}
        log.error("process died", **about, lived=round(lived, 1), begun_again_in=pause)
        if slot.deaths_at_start >= TRIES:
            raise Misconfigured(
                f"A process ({slot.role.name}) died {TRIES} times before it was ready, the last time with {reason}. "
                "The log above says why; the node was stopped."
            )

    def _end(self) -> None:
        """Let every process finish what it holds, then end those that do not."""
        self._stopping = True
        until = time.monotonic() + self.patience
        self._send(signal.SIGTERM)
        while any(slot.pid for slot in self._slots) and (left := until - time.monotonic()) > 0:
            self._look(left)
        late = [slot.pid for slot in self._slots if slot.pid]
        if late:
            log.error("processes killed that did not stop", pids=late, seconds=self.patience)
            self._send(signal.SIGKILL)
            for pid in late:
                os.waitpid(pid, 0)

    def _send(self, number: signal.Signals) -> None:
        for slot in self._slots:
            if slot.pid is not None:
                os.kill(slot.pid, number)


def run_once(run: Callable[[], None]) -> None:
    """Do something in a process of its own and wait for it; raises click's Exit with its code when that is not 0."""
    pid = os.fork()
    if pid == 0:
        _leave(run)
    _, status = os.waitpid(pid, 0)
    if status:
        code = os.waitstatus_to_exitcode(status)
        raise click.exceptions.Exit(code if code > 0 else 1)


def _leave(run: Callable[[], None]) -> NoReturn:
    """Run, and end this process without a word to what stands above it on the stack: that is the parent's."""
    code = 1
    try:
        run()
        code = 0
    except NodeError as error:
        click.echo(error.message, err=True)
    except BaseException:
        log.exception("process failed")
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


def _reason(status: int) -> str:
    code = os.waitstatus_to_exitcode(status)
    if code >= 0:
        return f"exit code {code}"
    name = signal.Signals(-code).name
    return f"{name} (out of memory, perhaps)" if name == "SIGKILL" else name
