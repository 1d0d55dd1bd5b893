import pytest


@pytest.fixture
async def newcomer(ada, bo, opens):
    await ada.founds("bees")
    await ada.founds("secret", readers="members")
    await ada.writes("bees", "Swarm season")
    return await opens().signs_up("cy")


async def test_groups_then_people_then_oneself(newcomer):
    page = await newcomer.get("/first-steps")
    ticks = [one["name"] for _, one in page.elements if one.get("type") == "checkbox"]
    assert len(ticks) == 1, "a private group is not offered"
    page = await newcomer.submit("/first-steps", {ticks[0]: "yes"})
    assert page.response.headers["location"] == "/first-steps?step=people"
    page = await newcomer.follow(page)
    assert "ada" in page.text
    [tick] = [one["name"] for _, one in page.elements if one.get("type") == "checkbox"]
    page = await newcomer.submit("/first-steps", {tick: "yes"}, on="/first-steps?step=people")
    page = await newcomer.submit("/first-steps", {"name": "Cy", "language": "fr"}, on="/first-steps?step=you")
    assert page.response.headers["location"] == "/"
    assert "Premiers pas" not in (await newcomer.get("/")).text
    assert "/c/bees" in (await newcomer.get("/following")).links
    assert "/u/ada" in (await newcomer.get("/following?show=people")).links
    assert (await newcomer.get("/u/cy")).text.count("Cy")


async def test_each_step_may_be_passed_over(newcomer):
    assert "/first-steps?step=people" in (await newcomer.get("/first-steps")).links
    page = await newcomer.submit("/first-steps")
    assert page.response.headers["location"] == "/first-steps?step=people"
    assert "You follow no group yet" in (await newcomer.get("/following")).text


async def test_the_card_on_the_front_page_goes_when_put_away(newcomer):
    assert "First steps" in (await newcomer.get("/")).text
    await newcomer.submit("/first-steps/done", on="/")
    assert "First steps" not in (await newcomer.get("/")).text


async def test_what_is_ticked_and_gone_keeps_nobody_from_the_rest(newcomer, ada, beta):
    page = await newcomer.get("/first-steps")
    [tick] = [one["name"] for _, one in page.elements if one.get("type") == "checkbox"]
    fields = page.form("/first-steps").fields
    page = await newcomer.send(
        "/first-steps", fields | {"follow_99999": "yes", "follow_0": "yes", tick: "yes"}
    )
    assert page.status == 303
    assert "/c/bees" in (await newcomer.get("/following")).links


async def test_a_step_that_is_none(newcomer):
    assert (await newcomer.get("/first-steps?step=x")).status == 400
    fields = (await newcomer.get("/first-steps")).form("/first-steps").fields
    assert (await newcomer.send("/first-steps", fields | {"step": "x"})).status == 400
    you = {"step": "you", "name": "x" * 101, "language": "en"}
    page = await newcomer.send("/first-steps", fields | you)
    assert page.status == 422
    assert page.form("/first-steps").fields["name"] == "x" * 101
