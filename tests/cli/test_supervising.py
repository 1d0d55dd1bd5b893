"""Who watches over the processes: real forks, of processes that do nothing but live and die."""

from __future__ import annotations

import json
import os
import select
import signal
import subprocess
import sys

import pytest

pytestmark = pytest.mark.process

# What a child does is the name of its role; each says its process id on standard output first.
PARENT = """
import os, select, signal, sys, time
import click
from node import logs
from node.errors import Misconfigured
from node.cli.supervising import Role, Supervisor, run_once

def say(*words):
    os.write(1, (" ".join(map(str, words)) + "\\n").encode())

def child(what):
    def run(place):
        say("begun", what, os.getpid())
        if what == "broken":
            raise Misconfigured("No such key.")
        stop = []
        signal.signal(signal.SIGTERM, lambda *_: stop.append(1))
        if what == "deaf":
            signal.signal(signal.SIGTERM, signal.SIG_IGN)
        place.ready()
        while not stop:
            if select.select([place.lifeline], [], [], 0.05)[0] and what != "deaf":
                say("orphaned", os.getpid())
                return
        say("ended", os.getpid())
    return run

logs.set_up(development=False)
names = sys.argv[1].split(",")
roles = [Role(name, names.count(name), child(name)) for name in dict.fromkeys(names)]
try:
    Supervisor(roles, lambda: say("ready"), first_pause=0.1, patience=1.0).run()
except Misconfigured as error:
    say(error.message)
    sys.exit(1)
"""


class Parent:
    def __init__(self, roles: str) -> None:
        self.roles = roles.split(",")
        self.process = subprocess.Popen(
            [sys.executable, "-c", PARENT, roles], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )
        assert self.process.stdout is not None
        self.out = self.process.stdout.fileno()

    def line(self) -> list[str]:
        said = b""
        while not said.endswith(b"\n"):  # byte by byte: nothing is kept where `ends` would not find it
            assert select.select([self.out], [], [], 20)[0], "nothing was said"
            said += os.read(self.out, 1)
        return said.decode().split()

    def begun(self, count: int) -> list[int]:
        """The process ids of *count* children in the order of their roles, once all are ready."""
        lines = [self.line() for _ in range(count + 1)]
        assert lines.pop() == ["ready"]
        return [int(one[2]) for one in sorted(lines, key=lambda one: self.roles.index(one[1]))]

    def ends(self) -> tuple[int, list[str], list[dict[str, object]]]:
        """Exit code, what was said to the end, and what was logged."""
        out, err = self.process.communicate(timeout=20)
        log = [json.loads(line) for line in err.splitlines() if line.startswith("{")]
        return self.process.returncode, out.splitlines(), log


@pytest.fixture
def parent():
    begun = []

    def begin(roles: str) -> Parent:
        begun.append(Parent(roles))
        return begun[-1]

    yield begin
    for one in begun:
        if one.process.poll() is None:
            one.process.kill()
            one.process.communicate()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_all_of_them_well(parent, number):
    one = parent("good,good,other")
    pids = one.begun(3)
    one.process.send_signal(number)
    code, said, log = one.ends()
    assert (code, log) == (0, [])
    assert sorted(said) == sorted(f"ended {pid}" for pid in pids)


def test_who_is_killed_is_begun_again_with_a_growing_pause_and_named_with_the_reason(parent):
    one = parent("good,other")
    first, _ = one.begun(2)
    os.kill(first, signal.SIGKILL)
    second = int(one.line()[2])
    os.kill(second, signal.SIGKILL)
    third = int(one.line()[2])
    assert len({first, second, third}) == 3
    one.process.terminate()
    code, _, log = one.ends()
    assert code == 0
    assert [(line["event"], line["role"], line["pid"], line["begun_again_in"]) for line in log] == [
        ("process died", "good", first, 0.0),
        ("process died", "good", second, 0.1),
    ]
    assert log[0]["reason"] == "SIGKILL (out of memory, perhaps)"


def test_who_dies_before_it_is_ready_again_and_again_ends_them_all_loudly(parent):
    one = parent("good,broken")
    code, said, log = one.ends()
    assert code == 1
    assert said[-1].startswith(
        "A process (broken) died 5 times before it was ready, the last time with exit code 1."
    )
    assert sum(line.startswith("begun broken") for line in said) == 5
    assert [line["begun_again_in"] for line in log] == [0.0, 0.1, 0.2, 0.4, 0.8]
    assert sum(line.startswith("ended") for line in said) == 1


def test_nobody_outlives_a_parent_that_is_killed(parent):
    one = parent("good,good")
    pids = one.begun(2)
    one.process.kill()
    assert {tuple(one.line()) for _ in range(2)} == {("orphaned", str(pid)) for pid in pids}
    assert one.ends()[0] == -signal.SIGKILL


def test_who_does_not_stop_is_killed_in_the_end(parent):
    one = parent("deaf,good")
    deaf, good = one.begun(2)
    one.process.terminate()
    code, said, log = one.ends()
    assert (code, said) == (0, [f"ended {good}"])
    assert [(line["event"], line["pids"]) for line in log] == [("processes killed that did not stop", [deaf])]
    with pytest.raises(ProcessLookupError):
        os.kill(deaf, 0)
