"""Pages of moves: a member's own, and those of a group for who runs it."""

import json

from sqlmodel import col, select

from node.store.tables.actors import Actor
from tests.support.stranger import Stranger


async def test_an_alias_is_added_shown_and_taken_back(sea, ada, beta):
    other = Stranger(sea, "old.example")
    mia = other.person("mia")
    page = await ada.submit("/settings/moving/alias", {"other": "@mia@old.example"}, on="/settings/moving")
    page = await ada.follow(page)
    assert "@mia@old.example" in page.text
    document = (await beta.get("/u/ada", accept="application/activity+json")).json()
    assert document["alsoKnownAs"] == [mia]
    page = await ada.submit("/settings/moving/alias/remove", {"alias": mia}, on="/settings/moving")
    assert "@mia@old.example" not in (await ada.follow(page)).text


async def test_what_is_typed_wrong_stays_beside_its_field(sea, ada):
    other = Stranger(sea, "old.example")
    other.person("mia")
    for form, typed, said in (
        ("alias", "nobody@old.example", "Nobody was found"),
        ("alias", "ada", "the account itself"),
        ("away", "mia@old.example", "Add that there first"),
    ):
        page = await ada.submit(f"/settings/moving/{form}", {"other": typed}, on="/settings/moving")
        assert page.status == 422, (form, typed)
        assert said in page.text
        assert page.form(f"/settings/moving/{form}").fields["other"] == typed


async def test_a_member_moves_away_and_comes_back(sea, ada, beta):
    other = Stranger(sea, "new.example")
    new = other.person("ada", alsoKnownAs=["https://beta.example/u/ada"])
    page = await ada.follow(
        await ada.submit("/settings/moving/away", {"other": "@ada@new.example"}, on="/settings/moving")
    )
    assert f"has moved to {new}" in page.text
    assert json.loads((await beta.get("/u/ada", accept="application/activity+json")).text)["movedTo"] == new
    page = await ada.follow(await ada.submit("/settings/moving/back", {}, on="/settings/moving"))
    assert "Moving away" in page.text


async def test_only_who_runs_a_group_moves_it(sea, ada, bo, beta):
    await ada.founds("bees")
    other = Stranger(sea, "new.example")
    new = other.person("bees", kind="Group", alsoKnownAs=["https://beta.example/c/bees"])
    assert (await bo.get("/c/bees/moving")).status == 403
    page = await ada.submit("/c/bees/moving/away", {"other": "!bees@new.example"}, on="/c/bees/moving")
    assert page.status == 303
    page = await bo.get("/c/bees")
    assert f"new threads begin at {new}" in page.text
    assert "/c/bees/write" not in page.links
    async with beta.node.reading() as session:
        group = (await session.scalars(select(Actor).where(col(Actor.username) == "bees"))).first()
    assert group.moved_to == new
