"""An SQLite file belongs to one machine at a time, and never to a network."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from node.errors import Misconfigured
from node.store import machine
from node.store.machine import Claim, Machine, claim, filesystem_of

HERE, THERE = Machine("here", "boot-1"), Machine("there", "boot-2")
MOUNTS = """\
overlay / overlay rw 0 0
/dev/sda1 /srv ext4 rw 0 0
files:/export /srv/far nfs4 rw 0 0
me@host:/ /srv/with\\040blank fuse.sshfs rw 0 0
/dev/sdb1 /srv/far/near xfs rw 0 0
tmpfs /tmp tmpfs rw 0 0
"""


@pytest.fixture
def database(tmp_path):
    return tmp_path / "archipel.db"


def test_processes_of_one_machine_share_it_and_the_last_takes_the_claim_along(database):
    first, second = Claim(database, HERE), Claim(database, HERE)
    first.take()
    second.take()
    assert json.loads(first.file.read_text()) == {"host": "here", "boot": "boot-1"}
    first.release()
    assert second.beat()
    assert second.file.exists()
    second.release()
    assert not second.file.exists()


def test_another_machine_is_refused_and_told_what_to_do(database):
    here = Claim(database, HERE)
    here.take()
    with pytest.raises(Misconfigured) as refused:
        Claim(database, THERE).take()
    message = str(refused.value)
    assert "open on the machine here, which was alive 0 seconds ago" in message
    assert "PostgreSQL" in message
    assert str(here.file) in message
    here.release()
    there = Claim(database, THERE)
    there.take()
    there.release()


@pytest.mark.parametrize(("silent", "taken"), [(100, False), (140, True)])
def test_a_machine_that_fell_silent_is_followed(database, silent, taken):
    here, there = Claim(database, HERE), Claim(database, THERE)
    here.take()
    then = here.file.stat().st_mtime - silent
    os.utime(here.file, (then, then))
    if not taken:
        with pytest.raises(Misconfigured):
            there.take()
        return
    there.take()
    assert not here.beat()  # it was only slow, and must stop
    here.release()
    assert there.beat()


def test_a_machine_that_was_started_anew_need_not_wait(database):
    Claim(database, HERE).take()  # and the power went
    again = Claim(database, Machine("here", "boot-7"))
    again.take()
    assert json.loads(again.file.read_text())["boot"] == "boot-7"


def test_containers_of_one_machine_are_one_machine(database):
    Claim(database, HERE).take()
    Claim(database, Machine("container-9f3a", "boot-1")).take()


def test_each_beat_says_that_the_machine_is_alive(database):
    here = Claim(database, HERE)
    here.take()
    os.utime(here.file, (1, 1))
    assert here.beat()
    assert here.file.stat().st_mtime > 1
    here.file.unlink()  # somebody believed the machine to be gone
    assert here.beat()
    assert json.loads(here.file.read_text())["host"] == "here"


def test_a_claim_that_was_cut_off_is_nobodys(database):
    claimed = Claim(database, HERE)
    claimed.file.write_text('{"host": "th')
    claimed.take()
    assert json.loads(claimed.file.read_text())["host"] == "here"


def test_a_process_that_is_killed_leaves_nothing_that_holds_up_the_next(database):
    code = f"from pathlib import Path; from node.store.machine import Claim; Claim(Path({str(database)!r})).take(); print(); input()"
    with subprocess.Popen(
        [sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as other:
        assert other.stdout is not None
        other.stdout.readline()
        other.kill()
    mine = Claim(database)
    mine.take()
    mine.release()
    assert not mine.file.exists()


@pytest.mark.parametrize(
    ("folder", "kind"),
    [
        ("/srv/data", "ext4"),
        ("/srv/far/data", "nfs4"),
        ("/srv/farther", "ext4"),
        ("/srv/with blank", "fuse.sshfs"),
        ("/srv/far/near/x", "xfs"),
        ("/home", "overlay"),
    ],
)
def test_the_deepest_mount_tells_the_file_system(tmp_path, folder, kind):
    mounts = tmp_path / "mounts"
    mounts.write_text(MOUNTS)
    assert filesystem_of(Path(folder), mounts) == kind
    assert filesystem_of(Path(folder), tmp_path / "none") == ""


@pytest.mark.parametrize("kind", ["nfs4", "cifs", "fuse.sshfs", "9p"])
def test_a_database_on_a_network_is_refused(database, monkeypatch, kind):
    monkeypatch.setattr(machine, "filesystem_of", lambda folder: kind)
    with pytest.raises(Misconfigured, match=rf"network file system \({kind}\).*PostgreSQL"):
        claim(f"sqlite+aiosqlite:///{database}")


@pytest.mark.parametrize("kind", ["ext4", "fuseblk", "fuse.mergerfs", ""])
def test_one_on_a_disk_is_claimed(database, monkeypatch, kind):
    monkeypatch.setattr(machine, "filesystem_of", lambda folder: kind)
    claimed = claim(f"sqlite+aiosqlite:///{database}")
    assert claimed is not None
    claimed.release()


def test_postgresql_takes_care_of_itself():
    assert claim("postgresql+asyncpg://archipel@/archipel") is None
    assert claim("sqlite+aiosqlite:///:memory:") is None
