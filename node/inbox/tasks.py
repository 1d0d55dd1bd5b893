"""The worker for what can wait: history, repairs, NodeInfo, handles, profiles, posts taken on a group's word.

Each task is leased, its attempts are counted before the work, and it is given up after the fifth.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta

import structlog
from sqlmodel import col, select

from node.activities import polls, unanswered
from node.activities.counting import tell_counts
from node.activitypub import strictjson
from node.activitypub.nodeinfo import Software, dialect_of, read_nodeinfo, read_wellknown
from node.errors import Refused, Unavailable
from node.inbox import chores, starting
from node.inbox.actors import check_handle, fetch_actor
from node.inbox.backfill import backfill, fetch_moderators
from node.inbox.cards import keep_card
from node.inbox.errands import Report
from node.inbox.feeds import refresh_feed
from node.inbox.journal import DELAYS, MAX_ATTEMPTS
from node.inbox.moving import carry_followers
from node.inbox.passing import pass_on
from node.inbox.repairing import repair
from node.inbox.restoring import bring_back
from node.inbox.scheduled import publish_due
from node.inbox.stamps import check_stamps
from node.inbox.synchronizing import synchronize
from node.inbox.verifying import verify
from node.inbox.vouching import check_links
from node.local import drafting, fields
from node.network.client import Budget
from node.outbox import redelivering
from node.runtime import LOOK_EVERY, Node
from node.store.queries.actors import get_actor
from node.store.queries.posts import find_post
from node.store.queries.tasks import claim_tasks, end_task, note_progress, put_off
from node.store.tables.peers import Peer
from node.store.tables.tasks import Task

AT_ONCE = 4  # tasks worked side by side: a long backfill holds up nothing else
LEASE = timedelta(minutes=15)  # renewed as a backfill goes on
FETCHES = 4  # for one small task

log = structlog.get_logger()

Work = Callable[[Node, Task], Awaitable[datetime | None]]


async def work_due(node: Node, limit: int = AT_ONCE) -> int:
    """Work on tasks that are due, at most *limit* of them side by side; return how many."""
    async with node.transaction() as tx:
        tasks = await claim_tasks(tx, limit, LEASE)
    await asyncio.gather(*(_work(node, task) for task in tasks))
    return len(tasks)


async def run(node: Node, stopping: asyncio.Event) -> None:
    """Work until *stopping*."""
    async with asyncio.TaskGroup() as group:
        group.create_task(chores.run(node, stopping))
        for _ in range(AT_ONCE):
            group.create_task(_one_by_one(node, stopping))


async def _one_by_one(node: Node, stopping: asyncio.Event) -> None:
    while not stopping.is_set():
        if await work_due(node, 1) == 0:
            await node.wake.wait("tasks", at_most=LOOK_EVERY)


async def _work(node: Node, task: Task) -> None:
    try:
        again = await WORK[task.kind](node, task)
    except (Refused, KeyError) as error:
        log.info("task ended", kind=task.kind, subject=task.subject, error=str(error))
        again = None
    except Unavailable as error:
        await _put_off(node, task, error)
        return
    except Exception as error:
        log.exception("task failed", kind=task.kind, subject=task.subject)
        await _put_off(node, task, error)
        return
    async with node.transaction() as tx:
        if again is None:
            await end_task(tx, task)
        else:
            await put_off(tx, task, "", again)


async def _put_off(node: Node, task: Task, error: Exception) -> None:
    async with node.transaction() as tx:
        if task.attempts >= MAX_ATTEMPTS:
            log.warning("task given up", kind=task.kind, subject=task.subject, error=str(error))
            await end_task(tx, task)
            return
        await put_off(tx, task, str(error) or repr(error), tx.now + DELAYS[task.attempts - 1])


def _reporting(node: Node, task: Task) -> Report:
    async def report(done: int) -> None:
        async with node.transaction() as tx:
            await note_progress(tx, task, done, LEASE)

    return report


async def _backfill(node: Node, task: Task) -> None:
    await backfill(node, task.subject, _reporting(node, task), since=task.created_at)


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


async def _verify(node: Node, task: Task) -> datetime | None:
    return await verify(node, task.subject)


async def _profile(node: Node, task: Task) -> datetime | None:
    return await check_links(node, task.subject)


async def _repair(node: Node, task: Task) -> None:
    await repair(node, task.subject, _reporting(node, task))


async def _pass_on(node: Node, task: Task) -> None:
    await pass_on(node, task.subject)


async def _moderators(node: Node, task: Task) -> None:
    """Read again who moderates a group elsewhere: its own list is the authority (pitfall 89)."""
    async with node.reading() as session:
        group = await get_actor(session, task.subject)
    await fetch_moderators(node, group)


async def _restore(node: Node, task: Task) -> None:
    await bring_back(node, task.subject)


async def _stamps(node: Node, task: Task) -> None:
    await check_stamps(node, task.subject)


async def _followers(node: Node, task: Task) -> None:
    await synchronize(node, task.subject)


async def _follow(node: Node, task: Task) -> datetime | None:
    async with node.transaction() as tx:
        return await unanswered.ask_again(tx, task.subject, task.attempts + 1)


async def _tally(node: Node, task: Task) -> None:
    """Tell what a poll or event of ours counts by now; what is counted meanwhile asks anew."""
    async with node.transaction() as tx:
        await end_task(tx, task)
        post = await find_post(tx.session, task.subject)
        if post is not None:
            await tell_counts(tx, post)


async def _close(node: Node, task: Task) -> None:
    """End a poll, unless it was given more time."""
    async with node.transaction() as tx:
        await end_task(tx, task)
        await polls.close(tx, task.subject)


async def _card(node: Node, task: Task) -> None:
    """A page that cannot be read now is tried again; one that says no, or is no page, has no card."""
    await keep_card(node, task.subject)


async def _draft(node: Node, task: Task) -> datetime | None:
    return await publish_due(node, task.subject)


WORK: dict[str, Work] = {
    drafting.TASK: _draft,
    "card": _card,
    redelivering.KIND: redelivering.redeliver,
    fields.KIND: _profile,
    "follow": _follow,
    "followers": _followers,
    "moderators": _moderators,
    "restore": _restore,
    "backfill": _backfill,
    "pass_on": _pass_on,
    "repair": _repair,
    "nodeinfo": _nodeinfo,
    "refresh": _refresh,
    "carry": _carry,
    "feed": _feed,
    "handle": _handle,
    "verify": _verify,
    "stamps": _stamps,
    "tally": _tally,
    "close": _close,
    starting.KIND: starting.look_up,
}
