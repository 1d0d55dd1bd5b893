import asyncio

import pytest

from node.network.gate import Gate


async def test_a_host_is_forgotten_when_the_last_one_leaves():
    gate = Gate(per_host=1, overall=5)
    inside = asyncio.Event()
    leave = asyncio.Event()

    async def visit():
        async with gate.passing("good.test"):
            inside.set()
            await leave.wait()

    visit_one, visit_two = asyncio.create_task(visit()), asyncio.create_task(visit())
    await inside.wait()
    visit_two.cancel()
    with pytest.raises(asyncio.CancelledError):
        await visit_two
    assert list(gate._hosts) == ["good.test"]
    leave.set()
    await visit_one
    assert gate._hosts == gate._there == {}
