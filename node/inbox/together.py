"""Many arrivals in one unit of work: what is known already, nothing from the network, and one commit for all.

In the order of arrival. One that needs the network, comes in a list or cannot be judged with what is here is set aside to
be worked alone, and so is every later one about the same thing or by the same actor. One that fails after it changed
something spoils the unit of work: that is rolled back, and begun anew without it. A batch that cannot be
committed, because the database is locked or gone or another process was faster, is tried three times (R07).
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import structlog
from sqlalchemy.exc import SQLAlchemyError

from node.activities import keeping, versions, vote
from node.activities.marks import mark_of
from node.activities.perform import judge, take_effect
from node.activities.unanswered import take_as_answered
from node.activitypub.activity import Activity
from node.activitypub.documents import ObjectDocument
from node.errors import NodeError, Refused, TooMany, Unavailable
from node.inbox import journal
from node.inbox.afterwards import ask_for_the_rest
from node.inbox.carried import Unwrapped
from node.inbox.indoors import Indoors, NeedsNetwork
from node.inbox.resolve import resolve
from node.inbox.unwrap import unwrap
from node.network.client import Budget
from node.runtime import Node
from node.store.batches import BatchSession
from node.store.database import Transaction
from node.store.queries.batches import load, load_marks, load_votes
from node.store.tables.arrivals import Arrival
from node.store.tables.posts import Post

# What happens all day. Anything else may change who may do what, and is worked alone.
COMMON = frozenset({"Create", "Update", "Delete", "Like", "Dislike", "EmojiReact", "Undo"})
VOTES = frozenset({"Like", "Dislike", "EmojiReact"})
TIMES = 3  # that a batch is tried when the database cannot take it
SPOILED = 5  # arrivals that are taken out of a batch before the rest is worked one by one
BREATH = 4  # arrivals, some milliseconds, between two pauses
WITHIN = 20.0  # seconds; a batch takes a fraction of one

log = structlog.get_logger()


class _Spoiled(Exception):
    """An arrival failed after it had changed something."""

    def __init__(self, arrival: Arrival) -> None:
        super().__init__(arrival.iri)
        self.arrival = arrival


class _Alone(Exception):
    """An arrival is none of those that are worked together."""


@dataclass
class Batch:
    """Arrivals that were claimed together. concerned: ids of what each is about, by its row number."""

    arrivals: Sequence[Arrival]
    concerned: Mapping[int, frozenset[str]]
    spoiling: set[int] = field(default_factory=set)  # row numbers of those that are left out


@dataclass
class _Done:
    """What became of the arrivals of one attempt."""

    handled: list[Arrival] = field(default_factory=list)
    refused: list[tuple[Arrival, str]] = field(default_factory=list)
    put_off: list[tuple[Arrival, NodeError]] = field(default_factory=list)
    aside: list[Arrival] = field(default_factory=list)
    names: set[str] = field(default_factory=set)  # what those that were set aside are about

    def set_aside(self, batch: Batch, arrival: Arrival) -> None:
        self.aside.append(arrival)
        self.names |= batch.concerned[arrival.id or 0]


async def work_together(node: Node, batch: Batch) -> list[Arrival]:
    """Let all of a batch take effect that can without the network; return the others, in their order.

    What is returned was not begun, and is to be worked one by one.
    """
    failures = 0
    while len(batch.spoiling) <= SPOILED and failures < TIMES:
        try:
            async with asyncio.timeout(WITHIN):
                return await _attempt(node, batch)
        except _Spoiled as error:
            log.info("arrival worked alone", arrival=error.arrival.iri, error=repr(error.__cause__))
            batch.spoiling.add(error.arrival.id or 0)
        except Unavailable as error:
            failures += 1
            log.warning("batch tried again", arrivals=len(batch.arrivals), error=error.detail)
        except Exception:
            log.exception("batch failed", arrivals=len(batch.arrivals))
            break
    return list(batch.arrivals)


async def _attempt(node: Node, batch: Batch) -> list[Arrival]:
    done = _Done()
    async with node.transaction(batch=True) as tx:
        session = tx.session
        assert isinstance(session, BatchSession), "asked for"
        held = await journal.hold(tx, batch.arrivals)
        await journal.take_turns(tx, held)
        await _load(session, batch, held)
        indoors = Indoors(node, tx)
        for place, arrival in enumerate(held, 1):
            await _take(indoors, tx, batch, arrival, done)
            if place % BREATH == 0:  # who waits for this process to answer does not wait for the whole batch
                await asyncio.sleep(0)
        await _settle(tx, session)
        await _close(tx, done)
        await tx.reach("I7")
    await node.reach("I8")
    _report(node, done)
    return done.aside


async def _take(indoors: Node, tx: Transaction, batch: Batch, arrival: Arrival, done: _Done) -> None:
    """Let one arrival take effect, or note why not."""
    concerned = batch.concerned[arrival.id or 0]
    if arrival.id in batch.spoiling or not done.names.isdisjoint(concerned):
        done.set_aside(batch, arrival)
        return
    try:
        await _handle(indoors, tx, arrival)
    except (NeedsNetwork, _Alone):
        done.set_aside(batch, arrival)
    except (Unavailable, TooMany) as error:
        done.put_off.append((arrival, error))
    except Refused as error:
        done.refused.append((arrival, str(error)))
    else:
        done.handled.append(arrival)


async def _handle(indoors: Node, tx: Transaction, arrival: Arrival) -> None:
    """Judge an arrival and let it take effect. Raises _Spoiled for what goes wrong once anything was changed."""
    session = tx.session
    assert isinstance(session, BatchSession)
    before = session.touched
    try:
        found, ready = await _judged(indoors, tx, session, arrival)
    except (NeedsNetwork, _Alone, NodeError) as error:
        if session.touched != before:
            raise _Spoiled(arrival) from error
        raise
    except SQLAlchemyError:
        raise
    except Exception as error:
        raise _Spoiled(arrival) from error
    try:
        await _take_effect(tx, found, ready)
    except SQLAlchemyError:
        raise
    except Exception as error:
        raise _Spoiled(arrival) from error


async def _judged(
    indoors: Node, tx: Transaction, session: BatchSession, arrival: Arrival
) -> tuple[Unwrapped, list[Activity]]:
    """Return what an arrival says, with what it needs, judged. Raises NodeError, NeedsNetwork and _Alone."""
    budget = Budget(indoors.settings.fetches_per_activity)
    found = await unwrap(indoors, arrival, budget)
    if found.is_batch or any(not _is_common(session, one) for one in found.activities):
        raise _Alone
    ready = [await resolve(indoors, one, budget) for one in found.activities]
    for activity in ready:
        await judge(tx, activity)
    return found, ready


async def _take_effect(tx: Transaction, found: Unwrapped, ready: Sequence[Activity]) -> None:
    if found.passed_by is not None:
        await take_as_answered(tx, found.passed_by)
    for activity in ready:
        await take_effect(tx, activity)
        await tx.reach("I6")
        await ask_for_the_rest(tx, activity)


def _is_common(session: BatchSession, activity: Activity) -> bool:
    """Tell whether an activity is about a post, and changes nothing that others are judged by."""
    about = activity.inner if activity.type == "Undo" else activity
    if activity.type not in COMMON or about is None or about.type not in COMMON - {"Undo"}:
        return False
    if about.document is not None and not isinstance(about.document, ObjectDocument):
        return False
    return about.object != about.actor and session.actors.get(about.object or "") is None


async def _load(session: BatchSession, batch: Batch, held: Sequence[Arrival]) -> None:
    """Ask at once for what the arrivals will ask for one by one."""
    names: set[str] = set().union(*(batch.concerned[one.id or 0] for one in held))
    await load(session, names, new=len(held))
    groups = [one.iri for one in session.actors.values() if one is not None and one.is_group]
    marks = {mark_of(*one) for arrival in held for one in _marks(arrival, batch, groups)}
    await load_marks(session, marks)
    votes = [
        (name, arrival.actor)
        for arrival in held
        if arrival.type in VOTES | {"Undo", "Announce"}
        for name in batch.concerned[arrival.id or 0]
        if session.posts.get(name) is not None
    ]
    await load_votes(session, votes)


def _marks(arrival: Arrival, batch: Batch, groups: Sequence[str]) -> list[tuple[str, str, str]]:
    """Return what may have been said of an arrival before it came: kind, id and actor."""
    if arrival.type in VOTES:
        return [(f"undone:{arrival.type}", arrival.iri, arrival.actor)]
    if arrival.type == "Delete":
        return [("undone:Delete", arrival.iri, arrival.actor)]
    if arrival.type not in {"Create", "Update"}:
        return []
    about = batch.concerned[arrival.id or 0]
    removed = [("removed", iri, group) for iri in about for group in groups[:GROUPS]]
    return [*(("deleted", iri, arrival.actor) for iri in about), *removed]


GROUPS = 4  # whose removals are looked up beforehand; those of others one by one


async def _settle(tx: Transaction, session: BatchSession) -> None:
    """Count what was voted and said, and write everything: the rows, and the log in its order."""
    posts = [await session.get(Post, number) for number in sorted(session.votes_to_count)]
    await session.write()
    await versions.drop_all(tx, session.versions_to_drop)
    if posts:
        await vote.recount(tx, [one for one in posts if one is not None])
    if session.threads_to_count:
        await keeping.count_threads(tx, session.threads_to_count)
    await session.write()
    if "outbox" in tx.wakes:
        await tx.reach("O1")


async def _close(tx: Transaction, done: _Done) -> None:
    await journal.close_all(tx, done.handled)
    for arrival, reason in done.refused:
        await journal.close(tx, arrival, "done", reason)
    for arrival, error in done.put_off:
        await journal.put_off(tx, arrival, error)


def _report(node: Node, done: _Done) -> None:
    """Count and tell what became of them, once it is committed."""
    for arrival, reason in done.refused:
        log.info("arrival refused", arrival=arrival.iri, error=reason)
    for arrival, error in done.put_off:
        log.info("arrival waits", arrival=arrival.iri, error=str(error))
        journal.count_put_off(node, arrival)
    for verdict, several in (("done", done.handled), ("refused", done.refused)):
        node.metrics.processed.labels(verdict).inc(len(several))
