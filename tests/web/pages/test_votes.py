import pytest
from sqlalchemy import select

from node.store.tables.posts import Post


@pytest.fixture
async def thread(ada):
    await ada.founds("bees")
    return await ada.writes("bees", "Swarm season")


async def score(island):
    async with island.node.reading() as session:
        post = await session.scalar(select(Post).order_by(Post.id))
        return post.upvotes, post.downvotes, post.score


async def test_up_down_and_neither(thread, bo, beta):
    for vote, wanted in (
        ("up", (1, 0, 1)),
        ("up", (1, 0, 1)),
        ("down", (0, 1, -1)),
        ("none", (0, 0, 0)),
        ("none", (0, 0, 0)),
    ):
        page = await bo.submit(f"{thread}/vote", {"vote": vote}, on=thread)
        assert page.status == 303
        assert await score(beta) == wanted


async def test_the_button_shows_the_vote_and_takes_it_back(thread, bo):
    await bo.submit(f"{thread}/vote", {"vote": "up"}, on=thread)
    buttons = [
        one for tag, one in (await bo.get(thread)).elements if tag == "button" and one.get("name") == "vote"
    ]
    assert [(one["value"], one["aria-pressed"]) for one in buttons] == [("none", "true"), ("down", "false")]


async def test_the_vote_leads_back_to_the_same_place(thread, bo):
    page = await bo.submit(f"{thread}/vote", {"vote": "up"}, on="/c/bees?sort=new")
    assert page.response.headers["location"] == "/c/bees?sort=new#t-" + thread.rpartition("/")[2]
    comment = await bo.replies(thread, "so")
    page = await bo.submit(f"{comment}/vote", {"vote": "up"}, on=thread)
    assert page.response.headers["location"] == f"{thread}#c-" + comment.rpartition("/")[2]


@pytest.mark.parametrize("onward", ["//evil.example", "https://evil.example", "/\\evil.example", ""])
async def test_and_to_no_other_place(thread, bo, onward):
    page = await bo.submit(f"{thread}/vote", {"vote": "up", "next": onward}, on=thread)
    assert page.response.headers["location"].startswith(thread + "#")


async def test_a_vote_that_is_none(thread, bo):
    assert (await bo.submit(f"{thread}/vote", {"vote": "sideways"}, on=thread)).status == 400


async def test_strangers_see_the_score_and_no_buttons(thread, stranger, bo):
    await bo.submit(f"{thread}/vote", {"vote": "up"}, on=thread)
    page = await stranger.get(thread)
    assert "Score: 1" in page.text
    assert not page.forms[1:]
