import pytest

from node.activities.react import COMMON


@pytest.fixture
async def thread(ada):
    await ada.founds("bees")
    return await ada.writes("bees", "Swarm season", source="Hello #bees")


async def test_a_member_reacts_by_a_button_or_by_typing_and_takes_it_back(thread, ada, bo, stranger):
    comment = await bo.replies(thread, "word1")
    for path in (thread, comment):
        await ada.submit(f"{path}/react", {"emoji": COMMON[0]}, on=thread)
        await bo.submit(f"{path}/react", {"typed": "🌹"}, on=thread)
    page = await stranger.get(thread)
    assert page.text.count(f"{COMMON[0]} 1") == 2
    assert page.text.count("🌹 1") == 2
    page = await ada.follow(await ada.submit(f"{thread}/react", {"emoji": COMMON[0]}, on=thread))
    assert f"{COMMON[0]} 1" in page.text, "that of the comment is still there"
    assert page.text.count("🌹 1") == 2
    pressed = [
        one["aria-pressed"]
        for tag, one in page.elements
        if one.get("class") == "mark" and "aria-pressed" in one
    ]
    assert pressed == ["false", "false", "true"]


async def test_what_is_no_emoji_is_refused_with_the_reason(thread, ada):
    page = await ada.submit(f"{thread}/react", {"typed": "nice"}, on=thread)
    assert page.status == 400
    assert "one emoji" in page.text


async def test_a_stranger_sees_reactions_and_no_form(thread, ada, stranger):
    page = await stranger.get(thread)
    assert all(not one.action.endswith("/react") for one in page.forms)
    assert (await stranger.send(f"{thread}/react", {"emoji": "🌹"})).status == 403
