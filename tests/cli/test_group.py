from node.activitypub import reading
from node.cli import group as commands
from node.inbox import actors as remote


def test_founding_a_group(bees):
    [group] = bees.json("group list")
    assert group == {
        "handle": "!bees@alpha.test",
        "title": "Bees",
        "followers": 1,
        "threads": 0,
        "iri": "http://alpha.test/c/bees",
    }
    [moderator] = bees.json("group moderators bees")
    assert moderator["handle"] == "@ada@alpha.test"


def test_a_taken_name_and_an_unknown_owner_are_refused(bees):
    assert "is taken" in bees.refuses("group found bees --owner ada")
    assert "no member eve" in bees.refuses("group found wasps --owner eve")


def test_following_and_leaving(bees):
    assert bees.says("group follow bees --as ben") == "ben follows !bees@alpha.test."
    assert bees.json("group list")[0]["followers"] == 2
    assert (
        bees.says("group follow !bees@alpha.test --as ben --stop")
        == "ben no longer follows !bees@alpha.test."
    )
    assert bees.refuses("group follow bees --as ben --stop") == "ben does not follow !bees@alpha.test."


def test_asking_where_moderators_answer(bees):
    bees.run("group found wasps --owner ada --private")
    assert bees.says("group follow wasps --as ben").startswith("ben has asked to follow")


def test_a_group_that_is_not_here(bees):
    assert "no group" in bees.refuses("group follow wasps --as ben").lower()
    assert "No group with the id" in bees.refuses("group moderators http://alpha.test/u/ada")


async def _know_a_peers_group(node):
    iri = "http://beta.test/c/wasps"
    document = {"id": iri, "type": "Group", "preferredUsername": "wasps", "inbox": f"{iri}/inbox"}
    async with node.transaction() as tx:
        await remote.keep_actor(tx, reading.read_actor(document))


def test_the_groups_of_peers_want_all(bees):
    bees.inside(_know_a_peers_group)
    assert len(bees.json("group list")) == 1
    assert len(bees.json("group list --all")) == 2
    assert "http://beta.test/c/wasps" in bees.says("group list --all")


def test_a_peers_group_is_looked_up(bees, monkeypatch):
    async def find_handle(node, handle):
        assert str(handle) or handle
        await _know_a_peers_group(node)
        async with node.reading() as session:
            return await remote.find_actor(session, "http://beta.test/c/wasps")

    monkeypatch.setattr(remote, "find_handle", find_handle)
    assert "has asked to follow" in bees.says("group follow !wasps@beta.test --as ben")


def test_a_person_is_no_group(bees, monkeypatch):
    async def find_handle(node, handle):
        async with node.reading() as session:
            return await remote.find_actor(session, "http://alpha.test/u/ada")

    monkeypatch.setattr(remote, "find_handle", find_handle)
    assert bees.refuses("group follow !ada@beta.test --as ben") == "!ada@beta.test is no group."


def test_old_threads_come_when_asked_for(bees, monkeypatch):
    asked = []

    async def backfill(node, iri, report):
        for done in range(1, 35):
            await report(done)
        asked.append(iri)
        return 34

    monkeypatch.setattr(commands, "backfill", backfill)
    bees.inside(_know_a_peers_group)
    shown = bees.run("group backfill !wasps@beta.test")
    assert "Brought 34 posts" in shown.stdout
    assert shown.stderr.count("so far") == 3
    assert asked == ["http://beta.test/c/wasps"]
    assert "at home here" in bees.refuses("group backfill bees")


def test_no_groups(shell):
    assert shell.says("group list").startswith("No groups yet.")
