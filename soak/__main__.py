"""`make soak`: faults in real nodes and on their links, and whether every promise was kept (docs/soak.md)."""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import os
import secrets
import sys
import tempfile
import time
from collections.abc import Coroutine
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from soak.databases import OWN_MOUNTS, Cluster, mark_own_mounts, may_mount
from soak.oracle import Verdict
from soak.planted import BUGS
from soak.report import Totals
from soak.rest import NeverRests
from soak.scenario import Plan, live
from soak.world import preload

LONGEST_WORLD = 150.0  # seconds that members act in one
SHORT_WORLD = 30.0
SHORT_ACTS, SHORT_FAULTS = 300, 40
LONGEST_PLANTED = 150.0  # on a busy machine; a few seconds on one that is not
SHORT_BUGS = ("tell apart",)
SHOWN = 20  # findings that are printed
CALM = 0.7  # of the activities for each fault that are wanted, pass between two
LONG_UNDER_WAY, LONG_RATE = (
    800,
    120.0,
)  # what waits at most, and acts a second: as much as two cores can carry
REST = 0.8  # share of the time that members act; then all comes to rest


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m soak", description=__doc__)
    parser.add_argument("--faults", type=int, default=2000, help="in processes and databases")
    parser.add_argument("--activities", type=int, default=100_000, help="sent between nodes")
    parser.add_argument(
        "--minutes", type=float, default=30.0, help="after which it stops whatever was reached"
    )
    parser.add_argument("--seed", type=int, default=None)
    parser.add_argument("--database", choices=("both", "sqlite", "postgres"), default="both")
    parser.add_argument("--nodes", type=int, choices=(2, 3), default=None, help="one world of so many nodes")
    parser.add_argument("--short", action="store_true", help="as continuous integration runs it")
    parser.add_argument(
        "--planted", nargs="?", const="all", default="", help="find the planted bugs, or the one named"
    )
    parser.add_argument("--keep", type=Path, default=None, help="folder for the logs of the nodes")
    parser.add_argument(OWN_MOUNTS, action="store_true", help=argparse.SUPPRESS)
    return parser.parse_args()


@dataclass
class Soak:
    """One run of it all."""

    given: argparse.Namespace
    folder: Path
    cluster: Cluster | None
    seed: int
    totals: Totals
    began: float

    @property
    def databases(self) -> tuple[str, ...]:
        return ("sqlite", "postgres") if self.given.database == "both" else (self.given.database,)

    async def world(self, plan: Plan, totals: Totals) -> Verdict:
        """Let one world live. Raises whatever goes wrong with the soak itself."""
        folder = self.folder / f"{plan.database}-{plan.seed}-{plan.bug.replace(' ', '-') or plan.nodes}"
        totals.seeds.append(plan.name)
        try:
            verdict = await live(plan, folder, totals, self.cluster)
        except NeverRests as error:
            verdict = Verdict(wrong=[str(error)])
            totals.wrong += verdict.wrong
        if not verdict.is_clean and not plan.bug:
            _tell(plan, verdict)
        return verdict

    async def track(self, database: str) -> None:
        """Let one world after another be on one kind of database, until the aims are reached or time is up."""
        given, number = self.given, 0
        share = 1 / len(self.databases)
        until = self.began + given.minutes * 60 * REST
        totals = Totals()
        while time.monotonic() < until:
            plan = Plan(
                seed=self.seed + number,
                database=database,
                nodes=given.nodes or (3, 2)[number % 2],
                seconds=min(LONGEST_WORLD, until - time.monotonic()),
                acts=1 << 30,
                faults=1 << 30,
                under_way=LONG_UNDER_WAY,
                rate=LONG_RATE,
                calm=CALM * given.activities / max(given.faults, 1),
            )
            await self.world(plan, totals)
            number += 1
            reached = (
                sum(totals.faults.values()) >= given.faults * share
                and totals.sent >= given.activities * share
            )
            if reached or given.nodes:
                break
        self.totals.merge(totals)

    async def short(self) -> None:
        """Three nodes on SQLite and two on PostgreSQL for half a minute, and a planted bug that must be found."""
        plans = [
            Plan(self.seed, database, nodes, SHORT_WORLD, SHORT_ACTS, SHORT_FAULTS, under_way=60)
            for database, nodes in (("sqlite", 3), ("postgres", 2))
            if database in self.databases
        ]
        async with asyncio.TaskGroup() as group:
            group.create_task(self.planted(SHORT_BUGS))
            for plan in plans:
                group.create_task(self.world(plan, self.totals))

    async def planted(self, names: tuple[str, ...]) -> None:
        """Plant each bug in a world of its own; one that is not found is a finding."""
        for name in names:
            bug = BUGS[name]
            acts, faults, on_links = bug.enough
            plan = Plan(
                self.seed, "sqlite", 2, LONGEST_PLANTED, acts, faults, on_links, bug=name, patience=10.0
            )
            plan = replace(plan, points=bug.points, kinds=bug.kinds, acts_of=bug.acts or plan.acts_of)
            plan = replace(plan, link_kinds=bug.links, link_rate=0.3 if bug.links else 0.0)
            plan = replace(plan, points=bug.points if faults else (), calm=0.0)
            plan = replace(plan, under_way=40, newest=6 if bug.acts else plan.newest)
            verdict = await self.world(plan, Totals())
            findings = [*verdict.lost, *verdict.doubled, *verdict.wrong]
            if findings:
                print(f"found: {name}: {findings[0]}", flush=True)
            else:
                self.totals.wrong.append(f"the planted bug was not found: {name}")
                print(f"NOT FOUND: {name}", flush=True)


def _tell(plan: Plan, verdict: Verdict) -> None:
    """Say what broke, and how to run it again."""
    print(f"BROKEN in {plan.name}:")
    for name in ("lost", "doubled", "wrong"):
        for line in getattr(verdict, name)[:SHOWN]:
            print(f"  {name}: {line}")
    print(
        f"Again: python -m soak --seed {plan.seed} --database {plan.database} --nodes {plan.nodes} "
        f"--minutes {plan.seconds / 60 / REST:.1f}",
        flush=True,
    )


async def main(given: argparse.Namespace, folder: Path) -> int:
    began = time.monotonic()
    preload()
    seed = given.seed if given.seed is not None else secrets.randbelow(1 << 20)
    totals = Totals()
    print(f"Seed {seed}.", flush=True)
    async with contextlib.AsyncExitStack() as stack:
        cluster = None
        if given.database != "sqlite" and not given.planted:
            cluster = await stack.enter_async_context(Cluster(folder / "postgres").running())
        soak = Soak(given, folder, cluster, seed, totals, began)
        await _chosen(soak)
    return _closed(soak)


async def _chosen(soak: Soak) -> None:
    given = soak.given
    work: list[Coroutine[Any, Any, None]] = []
    if given.planted:
        work = [soak.planted(tuple(BUGS) if given.planted == "all" else (given.planted,))]
    elif given.short:
        work = [soak.short()]
    else:
        work = [soak.track(database) for database in soak.databases]
    async with asyncio.TaskGroup() as group:
        for one in work:
            group.create_task(one)


def _closed(soak: Soak) -> int:
    totals, given = soak.totals, soak.given
    if totals.faults:
        print(totals.table())
        print(totals.line)
        asked = {
            "seed": soak.seed,
            "short": given.short,
            "faults": given.faults,
            "activities": given.activities,
        }
        totals.write(asked, time.monotonic() - soak.began)
    for line in [*totals.lost, *totals.doubled, *totals.wrong][:SHOWN]:
        print(f"BROKEN: {line}")
    print("Every promise was kept." if totals.is_clean else f"A promise broke. Seed {soak.seed}.")
    return 0 if totals.is_clean else 1


def entry() -> int:
    given = arguments()
    if given.own_mounts:
        mark_own_mounts()
    elif may_mount():
        os.execvp("unshare", ["unshare", "--mount", sys.executable, "-m", "soak", OWN_MOUNTS, *sys.argv[1:]])
    with tempfile.TemporaryDirectory(prefix="soak-", ignore_cleanup_errors=True) as temporary:
        folder = given.keep or Path(temporary)
        folder.mkdir(exist_ok=True)
        folder.chmod(0o755)
        return asyncio.run(main(given, folder))


if __name__ == "__main__":
    sys.exit(entry())
