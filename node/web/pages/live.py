"""Word of new comments while somebody reads: server-sent events (WHATWG HTML, 9.2).

A stream sleeps until a commit of any process says that its thread changed (`store.triggers`); then it asks how many comments
its reader has not seen, and says the number. What they say is fetched by the page itself.
"""

from __future__ import annotations

import asyncio
from collections import Counter, defaultdict
from collections.abc import AsyncIterator, Collection, Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta

from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from node.errors import NodeError, TooMany, Unavailable
from node.runtime import Node
from node.store.queries.live import Since, count_since, stand
from node.store.tables.actors import Actor
from node.web.session import viewer_of

OF_ADDRESS = 12  # streams: a browser opens one a tab that is looked at
HEARTBEAT = 20.0  # seconds; proxies hang up on who says nothing for a minute
PAUSE = 1.0  # seconds between two questions of a stream, however busy its thread is
LONGEST = timedelta(minutes=30)  # the browser opens another then
EVENT_STREAM = "text/event-stream"


class Streams:
    """The open streams of this process."""

    def __init__(self) -> None:
        self.by_word: defaultdict[str, set[asyncio.Event]] = defaultdict(set)
        self.by_address: Counter[str] = Counter()

    def hear(self, words: Collection[str] | None) -> None:
        """Wake the streams of threads that changed; all of them when it is not known what did."""
        for word in [*self.by_word] if words is None else [one for one in words if one in self.by_word]:
            for event in self.by_word[word]:
                event.set()

    @contextmanager
    def one(self, word: str, address: str) -> Iterator[asyncio.Event]:
        """Inside the block, a stream is open that *word* wakes."""
        event = asyncio.Event()
        self.by_word[word].add(event)
        self.by_address[address] += 1
        try:
            yield event
        finally:
            self.by_address[address] -= 1
            self.by_word[word].discard(event)
            if not self.by_word[word]:
                del self.by_word[word]
            if not self.by_address[address]:
                del self.by_address[address]

    def check_room(self, address: str, most: int) -> None:
        """Raise TooMany or Unavailable when there is no room for another."""
        if self.by_address[address] >= OF_ADDRESS:
            raise TooMany("Too many pages are open at a time from your address.", retry_after=60)
        if self.by_address.total() >= most:
            raise Unavailable("This node tells nobody else of news right now.", retry_after=60)


async def show(request: Request) -> Response:
    """GET /post/{token}/live: how many comments came since the page was asked for, whenever that changes."""
    node: Node = request.app.state.node
    viewer = await viewer_of(request)
    streams = node.memory(Streams)
    if streams.hear not in node.hearers:
        node.hearers.append(streams.hear)
    address = request.client.host if request.client is not None else ""
    streams.check_room(address, node.settings.live_streams)
    async with node.reading() as session:
        since = await stand(session, str(request.path_params["token"]), viewer.actor)
    headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
    return StreamingResponse(
        tell(node, since, viewer.actor, address), media_type=EVENT_STREAM, headers=headers
    )


async def tell(node: Node, since: Since, viewer: Actor | None, address: str) -> AsyncIterator[str]:
    """Give the events of one stream, until the thread is not to be seen, the process stops, or half an hour is over."""
    ends, told = node.clock.now() + LONGEST, 0
    with node.memory(Streams).one(since.word, address) as changed:
        yield "retry: 5000\n\n"
        while not node.leaving.is_set() and node.clock.now() < ends:
            await _first_of(changed, node.leaving)
            if not changed.is_set():
                yield ": still here\n\n"
                continue
            changed.clear()
            count = await _count(node, since, viewer)
            if count is None:
                return
            if count != told:
                told = count
                yield f"event: comments\ndata: {count}\n\n"
            await _pause(node.leaving)


async def _count(node: Node, since: Since, viewer: Actor | None) -> int | None:
    try:
        async with node.reading() as session:
            return await count_since(session, since, viewer)
    except NodeError:  # gone, or not for them any more
        return None


async def _first_of(*events: asyncio.Event) -> None:
    tasks = [asyncio.create_task(event.wait()) for event in events]
    try:
        await asyncio.wait(tasks, timeout=HEARTBEAT, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in tasks:
            task.cancel()


async def _pause(leaving: asyncio.Event) -> None:
    with suppress(TimeoutError):
        async with asyncio.timeout(PAUSE):
            await leaving.wait()
