import httpx
import pytest

from node.store.tables.peers import Peer
from node.web.pages.continuing import read_home


@pytest.fixture
async def bees(ada):
    await ada.founds("bees")
    return "/continue?intent=follow&object=/c/bees"


@pytest.fixture
async def alpha(sea):
    """Where the visitor is at home."""
    island = await sea.node("alpha.example")
    await island.member("cy")
    return island


async def test_asking_where_one_is_at_home_asks_nobody(stranger, bees, sea):
    page = await stranger.get(bees)
    assert page.status == 200
    assert "!bees@beta.example" in page.text
    assert page.form("/continue").fields["object"] == "/c/bees"
    assert sea.chart.parcels == []


async def test_a_server_that_offers_intents_is_led_to_by_its_own_word(stranger, bees, alpha):
    page = await stranger.submit("/continue", {"handle": "@cy@alpha.example"}, on=bees)
    assert page.status == 200
    assert "https://alpha.example/intents/follow?object=https%3A%2F%2Fbeta.example%2Fc%2Fbees" in page.links
    assert "opens alpha.example" in page.text


async def test_a_server_that_does_not_answer_is_guessed_at(stranger, bees):
    page = await stranger.submit("/continue", {"handle": "nowhere.example"}, on=bees)
    assert "best guess" in page.text
    assert (
        "https://nowhere.example/authorize_interaction?uri=https%3A%2F%2Fbeta.example%2Fc%2Fbees"
        in page.links
    )


async def test_a_server_known_to_search_by_handle(stranger, bees, beta):
    async with beta.node.transaction() as tx:
        tx.session.add(Peer(host="lemmy.example", software="lemmy", first_seen=tx.now))
    page = await stranger.submit("/continue", {"handle": "lemmy.example"}, on=bees)
    buttons = [one for tag, one in page.elements if tag == "a" and "lemmy.example" in one.get("href", "")]
    assert buttons[0]["href"] == "https://lemmy.example/search?q=%21bees%40beta.example"


async def test_no_template_leads_to_another_host(stranger, bees, monkeypatch):
    async def offered(*_: object) -> dict[str, str]:
        return {"follow": "https://evil.example/{object}"}

    monkeypatch.setattr("node.inbox.intents._offered", offered)
    page = await stranger.submit("/continue", {"handle": "@cy@alpha.example"}, on=bees)
    assert "evil.example" not in page.response.text


async def test_what_is_no_server_is_given_back(stranger, bees):
    for typed in (
        "what?",
        "javascript:alert(1)",
        "https://evil.example:99/",
        "@@",
        "é" * 80,
        "@a@b@c",
        "localhost",
        "a b",
    ):
        page = await stranger.submit("/continue", {"handle": typed}, on=bees)
        assert page.status == 422, typed
        assert page.form("/continue").fields["handle"] == typed
    page = await stranger.submit("/continue", {"handle": "@ada@beta.example"}, on=bees)
    assert "this very node" in page.text


async def test_the_handle_is_remembered_only_on_request(stranger, bees, alpha):
    await stranger.submit("/continue", {"handle": "@cy@alpha.example"}, on=bees)
    assert (await stranger.get(bees)).form("/continue").fields["handle"] == ""
    await stranger.submit("/continue", {"handle": "@cy@alpha.example", "remember": "yes"}, on=bees)
    assert (await stranger.get(bees)).form("/continue").fields["handle"] == "cy@alpha.example"
    fields = (await stranger.get(bees)).form("/continue").fields
    fields.pop("remember")
    await stranger.send("/continue", fields)
    assert (await stranger.get(bees)).form("/continue").fields["handle"] == ""


async def test_servers_are_not_asked_without_end(stranger, bees):
    fields = (await stranger.get(bees)).form("/continue").fields | {"handle": "nowhere.example"}
    statuses = [(await stranger.send("/continue", fields)).status for _ in range(21)]
    assert statuses == [200] * 20 + [429]


async def test_what_a_stranger_may_not_see_is_no_object(stranger, ada, bees):
    for path in ("/", "/c/none", "/post/none", "/settings", "//evil.example", "/u/nobody"):
        response = await stranger.client.get("/continue", params={"object": path})
        assert response.status_code == 404, path
    assert isinstance(response, httpx.Response)


def test_homes_are_read_in_every_form():
    for typed in ("@cy@alpha.example", "cy@Alpha.Example", "acct:cy@alpha.example"):
        host, handle = read_home(typed, development=False)
        assert (host, handle.username) == ("alpha.example", "cy")
    for typed in ("alpha.example", "https://alpha.example/@cy", "ALPHA.example/"):
        assert read_home(typed, development=False) == ("alpha.example", None)
    assert read_home("localhost:9000", development=True)[0] == "localhost:9000"
    assert read_home("localhost:9000", development=False)[0] == ""


async def test_who_has_an_account_here_is_not_offered_one(ada, stranger, bees):
    assert "Or with an account here" in (await stranger.get(bees)).text
    assert "Or with an account here" not in (await ada.get(bees)).text


async def test_a_thread_offers_each_thing_once_and_by_its_name(ada, stranger, bees):
    sent = await ada.submit("/c/bees/write", {"title": "Swarm", "source": "Where?", "do": "publish"})
    path = sent.response.headers["location"].partition("#")[0]
    page = await stranger.get(path)
    offered = [link for link in page.links if "/continue?" in link]
    assert sorted(link.partition("intent=")[2].partition("&")[0] for link in offered) == ["answer", "vote"]
    assert page.text.count("Vote from your own server") == 1
