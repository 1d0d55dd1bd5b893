"""Pages of a group's siblings, and of giving a thread to another group."""

from sqlmodel import select

from node.store.queries.actors import get_actor
from node.store.tables.listings import Listing
from node.store.tables.moderation import Ban
from node.store.tables.posts import Post
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
    assert "hear of its own threads alone" in (await ada.get("/c/bees/siblings")).text
    for boost, word in (("yes", "Stop boosting"), ("no", "Boost threads of siblings too")):
        page = await ada.submit("/c/bees/siblings/bridge", {"boost": boost}, on="/c/bees/siblings")
        assert word in (await ada.follow(page)).text
    page = await ada.submit("/c/bees/siblings/bridge", {"boost": "maybe"}, on="/c/bees/siblings")
    assert page.status == 400
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


async def test_a_siblings_thread_names_its_home_and_is_taken_off_the_page(ada, bo, stranger, beta):
    """RULE G4: here alone; its home shows it as before."""
    await ada.founds("bees")
    await bo.founds("wasps")
    await ada.writes("bees", "Our own")
    thread = await bo.writes("wasps", "About wasps")
    token = thread.rpartition("/")[2]
    async with beta.node.transaction() as tx:
        post = await tx.session.scalar(select(Post).where(Post.token == token))
        bees = await get_actor(tx.session, "https://beta.example/c/bees")
        tx.session.add(Listing(group_id=bees.id, post_id=post.id, at=tx.now))
    page = await ada.get("/c/bees")
    assert "/c/wasps" in page.links, "a reader sees where it lives"
    hide = f"/c/bees/unlist/{token}"
    assert [one.action for one in page.forms].count(hide) == 1
    for other in (bo, stranger):
        assert hide not in [one.action for one in (await other.get("/c/bees")).forms]
    page = await ada.follow(await ada.submit(hide, on="/c/bees"))
    assert "About wasps" not in page.text
    assert "Our own" in page.text
    assert "About wasps" in (await ada.get("/c/wasps")).text
