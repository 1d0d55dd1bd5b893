"""Pages of a group's siblings, and of giving a thread to another group."""

from node.store.queries.actors import get_actor
from node.store.tables.moderation import Ban
from tests.support.stranger import Stranger


async def test_a_sibling_is_asked_listed_and_removed(sea, ada, bo):
    await ada.founds("bees")
    far = Stranger(sea, "far.example", software="nodebb")
    far.person("wasps", kind="Group")
    assert "No siblings yet" in (await ada.get("/c/bees/siblings")).text
    assert (await bo.get("/c/bees/siblings")).status == 403
    page = await ada.submit("/c/bees/siblings", {"sibling": "!wasps@far.example"})
    page = await ada.follow(page)
    assert "asked, not answered yet" in page.text
    page = await ada.submit("/c/bees/siblings", {"sibling": "!none@far.example"})
    assert page.status == 422
    assert "No group was found" in page.text
    page = await ada.submit(
        "/c/bees/siblings/remove", {"sibling": f"{far.home}/users/wasps"}, on="/c/bees/siblings"
    )
    assert "No siblings yet" in (await ada.follow(page)).text


async def test_a_moderator_gives_a_thread_to_another_group_of_theirs(ada, bo):
    await ada.founds("bees")
    await ada.founds("wasps")
    await bo.founds("ants")
    thread = await bo.writes("bees", "About wasps")
    assert (await bo.get(f"{thread}/move")).status == 403
    for group, said in (("none", "No group was found"), ("ants", "Only who moderates"), ("bees", "already")):
        page = await ada.submit(f"{thread}/move", {"group": group, "reason": "x"})
        assert page.status == 422, group
        assert said in page.text
        assert page.form(f"{thread}/move").fields["reason"] == "x"
    page = await ada.submit(f"{thread}/move", {"group": "wasps", "reason": ""})
    assert page.status == 303
    assert "About wasps" in (await bo.get("/c/wasps")).text
    assert "About wasps" not in (await bo.get("/c/bees")).text


async def test_a_moderator_who_is_banned_neither_links_nor_moves_anything(ada, beta):
    """RULE C4: whoever is banned holds no office, whatever the list says."""
    await ada.founds("bees")
    thread = await ada.writes("bees", "About wasps")
    async with beta.node.transaction() as tx:
        me = await get_actor(tx.session, "https://beta.example/u/ada")
        tx.session.add(
            Ban(actor_id=me.id, scope="https://beta.example/", iri="https://beta.example/b", at=tx.now)
        )
    for path in ("/c/bees/siblings", "/c/bees/moving", f"{thread}/move", "/c/bees/moderation"):
        assert (await ada.get(path)).status == 403, path
    assert f"{thread}/move" not in (await ada.get(thread)).links
