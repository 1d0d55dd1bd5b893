"""The directory as people see it, and what rises on it and on the front page."""

import pytest

from node.inbox.exploring import weigh
from node.store.queries import directory


async def test_the_directory(ada, stranger, sea, beta):
    page = await stranger.get("/explore")
    assert "Nobody has founded a group here yet" in page.text
    await ada.founds("bees")
    await ada.writes("bees", "Swarm season")
    alpha = await sea.node("alpha.example")
    fish = await alpha.group("fish")
    await ada.submit("/search", on=f"/search?q={fish.handle}")
    for path in ("/explore", "/groups"):
        page = await stranger.get(path)
        assert "1 member 1 thread active just now" in page.text
        assert {"/c/bees", "/c/fish@alpha.example"} <= set(page.links)


async def test_a_member_follows_from_it(ada, bo):
    await ada.founds("bees")
    page = await bo.submit("/c/bees/follow", {"follow": "yes"}, on="/explore?sort=name")
    assert page.response.headers["location"] == "/explore?sort=name"
    assert "followed" in (await bo.follow(page)).text


async def test_it_is_narrowed_by_a_form_that_keeps_what_was_asked(ada, stranger):
    await ada.founds("bees", title="Bees & hedges", summary="All about *hives*.")
    await ada.founds("ants")
    page = await stranger.get("/explore?q=hives&where=here&sort=new")
    assert "/c/bees" in page.links
    assert "/c/ants" not in page.links
    fields = page.form("/explore").fields
    assert (fields["q"], fields["where"], fields["sort"]) == ("hives", "here", "new")
    assert all("q=hives" in one for one in page.links if one.startswith("/explore?") and "sort=" in one)
    assert "No group fits" in (await stranger.get("/explore?q=wasps")).text


@pytest.mark.parametrize(
    "query", ["topic=nonsense", "language=xx", "sort=hot", "where=no", "after=x", "q=" + "x" * 101]
)
async def test_what_makes_no_sense_is_refused(stranger, query):
    assert (await stranger.get(f"/explore?{query}")).status == 400


async def test_its_pages_lead_on_and_back(ada, stranger, monkeypatch):
    monkeypatch.setattr(directory, "SHOWN", 2)
    for name in ("ants", "bees", "wasps"):
        await ada.founds(name)
    page = await stranger.get("/explore?sort=name")
    onward = next(one for one in page.links if "after=" in one)
    assert "/c/wasps" not in page.links
    page = await stranger.get(onward)
    assert "/c/wasps" in page.links
    assert "/c/ants" not in page.links
    assert "/explore?sort=name" in page.links


async def test_moderators_say_what_their_group_is_about(ada, bo, stranger):
    await ada.founds("bees")
    page = await ada.submit(
        "/c/bees/settings", {"topic_1": "nature", "topic_2": "", "topic_3": "crafts"}, on="/c/bees/settings"
    )
    assert page.status == 303
    page = await stranger.get("/explore?topic=crafts")
    assert "/c/bees" in page.links
    assert {"/explore?topic=nature", "/explore?topic=crafts"} <= set(page.links)
    assert "/c/bees" not in (await stranger.get("/explore?topic=books")).links
    fields = (await ada.get("/c/bees/settings")).form("/c/bees/settings").fields
    assert {fields[f"topic_{number}"] for number in (1, 2, 3)} == {"nature", "crafts", ""}
    await ada.submit("/c/bees/settings", {"topic_1": "nonsense", "topic_2": ""}, on="/c/bees/settings")
    assert (await ada.get("/c/bees/settings")).form("/c/bees/settings").fields["topic_1"] in {"", "crafts"}


async def test_what_rises_is_on_it_and_beside_the_front_page(ada, bo, stranger, opens, beta):
    await ada.founds("bees")
    path = await ada.writes("bees", "Swarm season", source="Look #hives")
    cy = await opens().signs_up("cy")
    for somebody in (bo, cy):
        await somebody.replies(path, "So it is #hives")
    assert "Rising" not in (await stranger.get("/explore")).text
    await weigh(beta.node)
    for browser in (stranger, ada):
        for page in (await browser.get("/explore"), await browser.get("/?view=all")):
            assert "Rising threads Swarm season Bees · 2 people since yesterday" in page.text
            assert "Rising hashtags #hives" in page.text
    assert "Rising groups" in (await stranger.get("/explore")).text
    assert "Rising" not in (await stranger.get("/?sort=new&after=1_1")).text


async def test_a_block_keeps_what_somebody_wrote_out_of_what_rises(ada, bo, opens, beta):
    await ada.founds("bees")
    path = await ada.writes("bees", "Swarm season")
    cy = await opens().signs_up("cy")
    for somebody in (bo, cy):
        await somebody.replies(path, "So it is")
    await weigh(beta.node)
    assert path in (await bo.get("/explore")).links
    await bo.submit("/settings/blocks", {"who": "@ada", "do": "block"}, on="/settings/blocks")
    assert path not in (await bo.get("/explore")).links


async def test_what_somebody_muted_does_not_rise_for_them(ada, bo, opens, beta):
    await ada.founds("bees")
    path = await ada.writes("bees", "Swarm season", source="Look #hives")
    cy = await opens().signs_up("cy")
    for somebody in (bo, cy):
        await somebody.replies(path, "So it is #hives")
    await weigh(beta.node)
    for word in ("swarm", "hives"):
        await bo.submit("/settings/muting", {"kind": "words", "what": word}, on="/settings/muting")
    for page in (await bo.get("/explore"), await bo.get("/?view=node")):
        assert "Rising threads" not in page.text
        assert "Rising hashtags" not in page.text
    assert "Rising threads" in (await cy.get("/explore")).text
