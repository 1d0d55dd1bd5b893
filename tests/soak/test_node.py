"""A process of a soak does at its points what it is told over its pipe; planted bugs hit something that is there."""

from __future__ import annotations

import asyncio
import multiprocessing
import subprocess
import sys
from datetime import timedelta

import pytest

from node.faults import Injected
from soak.clock import BEGINNING, FastClock
from soak.node import Remote
from soak.planted import BUGS


@pytest.fixture
async def remote():
    ours, theirs = multiprocessing.Pipe()
    with ours, theirs:
        faults = Remote(theirs)
        faults.listen()
        assert ours.recv() == ("ready",)
        yield ours, faults
        asyncio.get_running_loop().remove_reader(theirs.fileno())


async def obeyed(pipe, *order):
    pipe.send(order)
    await asyncio.sleep(0)  # the loop looks at its readers
    await asyncio.sleep(0)


async def test_a_fault_strikes_once_after_the_times_it_is_passed(remote):
    pipe, faults = remote
    await obeyed(pipe, "arm", 7, "I3", "error", 1, 0.0)
    await faults.at("I3")
    with pytest.raises(Injected):
        await faults.at("I3")
    assert pipe.recv() == ("fired", 7)
    await faults.at("I3")
    assert faults.reached == {"I3": 3}


async def test_what_is_disarmed_does_not_strike_and_what_is_watched_is_told(remote):
    pipe, faults = remote
    await obeyed(pipe, "arm", 7, "I3", "error", 0, 0.0)
    await obeyed(pipe, "disarm", 7)
    await obeyed(pipe, "watch", "I3")
    await faults.at("I3")
    assert pipe.recv() == ("passed", "I3")
    assert not pipe.poll()


async def test_work_stands_at_its_point_until_it_is_let_go(remote):
    pipe, faults = remote
    await obeyed(pipe, "arm", 7, "O7", "hold", 0, 0.0)
    work = asyncio.create_task(faults.at("O7"))
    await asyncio.sleep(0)
    assert pipe.recv() == ("fired", 7)
    assert not work.done()
    await obeyed(pipe, "go", 7)
    await work


def test_processes_share_a_clock_that_is_set_forward(tmp_path):
    clock = FastClock.make(tmp_path / "clock", 60.0)
    other = FastClock(tmp_path / "clock")
    assert timedelta() <= other.now() - BEGINNING < timedelta(minutes=10)
    clock.forward(timedelta(days=1))
    assert timedelta(days=1) <= other.now() - BEGINNING < timedelta(days=1, minutes=10)
    assert other.pace == 60.0


def test_every_planted_bug_finds_what_it_breaks():
    plant_all = (
        "from soak import planted\nfor name in planted.BUGS: planted.plant(name)\nprint(len(planted.BUGS))"
    )
    done = subprocess.run([sys.executable, "-c", plant_all], capture_output=True, text=True, check=False)
    assert done.stdout.strip() == str(len(BUGS)), done.stderr
