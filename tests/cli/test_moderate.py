import pytest


@pytest.fixture
def thread(bees):
    """A thread of ben's in ada's group."""
    bees.run("group follow bees --as ben")
    return bees.says("post create bees --as ben --title", "Swarms").rsplit("/", 1)[-1]


def test_what_moderators_do_stands_in_the_log(bees, thread):
    for line, *more in (
        (f"moderate lock {thread} --as ada --reason", "settled"),
        (f"moderate unlock {thread} --as ada",),
        (f"moderate pin {thread} --as ada",),
        (f"moderate unpin {thread} --as ada",),
        (f"moderate mark {thread} --as ada",),
        (f"moderate mark {thread} --as ada --off",),
        (f"moderate remove {thread} --as ada --below --reason", "Rule 3"),
        (f"moderate restore {thread} --as ada --below",),
        ("moderate appoint bees ben --as ada",),
        ("moderate dismiss bees @ben@alpha.test --as ada",),
    ):
        assert bees.says(line, *more)
    log = bees.json("moderate log bees")
    kinds = "dismiss appoint restore remove unmark mark unfeature feature unlock lock"
    assert [one["what"] for one in log] == kinds.split()
    assert {one["by"] for one in log} == {"@ada@alpha.test"}
    assert [one["reason"] for one in log if one["reason"]] == ["Rule 3", "settled"]


def test_a_member_without_office_is_refused(bees, thread):
    assert "moderators may do this" in bees.refuses(f"moderate lock {thread} --as ben")
    assert "moderators may do this" in bees.refuses("moderate appoint bees ben --as ben")
    assert "moderators may do this" in bees.refuses("group edit bees --as ben --title Wasps")
    assert "first moderator" in bees.refuses("group close bees --as ben")


def test_a_group_is_changed_closed_and_opened_again(bees):
    bees.run("group edit bees --as ada --restricted --title", "Wild bees")
    assert bees.json("group list")[0]["title"] == "Wild bees"
    assert "moderators begin threads" in bees.refuses("post create bees --as ben --title Hello")
    bees.run("group edit bees --as ada --open")
    bees.run("group close bees --as ada")
    assert bees.json("group list") == []
    assert bees.says("group reopen bees --as ada") == "!bees@alpha.test is open again."
    assert "is not closed" in bees.refuses("group reopen bees --as ada")
    assert "never been" in bees.refuses("group reopen wasps --as ada")
