"""What all processes of one machine have counted, together: whichever of them is asked, it answers for all.

Each process that serves or works writes its samples to a file of its own, now and then and when it is asked; the one that
is asked adds up the files. A process is alive while it holds the lock of its file: the kernel lets go of it however it ends. What a dead one counted is
added to what all before it counted, so counters never go backwards; its gauges die with it. One that is killed takes along
what it counted since it wrote last.
"""

from __future__ import annotations

import fcntl
import json
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

from prometheus_client.metrics_core import Metric
from prometheus_client.registry import Collector, CollectorRegistry

GONE = "gone.json"
LOCK = "ledger.lock"
Samples = dict[str, dict[str, float]]  # family -> sample, as `_name` writes it -> value
_SUMMED_FOR_EVER = {"counter", "histogram"}


@dataclass
class Ledger:
    """This process's page among those of all processes of the machine. folder: theirs alone, on a local disk."""

    folder: Path
    registry: CollectorRegistry
    _name: str = field(default_factory=lambda: f"{os.getpid()}-{secrets.token_hex(4)}")
    _alive: IO[bytes] | None = None

    def write(self) -> None:
        """Write down what this process has counted. Raises OSError when the folder cannot be written."""
        with self._locked():
            self._write()

    def close(self) -> None:
        """Write for the last time; what was counted stays, what is a gauge ends."""
        if self._alive is not None:
            self.write()
            self._alive.close()
            self._alive = None

    def together(self) -> CollectorRegistry:
        """Return what all have counted. Raises OSError as `write` does."""
        families = {one.name: one for one in self.registry.collect()}
        with self._locked():
            self._write()
            total = self._bury({name: one.type for name, one in families.items()})
            for page in self._pages():
                _add(total, _read(page))
        return _registry(families, total)

    def _write(self) -> None:
        if self._alive is None:
            self._alive = (self.folder / f"{self._name}.alive").open("wb")
            fcntl.flock(self._alive, fcntl.LOCK_EX)
        _put(self.folder / f"{self._name}.json", _samples(self.registry))

    def _pages(self) -> list[Path]:
        return sorted(self.folder.glob("*-*.json"))

    def _bury(self, types: dict[str, str]) -> Samples:
        """Add the counts of those who have died to those of the dead before them; return these."""
        gone = _read(self.folder / GONE)
        dead = [page for page in self._pages() if self._is_dead(page)]
        for page in dead:
            counted = {
                name: samples for name, samples in _read(page).items() if types.get(name) in _SUMMED_FOR_EVER
            }
            _add(gone, counted)
        if dead:
            # Killed between the two, we would count these twice: too much once, and never less than before.
            _put(self.folder / GONE, gone)
            for page in dead:
                page.unlink()
                page.with_suffix(".alive").unlink(missing_ok=True)
        return gone

    def _is_dead(self, page: Path) -> bool:
        if page.stem == self._name:
            return False
        with suppress(FileNotFoundError), page.with_suffix(".alive").open("rb") as alive:
            try:
                fcntl.flock(alive, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                return False
        return True

    @contextmanager
    def _locked(self) -> Iterator[None]:
        self.folder.mkdir(mode=0o700, exist_ok=True)
        with (self.folder / LOCK).open("wb") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield


def _samples(registry: CollectorRegistry) -> Samples:
    return {
        family.name: {
            json.dumps([sample.name, sample.labels]): sample.value
            for sample in family.samples
            if not sample.name.endswith("_created")
        }
        for family in registry.collect()
    }


def _add(total: Samples, more: Samples) -> None:
    for name, samples in more.items():
        known = total.setdefault(name, {})
        for sample, value in samples.items():
            known[sample] = known.get(sample, 0.0) + value


def _registry(families: dict[str, Metric], total: Samples) -> CollectorRegistry:
    """Return *total* as a registry; what this version does not count any more is left out."""
    merged = CollectorRegistry(auto_describe=False)
    merged.register(_Total(families, total))
    return merged


class _Total(Collector):
    def __init__(self, families: dict[str, Metric], total: Samples) -> None:
        self._families, self._total = families, total

    def collect(self) -> Iterator[Metric]:
        for name, family in self._families.items():
            metric = Metric(name, family.documentation, family.type)
            for sample, value in self._total.get(name, {}).items():
                full_name, labels = json.loads(sample)
                metric.add_sample(full_name, labels, value)
            yield metric


def _read(path: Path) -> Samples:
    try:
        read: Samples = json.loads(path.read_bytes())
    except (FileNotFoundError, ValueError):  # not there, or cut off when the power went
        return {}
    return read


def _put(path: Path, samples: Samples) -> None:
    draft = path.with_suffix(".draft")
    draft.write_text(json.dumps(samples))
    draft.replace(path)
