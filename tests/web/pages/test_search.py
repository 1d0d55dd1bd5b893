from urllib.parse import urlencode

import pytest
from sqlalchemy import select

from node.inbox.wording import index_comments
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


async def test_what_is_wrong_stands_beside_what_was_typed(ada, stranger):
    await ada.founds("bees")
    path = await ada.writes("bees", "Swarm season")
    page = await stranger.get("/search?q=" + "x" * 1001)
    assert (page.status, page.forms[0].fields["q"]) == (422, "x" * 1000)
    page = await stranger.get("/search?q=swarm&group=wasps&author=nobody&when=week&kind=threads")
    assert page.status == 422
    assert "No group of this name is known here" in page.text
    assert "Nobody of this name is known here" in page.text
    typed = [page.forms[0].fields[name] for name in ("q", "group", "author", "when", "kind")]
    assert typed == ["swarm", "wasps", "nobody", "week", "threads"]
    assert path not in page.links
    assert (await stranger.get("/search?q=swarm&kind=nonsense")).status == 422


async def test_it_is_narrowed_to_a_group_an_author_a_kind_and_a_time(ada, bo, stranger, beta, sea):
    await ada.founds("bees")
    await ada.founds("wasps")
    old = await ada.writes("bees", "Old swarm")
    sea.clock.advance(days=10)
    new = await bo.writes("wasps", "New swarm")
    comment = await ada.replies(new, "A swarm, indeed")
    await index_comments(beta.node)

    async def found(**asked):
        page = await stranger.get(f"/search?{urlencode({'q': 'swarm', **asked})}")
        assert page.status == 200
        return {one for one in (old, new, comment) if one in page.links}

    assert await found() == {old, new, comment}
    assert await found(kind="threads") == {old, new}
    assert await found(kind="comments") == {comment}
    assert await found(kind="groups") == set()
    assert await found(group="!bees@beta.example") == {old}
    assert await found(group="wasps") == {new, comment}
    assert await found(author="@ada") == {old, comment}
    assert await found(author="bo", group="wasps") == {new}
    assert await found(when="week") == {new, comment}
    assert await found(author="", group="", when="", kind="") == {old, new, comment}


async def test_words_are_marked_and_nothing_else_comes_through(ada, stranger, beta):
    await ada.founds("bees")
    thread = await ada.writes("bees", "Swarm", source="Look at the *swarm* & <b>be quiet</b>")
    await ada.replies(thread, "My swarm <img src=x onerror=alert(1)> left")
    await index_comments(beta.node)
    page = await stranger.get("/search?q=swarm")
    assert [tag for tag, _ in page.elements if tag == "mark"] == ["mark"] * 3
    assert "<mark>swarm</mark> &amp; &lt;b&gt;be quiet&lt;/b&gt;" in page.response.text
    assert "<mark>swarm</mark> &lt;img src=x onerror=alert(1)&gt; left" in page.response.text
    assert not [tag for tag, _ in page.elements if tag in {"img", "b"}]


async def test_a_look_up_that_fails_says_who_was_asked_and_what_to_do(ada, sea):
    await sea.node("alpha.example")
    page = await ada.submit("/search", on="/search?q=!none@alpha.example")
    assert "alpha.example was asked" in page.text
    assert "Check how it is spelt" in page.text
    assert page.forms[0].fields["q"] == "!none@alpha.example"
    page = await ada.submit("/search", on="/search?q=!bees@away.example")
    assert "away.example was asked" in page.text
    assert "try again later" in page.text
