"""One world from its founding to its verdict: members act, faults strike, links heal, all comes to rest."""

from __future__ import annotations

import asyncio
import contextlib
import random
import socket
import time
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field
from itertools import cycle
from pathlib import Path
from typing import Final, cast

from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from node.activitypub import signatures
from node.faults import POINTS, Point
from node.inbox.journal import LEASE as ARRIVAL_LEASE
from node.outbox.lanes import LEASE as LANE_LEASE
from soak.clock import FastClock
from soak.databases import Cluster, Disk, PostgresStore, SqliteStore, Store, disk_for, release
from soak.evidence import gather
from soak.oracle import Verdict, judge
from soak.people import ACTS, People
from soak.proxy import Links
from soak.report import Totals
from soak.rest import NeverRests, come_to_rest, errands, under_way
from soak.world import THEN, Fault, Slot, SoakNode, World

KINDS: Final = ("kill", "term", "error", "stall", "disconnect", "full")
GROUPS: Final = ("bees", "wasps", "moths")
NAMES: Final = ("alpha", "beta", "gamma")
TELL_EVERY: Final = 5.0  # seconds
LOOK_EVERY: Final = 0.5  # seconds
FOUNDED_WITHIN: Final = 120.0  # seconds
PATIENCE: Final = 4.0  # seconds that a fault may wait for its point to be reached
BREATH: Final = 2.0  # seconds between faults in one process, unless work goes on earlier
RECOVERY: Final = 60.0  # seconds until work must go on
KEY_PAIRS: Final = 4


@dataclass(frozen=True)
class Plan:
    """What a world is to be."""

    seed: int
    database: str  # sqlite or postgres
    nodes: int
    seconds: float  # that members act, at most; it ends earlier when the next three are reached
    acts: int  # that members do
    faults: int  # in processes and databases
    link_faults: int = 0
    rate: float = 40.0  # acts a second
    link_rate: float = 0.04  # share of requests between nodes that fail
    members: int = 3  # a node
    calm: float = 5.0  # deliveries for each fault in processes and databases
    under_way: int = 150  # arrivals and entries that wait; beyond that members pause
    pace: float = 30.0  # seconds of the nodes' clock in one of the world's
    bug: str = ""
    acts_of: tuple[tuple[str, int], ...] = tuple(ACTS.items())  # how often each is done, of their sum
    newest: int = 60  # posts that members act on
    link_kinds: tuple[str, ...] = ()  # all when there is none
    patience: float = 120.0  # seconds without any progress, at the end
    kinds: tuple[str, ...] = KINDS
    points: tuple[Point, ...] = tuple(POINTS)

    @property
    def name(self) -> str:
        return f"{self.database}, {self.nodes} nodes, seed {self.seed}"


_key_pairs: list[tuple[str, str]] = []


def key_pairs() -> Iterator[tuple[str, str]]:
    """Return real keys, made once and handed out in turn."""
    while len(_key_pairs) < KEY_PAIRS:
        _key_pairs.append(signatures.generate_rsa())
    return cycle(_key_pairs)


@dataclass
class Scenario:
    """A world while it lives."""

    plan: Plan
    world: World
    people: People
    totals: Totals
    over: asyncio.Event = field(default_factory=asyncio.Event)
    struck: int = 0
    phase: str = "founding"

    def __post_init__(self) -> None:
        self.random = random.Random(self.plan.seed)
        self._cells: list[tuple[Point, str]] = []
        self._notes: set[asyncio.Task[None]] = set()

    @contextlib.asynccontextmanager
    async def shown(self) -> AsyncIterator[None]:
        """Say how it goes, now and then, inside the block."""
        telling = asyncio.create_task(self._tell())
        try:
            yield
        finally:
            telling.cancel()

    async def _tell(self) -> None:
        began = time.monotonic()
        while True:
            await asyncio.sleep(TELL_EVERY)
            ledger, links = self.people.ledger, self.world.links
            print(
                f"  {self.plan.name:32} {time.monotonic() - began:5.0f} s  {self.phase:8}  acts {ledger.acts.total():6}  "
                f"faults {self.struck:5} and {links.traffic.faults.total():5} on links  "
                f"delivered {len(links.traffic.taken):6}  under way {await under_way(self.world)} {await self._errands()}",
                flush=True,
            )

    async def _errands(self) -> str:
        try:
            return " ".join(sorted({task.kind for task in await errands(self.world)}))
        except (DBAPIError, OSError):
            return ""

    # Founding

    async def begin(self) -> None:
        """Start the nodes in calm, let members follow groups everywhere, and wait until that is known."""
        self.world.links.open = False
        pairs = key_pairs()
        for node, group in zip(self.world.nodes, GROUPS, strict=False):
            await self.people.furnish(node, self.world.clock, group, self.plan.members, pairs)
        await asyncio.gather(*(node.start() for node in self.world.nodes))
        await self.people.subscribe()
        try:
            async with asyncio.timeout(FOUNDED_WITHIN):
                while not await self._all_follow():
                    await asyncio.sleep(0.2)
        except TimeoutError as error:
            raise NeverRests("In calm, before any fault, a follow or its answer never came.") from error
        await self.rest()

    async def _all_follow(self) -> bool:
        """Tell whether each edge between two nodes is known to both as accepted."""
        wanted = 2 * len(self.world.nodes) * (len(self.world.nodes) - 1)
        query = text(
            "SELECT count(*) FROM follows f JOIN actors a ON a.id = f.follower_id JOIN actors g ON g.id = f.followee_id"
            " WHERE f.state = 'accepted' AND a.host <> g.host"
        )
        found = 0
        for node in self.world.nodes:
            async with node.database.reading() as session:
                found += await session.scalar(query) or 0
        return found >= wanted

    # Acting under faults

    async def suffer(self) -> None:
        """Let members act and faults strike, until one of the plan's bounds is reached."""
        self.phase = "acting"
        self.world.links.open = True
        self.people.going.set()
        until = time.monotonic() + self.plan.seconds
        async with asyncio.TaskGroup() as group:
            group.create_task(self.people.act(self.over))
            group.create_task(self._hold_back())
            group.create_task(self._part_nodes())
            for node in self.world.nodes:
                for slot in node.slots:
                    group.create_task(self._strike_now_and_then(slot))
            while time.monotonic() < until and not self._is_enough():
                await asyncio.sleep(LOOK_EVERY)
            self.over.set()
            self.people.going.set()

    def _is_enough(self) -> bool:
        done = (self.people.ledger.acts.total(), self.struck, self.world.links.traffic.faults.total())
        wanted = (self.plan.acts, self.plan.faults, self.plan.link_faults)
        return all(one >= other for one, other in zip(done, wanted, strict=True))

    async def _hold_back(self) -> None:
        """Let members wait while much is under way, so that the end is never far."""
        while not self.over.is_set():
            await asyncio.sleep(LOOK_EVERY)
            waiting = await under_way(self.world)
            if self.over.is_set():
                return
            if waiting is not None and waiting < self.plan.under_way:
                self.people.going.set()
            else:
                self.people.going.clear()

    async def _part_nodes(self) -> None:
        """Cut two nodes off from each other for seconds, now and then."""
        hosts = [node.host for node in self.world.nodes]
        while not await self._over_in(self.random.uniform(4.0, 10.0)):
            pair = frozenset(self.random.sample(hosts, 2))
            self.world.links.cut.add(pair)
            self.totals.partitions += 1
            await self._over_in(self.random.uniform(0.5, 3.0))
            self.world.links.cut.discard(pair)

    async def _over_in(self, seconds: float) -> bool:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self.over.wait()
        return self.over.is_set()

    async def _strike_now_and_then(self, slot: Slot) -> None:
        """Inject one fault after another into a process, and begin it again when it ended."""
        while not self.over.is_set():
            cell = self._next_cell(slot) if self._is_time() else None
            if cell is None:
                await self._over_in(LOOK_EVERY / 2)
            else:
                await self._strike(slot, *cell)
            if slot.ended.is_set():
                await self._begin_again(slot)

    def _is_time(self) -> bool:
        """Tell whether so much was delivered since the last faults that another may strike."""
        armed = sum(slot.armed is not None for node in self.world.nodes for slot in node.slots)
        return (self.struck + armed) * self.plan.calm <= len(self.world.links.traffic.taken)

    def _next_cell(self, slot: Slot) -> tuple[Point, str] | None:
        """Return the next point and kind that this process can meet; every cell has its turn."""
        if not any(point in slot.points for point, _ in self._cells):
            fresh = [(point, kind) for point in self.plan.points for kind in self.plan.kinds]
            self.random.shuffle(fresh)
            self._cells += fresh
        for number, (point, _) in enumerate(self._cells):
            if point in slot.points:
                return self._cells.pop(number)
        return None

    async def _strike(self, slot: Slot, point: Point, kind: str) -> None:
        fault = Fault(next(self.world.numbers), point, kind)
        slot.armed = fault
        order = "hold" if kind in {"disconnect", "full"} else kind
        slot.tell("arm", fault.number, point, order, self.random.randrange(3), self._stall())
        try:
            async with asyncio.timeout(PATIENCE):
                await fault.fired.wait()
        except TimeoutError:
            slot.tell("disarm", fault.number)
            slot.armed = None
            self._cells.append((point, kind))
            return
        self.struck += 1
        self.totals.faults[point, kind, self.plan.database] += 1
        again = slot.node.watch(THEN[point[0]])
        await self._let_happen(slot, fault)
        slot.armed = None
        await self._recovered(slot, fault, again)

    def _stall(self) -> float:
        """Seconds: half of the stalls are short, half outlast the lease of a lane."""
        lease = LANE_LEASE.total_seconds() / self.plan.pace
        return self.random.uniform(0.1, 0.8) if self.random.random() < 0.5 else lease * 1.3

    async def _let_happen(self, slot: Slot, fault: Fault) -> None:
        seconds = self.random.choice((0.3, 1.0, 2.0))
        if fault.kind == "kill":
            await self._end_of(slot)
        elif fault.kind == "term":
            began = time.monotonic()
            if await self._end_of(slot) and slot.code == 0:
                self.totals.stops.append(time.monotonic() - began)
            else:
                self.totals.wrong.append(
                    f"{slot.node.name} {slot.command[0]}: a clean stop ended with {slot.code}"
                )
        elif fault.kind == "disconnect":
            losing = asyncio.create_task(slot.node.store.disconnect(seconds))
            await asyncio.sleep(0.05)
            slot.tell("go", fault.number)
            await losing
        elif fault.kind == "full":
            with slot.node.store.disk.full(slot.node.pids):
                slot.tell("go", fault.number)
                await asyncio.sleep(seconds)

    async def _end_of(self, slot: Slot) -> bool:
        try:
            async with asyncio.timeout(40):
                await slot.ended.wait()
        except TimeoutError:
            slot.kill()
            await slot.ended.wait()
            return False
        return True

    async def _recovered(self, slot: Slot, fault: Fault, again: asyncio.Future[float]) -> None:
        """Begin the process again if it ended, and give the work a moment to go on before the next fault."""
        if slot.ended.is_set():
            await self._begin_again(slot)
            for point in slot.node.still_watching():
                slot.tell("watch", point)
        noting = asyncio.create_task(self._note(slot, fault, again))
        self._notes.add(noting)
        noting.add_done_callback(self._notes.discard)
        await asyncio.wait({noting}, timeout=BREATH)

    async def _begin_again(self, slot: Slot) -> None:
        """Begin a process, and again whenever its database is not to be had just then, as who watches it would."""
        try:
            async with asyncio.timeout(RECOVERY):
                while True:
                    slot.start()
                    await slot.settled()
                    if slot.ready.is_set():
                        return
                    self.totals.false_starts += 1
                    await asyncio.sleep(LOOK_EVERY)
        except TimeoutError:
            self.totals.wrong.append(
                f"{slot.node.name} {slot.command[0]}: did not start within {RECOVERY:.0f} s"
            )

    async def _note(self, slot: Slot, fault: Fault, again: asyncio.Future[float]) -> None:
        """Note when the node's work went on after a fault."""
        try:
            async with asyncio.timeout(RECOVERY):
                self.totals.recoveries.append(await again - fault.struck)
        except TimeoutError:
            if not self.over.is_set():
                self.totals.wrong.append(
                    f"{slot.node.name}: nothing went on within {RECOVERY:.0f} s of {fault}"
                )

    # Coming to rest

    async def heal(self) -> None:
        """End all faults, and let every process run."""
        self.phase = "resting"
        self.world.links.open = False
        self.world.links.cut.clear()
        for node in self.world.nodes:
            for slot in node.slots:
                if slot.armed is not None:
                    slot.tell("disarm", slot.armed.number)
                if slot.ended.is_set():
                    await self._begin_again(slot)

    async def rest(self) -> None:
        """Wait until nothing is under way. Raises NeverRests when nothing moves for the plan's patience."""
        await come_to_rest(self.world, patience=self.plan.patience)

    async def verdict(self) -> Verdict:
        """Judge the world at rest, and count it in."""
        for noting in self._notes:
            noting.cancel()  # nothing of that kind was left to do
        found = await judge(self.world.nodes, self.people.ledger, self.world.links.traffic)
        if not found.is_clean:
            findings = [*found.lost, *found.doubled, *found.wrong]
            await gather(self.world.nodes, findings, self.world.nodes[0].log.with_name("evidence"))
        ledger = self.people.ledger
        self.totals.acts += ledger.acts.total()
        self.totals.promised += ledger.promised.total()
        self.totals.answers += ledger.answers
        self.totals.waits += ledger.waits
        self.totals.add(found, self.world.links.traffic)
        return found


async def live(plan: Plan, folder: Path, totals: Totals, cluster: Cluster | None) -> Verdict:
    """Let a world be, from its founding to its verdict; its logs stay in *folder*."""
    async with _founded(plan, folder, totals, cluster) as scenario, scenario.shown():
        await scenario.begin()
        await scenario.suffer()
        await scenario.heal()
        await scenario.rest()
        return await scenario.verdict()


@contextlib.asynccontextmanager
async def _founded(
    plan: Plan, folder: Path, totals: Totals, cluster: Cluster | None
) -> AsyncIterator[Scenario]:
    folder.mkdir(mode=0o755)
    listeners = [socket.create_server(("127.0.0.1", 0)) for _ in range(plan.nodes)]
    clock = FastClock.make(folder / "clock", plan.pace)
    nodes: list[SoakNode] = []
    stores: list[Store] = []
    people = People(plan.seed, rate=plan.rate, acts=dict(plan.acts_of), newest=plan.newest)
    try:
        for number, listener in enumerate(listeners):
            name = NAMES[number]
            stores.append(await _store(plan, disk_for(folder / name), name, cluster))
            node = SoakNode(name, folder, stores[-1], folder / "clock", listener)
            node.settle_in(apart=2 if number == 1 else 0, bug=plan.bug)
            nodes.append(node)
        world = World(
            nodes, Links(plan.seed, rate=plan.link_rate, kinds=plan.link_kinds), clock, plan.database
        )
        await people.open()
        lease = max(LANE_LEASE, ARRIVAL_LEASE).total_seconds() / plan.pace
        async with world.linked(listeners, lease):
            yield Scenario(plan, world, people, totals)
    finally:
        await people.close()
        for node in nodes:
            await node.close()
        for store in stores:
            if isinstance(store, PostgresStore):
                await cast("Cluster", cluster).drop(store)
            release(store.disk)


async def _store(plan: Plan, disk: Disk, name: str, cluster: Cluster | None) -> Store:
    if plan.database == "sqlite":
        return SqliteStore(disk)
    assert cluster is not None
    return await cluster.store(disk, name)
