"""How fast the document of a post that everybody fetches is served: at rest, to who has it already, and on a busy node."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx

from benchmarks import load
from benchmarks.figures import Figure
from benchmarks.floors import bare
from tests.support.pier import Pier, moored

FETCHES = 20_000
PIECES = 4  # ours and the floor take turns: what else the machine does meanwhile falls on both
WARMING = 200  # before the clock starts
MEDIA = "application/activity+json"
AIM = 0.4


async def measure(folder: Path) -> list[Figure]:
    """20,000 GETs of one post's document, as other nodes ask for it."""
    async with moored(folder) as pier:
        iri = await pier.run(
            "post", "create", "bees", "--as", "ada", "--title", "Swarm season", "--text", "Words."
        )
        process = await pier.start("serve", "--no-background")
        async with httpx.AsyncClient(trust_env=False) as client:
            answer = await client.get(iri, headers={"accept": MEDIA})
        path, host = iri.removeprefix(pier.home), pier.home.removeprefix("http://")
        fetch = load.get(path, host, MEDIA)
        again = fetch.replace(b"\r\n\r\n", f"\r\nIf-None-Match: {answer.headers['etag']}\r\n\r\n".encode())
        async with bare(folder, answer.content) as floor:
            found = [
                _figure("fetch", "GETs of a post's document", *await _rates(pier, floor, fetch, 200)),
                _figure("fetch-304", "the same by who has it: 304", *await _rates(pier, floor, again, 304)),
            ]
            async with neighbours(folder, pier) as busy:
                rates = await _rates(pier, floor, fetch, 200)
            note = f"{await busy:.0f} votes and comments a second on other posts meanwhile"
            found.append(_figure("fetch-busy", "GETs of it on a busy node", *rates, note=note))
        await pier.stop(process)
    return found


async def _rates(pier: Pier, floor: int, request: bytes, status: int) -> tuple[float, float]:
    """Return how many were answered in a second, by the node and by the floor."""
    await load.ask("127.0.0.1", pier.port, [request] * WARMING)
    await load.ask("127.0.0.1", floor, [request] * WARMING)
    piece = [request] * (FETCHES // PIECES)
    ours, floors = 0.0, 0.0  # seconds
    for _ in range(PIECES):
        ours += len(piece) / load.all_of(await load.ask("127.0.0.1", pier.port, piece), status)
        floors += len(piece) / load.all_of(await load.ask("127.0.0.1", floor, piece), 200)
    return FETCHES / ours, FETCHES / floors


def _figure(name: str, what: str, value: float, floor: float, *, note: str = "") -> Figure:
    return Figure(
        name=name,
        what=what,
        value=value,
        unit="a second",
        floor=floor,
        floor_is="bare uvicorn, same bytes",
        aim=AIM,
        note=note,
    )


@asynccontextmanager
async def neighbours(folder: Path, pier: Pier) -> AsyncIterator[asyncio.Future[float]]:
    """Let members vote and comment on other posts, in a process of their own; gives how many did so a second."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "benchmarks.neighbours",
        pier.home,
        str(folder),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )
    assert process.stdout is not None
    rate: asyncio.Future[float] = asyncio.get_running_loop().create_future()
    await asyncio.wait_for(process.stdout.readline(), 30)
    try:
        yield rate
        out, _ = await asyncio.wait_for(process.communicate(b"enough\n"), 30)
        rate.set_result(float(out))
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
