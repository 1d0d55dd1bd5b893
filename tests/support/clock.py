"""A clock that moves when it is told to."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

START = datetime(2026, 11, 3, 9, 0, tzinfo=UTC)


class ManualClock:
    """Stands still until it is advanced."""

    def __init__(self, start: datetime = START) -> None:
        self._now = start

    def now(self) -> datetime:
        return self._now

    def advance(self, **span: float) -> datetime:
        """Move on by a timedelta's arguments, such as ``hours=2``."""
        self._now += timedelta(**span)
        return self._now
