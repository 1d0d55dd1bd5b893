"""A transport is made when the first request is, once, and closed if it was made."""

from __future__ import annotations

import subprocess
import sys

import httpx

from node.network.late import LateTransport


class Real(httpx.AsyncBaseTransport):
    closed = 0

    async def handle_async_request(self, request):
        return httpx.Response(200, text=str(request.url))

    async def aclose(self):
        self.closed += 1


async def test_it_is_made_once_and_closed():
    made = []

    def make():
        made.append(Real())
        return made[-1]

    late = LateTransport(make)
    async with httpx.AsyncClient(transport=late) as client:
        assert made == []
        for _ in range(2):
            assert (await client.get("https://beta.example/")).text == "https://beta.example/"
    assert [one.closed for one in made] == [1]


async def test_what_was_never_made_is_not_closed():
    await LateTransport(Real).aclose()


def test_a_start_loads_nothing_that_only_few_need():
    """What is loaded in every process of every node is paid for by each of them."""
    code = "import sys, node.__main__; print([name for name in sys.argv[1:] if sys.modules.get(name)])"
    names = ["alembic", "aiohttp", "asyncpg", "icalendar", "pyld", "rich", "hypothesis", "pygments.lexers"]
    out = subprocess.run([sys.executable, "-c", code, *names], capture_output=True, text=True, check=True)
    assert out.stdout == "[]\n"
