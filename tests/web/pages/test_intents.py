import pytest

BO = "https://beta.example/u/bo"


@pytest.fixture
async def thread(ada):
    await ada.founds("bees")
    return await ada.writes("bees", "Swarm season")


def confirmed(page, verb, **fields):
    return page.form(f"/intents/{verb}").fields | {"do": "confirm", **fields}


async def test_following_is_confirmed_first(ada, bo):
    page = await ada.get(f"/intents/follow?object={BO}")
    assert "Follow?" in page.text
    assert "You follow nobody" in (await ada.get("/following?show=people")).text
    page = await ada.send("/intents/follow", confirmed(page, "follow"))
    assert page.response.headers["location"] == "/u/bo"
    assert "/u/bo" in (await ada.get("/following?show=people")).links


@pytest.mark.parametrize(("verb", "label"), [("like", "Vote up"), ("dislike", "Vote down")])
async def test_a_vote_from_elsewhere(bo, thread, verb, label):
    page = await bo.get(f"/intents/{verb}?object=https://beta.example{thread}")
    page = await bo.send(f"/intents/{verb}", confirmed(page, verb))
    assert page.response.headers["location"] == thread
    pressed = [one for _, one in (await bo.get(thread)).elements if one.get("aria-pressed") == "true"]
    assert [one["title"] for one in pressed] == [label]


async def test_an_answer_and_a_look_lead_on(bo, thread):
    iri = f"https://beta.example{thread}"
    page = await bo.get(f"/intents/create?inReplyTo={iri}&content=x")
    assert page.response.headers["location"] == f"{thread}/reply"
    assert (await bo.get(f"/intents/object?object={iri}")).response.headers["location"] == thread


async def test_a_stranger_signs_in_first_and_comes_back(stranger, ada):
    page = await stranger.get(f"/intents/follow?object={BO}")
    assert page.response.headers["location"].startswith("/sign-in?next=/intents/follow")


async def test_what_is_not_here_is_fetched_on_request(sea, ada):
    alpha = await sea.node("alpha.example")
    cy = await alpha.member("cy")
    page = await ada.get(f"/intents/follow?object={cy.iri}")
    assert "has not reached this node" in page.text
    fields = page.form("/intents/follow").fields
    page = await ada.follow(await ada.send("/intents/follow", fields | {"do": "look-up"}))
    page = await ada.follow(await ada.send("/intents/follow", confirmed(page, "follow")))
    await sea.settle()
    assert "/u/cy@alpha.example" in (await ada.get("/following?show=people")).links


async def test_what_cannot_be_found_is_said(ada):
    for address in ("https://nowhere.example/u/x", "words only", ""):
        page = await ada.get(f"/intents/follow?object={address}")
        assert page.status == 200
    page = await ada.get("/intents/follow?object=https://nowhere.example/u/x")
    fields = page.form("/intents/follow").fields
    page = await ada.send("/intents/follow", fields | {"do": "look-up"})
    assert page.status == 200
    assert [one for _, one in page.elements if one.get("role") == "alert"]


async def test_nobody_is_sent_on_to_where_the_address_says(ada, bo):
    page = await ada.get(
        f"/intents/follow?object={BO}&on-success=https://evil.example&on-cancel=javascript:x"
    )
    assert "evil.example" not in page.response.text
    page = await ada.send("/intents/follow", confirmed(page, "follow"))
    assert page.response.headers["location"] == "/u/bo"


async def test_what_does_not_fit_and_what_is_no_verb(ada, bo, thread):
    page = await ada.get(f"/intents/like?object={BO}")
    assert (await ada.send("/intents/like", confirmed(page, "like"))).status == 400
    assert (await ada.get(f"/intents/undo?object={BO}")).status == 404


async def test_webfinger_offers_them(ada, beta):
    response = await beta.get("/.well-known/webfinger?resource=acct:ada@beta.example", accept="*/*")
    links = {one["rel"]: one.get("template") for one in response.json()["links"]}
    assert links["https://w3id.org/fep/3b86/Follow"] == "https://beta.example/intents/follow?object={object}"
    assert "https://w3id.org/fep/3b86/Announce" not in links
