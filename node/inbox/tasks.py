"""The worker for what can wait: history, NodeInfo, handles, profiles, posts taken on a group's word.

Each task is leased, its attempts are counted before the work, and it is given up after the fifth.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta

import structlog
from sqlmodel import col, select

from node.activities.delete import empty
from node.activities.keeping import count_thread, keep
from node.activities.trimmings import forget
from node.activitypub import strictjson
from node.activitypub.documents import ObjectDocument
from node.activitypub.nodeinfo import Software, dialect_of, read_nodeinfo, read_wellknown
from node.errors import Refused, Unavailable
from node.inbox.actors import check_handle, fetch_actor
from node.inbox.backfill import backfill
from node.inbox.feeds import refresh_feed
from node.inbox.fetching import fetch_object
from node.inbox.housekeeping import SWEEP_EVERY, sweep
from node.inbox.journal import DELAYS, MAX_ATTEMPTS
from node.inbox.moving import carry_followers
from node.network.client import Budget
from node.runtime import LOOK_EVERY, Node
from node.store.queries.actors import get_actor
from node.store.queries.posts import find_post
from node.store.queries.tasks import claim_tasks, end_task, note_progress, put_off
from node.store.tables.actors import Actor
from node.store.tables.peers import Peer
from node.store.tables.tasks import Task

AT_ONCE = 4  # tasks worked side by side: a long backfill holds up nothing else
LEASE = timedelta(minutes=15)  # renewed as a backfill goes on
FETCHES = 4  # for one small task

log = structlog.get_logger()

Work = Callable[[Node, Task], Awaitable[None]]


async def work_due(node: Node) -> int:
    """Work on tasks that are due, AT_ONCE of them; return how many."""
    async with node.transaction() as tx:
        tasks = await claim_tasks(tx, AT_ONCE, LEASE)
    await asyncio.gather(*(_work(node, task) for task in tasks))
    return len(tasks)


async def run(node: Node, stopping: asyncio.Event) -> None:
    """Work until *stopping*."""
    swept = None
    while not stopping.is_set():
        now = node.clock.now()
        if swept is None or now >= swept + SWEEP_EVERY:
            await sweep(node)
            swept = now
        if await work_due(node) == 0:
            await node.wake.wait("tasks", at_most=LOOK_EVERY)


async def _work(node: Node, task: Task) -> None:
    try:
        await WORK[task.kind](node, task)
    except (Refused, KeyError) as error:
        log.info("task ended", kind=task.kind, subject=task.subject, error=str(error))
    except Unavailable as error:
        await _put_off(node, task, error)
        return
    except Exception as error:
        log.exception("task failed", kind=task.kind, subject=task.subject)
        await _put_off(node, task, error)
        return
    async with node.transaction() as tx:
        await end_task(tx, task)


async def _put_off(node: Node, task: Task, error: Exception) -> None:
    async with node.transaction() as tx:
        if task.attempts >= MAX_ATTEMPTS:
            log.warning("task given up", kind=task.kind, subject=task.subject, error=str(error))
            await end_task(tx, task)
            return
        await put_off(tx, task, str(error) or repr(error), tx.now + DELAYS[task.attempts - 1])


async def _backfill(node: Node, task: Task) -> None:
    async def report(done: int) -> None:
        async with node.transaction() as tx:
            await note_progress(tx, task, done, LEASE)

    await backfill(node, task.subject, report)


async def _nodeinfo(node: Node, task: Task) -> None:
    """Ask which software a host runs; what it says decides how we speak to it (RULE D1)."""
    software: Software | None = None
    try:
        software = await ask_nodeinfo(node, task.subject)
    except Refused as error:
        log.info("no NodeInfo", host=task.subject, error=str(error))
    async with node.transaction() as tx:
        peer: Peer | None = await tx.session.scalar(select(Peer).where(col(Peer.host) == task.subject))
        if peer is None:
            return
        peer.nodeinfo_at = tx.now
        if software is not None:
            peer.software, peer.version = software.name, software.version
            peer.dialect = dialect_of(software.name)


async def ask_nodeinfo(node: Node, host: str) -> Software:
    """Return what a host runs. The second address is judged as the first was (V47). Raises as `get_json`."""
    scheme = node.settings.home.partition("://")[0]
    budget = Budget(FETCHES)
    links = await node.client.get_json(f"{scheme}://{host}/.well-known/nodeinfo", budget=budget)
    where = read_wellknown(strictjson.load(links.body))
    report = await node.client.get_json(where, budget=budget)
    return read_nodeinfo(strictjson.load(report.body))


async def _refresh(node: Node, task: Task) -> None:
    actor = await fetch_actor(node, task.subject, Budget(FETCHES), anew=True)
    if actor.kind == "Feed":
        await refresh_feed(node, actor.iri)


async def _carry(node: Node, task: Task) -> None:
    carried = await carry_followers(node, task.subject)
    log.info("followers carried over", actor=task.subject, count=carried)


async def _feed(node: Node, task: Task) -> None:
    await refresh_feed(node, task.subject)


async def _handle(node: Node, task: Task) -> None:
    async with node.reading() as session:
        actor = await get_actor(session, task.subject)
    await check_handle(node, actor, Budget(FETCHES))


async def _verify(node: Node, task: Task) -> None:
    """Look for a post that was taken on a group's word at its origin: its copy counts, or its absence does.

    Whatever else the origin says, and its silence to the last, is no confirmation either (RULE B6c).
    """
    try:
        document = await fetch_object(node, task.subject, Budget(FETCHES))
        await _confirm(node, document)
    except Refused as error:
        log.info("post was never its author's", post=task.subject, error=str(error))
        await _disown(node, task.subject)
    except Unavailable:
        if task.attempts < MAX_ATTEMPTS:
            raise
        await _disown(node, task.subject)


async def _confirm(node: Node, document: ObjectDocument) -> None:
    async with node.transaction() as tx:
        post = await find_post(tx.session, document.iri)
        if post is None or post.verify_by is None:
            return
        author = await tx.session.get_one(Actor, post.author_id)
        await keep(tx, document, author=author, group=None, verified=True)


async def _disown(node: Node, iri: str) -> None:
    async with node.transaction() as tx:
        post = await find_post(tx.session, iri)
        if post is None or post.verify_by is None:
            return
        empty(post)
        await forget(tx, post)
        post.deleted_at, post.verify_by = post.deleted_at or tx.now, None
        await count_thread(tx, post.root_id)


WORK: dict[str, Work] = {
    "backfill": _backfill,
    "nodeinfo": _nodeinfo,
    "refresh": _refresh,
    "carry": _carry,
    "feed": _feed,
    "handle": _handle,
    "verify": _verify,
}
