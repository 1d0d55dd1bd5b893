"""What a node counts about itself, for its operator's Prometheus. One registry a node, no globals.

Where something happens, one line counts it: ``node.metrics.processed.labels("refused").inc()``. Labels come from short,
closed lists, never from what others send: no hosts, no ids, no paths. What stands in the database is not counted here but
asked for when somebody looks (`store.queries.gauges`).
"""

from __future__ import annotations

import resource
import sys
from collections.abc import Iterator
from pathlib import Path

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily
from prometheus_client.metrics import Counter, Gauge, Histogram
from prometheus_client.metrics_core import Metric
from prometheus_client.registry import Collector, CollectorRegistry

SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10)
TOGETHER = (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000)
STATM = Path("/proc/self/statm")


class Metrics:
    """The counters of one node in this process. Names as Prometheus writes them begin with ``archipel_``."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry(auto_describe=False)
        # Inbox: what was answered at the door (accepted, repeat, dropped, refused, unauthenticated, busy, failed), how many
        # arrivals shared a commit, and what became of each attempt to handle one (done, refused, retried, dead).
        self.arrivals = self._counter(
            "arrivals", "Requests to an inbox, by what they were answered", "answer"
        )
        self.arrivals_per_commit = self._histogram(
            "arrivals_per_commit", "Arrivals that were made durable together", buckets=TOGETHER
        )
        self.processed = self._counter("processed", "Arrivals worked on, by what became of them", "verdict")
        # Outbox: the verdicts of outbox.verdicts in lower case.
        self.deliveries = self._counter("deliveries", "POSTs to peers, by their verdict", "verdict")
        # What was tried and will be tried again: arrival, delivery, task.
        self.retries = self._counter("retries", "What was put off to be tried again", "what")
        self.tasks = self._counter("tasks", "Background tasks ended, by kind and verdict", "kind", "verdict")
        self.commits = self._histogram("commit_seconds", "From the end of a unit of work to its commit")
        # Caches in memory, by name; result: hit or miss.
        self.cache = self._counter("cache_lookups", "Lookups in caches in memory", "cache", "result")
        # route: the template, such as /post/{token}, or "none"; kind: html, activity (documents, data), media, asset.
        self.requests = self._histogram(
            "request_seconds", "From request to the end of its answer", "route", "kind"
        )
        self.answers = self._counter("answers", "Answers to requests, by class of status", "status")
        self.connections = Gauge(
            "archipel_database_connections", "Connections to the database in use", registry=self.registry
        )
        self.registry.register(Process())

    def _counter(self, name: str, what: str, *labels: str) -> Counter:
        return Counter(f"archipel_{name}", what, labels, registry=self.registry)

    def _histogram(
        self, name: str, what: str, *labels: str, buckets: tuple[float, ...] = SECONDS
    ) -> Histogram:
        return Histogram(f"archipel_{name}", what, labels, registry=self.registry, buckets=buckets)


class Process(Collector):
    """What the operating system says about this process."""

    def collect(self) -> Iterator[Metric]:
        """Give one sample each: memory in bytes, time on a processor in seconds, the process itself."""
        used = resource.getrusage(resource.RUSAGE_SELF)
        yield GaugeMetricFamily("archipel_resident_bytes", "Memory of the node's processes", resident_bytes())
        yield CounterMetricFamily(
            "archipel_cpu_seconds", "Time on a processor", used.ru_utime + used.ru_stime
        )
        yield GaugeMetricFamily("archipel_processes", "Processes of the node on this machine", 1)


def resident_bytes() -> int:
    """Return how much memory this process has now; where the system does not say, the most it ever had."""
    try:
        return int(STATM.read_text().split()[1]) * resource.getpagesize()
    except OSError:
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        return peak if sys.platform == "darwin" else peak * 1024
