"""Several processes of one node: one socket, work done once, whoever is killed (R01, R24, R25): real processes."""

from __future__ import annotations

import asyncio
import os
import signal
import urllib.request
from collections import Counter
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.support.lighthouse import Lighthouse, lit
from tests.support.pier import Pier, moored

pytestmark = pytest.mark.process
TOKEN = "a-token-of-24-characters"


@pytest.fixture
async def peer() -> AsyncIterator[Lighthouse]:
    async with lit() as lighthouse:
        yield lighthouse


@pytest.fixture
async def pier(tmp_path: Path) -> AsyncIterator[Pier]:
    async with moored(tmp_path, ARCHIPEL_METRICS_TOKEN=TOKEN) as node:
        yield node


def children_of(pid: int) -> list[int]:
    return [int(one) for one in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def processes(pier: Pier) -> int:
    """How many processes the node itself counts."""
    request = urllib.request.Request(
        f"http://127.0.0.1:{pier.port}/metrics", headers={"Authorization": f"Bearer {TOKEN}"}
    )
    with urllib.request.urlopen(request, timeout=30) as answer:
        [line] = [one for one in answer.read().decode().splitlines() if one.startswith("archipel_processes ")]
    return int(float(line.split()[1]))


async def test_they_share_a_socket_and_go_on_when_one_is_killed(peer: Lighthouse, pier: Pier):
    parent = await pier.start("serve", "--workers", "2")
    web, other, work = children_of(parent.pid)
    assert processes(pier) == 3
    follow = {"id": f"{peer.home}/follow", "type": "Follow", "actor": peer.alice, "object": pier.bees}
    assert await peer.send(f"{pier.bees}/inbox", follow) == 202
    await peer.wait_for("Accept")

    os.kill(web, signal.SIGKILL)
    os.kill(work, signal.SIGKILL)
    pier.rows("UPDATE peers SET leased_until = '2000-01-01 00:00:00.000000'")  # two minutes pass
    answers = [await peer.send(f"{pier.home}/inbox", peer.thread(str(n), pier.bees)) for n in range(6)]
    assert (
        answers == [202] * 6
    )  # by the one that is left, and the one that is begun in the place of the other
    told = await peer.wait_for("Announce", 6)
    assert set(Counter(one["id"] for one in told).values()) == {1}  # the Accept may have come twice (R03)
    assert other in children_of(parent.pid)
    assert len(children_of(parent.pid)) == 3

    await pier.stop(parent)
    assert pier.rows("SELECT count(*) FROM posts") == [(6,)]
    log = pier.log.read_text()
    assert log.count("process died") == 2
    assert "SIGKILL (out of memory, perhaps)" in log


async def test_nobody_is_left_when_the_parent_is_killed(pier: Pier):
    parent = await pier.start("serve", "--workers", "2", "--no-background")
    pids = children_of(parent.pid)
    assert len(pids) == 2
    watched = [os.pidfd_open(pid) for pid in pids]
    await pier.kill(parent)
    loop = asyncio.get_running_loop()
    for one in watched:  # readable when the process has ended
        ended = asyncio.Event()
        loop.add_reader(one, ended.set)
        await asyncio.wait_for(ended.wait(), 30)
        loop.remove_reader(one)
        os.close(one)


async def test_what_keeps_every_process_from_starting_is_said_once(pier: Pier):
    pier.home = "http://localhost:1"  # not the address under which the database was begun
    process = await pier._process(["serve", "--workers", "3"])
    await asyncio.wait_for(process.wait(), 60)
    assert process.returncode == 1
    said = pier.log.read_text()
    assert "process died" not in said
    assert said.count("http://localhost:1") == 1
