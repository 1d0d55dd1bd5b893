"""The history of edits is read by whoever may read the post, and by nobody once it is gone."""

import pytest
from sqlmodel import select

from node.store.tables.readings import Revision


@pytest.fixture
async def thread(ada):
    await ada.founds("bees")
    return await ada.writes("bees", "Swarm season", source="They swarm in May")


async def edits(who, path, **fields):
    page = await who.submit(f"{path}/edit", fields)
    assert page.status == 303, page.text


async def kept(beta):
    async with beta.node.reading() as session:
        return (await session.scalars(select(Revision))).all()


async def test_an_edit_shows_what_it_took_out_and_put_in(thread, ada, stranger, beta):
    beta.sea.clock.advance(minutes=5)
    await edits(ada, thread, source="They swarm in early June", title="Swarm time")
    page = await stranger.get(thread)
    assert f"{thread}/history" in page.links
    page = await stranger.get(f"{thread}/history")
    assert page.status == 200
    assert "<del>" in page.response.text
    assert "<ins>" in page.response.text
    for words in ("taken out: May", "put in: early June", "taken out: season", "They swarm in May"):
        assert words in " ".join(page.text.split()), words


async def test_comments_have_theirs(thread, ada, bo, stranger):
    comment = await bo.replies(thread, "First words")
    assert "never edited" in (await stranger.get(f"{comment}/history")).text
    await edits(bo, comment, source="Second words")
    assert "First" in (await stranger.get(f"{comment}/history")).text


async def test_saying_the_same_again_is_no_edit(thread, ada, stranger):
    await edits(ada, thread, source="They swarm in May")
    assert "never edited" in (await stranger.get(f"{thread}/history")).text


async def test_what_was_deleted_has_no_history_left(thread, ada, stranger, beta):
    await edits(ada, thread, source="Other words")
    await ada.submit(f"{thread}/delete")
    assert (await stranger.get(f"{thread}/history")).status == 410
    assert await kept(beta) == []


async def test_what_is_not_there_is_not_found(stranger):
    assert (await stranger.get("/post/nothing/history")).status == 404
