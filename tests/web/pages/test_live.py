"""Readers hear of new comments while they read, and of nothing that is not for them."""

from contextlib import ExitStack

import pytest

from node.errors import TooMany, Unavailable
from node.store.queries.actors import find_at
from node.store.queries.live import count_since, stand
from node.web.pages import live


@pytest.fixture
async def thread(ada):
    await ada.founds("bees")
    return await ada.writes("bees", "Swarm season", source="Hello")


@pytest.fixture
def node(beta, monkeypatch):
    monkeypatch.setattr(live, "PAUSE", 0)
    return beta.node


async def opened(node, thread, viewer=None):
    streams = node.memory(live.Streams)
    async with node.reading() as session:
        since = await stand(session, thread.rsplit("/", 1)[-1], viewer)
    stream = live.tell(node, since, viewer, "198.51.100.1")
    assert await anext(stream) == "retry: 5000\n\n"
    return streams, since, stream


async def test_a_reader_hears_how_many_came(thread, bo, node):
    streams, since, stream = await opened(node, thread)
    for count in (1, 2):
        await bo.replies(thread, "word")
        streams.hear([since.word])
        assert await anext(stream) == f"event: comments\ndata: {count}\n\n"
    await stream.aclose()
    assert not streams.by_word
    assert not streams.by_address


async def test_the_database_says_which_thread_changed(thread, bo, node):
    streams, _, stream = await opened(node, thread)
    node.hearers.append(streams.hear)
    node.changes.is_current()
    await bo.replies(thread, "word")
    async with node.listening():
        assert await anext(stream) == "event: comments\ndata: 1\n\n"
    await stream.aclose()


async def test_a_silent_thread_is_still_there(thread, node, monkeypatch):
    monkeypatch.setattr(live, "HEARTBEAT", 0)
    _, _, stream = await opened(node, thread)
    assert await anext(stream) == ": still here\n\n"
    await stream.aclose()


async def test_ones_own_words_are_no_news(thread, bo, node):
    async with node.reading() as session:
        since = await stand(session, thread.rsplit("/", 1)[-1], None)
    await bo.replies(thread, "word")
    async with node.reading() as session:
        actor = await find_at(session, "beta.example", "/u/bo")
        assert await count_since(session, since, actor) == 0
        assert await count_since(session, since, None) == 1


async def test_a_stream_ends_when_the_thread_goes_or_the_process_does(thread, ada, node):
    streams, _since, stream = await opened(node, thread)
    _, _, other = await opened(node, thread)
    await ada.submit(f"{thread}/delete")
    streams.hear(None)
    with pytest.raises(StopAsyncIteration):
        await anext(stream)
    node.leaving.set()
    streams.hear(None)
    with pytest.raises(StopAsyncIteration):
        await anext(other)


def test_there_is_room_for_so_many():
    streams = live.Streams()
    with ExitStack() as opened_ones:
        for _ in range(live.OF_ADDRESS):
            streams.check_room("a", 100)
            opened_ones.enter_context(streams.one("t1", "a"))
        with pytest.raises(TooMany):
            streams.check_room("a", 100)
        streams.check_room("b", 100)
        with pytest.raises(Unavailable):
            streams.check_room("b", live.OF_ADDRESS)
    streams.check_room("a", 1)


async def test_nobody_is_told_of_what_they_may_not_read(stranger, thread):
    assert (await stranger.get("/post/nothing/live")).status == 404
