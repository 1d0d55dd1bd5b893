"""Pages of bans: from a group, from the whole node; who may, what is told, lifting, and what was removed."""

from __future__ import annotations

import pytest
from sqlalchemy import select, update

from node.activities import curate, follow
from node.activities.perform import perform
from node.store.queries.actors import get_actor
from node.store.queries.standing import is_banned
from node.store.tables.members import Member
from node.store.tables.moderation import Ban
from tests.support import rows
from tests.support.counting import asked
from tests.support.stranger import Stranger

PLACE = "/c/bees/moderation/bans"
BO = {"who": "@bo@beta.example", "reason": "Spam", "lasts": "7"}


@pytest.fixture
async def thread(ada, bo):
    """A thread of bo's in ada's group."""
    await ada.founds("bees")
    return await bo.writes("bees", "Buy now", source="zebrafish")


async def raised(beta, name: str) -> None:
    """Make a member an administrator."""
    async with beta.node.transaction() as tx:
        actor = await get_actor(tx.session, f"https://beta.example/u/{name}")
        await tx.session.execute(
            update(Member).where(Member.actor_id == actor.id).values(role="administrator")
        )


async def test_a_moderator_bans_and_lifts_and_the_person_is_told_why_and_until_when(
    ada, bo, stranger, thread
):
    assert "Nobody is banned" in (await ada.get(PLACE)).text
    assert f"{PLACE}?who=%40bo%40beta.example#ban" in (await ada.get("/u/bo")).links
    assert f"{PLACE}?who=%40ada%40beta.example#ban" not in (await bo.get("/u/ada")).links
    empty = await ada.submit(PLACE, BO | {"reason": ""})
    assert (empty.status, empty.form(PLACE).fields["who"]) == (422, "@bo@beta.example")
    page = await ada.follow(await ada.submit(PLACE, BO | {"hide": "yes"}))
    assert "The ban is in force" in page.text
    for said in ("bo @bo@beta.example", "until November 10", "by ada", "Spam", "words removed"):
        assert said in page.text, said
    assert "zebrafish" not in (await stranger.get(thread)).text
    assert "banned" in (await stranger.get("/c/bees/log")).text
    told = await bo.get("/notifications")
    assert "banned you from this group" in told.text
    assert "The ban ends by itself on November 10" in told.text
    assert "/settings/standing" in told.links
    standing = (await bo.get("/settings/standing")).text
    assert all(said in standing for said in ("Bees", "until November 10", "Spam", "tell those who run it"))
    group = await bo.get("/c/bees")
    assert "You are banned from this group until November 10" in group.text
    assert "/c/bees/write" not in group.links
    await ada.submit(f"{PLACE}/lift", {"restore": "yes"}, on=PLACE)
    assert "Nobody is banned" in (await ada.get(PLACE)).text
    assert "zebrafish" in (await stranger.get(thread)).text
    assert "All is well" in (await bo.get("/settings/standing")).text
    told = await bo.get("/notifications")
    assert "let you in again" in told.text
    assert "This ban has ended" in told.text


async def test_a_banned_member_is_not_shown_forms_that_would_be_refused(ada, bo, thread):
    other = await ada.writes("bees", "Swarm season", source="word1")
    await ada.submit(PLACE, BO | {"lasts": "forever"})
    page = await bo.get(other)
    assert "You are banned from this group until the ban is lifted" in page.text
    assert not [one for one in page.forms if one.action.endswith("/reply")]
    again = await ada.follow(await ada.submit(PLACE, BO | {"lasts": "1", "reason": "Calmer"}))
    assert again.text.count("@bo@beta.example") == 1, "banning somebody again changes the ban"
    assert "Calmer" in again.text


async def test_what_an_ended_ban_removed_is_brought_back_from_the_page(ada, bo, beta, stranger, thread):
    """Pitfalls 87 and 88: it ends by the clock, and what was hidden stays so until somebody says otherwise."""
    await ada.submit(PLACE, BO | {"lasts": "1", "hide": "yes"})
    beta.sea.clock.advance(hours=25)
    page = await ada.get(PLACE)
    assert "Nobody is banned" in page.text
    assert "Over, with what was written still removed" in page.text
    assert "zebrafish" not in (await stranger.get(thread)).text
    await ada.submit(f"{PLACE}/lift", on=PLACE)
    assert "zebrafish" in (await stranger.get(thread)).text
    assert "Over, with" not in (await ada.get(PLACE)).text


async def test_who_sees_and_uses_the_pages(ada, bo, opens, stranger, beta, thread):
    cy = await opens().signs_up("cy")
    csrf = (await cy.get("/settings/profile")).form("/settings/profile").fields["csrf"]
    for path in (PLACE, "/bans"):
        assert (await cy.get(path)).status == 403
        assert (await cy.send(path, BO | {"csrf": csrf})).status == 403
        lifting = {"who": "https://beta.example/u/bo", "csrf": csrf}
        assert (await cy.send(f"{path}/lift", lifting)).status == 403
        assert (await stranger.get(path)).response.headers["location"].startswith("/sign-in")
    assert (await ada.get("/bans")).status == 403
    for who, said in (
        ("@nobody@beta.example", "Nobody was found"),
        ("ada", "Nobody bans themselves"),
        ("https://beta.example/c/bees", "People are banned"),
    ):
        page = await ada.submit(PLACE, BO | {"who": who})
        assert (page.status, said in page.text) == (422, True), who
        assert page.form(PLACE).fields["reason"] == "Spam"
    await raised(beta, "cy")
    page = await ada.submit(PLACE, BO | {"who": "cy"})
    assert "An administrator of its node is not banned" in page.text
    assert (await cy.get(PLACE)).status == 200, "who administers the node that hosts the group"


async def test_an_administrator_bans_from_the_whole_node(ada, bo, beta, stranger, thread):
    await raised(beta, "ada")
    assert "/bans" in (await ada.get("/")).links
    assert "/bans?who=%40bo%40beta.example#ban" in (await ada.get("/u/bo")).links
    assert (await ada.get("/bans?who=@bo@beta.example")).form("/bans").fields["who"] == "@bo@beta.example"
    await ada.submit("/bans", BO)
    page = await bo.get("/c/bees")
    assert "You are banned from a whole node until November 10" in page.text
    assert "All of beta.example" in (await bo.get("/settings/standing")).text
    log = (await stranger.get("/log")).text
    assert all(said in log for said in ("banned", "bo", "until November 10", "Spam"))
    assert "Spam" not in (await stranger.get("/c/bees/log")).text
    assert "banned you from a whole node" in (await bo.get("/notifications")).text
    await ada.submit("/bans/lift", on="/bans")
    assert "/c/bees/write" in (await bo.get("/c/bees")).links


async def test_a_moderator_of_a_group_elsewhere_bans_there_from_here(sea, ada, bo, beta):
    """The deed goes to the group's home, which decides; somebody whose server is away is banned all the same."""
    alpha = await sea.node("alpha.example")
    hive = await alpha.group("hive")
    async with beta.node.reading() as session:
        me = await get_actor(session, "https://beta.example/u/ada")
    await ada.submit("/search", {"q": "!hive@alpha.example"}, on="/search?q=!hive@alpha.example")
    async with beta.node.transaction() as tx:
        await perform(tx, follow.compose(tx, me, await get_actor(tx.session, hive.iri)))
    await sea.settle()
    async with alpha.node.transaction() as tx:
        there, whom = await get_actor(tx.session, hive.iri), await get_actor(tx.session, me.iri)
        await perform(tx, curate.compose_seat(tx, hive.founder.actor, there, whom, appoint=True))
    await sea.settle()
    far = Stranger(sea, "far.example")
    troll = far.person("troll")
    place = "/c/hive@alpha.example/moderation/bans"
    page = await ada.submit(
        place, {"who": "@troll@far.example", "reason": "Spam", "lasts": "30", "hide": "yes"}
    )
    assert page.status == 303, page.text
    await sea.settle()
    sea.chart.away.add("far.example")
    await ada.submit(place, {"who": "@troll@far.example", "reason": "Spam again", "lasts": "forever"})
    await sea.settle()
    async with alpha.node.reading() as session:
        banned = await get_actor(session, troll)
        found = await session.scalar(select(Ban).where(Ban.actor_id == banned.id))
        assert (found.reason, found.expires_at) == ("Spam again", None)
    assert "This group lives on alpha.example" in (await ada.get(place)).text
    await ada.submit(f"{place}/lift", on=place)
    await sea.settle()
    async with alpha.node.reading() as session:
        assert not await is_banned(session, banned, await get_actor(session, hive.iri), sea.clock.now())


async def test_a_long_list_is_cut_into_pages_and_asks_no_more_than_a_short_one(ada, beta, thread):
    await ada.submit(PLACE, BO)
    with asked(beta.node.database) as short:
        await ada.get(PLACE)
    async with beta.node.transaction() as tx:
        group = await get_actor(tx.session, "https://beta.example/c/bees")
        for number in range(60):
            troll = await rows.an_actor(tx, f"https://far.example/u/troll{number}", handle_verified=True)
            iri = f"https://x.example/{number}"
            tx.session.add(Ban(actor_id=troll.id, scope=group.iri, group_id=group.id, iri=iri, at=tx.now))
    with asked(beta.node.database) as long:
        page = await ada.get(PLACE)
    assert long.count == short.count
    rest = await ada.get(next(link for link in page.links if "before=" in link))
    assert all(f"@troll{number}@far.example" in page.text + rest.text for number in range(60))
    assert ("@troll59@" in page.text, "@troll0@" in page.text) == (True, False)
