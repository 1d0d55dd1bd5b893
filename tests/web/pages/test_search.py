import pytest
from sqlalchemy import select

from node.store.tables.actors import Actor
from node.web.pages.search import read_query
from tests.support.dbhash import no_effect


async def known(island):
    async with island.node.reading() as session:
        return {actor.iri for actor in await session.scalars(select(Actor))}


@pytest.mark.parametrize(
    ("typed", "host"),
    [
        ("!bees@beta.example", "beta.example"),
        ("@ada@beta.example", "beta.example"),
        ("ada@beta.example", "beta.example"),
        ("https://beta.example/post/1", "beta.example"),
        ("bees", ""),
        ("ada at beta.example", ""),
        ("@ada", ""),
        ("!bees@", ""),
        ("https://a b", ""),
        ("javascript:alert(1)", ""),
        ("", ""),
    ],
)
def test_what_a_query_names(typed, host):
    assert read_query(typed).host == host


async def test_words_find_threads_and_groups(ada, stranger):
    await ada.founds("bees", title="Bees & hedges")
    path = await ada.writes("bees", "Swarm season")
    assert path in (await stranger.get("/search?q=SWARM")).links
    assert "/c/bees" in (await stranger.get("/search?q=hedges")).links
    page = await stranger.get("/search?q=nothing")
    assert "Nothing found" in page.text
    assert page.response.headers["x-robots-tag"] == "noindex"


@pytest.mark.parametrize("words", ["%25", "_", "%5C", "%27%20OR%201=1--", "%22", "a%25b", "*", "NEAR(x)"])
async def test_no_character_has_a_meaning(ada, stranger, beta, words):
    await ada.founds("bees")
    await ada.writes("bees", "Swarm season")
    async with no_effect(beta.node.database):
        page = await stranger.get(f"/search?q={words}")
    assert page.status == 200
    assert "Nothing found" in page.text


async def test_characters_find_themselves(ada, stranger):
    await ada.founds("bees")
    path = await ada.writes("bees", "100 % honey_bee \\o/")
    for words in ("100 %25", "honey_bee", "%5Co", "HONEY"):
        assert path in (await stranger.get(f"/search?q={words}")).links


async def test_a_handle_or_an_address_leads_to_what_is_here(ada, stranger):
    await ada.founds("bees")
    path = await ada.writes("bees", "Swarm season")
    comment = await ada.replies(path, "so")
    for typed, wanted in (
        ("!bees@beta.example", "/c/bees"),
        ("@ada@beta.example", "/u/ada"),
        ("https://beta.example/c/bees", "/c/bees"),
        (f"https://beta.example{path}", path),
        (f"https://beta.example{comment}", comment),
    ):
        assert wanted in (await stranger.get(f"/search?q={typed}")).links
    page = await stranger.get("/search?q=!none@beta.example")
    assert "nothing of this name or address on this node" in page.text


async def test_a_stranger_makes_the_node_ask_nobody(stranger, sea, beta):
    alpha = await sea.node("alpha.example")
    bees = await alpha.group("bees")
    async with no_effect(beta.node.database):
        page = await stranger.get(f"/search?q={bees.handle}")
    assert "Sign in" in page.text
    assert not [form for form in page.forms if form.method == "post"]
    assert (await known(beta)) == {"https://beta.example/"}


async def test_a_member_has_the_node_ask(ada, sea, beta):
    alpha = await sea.node("alpha.example")
    bees = await alpha.group("bees")
    cy = await alpha.member("cy")
    query = f"/search?q={bees.handle}"
    async with no_effect(beta.node.database):
        page = await ada.get(query)
    assert "Ask alpha.example" in page.text
    page = await ada.submit("/search", on=query)
    assert page.response.headers["location"] == "/c/bees@alpha.example"
    assert (await ada.follow(page)).status == 200
    page = await ada.submit("/search", on=f"/search?q={cy.iri}")
    assert page.response.headers["location"] == "/u/cy@alpha.example"
    page = await ada.follow(page)
    assert "This account lives on alpha.example" in page.text
    page = await ada.submit("/u/cy@alpha.example/follow", {"follow": "yes"}, on="/u/cy@alpha.example")
    assert "Asked to follow" in (await ada.follow(page)).text


async def test_a_thread_of_the_groups_own_server_waits_for_nobody(ada, sea, beta):
    """What its host hands out it has taken; of an author elsewhere only its Announce tells that."""
    alpha, gamma = await sea.node("alpha.example"), await sea.node("gamma.example")
    bees = await alpha.group("bees")
    cy, dora = await alpha.member("cy"), await gamma.member("dora", follows=bees)
    await sea.settle()
    at_home, from_afar = await cy.posts(bees, title="At home"), await dora.posts(bees, title="From afar")
    for thread, waits in ((at_home, False), (from_afar, True)):
        page = await ada.follow(await ada.submit("/search", on=f"/search?q={thread}"))
        assert ("Waiting for alpha.example" in page.text) is waits
        assert ((await beta.post(thread)).confirmed_at is None) is waits


async def test_a_look_up_that_finds_nothing_says_so(ada, sea):
    alpha = await sea.node("alpha.example")
    for typed in ("!none@alpha.example", "https://alpha.example/about", "!bees@away.example"):
        page = await ada.submit("/search", on=f"/search?q={typed}")
        assert page.status == 200
        assert ("p", {"class": "note bad", "role": "alert"}) in page.elements
    assert alpha


async def test_look_ups_are_limited(ada):
    statuses = []
    for number in range(31):
        page = await ada.submit("/search", on=f"/search?q=!n{number}@away.example")
        statuses.append(page.status)
    assert statuses == [200] * 30 + [429]


async def test_words_are_not_looked_up(ada, beta):
    page = await ada.get("/search?q=!x@away.example")
    fields = page.form("/search").fields | {"q": "only words"}
    async with no_effect(beta.node.database):
        assert (await ada.send("/search", fields)).status == 200
        assert (await ada.send("/search", fields | {"q": ""})).status == 200


async def test_another_server_sends_somebody(ada, stranger):
    await ada.founds("bees")
    page = await ada.get("/interact?uri=https%3A%2F%2Fbeta.example%2Fc%2Fbees")
    assert "/c/bees" in (await ada.follow(page)).links
    page = await stranger.get("/interact?uri=acct:bees@beta.example")
    assert page.response.headers["location"].startswith("/sign-in?next=/interact")


async def test_a_query_that_is_too_long(stranger):
    assert (await stranger.get("/search?q=" + "x" * 1001)).status == 400
