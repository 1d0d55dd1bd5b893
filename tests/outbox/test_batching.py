import asyncio

import pytest

from node.outbox.batching import Batcher


async def test_what_is_asked_while_work_is_under_way_is_done_together():
    batches, gate = [], asyncio.Event()

    async def work(items):
        batches.append(list(items))
        await gate.wait()
        return [item * 2 for item in items]

    batcher = Batcher(work, most=3)
    asked = [asyncio.create_task(batcher.ask(number)) for number in range(6)]
    await asyncio.sleep(0)
    gate.set()
    assert await asyncio.gather(*asked) == [0, 2, 4, 6, 8, 10]
    assert batches == [[0, 1, 2], [3, 4, 5]]


async def test_whoever_asks_as_the_last_answer_is_given_is_answered_too():
    async def work(items):
        return items

    batcher = Batcher(work, most=1)

    async def twice():
        await batcher.ask(1)
        return await batcher.ask(2)

    async with asyncio.timeout(5):
        assert await twice() == 2


async def test_the_trouble_of_one_is_not_the_others():
    async def work(items):
        if 2 in items:
            raise LookupError(items)
        return [ValueError("three") if item == 3 else item for item in items]

    batcher = Batcher(work, most=9)
    answers = await asyncio.gather(*(batcher.ask(number) for number in range(4)), return_exceptions=True)
    assert answers[:2] == [0, 1]
    assert [type(one) for one in answers[2:]] == [LookupError, ValueError]


async def test_who_has_left_is_not_worked_for():
    seen = []

    async def work(items):
        seen.extend(items)
        await asyncio.sleep(0)
        return items

    batcher = Batcher(work, most=1)
    first, second = (asyncio.create_task(batcher.ask(number)) for number in (1, 2))
    await asyncio.sleep(0)
    second.cancel()
    assert await first == 1
    with pytest.raises(asyncio.CancelledError):
        await second
    assert seen == [1]
