"""How fast the document of a post that everybody fetches is served."""

from __future__ import annotations

import statistics
from pathlib import Path

import httpx

from benchmarks import load
from benchmarks.figures import Figure
from benchmarks.floors import bare
from tests.support.pier import moored

ROUNDS = 3
FETCHES = 300  # a round
MEDIA = "application/activity+json"


async def measure(folder: Path) -> list[Figure]:
    """GETs of one post's document, as other nodes ask for it."""
    async with moored(folder) as pier:
        iri = await pier.run(
            "post", "create", "bees", "--as", "ada", "--title", "Swarm season", "--text", "Words."
        )
        process = await pier.start("serve", "--no-background")
        async with httpx.AsyncClient(trust_env=False) as client:
            document = (await client.get(iri, headers={"accept": MEDIA})).content
        path, host = iri.removeprefix(pier.home), pier.home.removeprefix("http://")
        requests = [load.get(path, host, MEDIA)] * FETCHES
        async with bare(folder, document) as floor:
            ours, floors = [], []
            for _ in range(ROUNDS):
                ours.append(load.all_of(await load.ask("127.0.0.1", pier.port, requests), 200))
                floors.append(load.all_of(await load.ask("127.0.0.1", floor, requests), 200))
        await pier.stop(process)
    return [
        Figure(
            name="fetch",
            what="GETs of a post's document",
            value=statistics.median(ours),
            unit="a second",
            floor=statistics.median(floors),
            floor_is="bare uvicorn, same bytes",
            aim=0.4,
        )
    ]
