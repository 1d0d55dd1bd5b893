import pytest

from node.cli.member import members
from node.local import members as accounts
from node.local import sessions
from node.store.tables.members import Member


def hash_of(shell, name):
    [(kept,)] = shell.sql(
        "SELECT password FROM members JOIN actors ON actors.id = actor_id WHERE username = :name", name=name
    )
    return kept


async def _signed_in(node):
    async with node.transaction() as tx:
        await sessions.start(tx, await tx.session.get_one(Member, 1))


@pytest.fixture
def signed_in(shell):
    shell.run("member create ada --no-password")
    shell.inside(_signed_in)
    assert shell.sql("SELECT count(*) FROM sessions") == [(1,)]
    return shell


def test_a_password_comes_on_standard_input(shell):
    said = shell.says("member create ada --password-stdin --language fr", stdin="a long enough one\n")
    assert said == "Made the account @ada@alpha.test, member."
    assert accounts._matches(hash_of(shell, "ada"), "a long enough one")
    [ada] = shell.json("member list")
    assert (ada["name"], ada["role"], ada["language"]) == ("ada", "member", "fr")


def test_a_password_is_asked_for_twice(shell):
    shell.run("member create ada", stdin="a long enough one\na long enough one\n")
    assert accounts._matches(hash_of(shell, "ada"), "a long enough one")


def test_no_option_takes_a_password_as_its_value():
    takers = [
        option
        for command in members.commands.values()
        for option in command.params
        if "password" in (option.name or "") and not getattr(option, "is_flag", False)
    ]
    assert takers == []


@pytest.mark.parametrize("given", ["short", "x" * 201, ""])
def test_a_poor_password_is_refused(shell, given):
    assert "10 to 200 characters" in shell.refuses("member create ada --password-stdin", stdin=f"{given}\n")
    assert shell.json("member list") == []


def test_a_reserved_name_is_refused_before_the_password(shell):
    assert "reserved" in shell.refuses("member create admin")


def test_a_new_password_ends_every_session(signed_in):
    signed_in.run("member password ada --password-stdin", stdin="a long enough one\n")
    assert signed_in.sql("SELECT count(*) FROM sessions") == [(0,)]
    assert accounts._matches(hash_of(signed_in, "ada"), "a long enough one")


def test_a_disabled_account_is_signed_out_and_may_not_act(signed_in):
    signed_in.run("group found bees --owner ada")
    signed_in.run("member disable ada")
    assert signed_in.sql("SELECT count(*) FROM sessions") == [(0,)]
    assert "may not act" in signed_in.refuses("post create bees --as ada --title Hello")
    signed_in.run("member disable ada --enable")
    signed_in.run("post create bees --as ada --title Hello")


def test_a_change_of_role_ends_every_session(signed_in):
    signed_in.run("member role ada administrator")
    assert signed_in.json("member list")[0]["role"] == "administrator"
    assert signed_in.sql("SELECT count(*) FROM sessions") == [(0,)]


def test_an_unknown_member_is_named(shell):
    assert shell.refuses("member disable eve").startswith("There is no member eve here.")
    assert shell.says("member list").startswith("No accounts yet.")
