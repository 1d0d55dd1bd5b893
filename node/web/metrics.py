"""GET /metrics: what the node counts, for its operator's Prometheus alone.

The page stands beside all others rather than on an address of its own: it is reached in whatever way the node is, over a
socket too, and there is no second door to guard. Without a token in the settings, or without it in the request, there is
nothing at that address.
"""

from __future__ import annotations

import asyncio
import hmac
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4, generate_latest
from prometheus_client.metrics_core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector, CollectorRegistry
from starlette.requests import Request
from starlette.responses import Response

from node.errors import NotFound
from node.runtime import Node
from node.store.queries.gauges import Gauges, Queue, read_gauges
from node.web.headers import KEPT_NOWHERE
from node.web.rendering import NOT_HERE

FRESH = timedelta(seconds=5)  # who asks more often than that gets the same answer from the database


@dataclass
class Read:
    """What was last read from the database, and when."""

    at: datetime | None = None
    gauges: Gauges | None = None


async def show(request: Request) -> Response:
    """Answer with everything counted, as text; NotFound to whoever has not the token."""
    node: Node = request.app.state.node
    _check_token(request, node.settings.metrics_token)
    gauges = await _gauges(node)
    counted = await asyncio.to_thread(node.ledger.together)
    body = generate_latest(counted) + generate_latest(_registry(gauges))
    return Response(body, headers={"Content-Type": CONTENT_TYPE_PLAIN_0_0_4, "Cache-Control": KEPT_NOWHERE})


def _check_token(request: Request, token: str) -> None:
    stated = request.headers.get("authorization", "").encode("latin-1")
    if not token or not hmac.compare_digest(stated, f"Bearer {token}".encode()):
        raise NotFound(NOT_HERE)


async def _gauges(node: Node) -> Gauges:
    read, now = node.memory(Read), node.clock.now()
    if read.gauges is None or read.at is None or not timedelta() <= now - read.at < FRESH:
        async with node.reading() as session:
            read.gauges, read.at = await read_gauges(session, now=now), now
    return read.gauges


def _registry(gauges: Gauges) -> CollectorRegistry:
    registry = CollectorRegistry(auto_describe=False)
    registry.register(_Waiting(gauges))
    return registry


class _Waiting(Collector):
    """What waits in the database. Machines that share one say the same here: take the most of them, not the sum."""

    def __init__(self, gauges: Gauges) -> None:
        self._gauges = gauges

    def collect(self) -> Iterator[Metric]:
        gauges = self._gauges
        yield from _queue("arrivals", "Arrivals", gauges.arrivals)
        yield GaugeMetricFamily("archipel_dead_letters", "Arrivals that were given up", gauges.dead_arrivals)
        yield from _queue("tasks", "Background tasks", gauges.tasks)
        lanes = GaugeMetricFamily("archipel_lanes", "Lanes, by state", labels=["state"])
        for state, count in gauges.lanes.items():
            lanes.add_metric([state], count)
        yield lanes
        for name, what in (
            ("entries", "Entries of the log between lanes and its head, of all lanes that run"),
            ("worst_entries", "Entries of the log between the last lane and the head"),
            ("worst_seconds", "How long the oldest entry waits that some lane has not come to"),
        ):
            lag = GaugeMetricFamily(f"archipel_lane_lag_{name}", what, labels=["lanes"])
            for condition, value in gauges.lag.items():
                lag.add_metric([condition], getattr(value, name))
            yield lag


def _queue(name: str, what: str, queue: Queue) -> Iterator[Metric]:
    waiting = GaugeMetricFamily(f"archipel_{name}_waiting", f"{what} that wait", labels=["due"])
    waiting.add_metric(["now"], queue.due)
    waiting.add_metric(["later"], queue.later)
    yield waiting
    late = f"How long the first of the {what.lower()} has been due"
    yield GaugeMetricFamily(f"archipel_{name}_overdue_seconds", late, queue.overdue)
