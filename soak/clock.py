"""One clock for all nodes of a soak, faster than the world's, that the soak can set forward.

Leases of minutes and back-offs of hours end in seconds. The nodes share it, so the dates that they sign are right for
each other. It is a file of two numbers that every process maps into memory.
"""

from __future__ import annotations

import mmap
import struct
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

BEGINNING = datetime(2026, 1, 1, tzinfo=UTC)
_FORM = struct.Struct("dd")  # seconds to add, seconds that pass in one


class FastClock:
    """A `node.clock.Clock`: *pace* seconds pass in one of the world's, and more when it is set forward."""

    def __init__(self, path: Path) -> None:
        with path.open("r+b") as file:
            self._shared = mmap.mmap(file.fileno(), _FORM.size)

    @classmethod
    def make(cls, path: Path, pace: float) -> FastClock:
        """Start a clock in a new file: it shows BEGINNING."""
        path.write_bytes(_FORM.pack(-time.monotonic() * pace, pace))
        return cls(path)

    def now(self) -> datetime:
        """Return the current instant, aware, in UTC."""
        added, pace = _FORM.unpack(self._shared[:])
        return BEGINNING + timedelta(seconds=time.monotonic() * pace + added)

    def forward(self, by: timedelta) -> None:
        """Let that time have passed, for all who hold the clock."""
        added, pace = _FORM.unpack(self._shared[:])
        self._shared[:] = _FORM.pack(added + by.total_seconds(), pace)

    @property
    def pace(self) -> float:
        """How many of its seconds pass in one of the world's."""
        pace: float = _FORM.unpack(self._shared[:])[1]
        return pace
