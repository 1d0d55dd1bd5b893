"""Every page of the site with large tables: how long it takes, and how many statements it asks the database.

In this process, over ASGI: what is measured is the page, not the server around it. `BENCH_SIZE` names one of the
sizes of `dataset` (small, medium, large); large by default.
"""

from __future__ import annotations

import logging
import os
import statistics
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
import structlog
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col, select, update
from starlette.applications import Starlette

from benchmarks import dataset
from benchmarks.figures import Figure
from node.app import build_app, open_node
from node.runtime import Node
from node.settings import Settings
from node.store.tables.actors import Actor
from node.store.tables.members import Member
from node.store.tables.posts import Post
from tests.support.counting import asked
from tests.support.walker import PARAMETER, Walker

WARM, ROUNDS = 2, 20
PATIENCE = 10.0  # seconds for one page: a slow one is asked less often, at least LEAST times
LEAST = 3
AT_MOST = 50.0  # ms
SIZES = {one.name: one for one in (dataset.SMALL, dataset.MEDIUM, dataset.LARGE)}
QUERIES = {"/search": "?q=bees"}


@dataclass
class Reader:
    """ada, an administrator, at her node. samples: what stands for a parameter, by the address's first part and its name."""

    node: Node
    app: Starlette
    client: httpx.AsyncClient
    samples: dict[str, str]

    def addresses(self) -> dict[str, str]:
        """Every route that answers GET -> an address of it."""
        found = {}
        for route in dict.fromkeys(visit.route for visit in Walker(self.app).visits("GET")):
            names = PARAMETER.findall(route)
            kind = route.split("/")[1]
            value = self.samples.get(f"{kind}/{names[0]}", "unknown") if names else ""
            path = PARAMETER.sub("1", PARAMETER.sub(lambda _, value=value: value, route, count=1))
            found[route] = path + QUERIES.get(route, "")
        return found

    async def statements(self, path: str) -> int | None:
        """Ask once; return how many statements that took, or None for what is no page here."""
        with asked(self.node.database) as seen:
            response = await self.client.get(path)
        is_page = response.headers.get("content-type", "").startswith("text/html")
        return seen.count if response.status_code == 200 and is_page else None

    async def times(self, path: str) -> list[float]:
        """Ask ROUNDS times, a slow page fewer times; return how long each took, in ms."""
        took: list[float] = []
        since = time.perf_counter()
        for number in range(WARM + ROUNDS):
            began = time.perf_counter()
            if began - since > PATIENCE and len(took) >= LEAST:
                break
            await self.client.get(path)
            if number >= WARM:
                took.append((time.perf_counter() - began) * 1000)
        return took


@asynccontextmanager
async def reading(folder: Path) -> AsyncIterator[Reader]:
    """Open the node in *folder* as ada sees it, who administers it and moderates what she sees."""
    settings = Settings(url=dataset.HOME, development=True, data=folder, keys=folder / "keys")
    node = await open_node(settings)
    try:
        async with node.transaction() as tx:
            await tx.session.execute(update(Member).values(role="administrator"))
            samples = await _samples(tx.session)
        app = build_app(node, background=False)
        async with httpx.AsyncClient(
            transport=httpx.ASGITransport(app),
            base_url=dataset.HOME,
            headers={"accept": "text/html"},
            cookies={"sid": dataset.SECRET},
        ) as client:
            yield Reader(node, app, client, samples)
    finally:
        await node.close()


async def _samples(session: AsyncSession) -> dict[str, str]:
    """Return what stands for each parameter."""
    bees = select(Actor.id).where(col(Actor.username) == "bees").scalar_subquery()
    comment = await session.scalar(  # of somebody here, in ada's group
        select(Post.token)
        .join(Actor, col(Actor.id) == col(Post.author_id))
        .where(col(Post.group_id) == bees, col(Post.depth) > 0, col(Actor.peer_id).is_(None))
        .where(col(Actor.username) != "ada", col(Post.deleted_at).is_(None), col(Post.removed_at).is_(None))
        .limit(1)
    )
    person = await session.scalar(
        select(Actor.username)
        .where(col(Actor.kind) == "Person", col(Actor.username) != "ada", col(Actor.peer_id).is_(None))
        .limit(1)
    )
    tag = (
        await session.execute(text("SELECT name FROM post_tags GROUP BY name ORDER BY count(*) DESC LIMIT 1"))
    ).scalar()
    return {
        "c/name": "bees",
        "u/name": person or "ada",
        "post/token": dataset.THREAD,
        "comment/token": comment or "",
        "tag/name": tag or "none",
        "servers/host": "peer0.example",
    }


async def measure(folder: Path) -> list[Figure]:
    """One page after the other, one request at a time, warm."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    size = SIZES[os.environ.get("BENCH_SIZE", "large")]
    figures = []
    async with reading(await dataset.prepared(size, folder)) as reader:
        addresses = reader.addresses()
        for number, (route, path) in enumerate(addresses.items(), 1):
            count = await reader.statements(path)
            if count is not None:
                took = await reader.times(path)
                middle = statistics.median(took)
                print(f"{number} of {len(addresses)}: {route} {middle:.1f} ms", file=sys.stderr, flush=True)
                figures.append(
                    Figure(
                        name=f"page {route}",
                        what=f"{count} statements, median {middle:.1f} ms; {size.threads:,} threads",
                        value=statistics.quantiles(took, n=20)[-1],
                        unit="ms, p95",
                        aim=AT_MOST,
                        at_most=True,
                        note=f"statements: {count}",
                    )
                )
    return figures
