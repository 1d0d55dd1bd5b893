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
    assert shell.says("init --demo").startswith("Made a demonstration community: 5 members")
    groups = {group["handle"].split("@")[0]: group for group in shell.json("group list")}
    assert list(groups) == ["!harbour", "!jardin", "!workshop"]
    assert all(group["followers"] == 5 and group["threads"] >= 2 for group in groups.values())
    posts = shell.sql("SELECT language, depth, upvotes FROM posts")
    assert {language for language, _, _ in posts} >= {"en", "fr"}
    assert max(depth for _, depth, _ in posts) == 3
    assert sum(votes for _, _, votes in posts) > 20
    assert shell.says("init --demo").startswith("The demonstration community is here already.")
    assert len(shell.sql("SELECT id FROM posts")) == len(posts)


def test_a_demonstration_that_fails_leaves_nothing(shell, monkeypatch):
    from node.cli import demo

    async def fail(*_):
        raise RuntimeError("the power went")

    monkeypatch.setattr(demo, "_vote", fail)
    with pytest.raises(RuntimeError):
        shell.run("init --demo")
    assert shell.sql("SELECT count(*) FROM members") == [(0,)]
