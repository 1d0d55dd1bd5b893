"""Arrivals that are worked together end as they would one by one, whatever comes between."""

from __future__ import annotations

import asyncio
import json
import random
from collections import Counter
from dataclasses import replace

import pytest
from sqlalchemy import event, text
from sqlalchemy.exc import OperationalError
from sqlmodel import select

from node.activities.table import HANDLERS
from node.faults import Faults, Stall, raising
from node.inbox import journal, process, together
from node.store.tables.arrivals import Arrival
from node.store.tables.log import LogAudience, LogEntry
from node.store.tables.posts import Post
from tests.inbox.words import page
from tests.support.archipelago import Archipelago
from tests.support.counting import asked
from tests.support.databases import POSTGRES
from tests.support.state import public_state
from tests.support.stranger import Stranger

PEOPLE = ("alice", "bob", "carol", "dan")


class Scene:
    """Our group bees, and four people of two other hosts, known here and following it."""

    def __init__(self, sea, us, bees):
        self.sea, self.us, self.bees = sea, us, bees
        self.hosts = [Stranger(sea, "good.example"), Stranger(sea, "other.example")]
        self.people = [self.host(number).person(name) for number, name in enumerate(PEOPLE)]

    @classmethod
    async def open(cls, sea):
        us = await sea.node("us.example")
        scene = cls(sea, us, (await us.group("bees")).iri)
        for number in range(len(PEOPLE)):
            await scene.send(scene.act(number, "Follow", scene.bees))
        await scene.work()
        return scene

    def host(self, number):
        return self.hosts[number % 2]

    def act(self, number, kind, thing, **more):
        to = {
            "to": ["https://www.w3.org/ns/activitystreams#Public"],
            "cc": [self.bees],
            "audience": self.bees,
        }
        return self.host(number).activity(kind, self.people[number], thing, **to, **more)

    def thread(self, number, title="Swarm"):
        return page(self.host(number), self.people[number], self.bees, title)

    def answer(self, number, parent, words="Yes."):
        more = {"type": "Note", "name": None, "inReplyTo": parent}
        return page(self.host(number), self.people[number], self.bees, words, **more)

    async def send(self, activity):
        who = self.people.index(activity["actor"])
        assert await self.host(who).send(self.us, activity) == 202

    async def work(self):
        while await process.process_due(self.us.node):
            pass

    async def rows(self, *columns):
        async with self.us.node.reading() as session:
            return [tuple(row) for row in await session.execute(select(*columns).order_by(columns[0]))]

    async def verdicts(self):
        rows = await self.rows(Arrival.id, Arrival.type, Arrival.state, Arrival.reason, Arrival.attempts)
        return [row[1:] for row in rows]


@pytest.fixture
async def scene(sea):
    return await Scene.open(sea)


@pytest.fixture
def batches(monkeypatch):
    """How many arrivals each attempt at a batch had, and how many of them it set aside."""
    batches = []
    attempt = together._attempt

    async def noted(node, batch):
        aside = await attempt(node, batch)
        batches.append((len(batch.arrivals), len(aside)))
        return aside

    monkeypatch.setattr(together, "_attempt", noted)
    return batches


def poison(monkeypatch, kind, act):
    """Let every activity of that kind fail while it takes effect."""
    monkeypatch.setitem(HANDLERS, kind, replace(HANDLERS[kind], apply=act))


async def fails(tx, activity):
    await tx.session.execute(text("UPDATE posts SET title = 'spoiled'"))
    raise RuntimeError("poison")


def mixed(scene, dice):
    """What people may send in any order: sensible, repeated, late, early, and what is not for them to do."""
    threads = [scene.thread(number, f"Thread {number}") for number in range(2)]
    answers = [scene.answer(dice.randrange(4), dice.choice(threads)["id"], f"Answer {n}") for n in range(8)]
    answers += [scene.answer(dice.randrange(4), dice.choice(answers)["id"], f"Below {n}") for n in range(4)]
    posts = [*threads, *answers]
    acts = [scene.act(scene.people.index(one["attributedTo"]), "Create", one) for one in posts]
    for _ in range(14):
        vote = scene.act(dice.randrange(4), dice.choice(["Like", "Dislike"]), dice.choice(posts)["id"])
        acts.append(vote)
        if dice.random() < 0.4:
            acts.append(scene.act(scene.people.index(vote["actor"]), "Undo", vote))
    for _ in range(6):
        post = dice.choice(posts)
        stamp = f"2026-01-0{dice.randrange(1, 9)}T00:00:00Z"
        edited = post | {"content": f"<p>Edited, {stamp}</p>", "updated": stamp}
        acts.append(scene.act(scene.people.index(post["attributedTo"]), "Update", edited))
    for _ in range(3):
        post = dice.choice(answers)
        acts.append(scene.act(scene.people.index(post["attributedTo"]), "Delete", post["id"]))
        acts.append(scene.act(dice.randrange(4), "Delete", dice.choice(answers)["id"]))
    dice.shuffle(acts)
    return [scene.act(scene.people.index(acts[0]["actor"]), "Create", threads[0]), *acts]


async def everything(scene):
    """What an outsider and the operator see: posts, votes, the log, and what became of each arrival."""
    entries = await scene.rows(LogEntry.id, LogEntry.iri, LogEntry.type, LogEntry.body)
    audiences = await scene.rows(LogAudience.id, LogAudience.entry_id, LogAudience.kind, LogAudience.dialect)
    counts = await scene.rows(Post.iri, Post.comment_count, Post.last_active, Post.hot, Post.deleted_at)
    said = {}
    for _, _, kind, body in entries:
        said.setdefault(subject_of(json.loads(body)), []).append((kind, *named(json.loads(body))))
    return {
        "state": await public_state(scene.us.node.database),
        "counts": counts,
        "said": said,  # of each thing in its order; what is about different things may change places
        "to": Counter(row[2:] for row in audiences),
        "verdicts": await scene.verdicts(),
    }


def named(said):
    """Who says what in an entry of the log: its own id is drawn by lot."""
    inner = said["object"]
    return said["actor"], inner if isinstance(inner, str) else json.dumps(inner, sort_keys=True)


def subject_of(said):
    """Return the id of what an activity is about in the end."""
    while isinstance(said, dict) and "object" in said:
        said = said["object"]
    return said["id"] if isinstance(said, dict) else said


@pytest.mark.parametrize("seed", range(4))
async def test_a_batch_ends_as_one_by_one(tmp_path, monkeypatch, seed):
    """Whatever the order: the same posts, counts, entries of the log and verdicts."""
    ends = []
    for name in ("together", "alone"):
        (tmp_path / name).mkdir()
        sea = Archipelago(tmp_path / name)
        scene = await Scene.open(sea)
        for act in mixed(scene, random.Random(seed)):
            await scene.send(act)
        if name == "alone":
            monkeypatch.setattr(process, "work_together", lambda node, batch: alone(batch))
            monkeypatch.setattr(process, "_one_by_one", in_order)
        await scene.work()
        ends.append(await everything(scene))
        await sea.close()
    for section, end in ends[0].items():
        assert end == ends[1][section], section
    assert Counter(state for _, state, _, _ in ends[0]["verdicts"])["done"] > 20


async def in_order(node, arrivals, concerned):
    for arrival in arrivals:
        await process._work(node, arrival)


async def alone(batch):
    return list(batch.arrivals)


async def test_a_batch_needs_few_statements_for_each_arrival(scene, batches):
    thread = scene.thread(0)
    await scene.send(scene.act(0, "Create", thread))
    answers = [scene.answer(number % 4, thread["id"], f"{number}") for number in range(20)]
    for one in answers:
        await scene.send(scene.act(scene.people.index(one["attributedTo"]), "Create", one))
    await scene.work()
    kinds = {
        "comment": [
            scene.act(n % 4, "Create", scene.answer(n % 4, thread["id"], f"More {n}")) for n in range(20)
        ],
        "vote": [scene.act(n % 4, "Like", answers[n]["id"]) for n in range(20)],
        "edit": [
            scene.act(
                n % 4, "Update", answers[n] | {"content": "<p>New</p>", "updated": "2030-01-01T00:00:00Z"}
            )
            for n in range(20)
        ],
        "delete": [scene.act(n % 4, "Delete", answers[n]["id"]) for n in range(20)],
    }
    for kind, acts in kinds.items():
        batches.clear()
        for act in acts:
            await scene.send(act)
        with asked(scene.us.node.database) as seen:
            await process.process_due(scene.us.node)
        assert batches == [(20, 0)], kind
        assert seen.count <= 20 * CEILING, f"{kind}: " + "\n".join(seen.statements)
    assert {row[1] for row in await scene.verdicts()} == {"done"}


CEILING = 3  # statements for each of twenty arrivals, all told; a batch of a hundred needs less than one


async def test_poison_in_a_batch_leaves_its_neighbours_unharmed_and_is_parked(scene, monkeypatch, batches):
    """R17: what it changed is undone with it, its attempts are counted before the work, its neighbours are done."""
    thread = scene.thread(0)
    await scene.send(scene.act(0, "Create", thread))
    await scene.work()
    batches.clear()
    poison(monkeypatch, "Dislike", fails)
    for number, kind in enumerate(("Like", "Dislike", "Like", "Like")):
        await scene.send(scene.act(number, kind, thread["id"]))
    await scene.work()
    post = await scene.us.post(thread["id"])
    assert (post.title, post.upvotes) == ("Swarm", 3)
    assert [row[1:] for row in await scene.verdicts()][-4:] == [
        ("done", "", 1),
        ("waiting", "poison", 1),
        ("done", "", 1),
        ("done", "", 1),
    ]
    for hours in (1, 1, 3, 23):
        scene.us.node.clock.advance(hours=hours)
        await scene.work()
    assert (await scene.verdicts())[-3][1:] == ("dead", "poison", 5)
    assert (await scene.us.post(thread["id"])).upvotes == 3


async def test_what_is_refused_does_not_disturb_the_batch(scene, batches):
    thread = scene.thread(0)
    answer = scene.answer(1, thread["id"])
    await scene.send(scene.act(0, "Create", thread))
    await scene.work()
    batches.clear()
    await scene.send(scene.act(1, "Create", answer))
    await scene.send(
        scene.act(2, "Update", answer | {"content": "<p>Mine</p>", "updated": "2030-01-01T00:00:00Z"})
    )
    await scene.send(scene.act(2, "Like", answer["id"]))
    await scene.work()
    assert len(batches) == 1
    reasons = [(state, reason) for _, state, reason, _ in await scene.verdicts()][-3:]
    assert [state for state, _ in reasons] == ["done"] * 3
    assert reasons[1][1] != ""
    assert (await scene.us.post(answer["id"])).upvotes == 1


async def test_what_needs_the_network_waits_outside_and_holds_up_only_its_own(scene, batches):
    """The order of what is about one thing is kept: the vote on the new person's comment comes after it."""
    thread = scene.thread(0)
    await scene.send(scene.act(0, "Create", thread))
    await scene.work()
    batches.clear()
    host = scene.host(0)
    stranger = host.person("eve")  # whom nobody here knows yet
    comment = page(host, stranger, scene.bees, "New here", type="Note", name=None, inReplyTo=thread["id"])
    async with scene.us.node.transaction() as tx:  # as if her key had been known at the door
        await record(tx, host.create(comment, audience=scene.bees))
    await scene.send(scene.act(1, "Like", comment["id"]))
    other = scene.thread(2, "Meanwhile")
    await scene.send(scene.act(2, "Create", other))
    await process.process_due(scene.us.node)
    assert batches[-1][1] == 2
    assert (await scene.us.post(comment["id"])).upvotes == 1
    assert await scene.us.post(other["id"]) is not None


async def record(tx, activity):
    await journal.record(
        tx,
        journal.Verified(
            iri=activity["id"],
            type=activity["type"],
            actor=activity["actor"],
            signer=activity["actor"],
            trust="actor",
            body=json.dumps(activity),
        ),
    )


async def test_a_batch_that_the_database_cannot_take_is_tried_three_times_then_one_by_one(scene, batches):
    """R07"""
    thread = scene.thread(0)
    await scene.send(scene.act(0, "Create", thread))
    await scene.work()
    for number in range(1, 4):
        await scene.send(scene.act(number, "Like", thread["id"]))
    engine, failed = scene.us.node.database.engine.sync_engine, []

    def fail(_connection, _cursor, statement, *_):
        if statement.startswith("INSERT INTO votes") and len(failed) < together.TIMES:
            failed.append(statement)
            raise OperationalError(statement, (), Exception("deadlock detected"))

    event.listen(engine, "before_cursor_execute", fail)
    batches.clear()
    await scene.work()
    event.remove(engine, "before_cursor_execute", fail)
    assert len(failed) == together.TIMES
    assert batches == []
    assert (await scene.us.post(thread["id"])).upvotes == 3


async def test_a_worker_that_lost_its_lease_while_it_slept_does_nothing(scene):
    """R25: what another worker has claimed meanwhile is not touched."""
    thread = scene.thread(0)
    await scene.send(scene.act(0, "Create", thread))
    async with scene.us.node.transaction() as tx:
        stale = await journal.claim(tx, 10)
    scene.us.node.clock.advance(hours=1)
    async with scene.us.node.transaction() as tx:
        assert await journal.claim_again(tx) is not None
    left = await together.work_together(
        scene.us.node, together.Batch(stale, {one.id: frozenset([one.iri]) for one in stale})
    )
    assert left == []
    assert await scene.us.post(thread["id"]) is None


@pytest.mark.postgres
@pytest.mark.skipif(not POSTGRES, reason="one writer at a time on SQLite")
async def test_two_workers_do_not_miss_what_the_other_does_to_one_thing(scene):
    """R21: a Delete that sees no post, beside a Create that sees no mark."""
    thread = scene.thread(0)
    await scene.send(scene.act(0, "Create", thread))
    await scene.work()
    answer, stall = scene.answer(1, thread["id"]), Stall()
    other = replace(scene.us.node, _memory={})
    scene.us.node.faults = Faults()
    scene.us.node.faults.arm("I7", stall)
    await scene.send(scene.act(1, "Create", answer))
    creating = asyncio.create_task(process.process_due(scene.us.node))
    await stall.reached.wait()  # the answer is written, and nobody else sees it yet
    await scene.send(scene.act(1, "Delete", answer["id"]))
    deleting = asyncio.create_task(process.process_due(other))
    await asyncio.wait({deleting}, timeout=0.5)  # where it does not wait for the other, it is done by then
    stall.released.set()
    await asyncio.gather(creating, deleting)
    kept = [deleted for iri, deleted in await scene.rows(Post.iri, Post.deleted_at) if iri == answer["id"]]
    assert kept
    assert None not in kept


async def test_long_work_is_begun_with_a_fresh_lease(scene, monkeypatch):
    """R26: while others wait for their turn their leases run; at its turn each is renewed, or left to who has it."""
    thread = scene.thread(0)
    await scene.send(scene.act(0, "Create", thread))
    monkeypatch.setattr(process, "work_together", lambda node, batch: alone(batch))
    seen = []
    handle = process._handle

    async def noted(node, arrival):
        seen.append(await scene.rows(Arrival.id, Arrival.leased_until))
        await handle(node, arrival)

    monkeypatch.setattr(process, "_handle", noted)
    renew = journal.renew

    async def later(tx, arrival):
        scene.us.node.clock.advance(minutes=4)
        tx.now = scene.us.node.clock.now()
        await renew(tx, arrival)

    monkeypatch.setattr(process.journal, "renew", later)
    await process.process_due(scene.us.node)
    assert seen[0][-1][1] == scene.us.node.clock.now() + journal.LEASE


async def test_sixteen_claimers_never_claim_the_same(scene):
    """R24"""
    thread = scene.thread(0)
    for number in range(64):
        async with scene.us.node.transaction() as tx:
            await record(tx, scene.act(number % 4, "Like", thread["id"]))
    claimed = Counter()

    async def claim():
        while True:
            async with scene.us.node.transaction() as tx:
                found = await journal.claim(tx, 3)
            if not found:
                return
            claimed.update(one.id for one in found)

    await asyncio.gather(*(claim() for _ in range(16)))
    assert len(claimed) == 64
    assert set(claimed.values()) == {1}


@pytest.mark.parametrize("point", ["I6", "I7", "O1"])
async def test_a_batch_that_fails_at_a_point_is_as_if_it_had_not_begun(sea, point):
    scene = await Scene.open(sea)
    scene.us.node.faults = faults = Faults()
    thread = scene.thread(0)
    await scene.send(scene.act(0, "Create", thread))
    await scene.send(scene.act(1, "Like", thread["id"]))
    faults.arm(point, raising())
    await scene.work()
    post = await scene.us.post(thread["id"])
    assert (post.upvotes, {row[1] for row in await scene.verdicts()}) == (1, {"done"})
    said = Counter(row[1] for row in await scene.rows(LogEntry.id, LogEntry.iri))
    assert set(said.values()) == {1}


async def test_verdicts_are_counted(scene):
    processed = scene.us.node.metrics.processed
    before = {name: processed.labels(name)._value.get() for name in ("done", "refused")}
    thread = scene.thread(0)
    await scene.send(scene.act(0, "Create", thread))
    await scene.send(scene.act(1, "Follow", "https://us.example/u/nobody"))
    await scene.work()
    assert processed.labels("done")._value.get() == before["done"] + 1
    assert processed.labels("refused")._value.get() == before["refused"] + 1
