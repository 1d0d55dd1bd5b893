"""The hourly look at threads of others that are being talked in: has their home more than we (RULE E4)?

A few threads a minute, two of a host; the copy that is here is named, so that most answers are a 304 without a
body. A host that does not answer is left alone, twice as long each time.
"""

from __future__ import annotations

import asyncio
from datetime import timedelta

import structlog

from node.activitypub.origin import host_of
from node.errors import NodeError
from node.inbox.backfill import count_followers_at_home
from node.inbox.conversation import visit
from node.inbox.errands import Errand
from node.inbox.limits import Failures, Pauses
from node.runtime import Node
from node.store.queries.history import claim_threads
from node.store.tables.actors import Actor
from node.store.tables.posts import Post

THREADS = 5  # at a time; a time is a minute: 300 an hour in all
THREADS_PER_HOST = 2
POSTS = 40  # brought of one thread
SHORTEST, LONGEST = timedelta(hours=1), timedelta(hours=24)  # a host that fails is left alone for so long
COUNT_EVERY = timedelta(days=1)  # followers of a group

log = structlog.get_logger()


class Counted(Pauses):
    """Groups whose followers were counted at home."""


class HostFailures(Failures):
    """Hosts that did not show their threads, and until when they are left alone."""

    def __init__(self) -> None:
        super().__init__()
        self.pauses: dict[str, timedelta] = {}

    def add(self, host: str, error: NodeError, node: Node) -> None:
        """Leave *host* alone, twice as long as the last time."""
        pause = min(self.pauses.get(host, SHORTEST / 2) * 2, LONGEST)
        self.pauses[host] = pause
        self.remember(host, error, node.clock.now() + pause)

    def clear(self, host: str) -> None:
        """Forget that *host* ever failed."""
        self.pauses.pop(host, None)


async def refresh_due(node: Node) -> int:
    """Look again at a few threads whose hour has come; return how many."""
    async with node.transaction() as tx:
        threads = await claim_threads(tx, THREADS, THREADS_PER_HOST)
    await asyncio.gather(*(_refresh(node, thread) for thread in threads))
    for group_id in {thread.group_id for thread in threads}:
        await _count_followers(node, group_id)
    return len(threads)


async def _count_followers(node: Node, group_id: int | None) -> None:
    """Once a day, note how many follow a group whose threads were looked at."""
    async with node.reading() as session:
        group = await session.get(Actor, group_id) if group_id else None
    if group is not None and node.memory(Counted).pass_once(group.iri, node.clock.now(), COUNT_EVERY):
        await count_followers_at_home(node, group)


async def _refresh(node: Node, thread: Post) -> None:
    failures, host = node.memory(HostFailures), host_of(thread.iri)
    try:
        failures.check(host, node.clock.now())
    except NodeError:
        return
    try:
        await visit(Errand(node, POSTS), thread)
    except NodeError as error:
        log.info("thread not refreshed", thread=thread.iri, error=str(error))
        failures.add(host, error, node)
    else:
        failures.clear(host)
