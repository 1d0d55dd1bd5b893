def keys_of(shell):
    return dict(shell.sql("SELECT username, public_key FROM actors"))


def test_named_actors_get_new_keys(bees):
    before = dict(bees.sql("SELECT username, proof_key FROM actors"))
    assert bees.says("keys rotate ada !bees").splitlines() == [
        "@ada@alpha.test has new keys.",
        "!bees@alpha.test has new keys.",
    ]
    after = dict(bees.sql("SELECT username, proof_key FROM actors"))
    assert {name for name, key in after.items() if before[name] != key} == {"ada", "bees"}
    assert bees.sql("SELECT type, public FROM log ORDER BY id DESC LIMIT 2") == [("Update", 1), ("Update", 1)]


def test_all_means_the_node_too(bees):
    assert len(bees.says("keys rotate --all").splitlines()) == 4
    assert bees.sql("SELECT count(*) FROM actors WHERE keys_rotated_at IS NULL") == [(0,)]


def test_nobody_is_changed_when_one_is_not_here(bees):
    assert "ada or --all" not in bees.refuses("keys rotate ada nobody")
    assert "Say whose keys" in bees.refuses("keys rotate")
    assert "Say whose keys" in bees.refuses("keys rotate ada --all")
    assert bees.sql("SELECT count(*) FROM actors WHERE keys_rotated_at IS NOT NULL") == [(0,)]
