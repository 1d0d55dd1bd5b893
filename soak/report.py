"""What a soak found: the line to publish, the table by point, kind and database, and latest.json."""

from __future__ import annotations

import json
import os
import platform
from collections import Counter
from dataclasses import dataclass, field, fields
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from soak.oracle import Verdict
from soak.proxy import Traffic

LATEST = Path(__file__).parent / "latest.json"


@dataclass
class Totals:
    """The sum over all worlds of a soak."""

    faults: Counter[tuple[str, str, str]] = field(default_factory=Counter)  # point, kind, database
    links: Counter[str] = field(default_factory=Counter)
    partitions: int = 0
    false_starts: int = 0  # processes that ended before they were ready, for want of their database
    acts: int = 0
    promised: int = 0
    sent: int = 0
    accepted: int = 0
    handled: int = 0
    refused: Counter[str] = field(default_factory=Counter)
    dead: int = 0
    pending: int = 0
    repeats: int = 0
    lost: list[str] = field(default_factory=list)
    doubled: list[str] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)
    recoveries: list[float] = field(default_factory=list)  # seconds
    stops: list[float] = field(default_factory=list)  # seconds that clean stops took
    waits: list[float] = field(default_factory=list)  # seconds until members were answered
    answers: Counter[str] = field(default_factory=Counter)
    errors: Counter[str] = field(default_factory=Counter)
    seeds: list[str] = field(default_factory=list)

    def add(self, verdict: Verdict, traffic: Traffic) -> None:
        """Count a world in."""
        self.sent += verdict.sent
        self.accepted += verdict.accepted
        self.handled += verdict.handled
        self.refused += verdict.refused
        self.dead += verdict.dead
        self.pending += verdict.pending
        self.repeats += traffic.repeats
        self.links += traffic.faults
        self.errors += traffic.errors
        self.lost += verdict.lost
        self.doubled += verdict.doubled
        self.wrong += verdict.wrong

    def merge(self, other: Totals) -> None:
        """Add another sum to this one."""
        for one in fields(self):
            setattr(self, one.name, getattr(self, one.name) + getattr(other, one.name))

    @property
    def injected(self) -> int:
        """All faults: in processes and databases, on the links, and partitions."""
        return sum(self.faults.values()) + sum(self.links.values()) + self.partitions

    @property
    def is_clean(self) -> bool:
        return not (self.lost or self.doubled or self.wrong)

    @property
    def line(self) -> str:
        """The line to publish."""
        low, high = share(self.recoveries, 0.5), share(self.recoveries, 0.95)
        return (
            f"faults {self.injected} | sent {self.sent} | accepted {self.accepted} | handled {self.handled} | "
            f"dead {self.dead} | pending {self.pending} | lost = {len(self.lost)} (must be 0) | "
            f"doubled effects {len(self.doubled)} (must be 0) | wire repeats {self.repeats} | "
            f"recover p50 {low:.1f} s, p95 {high:.1f} s"
        )

    def table(self) -> str:
        """Return faults by point, kind and database, a row a point."""
        bases = sorted({base for _, _, base in self.faults})
        kinds = sorted({kind for _, kind, _ in self.faults})
        heads = [f"{kind} {base}" for base in bases for kind in kinds]
        lines = [" " * 14 + " ".join(f"{head:>15}" for head in heads)]
        for point in sorted({point for point, _, _ in self.faults}):
            cells = [self.faults[point, kind, base] for base in bases for kind in kinds]
            lines.append(f"{point:14}" + " ".join(f"{cell:15}" for cell in cells))
        return "\n".join(lines)

    def write(self, given: dict[str, Any], seconds: float) -> None:
        """Write latest.json."""
        report = {
            "at": datetime.now(UTC).isoformat(timespec="seconds"),
            "python": platform.python_version(),
            "cores": os.cpu_count(),
            "seconds": round(seconds, 1),
            "given": given,
            "line": self.line,
            "clean": self.is_clean,
            "faults": {
                "all": self.injected,
                "in processes and databases": sum(self.faults.values()),
                "on links": dict(sorted(self.links.items())),
                "partitions": self.partitions,
                "false starts": self.false_starts,
                "by point": [
                    {"point": point, "kind": kind, "database": base, "times": times}
                    for (point, kind, base), times in sorted(self.faults.items())
                ],
            },
            "acts": {
                "asked": self.acts,
                "promised": self.promised,
                "otherwise": dict(sorted(self.answers.items())),
            },
            "activities": {
                "sent": self.sent,
                "accepted": self.accepted,
                "handled": self.handled,
                "refused, of the handled": dict(self.refused.most_common()),
                "dead": self.dead,
                "pending": self.pending,
                "repeats on the wire": self.repeats,
            },
            "answers 500 to other nodes": dict(self.errors.most_common(10)),
            "lost": self.lost[:100],
            "doubled": self.doubled[:100],
            "wrong": self.wrong[:100],
            "seconds to recover": _shares(self.recoveries),
            "seconds of a clean stop": _shares(self.stops),
            "seconds to answer a member": _shares(self.waits),
            "worlds": self.seeds,
        }
        LATEST.write_text(json.dumps(report, indent=2) + "\n")


def share(values: list[float], part: float) -> float:
    """Return the value that *part* of them do not exceed; 0 of none."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * part))] if ordered else 0.0


def _shares(values: list[float]) -> dict[str, float]:
    return {
        "p50": round(share(values, 0.5), 2),
        "p95": round(share(values, 0.95), 2),
        "max": round(max(values, default=0), 2),
    }
