"""How fast signed arrivals are verified, committed and answered."""

from __future__ import annotations

import json
import statistics
from datetime import UTC, datetime
from pathlib import Path

from benchmarks import load
from benchmarks.figures import Figure
from benchmarks.floors import bare
from tests.support import keyshop
from tests.support.lighthouse import Lighthouse, lit
from tests.support.pier import Pier, moored

ROUNDS = 3
ARRIVALS = 250  # a round


async def measure(folder: Path) -> list[Figure]:
    """Signed arrivals into one web process, verified and committed before the 202."""
    async with (
        lit() as peer,
        moored(folder, ARCHIPEL_REQUESTS_PER_MINUTE="10000000") as pier,
        bare(folder) as floor,
    ):
        process = await pier.start("serve", "--no-background")
        ours, floors = [], []
        await _arrive(pier.port, peer, pier, "warm", 50)  # the key is fetched once
        for number in range(ROUNDS):
            ours.append(await _arrive(pier.port, peer, pier, str(number), ARRIVALS))
            floors.append(await _arrive(floor, peer, pier, str(number), ARRIVALS))
        [(kept,)] = pier.rows("SELECT count(*) FROM arrivals")
        assert kept == 50 + ROUNDS * ARRIVALS, "what was answered 202 is not all there"
        await pier.stop(process)
    return [
        Figure(
            name="accept",
            what="signed arrivals answered 202",
            value=statistics.median(ours),
            unit="a second",
            floor=statistics.median(floors),
            floor_is="bare uvicorn answering 202",
            aim=0.2,
        )
    ]


async def _arrive(port: int, peer: Lighthouse, pier: Pier, series: str, count: int) -> float:
    requests = []
    for number in range(count):
        like = {
            "@context": "https://www.w3.org/ns/activitystreams",
            "id": f"{peer.home}/likes/{series}-{number}",
            "type": "Like",
            "actor": peer.alice,
            "object": f"{pier.home}/post/none",
        }
        body = json.dumps(like).encode()
        headers = keyshop.sign(
            "alice", f"{peer.alice}#main-key", f"{pier.home}/inbox", body, datetime.now(UTC)
        )
        requests.append(load.post("/inbox", headers, body))
    return load.all_of(await load.ask("127.0.0.1", port, requests), 202)
