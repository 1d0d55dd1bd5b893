"""The worker: each arrival to its end, none in another's way; and what it fetches first."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest
from sqlalchemy import LargeBinary, cast, func, select

from node.activities.table import HANDLERS
from node.inbox import process, resolve, tasks
from node.store.queries.actors import ensure_peer
from node.store.queries.tasks import ask_for
from node.store.tables.all import metadata
from tests.inbox.words import announce, page, reason_of
from tests.support.databases import POSTGRES
from tests.support.stranger import PUBLIC

INDEXED = 2600  # bytes; PostgreSQL refuses index rows above 2704


async def ring(us, kind, subject):
    async with us.node.transaction() as tx:
        await ask_for(tx, kind, subject)


async def test_one_that_fails_holds_up_no_other_and_is_parked(us, good, hive, work, monkeypatch):
    """R17"""
    alice = good.person("alice")
    thread = page(good, alice, hive)
    await good.send(us, announce(good, hive, good.create(thread)))
    await work()

    async def poisoned(tx, activity):
        raise RuntimeError("poison")

    monkeypatch.setitem(HANDLERS, "Dislike", replace(HANDLERS["Dislike"], apply=poisoned))
    await good.send(us, good.activity("Dislike", alice, thread["id"]))
    await good.send(us, good.activity("Like", alice, thread["id"]))
    for hours in (0, 1, 1, 3, 23):
        us.node.clock.advance(hours=hours)
        await work()
    assert (await us.post(thread["id"])).upvotes == 1
    assert await reason_of(us, -2) == ("dead", "poison")


async def test_an_answer_waits_for_its_parent_and_stands_alone_in_the_end(us, sea, good, victim, hive, work):
    """R19"""
    alice = good.person("alice")
    lost = "https://victim.example/posts/1"
    answer = page(good, alice, hive, "", type="Note", name=None, inReplyTo=lost, serve=False)
    sea.chart.away.add("victim.example")
    await good.send(us, announce(good, hive, good.create(answer)))
    await work()
    assert await us.post(answer["id"]) is None
    assert (await reason_of(us))[0] == "waiting"
    for hours in (1, 1, 3, 23):
        us.node.clock.advance(hours=hours)
        await work()
    assert (await us.post(answer["id"])).parent_id is None
    assert (await reason_of(us))[0] == "done"


async def test_a_chain_of_answers_is_walked_in_steps_of_the_budget(us, sea, good, hive, work):
    """V64, V53, E4"""
    alice = good.person("alice")
    last = page(good, alice, hive, "Root")
    for number in range(15):
        last = good.note(alice, f"{number}", inReplyTo=last["id"], audience=hive)
    await good.send(us, announce(good, hive, good.create(last)))
    before = len(sea.chart.fetched)
    await process.process_due(us.node)
    assert len(sea.chart.fetched) - before <= us.node.settings.fetches_per_activity
    assert await us.post(last["id"]) is None
    for hours in (1, 1, 3):
        us.node.clock.advance(hours=hours)
        await work()
    leaf = await us.post(last["id"])
    assert leaf is not None
    assert leaf.depth >= 10


async def test_a_vote_on_what_is_unknown_brings_it_when_a_followed_group_says_so(us, good, evil, hive, work):
    """I.79"""
    alice, mallory = good.person("alice"), evil.person("mallory", key="mallory")
    first, second = page(good, alice, hive, "First"), page(good, alice, hive, "Second")
    await good.send(us, announce(good, hive, good.create(first)))
    await good.send(us, announce(good, hive, good.activity("Like", alice, second["id"])))
    unasked = evil.note(mallory, "Buy")
    await evil.send(us, evil.activity("Like", mallory, unasked["id"], to=[PUBLIC]))
    await work()
    assert (await us.post(second["id"])).upvotes == 1
    assert await us.post(unasked["id"]) is None


async def test_an_unasked_answer_to_somebody_elsewhere_is_neither_kept_nor_fetched_for(
    us, sea, evil, victim, work
):
    """B.9.9, V53"""
    mallory, bob = evil.person("mallory", key="mallory"), victim.person("bob", key="bob")
    root = victim.note(bob, "Root")
    answer = evil.note(mallory, "Buy", inReplyTo=root["id"])
    await evil.send(us, evil.create(answer))
    await work()
    assert await us.post(answer["id"]) is None
    assert not any(root["id"] == url for _, url in sea.chart.fetched)


async def test_a_mention_of_our_group_begins_a_thread_in_it(us, good, work):
    """D.3"""
    bees = await us.group("bees")
    alice = good.person("alice")
    tag = {"type": "Mention", "href": bees.iri, "name": "@bees"}
    note = good.note(alice, "When do bees swarm?", cc=[bees.iri, f"{alice}/followers"], tag=[tag])
    await good.send(us, good.create(note))
    await work()
    post = await us.post(note["id"])
    assert post.group_id is not None


async def test_a_profile_and_nodeinfo_are_asked_in_the_background(us, sea, good, work):
    """V47"""
    alice = good.person("alice")
    await good.send(us, good.activity("Like", alice, "https://us.example/post/1"))
    await work()
    async with us.node.reading() as session:
        from node.store.tables.peers import Peer

        peer = (await session.scalars(Peer.__table__.select())).first()
        assert peer is not None
        row = (await session.execute(Peer.__table__.select().where(Peer.host == "good.example"))).one()
    assert (row.software, row.version, row.dialect) == ("mastodon", "1", "micro")
    good.documents[alice]["name"] = "Renamed"
    await ring(us, "refresh", alice)
    await work()
    from tests.inbox.test_actors import kept

    assert (await kept(us, alice)).name == "Renamed"


async def test_nodeinfo_that_leads_to_a_private_address_is_not_asked(us, sea, evil, work, monkeypatch):
    """V47"""
    links = [{"rel": "http://nodeinfo.diaspora.software/ns/schema/2.0", "href": "http://127.0.0.1/nodeinfo"}]
    real = evil._find

    def find(path, query):
        return (200, "application/json", {"links": links}) if "nodeinfo" in path else real(path, query)

    monkeypatch.setattr(evil, "_find", find)
    mallory = evil.person("mallory", key="mallory")
    await evil.send(us, evil.activity("Like", mallory, "https://us.example/post/1"))
    await work()
    assert not any("127.0.0.1" in url for _, url in sea.chart.fetched)


async def test_a_task_is_tried_five_times(us, sea, good, monkeypatch):
    sea.chart.away.add("good.example")
    await ring(us, "refresh", "https://good.example/users/alice")
    tries = 0
    for _ in range(8):
        tries += await tasks.work_due(us.node)
        us.node.clock.advance(hours=23)
    assert tries == 5


async def test_a_task_that_breaks_is_tried_again_and_one_of_no_known_kind_ends(us, monkeypatch):
    calls = []

    async def broken(node, task):
        calls.append(task.subject)
        raise RuntimeError("broken")

    monkeypatch.setitem(tasks.WORK, "refresh", broken)
    await ring(us, "refresh", "x")
    await ring(us, "riddle", "y")
    assert await tasks.work_due(us.node) == 2
    us.node.clock.advance(hours=1)
    assert await tasks.work_due(us.node) == 1
    assert calls == ["x", "x"]


@pytest.mark.parametrize("worker", [process, tasks])
async def test_a_worker_stops_when_told_and_wakes_when_rung(us, good, worker):
    """R04"""
    stopping = asyncio.Event()
    running = asyncio.create_task(worker.run(us.node, stopping))
    for _ in range(5):
        await asyncio.sleep(0)
    stopping.set()
    us.node.wake.ring("inbox")
    us.node.wake.ring("tasks")
    async with asyncio.timeout(10):
        await running


def test_the_walk_is_bounded():
    """V64"""
    assert resolve.MAX_DEPTH == 50


def bytes_of(column):
    return func.octet_length(column) if POSTGRES else func.length(cast(column, LargeBinary))


async def too_long(us):
    """Find values that are longer than their columns: SQLite takes them, PostgreSQL does not."""
    found = []
    async with us.node.reading() as session:
        for table in metadata.sorted_tables:
            for column in table.columns:
                length = getattr(column.type, "length", None)
                if length is None:
                    continue
                longest = await session.scalar(select(func.max(func.length(column)))) or 0
                heaviest = await session.scalar(select(func.max(bytes_of(column)))) or 0
                if longest > length or (column.index and heaviest > INDEXED):
                    found.append((str(column), longest, heaviest))
    return found


async def test_nothing_is_written_that_is_longer_than_its_column(us, good, hive, work):
    """R17, V58: cut what may be cut, refuse what may not, on every database alike."""
    long, far = "x" * 5000, "https://far.example/" + "\u6f22" * 2000
    alice = good.person("alice")
    good.documents[alice] |= {"name": long, "summary": long, "description": long, "url": far}
    good.documents[alice] |= {"type": ["Person", long], "icon": {"type": "Image", "url": far}}
    language = {"identifier": "en-" + "-".join(["abcdefgh"] * 9), "name": long}
    odd = {"name": long, "language": language, "summary": long, "sensitive": True, "url": far}
    odd |= {"attachment": [{"type": "Image", "url": far, "name": long}, {"type": "Link", "href": far}]}
    thread = page(good, alice, hive, **odd)
    answer = page(good, alice, hive, type="X" * 90, content="Hm", inReplyTo=thread["id"], language=language)
    lost = page(good, alice, hive, type="Note", content="Lost", inReplyTo=far)
    for one in (thread, answer, lost):
        await good.send(us, announce(good, hive, good.create(one)))
        await good.send(us, announce(good, hive, good.activity("Update", alice, one)))
    await good.send(us, good.activity("Like", alice, far))
    await good.send(us, announce(good, hive, good.activity("X" * 90, alice, far)))
    await work()
    assert await us.post(thread["id"]) is not None
    assert await us.post(answer["id"]) is not None
    assert await too_long(us) == []


async def test_a_host_is_one_peer_however_it_is_written(us):
    """V18, A106: a block of a host must hold for each spelling of it."""
    async with us.node.transaction() as tx:
        plain = await ensure_peer(tx, "https://good.example/users/alice")
        odd = await ensure_peer(tx, "https://GOOD.example:00443/users/alice")
        assert odd.id == plain.id


async def test_an_origin_that_hangs_holds_up_nobody_elses_arrival(us, good, evil, victim, monkeypatch):
    """R14, R17: and what is by one actor, or about one thing, stays in order."""
    bees = await us.group("bees")
    alice, mallory = good.person("alice"), evil.person("mallory", key="mallory")
    slow = evil.note(mallory, "Slow", to=[PUBLIC, bees.iri])
    quick = good.note(alice, "Quick words", type="Page", name="Quick", to=[PUBLIC, bees.iri])
    asked, answered, order = asyncio.Event(), asyncio.Event(), []
    real_unwrap, real_perform = process.unwrap, process.perform

    async def unwrap(node, arrival, budget):
        if arrival.actor == mallory:
            asked.set()
            await answered.wait()
        return await real_unwrap(node, arrival, budget)

    async def perform(tx, activity):
        order.append((activity.type, activity.actor))
        await real_perform(tx, activity)
        if activity.type == "Update":
            answered.set()  # only once all that is not mallory's has taken effect

    async def ask(node, batch):  # as if something had to be fetched for each
        return list(batch.arrivals)

    monkeypatch.setattr(process, "work_together", ask)
    monkeypatch.setattr(process, "unwrap", unwrap)
    monkeypatch.setattr(process, "perform", perform)
    await evil.send(us, evil.create(slow))
    await evil.send(us, evil.activity("Delete", mallory, slow["id"]))
    await good.send(us, good.create(quick))
    await good.send(us, good.activity("Update", alice, {**quick, "name": "Quicker", "updated": "2030-01-01"}))
    async with asyncio.timeout(60):
        assert await process.process_due(us.node) == 4
    assert asked.is_set()
    assert order == [("Create", alice), ("Update", alice), ("Create", mallory), ("Delete", mallory)]
    assert (await us.post(quick["id"])).title == "Quicker"
