import shutil
from types import SimpleNamespace

import pytest

from node.cli import checks, doctor
from node.cli.checks import FAILED, OK, WARNING
from node.errors import Unavailable
from node.settings import Settings
from node.store import database

SAYS = [
    "settings",
    "versions",
    "keys",
    "disk",
    "clock",
    "name",
    "egress",
    "database",
    "inbox",
    "dead letters",
    "lanes",
]


@pytest.fixture(autouse=True)
def _a_known_machine(monkeypatch):
    usage = SimpleNamespace(total=100 * 2**30, free=50 * 2**30)
    monkeypatch.setattr(checks.shutil, "disk_usage", lambda _: usage)
    monkeypatch.setattr(checks, "clock_status", lambda: 0)
    monkeypatch.setattr(database, "SYNCHRONOUS", "FULL")  # as in production


@pytest.fixture
def healthy(shell):
    shell.run("init")
    return shell


def verdicts(shell, code=0):
    import json

    found = json.loads(shell.run("doctor --json", code=code).stdout)
    return {one["check"]: (one["verdict"], one["says"]) for one in found}


def test_a_healthy_node(healthy):
    found = verdicts(healthy)
    assert list(found) == SAYS
    assert {name for name, (verdict, _) in found.items() if verdict != OK} == {"settings"}  # development
    assert "egress" in healthy.says("doctor")


def test_keys_that_others_can_read_fail(healthy, tmp_path):
    [key] = (tmp_path / "keys").glob("*.key")
    key.chmod(0o640)
    verdict, says = verdicts(healthy, code=1)["keys"]
    assert (verdict, "chmod 600" in says) == (FAILED, True)


def test_a_folder_of_keys_that_others_can_enter_is_a_warning(healthy, tmp_path):
    (tmp_path / "keys").chmod(0o755)
    assert verdicts(healthy)["keys"][0] == WARNING


def test_lost_keys_fail(healthy, tmp_path):
    shutil.rmtree(tmp_path / "keys")
    assert "restore it from a backup" in verdicts(healthy, code=1)["keys"][1]


def test_a_missing_database_fails(shell, monkeypatch, tmp_path):
    monkeypatch.delenv("ARCHIPEL_DATABASE")
    assert verdicts(shell, code=1)["database"][0] == FAILED
    assert not (tmp_path / "data").exists()


def test_a_database_that_does_not_answer_fails(healthy, monkeypatch, tmp_path):
    (tmp_path / "broken.db").write_bytes(b"this is no database, however long it may be" * 100)
    monkeypatch.setenv("ARCHIPEL_DATABASE", f"sqlite+aiosqlite:///{tmp_path / 'broken.db'}")
    assert "does not answer" in verdicts(healthy, code=1)["database"][1]


def test_an_old_database_is_a_warning(healthy, monkeypatch, tmp_path):
    monkeypatch.setenv("ARCHIPEL_DATABASE", f"sqlite+aiosqlite:///{tmp_path / 'empty.db'}")
    assert verdicts(healthy)["database"][0] == WARNING


def test_what_waits_died_or_sleeps_is_seen(healthy):
    healthy.run("peer block old.example")
    healthy.run("peer unblock old.example")
    healthy.sql("UPDATE peers SET state = 'sleeping'")
    row = (
        "INSERT INTO arrivals (iri, type, actor, signer, trust, body, received_at, due_at, state, attempts, reason)"
        " VALUES (:iri, 'Like', 'x', 'x', 'actor', '{}', '2026-01-01 00:00:00', '2026-01-01 00:00:00', :state, 0, '')"
    )
    healthy.sql(row, iri="https://b.example/1", state="waiting")
    healthy.sql(row, iri="https://b.example/2", state="dead")
    found = verdicts(healthy, code=1)
    assert [found[name][0] for name in ("inbox", "dead letters", "lanes")] == [FAILED, WARNING, WARNING]


@pytest.mark.parametrize(("free", "verdict"), [(100, FAILED), (10 * 1024, WARNING), (20 * 1024, OK)])
def test_room_on_the_disk(monkeypatch, tmp_path, free, verdict):
    usage = SimpleNamespace(total=100 * 2**30, free=free * 2**20)
    monkeypatch.setattr(checks.shutil, "disk_usage", lambda _: usage)
    assert checks.check_disk(tmp_path / "not yet there").verdict == verdict


@pytest.mark.parametrize(("status", "verdict"), [(None, WARNING), (0x40, WARNING), (0x2001, OK)])
def test_the_clock(status, verdict):
    assert checks.check_clock(lambda: status).verdict == verdict


def test_the_kernel_is_asked_without_changing_anything(monkeypatch):
    monkeypatch.undo()
    assert checks.clock_status() is None or checks.clock_status() >= 0


def test_a_kernel_that_cannot_be_asked(monkeypatch):
    monkeypatch.undo()
    monkeypatch.setattr(checks.ctypes, "CDLL", lambda _: object())
    assert checks.clock_status() is None


def test_an_old_library_fails(monkeypatch):
    monkeypatch.setattr(checks, "FLOORS", {"starlette": "999"})
    finding = checks.check_versions()
    assert (finding.verdict, "starlette" in finding.says) == (FAILED, True)


def test_a_guard_with_a_hole_fails(monkeypatch):
    monkeypatch.setattr(checks, "INSIDE", ("1.1.1.1",))
    assert checks.check_guard(Settings(url="https://alpha.example")).verdict == FAILED


def test_a_misspelt_setting_and_a_public_one(monkeypatch):
    assert checks.check_settings(Settings(url="https://alpha.example")).verdict == OK
    monkeypatch.setenv("ARCHIPEL_LANGAGE", "fr")
    assert checks.check_settings(Settings(url="https://alpha.example")).verdict == WARNING


class Names:
    def __init__(self, *found):
        self.found = found

    async def resolve(self, host, port):
        if not self.found:
            raise Unavailable(f"The host {host} has no address at the moment.")
        return list(self.found)


@pytest.mark.parametrize(("found", "verdict"), [((), WARNING), (("10.0.0.1",), WARNING), (("1.1.1.1",), OK)])
async def test_the_nodes_name_leads_to_the_public(found, verdict):
    finding = await checks.check_name(Settings(url="https://alpha.example"), Names(*found))
    assert finding.verdict == verdict


@pytest.mark.parametrize(
    ("answers", "verdict"), [(["wal", 2], OK), (["wal", 1], FAILED), (["delete", 2], FAILED)]
)
async def test_sqlite_must_keep_what_it_was_told(answers, verdict):
    assert (await doctor._durable(Answers(answers), sqlite=True)).verdict == verdict


@pytest.mark.parametrize(("level", "verdict"), [("on", OK), ("off", FAILED), ("local", FAILED)])
async def test_postgresql_must_keep_what_it_was_told(level, verdict):
    assert (await doctor._durable(Answers([level]), sqlite=False)).verdict == verdict


class Answers:
    def __init__(self, answers):
        self.answers = iter(answers)

    async def scalar(self, _):
        return next(self.answers)
