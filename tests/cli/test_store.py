"""`archipel store`: what takes the room, sweeping, giving back, and what is wrong in there."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path
from types import SimpleNamespace

import pytest

from node.errors import Misconfigured, Unavailable
from node.store import space
from node.store.machine import Claim, Machine
from tests.support.databases import POSTGRES

on_sqlite = pytest.mark.skipif(bool(POSTGRES), reason="about SQLite's file")


@pytest.fixture
def talk(bees):
    """A thread with two answers, one of them with a vote."""
    thread = bees.says("post create bees --as ada --title Swarm")
    first = bees.says(f"post comment {thread} --as ben --text Early")
    bees.says(f"post comment {thread} --as ada --text Oops")
    bees.says(f"post vote {first} up --as ada")
    return thread


def test_a_report_tells_tables_files_and_what_each_setting_keeps(bees):
    told = bees.json("store report")
    tables = {one["table"]: one for one in told["tables"]}
    assert tables["members"]["rows"] == 2
    assert tables["actors"]["rows"] == 4
    assert tables["actors"]["bytes"] >= 4096
    assert tables["actors"]["index_bytes"] >= 4096
    assert (
        told["bytes"]["database"] >= sum(one["bytes"] + one["index_bytes"] for one in told["tables"]) - 8192
    )
    assert {one["setting"]: one["value"] for one in told["kept"] if one["setting"]} == {
        "ARCHIPEL_ARRIVAL_BODY_DAYS": 3,
        "ARCHIPEL_ARRIVAL_DAYS": 30,
        "ARCHIPEL_DEAD_LETTER_DAYS": 90,
        "ARCHIPEL_ACTIVITY_DAYS": 30,
        "ARCHIPEL_NOTIFICATION_DAYS": 90,
        "ARCHIPEL_REMOTE_DAYS": 365,
    }
    said = bees.says("store report")
    assert "KB" in said
    assert "ARCHIPEL_ARRIVAL_DAYS" in said


@on_sqlite
def test_a_sweep_and_a_vacuum_give_the_room_back(shell):
    assert shell.says("store sweep") == "There was nothing to sweep."
    shell.sql(
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 3000) "
        "INSERT INTO arrivals (iri, type, actor, signer, trust, body, received_at, state, attempts, due_at, reason, closed_at) "
        "SELECT 'https://b.example/' || i, 'Like', 'a', 'a', 'actor', :body, '2020-01-01 00:00:00.000000', 'done', 1, "
        "'2020-01-01 00:00:00.000000', '', '2020-01-01 00:00:00.000000' FROM n",
        body="x" * 500,
    )
    due = {one["what"]: one["to_be_swept"] for one in shell.json("store report")["kept"]}
    assert (due["bodies of arrivals"], due["arrivals"]) == (3000, 3000)
    assert "3000" in shell.says("store sweep")
    before = shell.json("store report")["bytes"]
    assert before["reclaimable"] > 1_000_000
    assert "now." in shell.says("store vacuum")
    after = shell.json("store report")["bytes"]
    assert after["database"] < before["database"] - 1_000_000
    assert after["reclaimable"] == 0


@pytest.mark.postgres
@pytest.mark.skipif(not POSTGRES, reason="ARCHIPEL_TEST_POSTGRES names no server")
def test_on_postgresql_every_table_is_vacuumed_and_measured(bees):
    assert bees.says("store vacuum") == "Every table was vacuumed and analyzed."
    tables = {one["table"]: one for one in bees.json("store report")["tables"]}
    assert tables["members"]["rows"] == 2
    assert tables["actors"]["bytes"] >= 8192
    assert bees.says("store check") == "All is well."


def test_a_vacuum_needs_room_and_says_how_much(tmp_path, monkeypatch):
    file = tmp_path / "a.db"
    sqlite3.connect(file).execute("CREATE TABLE bees (name)")
    monkeypatch.setattr(space.shutil, "disk_usage", lambda _: SimpleNamespace(free=10_000))
    with pytest.raises(Misconfigured, match=r"may need 16,384 bytes .* 10,000 are free"):
        space.vacuum_sqlite(file, others=False, anyway=True, progress=lambda: None)


def test_a_large_one_waits_until_the_node_stands_still(tmp_path, monkeypatch):
    file = tmp_path / "a.db"
    sqlite3.connect(file).execute("CREATE TABLE bees (name)")
    monkeypatch.setattr(space, "AT_A_TIME", 4096)
    with pytest.raises(Misconfigured, match="Stop the node first, or add --anyway"):
        space.vacuum_sqlite(file, others=True, anyway=False, progress=lambda: None)
    for others, anyway in ((True, True), (False, False)):
        assert space.vacuum_sqlite(file, others=others, anyway=anyway, progress=lambda: None) == (8192, 8192)


def test_one_that_cannot_be_done_leaves_all_as_it_was(tmp_path, monkeypatch):
    file = tmp_path / "a.db"
    writer = sqlite3.connect(file, isolation_level=None)
    writer.execute("CREATE TABLE bees (name)")
    writer.execute("BEGIN IMMEDIATE")
    connect = sqlite3.connect
    monkeypatch.setattr(space.sqlite3, "connect", lambda f, timeout, **o: connect(f, timeout=0, **o))
    with pytest.raises(Unavailable, match="as it was"):
        space.vacuum_sqlite(file, others=False, anyway=False, progress=lambda: None)
    writer.execute("ROLLBACK")
    assert writer.execute("PRAGMA integrity_check").fetchone() == ("ok",)


def test_the_claim_tells_whether_others_run(tmp_path):
    here = Machine("here", "boot")
    mine, other = Claim(tmp_path / "a.db", here), Claim(tmp_path / "a.db", here)
    mine.take()
    assert mine.is_alone()
    other.take()
    assert not mine.is_alone()
    other.release()
    assert mine.is_alone()
    assert mine.beat()


def test_counters_that_drifted_are_named_and_repaired(talk, bees):
    assert bees.says("store check") == "All is well."
    bees.sql("UPDATE posts SET upvotes = 7, shares = 3")
    bees.sql("UPDATE posts SET comment_count = 9 WHERE root_id IS NULL")
    wrong = bees.run("store check --json", code=1)
    found = {(one["what"], one["says"], one["is"]) for one in json.loads(wrong.stdout)}
    assert found == {
        ("upvotes", 7, 0),
        ("upvotes", 7, 1),
        ("shares", 3, 0),
        ("comments", 9, 2),
    }
    assert bees.says("store check --repair") == "All is well."
    assert bees.sql("SELECT sum(upvotes), sum(score), max(comment_count) FROM posts") == [(1, 1, 2)]
    assert bees.says("store check") == "All is well."


@on_sqlite
def test_a_row_that_refers_to_nothing_is_found(talk, bees):
    [url] = Path.cwd().glob("*.db")
    with sqlite3.connect(url) as connection:  # foreign keys are off by default
        connection.execute("DELETE FROM actors WHERE username = 'ben'")
    said = bees.run("store check", code=1).stdout
    assert "members, row 2: refers to no row of actors" in said
