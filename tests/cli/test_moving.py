"""Commands that move things, and join groups to siblings."""

from node.activitypub import reading
from node.inbox import actors as remote


async def _know_ada_elsewhere(node):
    for kind, path in (("Person", "u/ada"), ("Group", "c/bees")):
        iri = f"http://beta.test/{path}"
        name = path.rsplit("/", 1)[-1]
        document = {"id": iri, "type": kind, "preferredUsername": name, "inbox": f"{iri}/inbox"}
        document["alsoKnownAs"] = [f"http://alpha.test/{path}"]
        async with node.transaction() as tx:
            await remote.keep_actor(tx, reading.read_actor(document))


def _looked_up(monkeypatch):
    async def find_named_anew(node, typed):
        from node.store.queries.actors import get_actor

        path = "c/bees" if "bees" in typed else "u/ada"
        async with node.reading() as session:
            return await get_actor(session, f"http://beta.test/{path}")

    monkeypatch.setattr("node.cli.moving.find_named_anew", find_named_anew)


def test_aliases_and_moves_of_members_and_groups(bees, monkeypatch):
    bees.inside(_know_ada_elsewhere)
    _looked_up(monkeypatch)
    assert bees.says("member alias ada @ada@beta.test") == "ada is also @ada@beta.test."
    assert bees.says("member alias ada @ada@beta.test --remove") == "ada is no longer @ada@beta.test."
    assert "has moved to" in bees.says("member move ada @ada@beta.test")
    assert "has moved to" in bees.refuses("post create bees --as ada --title Still")
    assert bees.says("member move ada --back") == "ada acts here again."
    assert "is also" in bees.says("group alias bees !bees@beta.test")
    assert "followers are told" in bees.says("group move bees !bees@beta.test")
    assert "is here again" in bees.says("group move bees --back")


def test_siblings(bees, monkeypatch):
    bees.inside(_know_ada_elsewhere)
    _looked_up(monkeypatch)
    assert "has asked to follow !bees@beta.test" in bees.says("group link bees !bees@beta.test")
    assert bees.json("group siblings bees") == [
        {"handle": "!bees@beta.test", "state": "pending", "iri": "http://beta.test/c/bees"}
    ]
    assert "boosts its siblings" in bees.says("group bridge bees")
    assert "no longer boosts" in bees.says("group bridge bees --stop")
    assert "lives elsewhere" in bees.refuses("group bridge bees@beta.test")
    assert "no longer follows" in bees.says("group link bees !bees@beta.test --stop")
    assert bees.json("group siblings bees") == []


def test_a_thread_goes_to_another_group(bees):
    bees.run("group found wasps --owner ada")
    iri = bees.says("post create bees --as ada --title Wasps")
    assert bees.says(f"post move {iri} wasps --as ada") == "The thread is in !wasps@alpha.test now."
    assert "already" in bees.refuses(f"post move {iri} wasps --as ada")
