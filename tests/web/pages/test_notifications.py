import pytest
from sqlalchemy import select

from node.store.tables.posts import Post


@pytest.fixture
async def answered(ada, bo):
    await ada.founds("bees")
    thread = await ada.writes("bees", "Swarm season")
    return thread, await bo.replies(thread, "word1")


async def test_an_answer_is_told_until_it_is_read(answered, ada, beta):
    _, comment = answered
    page = await ada.get("/")
    assert "1 new" in page.text
    page = await ada.get("/notifications")
    assert "bo answered" in page.text
    assert "Swarm season" in page.text
    assert "word1" in page.text
    assert comment in page.links
    page = await ada.submit("/notifications/read", on="/notifications")
    page = await ada.follow(page)
    assert "1 new" not in page.text
    assert "bo answered" in page.text
    assert "Mark all as read" not in page.text


async def test_what_came_since_stays_new(answered, ada, bo, beta):
    thread, _ = answered
    fields = (await ada.get("/notifications")).form("/notifications/read").fields
    beta.sea.clock.advance(minutes=1)
    await bo.replies(thread, "word2")
    await ada.send("/notifications/read", fields)
    assert "1 new" in (await ada.get("/")).text


async def test_nothing_from_the_future_is_read(answered, ada, bo, beta):
    thread, _ = answered
    fields = (await ada.get("/notifications")).form("/notifications/read").fields
    await ada.send("/notifications/read", fields | {"until": "2999-01-01T00:00:00+00:00"})
    beta.sea.clock.advance(minutes=1)
    await bo.replies(thread, "word2")
    assert "1 new" in (await ada.get("/")).text
    assert (await ada.send("/notifications/read", fields | {"until": "soon"})).status == 400


@pytest.mark.parametrize("what", ["deleted_at", "removed_at", "visibility"])
async def test_what_may_no_longer_be_read_is_no_longer_told(answered, ada, beta, what):
    _, comment = answered
    async with beta.node.transaction() as tx:
        post = await tx.session.scalar(select(Post).where(Post.token == comment.rsplit("/", 1)[-1]))
        setattr(post, what, "followers" if what == "visibility" else tx.now)
    page = await ada.get("/notifications")
    assert "word1" not in page.text
    assert "1 new" not in page.text


async def test_an_empty_page_says_what_it_is_for(ada):
    assert "you read it here" in (await ada.get("/notifications")).text


async def test_strangers_are_led_to_sign_in(stranger):
    page = await stranger.get("/notifications")
    assert page.response.headers["location"] == "/sign-in?next=/notifications"
