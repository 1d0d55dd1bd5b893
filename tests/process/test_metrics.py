"""One process answers for all of its machine, and nothing that was counted is forgotten: real processes, real SIGKILL."""

from __future__ import annotations

import urllib.request
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.support.pier import Pier, moored

pytestmark = pytest.mark.process
TOKEN = "a-token-of-24-characters"


@pytest.fixture
async def pier(tmp_path: Path) -> AsyncIterator[Pier]:
    async with moored(tmp_path, ARCHIPEL_METRICS_TOKEN=TOKEN) as node:
        yield node


def scrape(pier: Pier) -> dict[str, float]:
    """Ask as Prometheus does, at the machine's own address."""
    request = urllib.request.Request(
        f"http://127.0.0.1:{pier.port}/metrics", headers={"Authorization": f"Bearer {TOKEN}"}
    )
    with urllib.request.urlopen(request, timeout=30) as answer:
        lines = answer.read().decode().splitlines()
    parts = [line.rpartition(" ") for line in lines if not line.startswith("#")]
    return {name: float(value) for name, _, value in parts}


async def test_a_scrape_is_the_sum_of_the_living_and_the_dead(pier: Pier):
    web = await pier.start("serve", "--no-background")
    alone = scrape(pier)
    worker = await pier.start("worker")
    both = scrape(pier)
    assert (alone["archipel_processes"], both["archipel_processes"]) == (1, 2)
    assert both["archipel_resident_bytes"] > 1.5 * alone["archipel_resident_bytes"]
    assert both["archipel_cpu_seconds_total"] > 1.5 * alone["archipel_cpu_seconds_total"]

    await pier.kill(worker)
    after = scrape(pier)
    assert after["archipel_processes"] == 1
    assert after["archipel_cpu_seconds_total"] >= both["archipel_cpu_seconds_total"]
    assert after["archipel_commit_seconds_count"] >= both["archipel_commit_seconds_count"]

    await pier.stop(web)
    await pier.start("serve", "--no-background")
    again = scrape(pier)
    assert again['archipel_answers_total{status="2xx"}'] == 3
    assert again["archipel_cpu_seconds_total"] > after["archipel_cpu_seconds_total"]
