"""Whether pages stay quick when the tables are large."""

from __future__ import annotations

import asyncio
import os
import statistics
import time
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks import dataset
from benchmarks.figures import Figure
from benchmarks.phrases import COMMON, RARE
from tests.support.pier import Pier

WARM, ROUNDS = 10, 40  # requests for each address, one after the other
RATIO, AT_MOST = 1.5, 50.0  # ms

PAGES = {  # figure: what it is, whether ada is signed in, addresses
    "pages-group": ("a group's page", False, ("/c/bees", "/c/bees?sort=new", "/c/bees?sort=active")),
    "pages-thread": (f"a thread of {dataset.LONG} comments", False, (f"/post/{dataset.THREAD}",)),
    "pages-home": (f"front page of who follows {dataset.FOLLOWED} groups", True, ("/", "/?sort=new")),
    "pages-search": (
        "search",
        False,
        tuple(f"/search?q={words}" for words in (COMMON, RARE, f"{COMMON}+ba", "bees", "nothing+such")),
    ),
}


@dataclass
class Asked:
    """One page of one node."""

    raw: bytes
    times: list[float] = field(default_factory=list)  # ms
    length: int = 0


class Reader:
    """One connection to one node that stays open, as a proxy keeps it."""

    def __init__(self, port: int, pid: int) -> None:
        self.port, self.pid = port, pid

    def cpu(self) -> float:
        """Return the milliseconds of processor that the node's process has used: a busy machine does not change it much."""
        fields = Path(f"/proc/{self.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) * 1000 / os.sysconf("SC_CLK_TCK")

    async def open(self) -> None:
        self.reader, self.writer = await asyncio.open_connection("127.0.0.1", self.port)

    async def ask(self, page: Asked) -> float:
        """Ask a page and return the milliseconds until all of it was here."""
        began = time.perf_counter()
        self.writer.write(page.raw)
        head = (await self.reader.readuntil(b"\r\n\r\n")).lower()
        assert head.startswith(b"http/1.1 200"), head
        page.length = int(head.partition(b"content-length:")[2].split(b"\r\n", 1)[0])
        await self.reader.readexactly(page.length)
        return (time.perf_counter() - began) * 1000


async def measure(folder: Path) -> list[Figure]:
    """One process for each size, asked in turn, one request at a time, warm."""
    async with AsyncExitStack() as stack:
        readers = []
        for size in (dataset.SMALL, dataset.LARGE):
            pier = Pier(await dataset.prepared(size, folder))
            pier.home = dataset.HOME
            stack.push_async_callback(pier.close)
            process = await pier.start("serve", "--no-background")
            readers.append(Reader(pier.port, process.pid))
            await readers[-1].open()
        return [
            figure
            for name, (what, signed_in, paths) in PAGES.items()
            for figure in await _page(readers, name, what, paths, signed_in=signed_in)
        ]


async def _page(
    readers: list[Reader], name: str, what: str, paths: tuple[str, ...], *, signed_in: bool
) -> list[Figure]:
    small, large = [[Asked(_get(path, signed_in=signed_in)) for path in paths] for _ in readers]
    used: list[float] = []
    for number in range(WARM + ROUNDS):
        if number == WARM:
            used = [reader.cpu() for reader in readers]
        for pages in zip(small, large, strict=True):
            for reader, page in zip(readers, pages, strict=True):
                took = await reader.ask(page)
                if number >= WARM:
                    page.times.append(took)
    used = [
        (reader.cpu() - before) / ROUNDS / len(paths) for reader, before in zip(readers, used, strict=True)
    ]
    worst = max(large, key=lambda page: _p95([page]))
    slow = dict(zip(paths, large, strict=True))
    return [
        Figure(
            name=name,
            what=what,
            value=_p95(large),
            unit="ms, p95",
            floor=_p95(small),
            floor_is=f"{dataset.SMALL.threads:,} threads instead of {dataset.LARGE.threads:,}",
            aim=RATIO,
            at_most=True,
            note=f"processor: {used[1]:.1f} ms a page, {used[0]:.1f} with few rows; "
            + "; ".join(
                f"{path}: {_median(page.times)} ms, {page.length} bytes" for path, page in slow.items()
            ),
        ),
        Figure(
            name=f"{name}-ms",
            what=f"the slowest address of {len(paths)}",
            value=_p95([worst]),
            unit="ms, p95",
            aim=AT_MOST,
            at_most=True,
        ),
    ]


def _p95(pages: list[Asked]) -> float:
    return statistics.quantiles([one for page in pages for one in page.times], n=20)[-1]


def _median(times: list[float]) -> str:
    return f"{statistics.median(times):.1f}"


def _get(path: str, *, signed_in: bool) -> bytes:
    cookie = f"Cookie: sid={dataset.SECRET}\r\n" if signed_in else ""
    host = dataset.HOME.partition("://")[2]
    return f"GET {path} HTTP/1.1\r\nHost: {host}\r\nAccept: text/html\r\n{cookie}\r\n".encode()
