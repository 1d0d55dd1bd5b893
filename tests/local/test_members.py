import pytest
from argon2 import PasswordHasher

from node.errors import Conflict, Forbidden, Malformed
from node.local import members


@pytest.fixture
async def beta(sea):
    return await sea.node("beta.example")


async def test_a_password_is_kept_by_argon2id_alone():
    kept = await members.hash_password("correct horse battery")
    assert kept.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    assert await members.password_matches(kept, "correct horse battery")
    assert not await members.password_matches(kept, "correct horse batterY")


@pytest.mark.parametrize("kept", [None, "", "not a hash"])
async def test_where_there_is_no_password_none_matches(kept):
    assert not await members.password_matches(kept, "")
    assert not await members.password_matches(kept, "anything")


def test_an_unknown_name_costs_as_much_as_a_wrong_password():
    assert not PasswordHasher(time_cost=2, memory_cost=19456, parallelism=1).check_needs_rehash(
        members.NOBODYS
    )


@pytest.mark.parametrize("name", ["adm1n", "admin_", "4dmin", "_admin_", "rn0derator", "r00t", "we1come"])
async def test_what_looks_reserved_is_refused(beta, name):
    async with beta.node.transaction() as tx:
        with pytest.raises((Conflict, Malformed)):
            await members.check_name(tx, name)


@pytest.mark.parametrize("name", ["ada", "anna_m", "w00dpecker", "administrative"])
async def test_other_names_are_free(beta, name):
    async with beta.node.transaction() as tx:
        await members.check_name(tx, name)


async def test_who_may_not_act_does_not(beta):
    ada = await beta.member("ada")
    async with beta.node.transaction() as tx:
        member, actor = await members.get_member(tx, 1)
        assert actor.iri == ada.iri
        member.disabled_at = tx.now
    async with beta.node.transaction() as tx:
        with pytest.raises(Forbidden):
            await members.get_member(tx, 1)
        with pytest.raises(Forbidden):
            await members.get_member(tx, 99)
        (await tx.session.get_one(members.Member, 1)).disabled_at = None
        (await tx.session.get_one(members.Actor, ada.actor.id)).deleted_at = tx.now
        with pytest.raises(Forbidden):
            await members.make_administrator(tx, 1)
