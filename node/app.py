"""The only builder: settings -> Node -> routes -> workers."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, nullcontext, suppress

import httpx
import structlog
from starlette.applications import Starlette
from starlette.middleware import Middleware

from node.activitypub import signatures
from node.clock import Clock, SystemClock
from node.errors import NodeError
from node.faults import Faults
from node.ids import Ids, RandomIds
from node.inbox import process, tasks
from node.keyring import Keyring
from node.local.actors import ensure_instance_actor
from node.local.keys import ensure_proof_keys
from node.network.client import Client
from node.network.late import LateTransport
from node.network.resolver import GuardedResolver, SystemResolver
from node.outbox import deliver
from node.runtime import Node
from node.settings import Settings
from node.store import machine, schema
from node.store.database import Database
from node.web.activitypub.hot import Hot
from node.web.errors import exception_handlers
from node.web.headers import middleware
from node.web.maintenance import Away
from node.web.routes import routes
from node.web.routing import Router

REPORT_EVERY = 5  # seconds; what a killed process counted since is lost
STOP_WITHIN = 18  # seconds for workers to finish what they hold; answers had 10 before: 30 in all (R04)

Worker = Callable[[Node, asyncio.Event], Awaitable[None]]
WORKERS: dict[str, Worker] = {"inbox": process.run, "tasks": tasks.run, "outbox": deliver.run}

log = structlog.get_logger()


async def open_node(
    settings: Settings,
    *,
    clock: Clock | None = None,
    ids: Ids | None = None,
    transport: httpx.AsyncBaseTransport | None = None,
    new_key_pair: Callable[[], tuple[str, str]] = signatures.generate_rsa,
    faults: Faults | None = None,
) -> Node:
    """Build a node and bring its database up to date; raises Misconfigured when it cannot run.

    clock, ids, transport and new_key_pair are replaced in tests, and only they inject faults; two nodes fit in one
    process.
    """
    settings.data.mkdir(parents=True, exist_ok=True, mode=0o700)
    clock = clock or SystemClock()
    transport = transport or LateTransport(lambda: _guarded_transport(settings))
    node = Node(
        settings=settings,
        clock=clock,
        ids=ids or RandomIds(),
        database=Database(settings.database_url, connections=settings.database_connections),
        client=Client(transport, settings, homes={settings.home}, clock=clock),
        keyring=Keyring(settings.keys),
        new_key_pair=new_key_pair,
        claim=machine.claim(settings.database_url),
        faults=faults,
    )
    try:
        await schema.upgrade(node.database)
        await ensure_instance_actor(node)
        await ensure_proof_keys(node)
    except BaseException:
        await node.close()
        raise
    return node


def _guarded_transport(settings: Settings) -> httpx.AsyncBaseTransport:
    from node.network.transport import make_transport  # noqa: PLC0415 -- aiohttp: see network.late

    return make_transport(settings, GuardedResolver(SystemResolver(), allow_loopback=settings.development))


def build_app(node: Node, *, background: bool) -> Starlette:
    """Build the web application of *node*; with *background*, its workers run as long as it serves."""

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        del app
        async with standing(node), working(node) if background else nullcontext():
            yield

    app = Starlette(
        middleware=[Middleware(Hot, node=node), *middleware(node, Middleware(Away, node=node))],
        exception_handlers=exception_handlers(),
    )
    app.router = Router(routes(), lifespan=lifespan)
    app.state.node = node
    return app


@asynccontextmanager
async def standing(node: Node) -> AsyncIterator[None]:
    """Inside the block this process is one of the node's: it tells what it counts, hears the others, keeps the claim."""
    async with reporting(node), node.listening(), claiming(node):
        yield


@asynccontextmanager
async def claiming(node: Node) -> AsyncIterator[None]:
    """Inside the block, say now and then that this machine has its SQLite file open; stop when another took it."""
    task = asyncio.create_task(_claim(node))
    try:
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def _claim(node: Node) -> None:
    while node.claim is not None:
        await asyncio.sleep(machine.BEAT_EVERY)
        try:
            ours = await asyncio.to_thread(node.claim.beat)
        except OSError as error:  # the disk is full, perhaps: the next time may do
            log.warning("claim not renewed", error=str(error))
            continue
        if not ours:
            log.critical("another machine opened the database: this process stops", file=str(node.claim.file))
            signal.raise_signal(signal.SIGTERM)
            return


@asynccontextmanager
async def reporting(node: Node) -> AsyncIterator[None]:
    """Inside the block, write what this process counts where the others of the machine find it, if anybody asks at all."""
    if not node.settings.metrics_token:
        yield
        return
    stopping = asyncio.Event()
    await _in_ledger(node.ledger.write)
    report = asyncio.create_task(_report(node, stopping))
    try:
        yield
    finally:
        stopping.set()
        await report


async def _report(node: Node, stopping: asyncio.Event) -> None:
    while not stopping.is_set():
        with suppress(TimeoutError):
            async with asyncio.timeout(REPORT_EVERY):
                await stopping.wait()
        await _in_ledger(node.ledger.write)
    await _in_ledger(node.ledger.close)


async def _in_ledger(write: Callable[[], None]) -> None:
    try:
        await asyncio.to_thread(write)
    except OSError as error:  # the disk is full, perhaps: the next time may do
        log.warning("metrics not written", error=str(error))


@asynccontextmanager
async def working(node: Node) -> AsyncIterator[None]:
    """Run every worker inside the block; at its end let them finish what they hold, for STOP_WITHIN seconds."""
    stopping = asyncio.Event()
    running = [asyncio.create_task(_keep(name, run, node, stopping)) for name, run in WORKERS.items()]
    try:
        yield
    finally:
        stopping.set()
        for name in WORKERS:
            node.wake.ring(name)
        _, late = await asyncio.wait(running, timeout=STOP_WITHIN)
        for task in late:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)


async def _keep(name: str, run: Worker, node: Node, stopping: asyncio.Event) -> None:
    """Run a worker until the node stops; one that fails is begun again a little later."""
    while not stopping.is_set():
        try:
            await run(node, stopping)
        except NodeError as error:
            log.warning("worker stumbled", worker=name, error=str(error))
        except Exception:
            log.exception("worker failed", worker=name)
        if not stopping.is_set():
            await node.wake.wait(name, at_most=5)
