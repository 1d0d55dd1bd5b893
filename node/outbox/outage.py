"""Is it the others, or is it us? When our own network or DNS is down, nobody is to blame and nothing is counted (R30).

Peers that worked until now and all fall silent, while nobody answers any more, are the sign. A dead peer, or one that never
answered, is none: only what worked before can tell that something broke.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from node.outbox.verdicts import Outcome, Verdict
from node.store.queries.lanes import Lane

HOSTS = 5  # that must have fallen silent
QUIET = timedelta(seconds=10)  # without an answer from anybody
BELIEVED = timedelta(hours=12)  # after so long it is the others after all
AGAIN = timedelta(minutes=1)  # before a lane that was held is tried again
PROBE_EVERY = 15.0  # seconds between two lanes that are tried meanwhile


@dataclass
class Outage:
    """What a process has heard from its peers lately. `since`: when its own network was found to be down."""

    since: datetime | None = None
    _silent: dict[int, Lane] = field(default_factory=dict)
    _answered_at: datetime | None = None

    def note(self, lane: Lane, outcome: Outcome, now: datetime) -> None:
        """Take what became of one request."""
        if not outcome.is_silence:
            self._answered_at, self.since = now, None
            self._silent.clear()
        elif lane.is_proven and not lane.in_trouble:
            self._silent[lane.peer_id] = lane

    def is_on(self, now: datetime) -> bool:
        """Tell whether it is our own network that is down."""
        if self.since is not None:
            return now < self.since + BELIEVED
        quiet = self._answered_at is None or now >= self._answered_at + QUIET
        if quiet and len(self._silent) >= HOSTS:
            self.since = now
            return True
        return False

    def blamed(self) -> list[int]:
        """Return the peers that were silent when it began: whatever was counted against them was our own fault."""
        return list(self._silent)


def excused(outcome: Outcome) -> Outcome:
    """Return an outcome that counts as no failure of the peer."""
    return replace(outcome, verdict=Verdict.HOLD, wait=AGAIN, reason=f"our own network: {outcome.reason}")
