from datetime import UTC, datetime, timedelta

import pytest

from node.local import passes
from node.store.queries.members import find_pass


def link_of(said):
    return said.splitlines()[-1]


def test_a_one_time_link_for_an_administrator(shell):
    said = shell.says("init")
    assert said.startswith("http://alpha.test is ready.")
    home, secret = link_of(said).rsplit("/", 1)
    assert home == "http://alpha.test/welcome"

    async def look(node):
        async with node.reading() as session:
            now = datetime.now(UTC)
            later = await find_pass(session, secret, now + timedelta(hours=24))
            return await find_pass(session, secret, now), later

    found, later = shell.inside(look)
    assert found.purpose == passes.ADMINISTRATOR
    assert later is None


def test_every_link_is_another(shell):
    assert link_of(shell.says("init")) != link_of(shell.says("init"))


def test_the_demonstration_is_whole_and_made_once(shell):
    assert shell.says("init --demo").startswith("Made a demonstration community: 9 members")
    groups = {group["handle"].split("@")[0]: group for group in shell.json("group list")}
    assert set(groups) == {
        "!harbour", "!jardin", "!workshop", "!oldtown", "!freesoftware", "!lecture", "!choir",
    }  # fmt: skip
    assert all(group["followers"] >= 3 and group["threads"] >= 1 for group in groups.values())
    posts = shell.sql("SELECT language, depth, upvotes FROM posts")
    assert {language for language, _, _ in posts} >= {"en", "fr"}
    assert max(depth for _, depth, _ in posts) >= 6
    assert sum(votes for _, _, votes in posts) > 200
    assert max(count for (count,) in shell.sql("SELECT comment_count FROM posts")) > 200
    assert shell.sql("SELECT count(*) FROM polls WHERE voters > 2") == [(2,)]
    assert shell.sql("SELECT count(*) FROM posts WHERE locked_at IS NOT NULL") == [(1,)]
    assert shell.sql("SELECT count(*) FROM posts WHERE featured_at IS NOT NULL") == [(2,)]
    assert shell.sql("SELECT count(*) FROM reports WHERE resolved_at IS NULL") == [(1,)]
    assert shell.sql("SELECT count(*) FROM messages") == [(4,)]
    assert shell.sql("SELECT count(*) FROM follows WHERE state = 'pending'") == [(2,)]
    assert {state for (state,) in shell.sql("SELECT state FROM peers")} == {"paused"}
    late = shell.sql(
        "SELECT count(*) FROM events WHERE starts_at <= :now", now=datetime.now(UTC).isoformat(" ")
    )
    assert late == [(0,)]
    assert shell.says("init --demo").startswith("The demonstration community is here already.")
    assert len(shell.sql("SELECT id FROM posts")) == len(posts)


def test_a_demonstration_that_fails_leaves_nothing(shell, monkeypatch):
    from node.cli import demo_stage

    async def fail(*_):
        raise RuntimeError("the power went")

    monkeypatch.setattr(demo_stage, "_vote", fail)
    with pytest.raises(RuntimeError):
        shell.run("init --demo")
    assert shell.sql("SELECT count(*) FROM members") == [(0,)]
