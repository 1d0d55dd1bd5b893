"""Which lanes to claim next: looked for seldom, for many at a time, and kept in memory as a hint.

Looking costs as much as all the followers whom new entries concern. So it is done when the last find is used up, or when
something new was written, and takes a tenth of the time at most. The claim itself judges again.
"""

from __future__ import annotations

import time
from collections import deque

from node.outbox import lanes
from node.runtime import Node

SHARE = 10  # times what the last look took must pass until the next one, when it is for news alone
PAUSE = 1.0  # seconds between two looks at most: news travels on a busy machine too
SLOW_FOR = 600.0  # seconds for which a lane that was slow keeps to the places for such


class Candidates:
    """Peers that are due and have word waiting, in the order of their turns: those in good health, and the others."""

    def __init__(self, node: Node) -> None:
        self._node = node
        self._healthy: deque[int] = deque()
        self._troubled: deque[int] = deque()
        self._slow: dict[int, float] = {}  # peer: until when, by the monotonic clock
        self._not_before = 0.0
        self._is_stale = True

    def expect_news(self) -> None:
        """Something was written: look again before long."""
        self._is_stale = True

    def was_slow(self, peer_id: int) -> None:
        """Let a lane have a place for slow ones the next times."""
        now = time.monotonic()
        self._slow = {one: until for one, until in self._slow.items() if until > now}
        self._slow[peer_id] = now + SLOW_FOR

    def is_slow(self, peer_id: int) -> bool:
        """Tell whether the lane was slow lately."""
        return self._slow.get(peer_id, 0.0) > time.monotonic()

    async def take(self, healthy: int, troubled: int) -> list[int]:
        """Return up to so many of either kind, and look for more when there are none left or there is news.

        Raises Unavailable when the database is away.
        """
        is_empty = not (self._healthy and healthy) and not (self._troubled and troubled)
        wait_for_a_place = self._healthy and not healthy  # then there is nothing to look for
        if (self._is_stale or (is_empty and not wait_for_a_place)) and time.monotonic() >= self._not_before:
            await self._look()
        return self._pop(self._healthy, healthy) + self._pop(self._troubled, troubled)

    def until_next_look(self) -> float:
        """Return in how many seconds it may be looked again."""
        return max(0.0, self._not_before - time.monotonic())

    @property
    def are_waiting(self) -> bool:
        """Tell whether lanes in good health wait for a place."""
        return bool(self._healthy)

    @property
    def is_stale(self) -> bool:
        """Tell whether something was written since the last look."""
        return self._is_stale

    async def _look(self) -> None:
        self._is_stale = False
        began = time.monotonic()
        found = await lanes.find(self._node)
        ended = time.monotonic()
        self._not_before = ended + min(PAUSE, SHARE * (ended - began))
        self._healthy.clear()
        self._troubled.clear()
        for peer_id, in_trouble in found.items():
            (self._troubled if in_trouble or self.is_slow(peer_id) else self._healthy).append(peer_id)

    @staticmethod
    def _pop(waiting: deque[int], number: int) -> list[int]:
        return [waiting.popleft() for _ in range(min(number, len(waiting)))]
