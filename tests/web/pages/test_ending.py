"""Leaving for good."""

import pytest
from sqlalchemy import func, select

from node.store.tables.members import Member, Session
from node.store.tables.posts import Post
from tests.support.browsing import PASSWORD
from tests.support.dbhash import no_effect


@pytest.fixture
async def boss(opens, beta):
    from node.local import members
    from node.store.queries.members import find_member

    browser = await opens().signs_up("boss")
    async with beta.node.transaction() as tx:
        member = await find_member(tx.session, "boss", "beta.example")
        await members.make_administrator(tx, member.id)
    return browser


async def count(beta, table):
    async with beta.node.reading() as session:
        return await session.scalar(select(func.count()).select_from(table))


async def test_a_member_leaves_and_nothing_of_theirs_is_left(ada, bo, beta, opens):
    await bo.founds("bees")
    thread = await ada.writes("bees", "Swarm season", source="word1")
    await ada.submit("/c/bees/write", {"title": "word2", "do": "draft"})
    await bo.submit(f"{thread}/save", {"save": "yes"}, on=thread)
    page = await ada.submit("/settings/leave", {"name": "ada", "present": PASSWORD})
    assert page.status == 200
    assert "Your account has ended" in page.text
    assert "Sign in" in page.text
    assert (await ada.get("/settings")).status == 303
    assert (await bo.get("/u/ada")).status == 410
    assert "word1" not in (await bo.get(thread)).response.text
    async with beta.node.reading() as session:
        assert set(await session.scalars(select(Post.source))) == {""}
        assert await session.scalar(select(func.count()).select_from(Session)) == 1
    again = await opens().submit("/sign-up", {"name": "ada", "password": PASSWORD})
    assert again.status in {409, 422}, "nobody takes the name again"
    assert (await ada.signs_in("ada")).status == 422


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ({"name": "ada", "present": "not that"}, "not your present password"),
        ({"name": "bo", "present": PASSWORD}, "exactly as it stands"),
        ({"name": "", "present": ""}, "needed"),
    ],
)
async def test_nobody_leaves_by_mistake(ada, beta, typed, told):
    page = await ada.submit("/settings/leave", typed)
    assert page.status == 422
    assert told in page.text
    assert await count(beta, Member) == 1
    assert (await ada.get("/settings")).status == 200


async def test_the_last_administrator_stays(boss, beta):
    page = await boss.get("/settings/leave")
    assert "last administrator" in page.text
    assert not [one for one in page.forms if "present" in one.fields]
    token = (await boss.get("/settings")).form("/settings/language").fields["csrf"]
    page = await boss.send("/settings/leave", {"csrf": token, "name": "boss", "present": PASSWORD})
    assert page.status == 409
    assert await count(beta, Member) == 1


async def test_groups_without_another_moderator_are_named(ada, bo, beta):
    await ada.founds("bees")
    assert "/c/bees/moderation" in (await ada.get("/settings/leave")).links
    assert "/c/bees/moderation" not in (await bo.get("/settings/leave")).links


async def test_looking_at_it_does_nothing(ada, beta):
    async with no_effect(beta.node.database):
        await ada.get("/settings/leave")
