"""Work that costs little more for many than for one, done together for all who wait at that moment."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from contextvars import Context
from typing import Generic, TypeVar, cast

Asked = TypeVar("Asked")
Answer = TypeVar("Answer")


class Batcher(Generic[Asked, Answer]):
    """Gathers what is asked while earlier work is under way: nobody waits for others to come, all share what there is.

    work: takes up to *most* items and returns an answer for each, in their order; an exception among the answers is
    raised where that item was asked. When the work as a whole fails, each item is tried alone, so that one item's
    trouble is not the others'. abreast: pieces of work under way at a time.
    """

    def __init__(
        self,
        work: Callable[[Sequence[Asked]], Awaitable[Sequence[Answer | Exception]]],
        *,
        most: int,
        abreast: int = 1,
    ) -> None:
        self._work = work
        self._most = most
        self._abreast = abreast
        self._waiting: deque[tuple[Asked, asyncio.Future[Answer]]] = deque()
        self._running: set[asyncio.Task[None]] = set()

    async def ask(self, item: Asked) -> Answer:
        """Have *item* done with the others; return its answer or raise what it came to."""
        future: asyncio.Future[Answer] = asyncio.get_running_loop().create_future()
        self._waiting.append((item, future))
        if len(self._running) < self._abreast:
            # In a context of its own: whoever comes first does not lend it a unit of work.
            self._running.add(asyncio.create_task(self._run(), context=Context()))
        return await future

    async def _run(self) -> None:
        try:
            await self._work_off()
        finally:  # at once, not when the loop gets to it: who asks in between would wait for nobody
            self._running.discard(cast("asyncio.Task[None]", asyncio.current_task()))

    async def _work_off(self) -> None:
        while self._waiting:
            taken = [self._waiting.popleft() for _ in range(min(self._most, len(self._waiting)))]
            taken = [one for one in taken if not one[1].done()]
            try:
                answers = await self._together([item for item, _ in taken])
            except BaseException:  # ended with the loop: nobody may wait for ever
                for _, future in taken:
                    future.cancel()
                raise
            for (_, future), answer in zip(taken, answers, strict=True):
                if future.done():  # who asked has left
                    continue
                if isinstance(answer, Exception):
                    future.set_exception(answer)
                else:
                    future.set_result(answer)

    async def _together(self, items: Sequence[Asked]) -> Sequence[Answer | Exception]:
        if not items:
            return []
        try:
            return await self._work(items)
        except Exception as error:  # noqa: BLE001 -- raised where each item was asked
            if len(items) == 1:
                return [error]
        return [(await self._together([item]))[0] for item in items]
