"""Windows, batches, and whose fault a silence is: lanes as a worker runs them together."""

import asyncio
from datetime import timedelta

import httpx
import pytest
from sqlmodel import col, func, select

from node.outbox import lanes, log
from node.outbox.audience import Target
from node.outbox.deliver import Worker, deliver_due
from node.outbox.outage import Outage
from node.outbox.turns import BRIEF
from node.store.tables.log import LogAudience, LogEntry
from node.store.tables.peers import Peer
from tests.support.counting import asked
from tests.support.rows import a_follow, a_group, a_peer, an_actor

POST = "https://alpha.example/post/"


@pytest.fixture
async def bob(node):
    """Who has taken something before: his peer gets a whole window."""
    async with node.transaction() as tx:
        bob = await an_actor(tx)
        await a_peer(tx, last_success=tx.now)
        return bob


async def say(node, actor, *targets, kind="Create", about="1"):
    async with node.transaction() as tx:
        iri = f"{actor.home}/activities/{tx.ids.token()}"
        thing = {"id": POST + about, "type": "Note"} if kind == "Create" else POST + about
        body = {"id": iri, "type": kind, "actor": actor.iri, "object": thing}
        await log.append(tx, iri=iri, type=kind, actor=actor, body=body, public=False, targets=targets)
    return iri


class Gate:
    """Holds every POST until it is let through; knows the most that were on their way at a time."""

    def __init__(self, node):
        self.waiting, self.most, self.seen, self._real = {}, 0, [], node.client.post
        node.client.post = self._post

    async def _post(self, url, *, body, **more):
        name = body.decode().split('"')[3]
        self.waiting[name] = asyncio.Event()
        self.seen.append(name)
        self.most = max(self.most, len(self.waiting))
        await self.waiting[name].wait()
        del self.waiting[name]
        return await self._real(url, body=body, **more)

    async def until(self, *names):
        async with asyncio.timeout(20):
            while not all(name in self.waiting for name in names):
                await asyncio.sleep(0)


async def test_a_peer_gets_several_at_a_time_and_no_more_than_are_set(node, peers, ada, bob):
    first, *said = [await say(node, ada, Target("actor", bob.id), about=str(number)) for number in range(7)]
    gate = Gate(node)
    turn = asyncio.create_task(deliver_due(node))
    await gate.until(first)
    assert set(gate.waiting) == {first}, "until it answers"
    gate.waiting[first].set()
    await gate.until(*said[:4])
    assert set(gate.waiting) == set(said[:4])
    gate.waiting[said[3]].set()  # the last of them first
    await gate.until(said[4])
    for event in list(gate.waiting.values()):
        event.set()
    await gate.until(said[5])
    gate.waiting[said[5]].set()
    assert await turn == 7
    assert gate.most == 4
    assert sorted(peers.got("beta.example")) == sorted([first, *said])


async def test_new_word_does_not_wait_behind_long_queues_of_others(node, peers, ada, bob):
    """R27: while lanes wait for a place, a turn is brief."""
    async with node.transaction() as tx:
        cy = await an_actor(tx, "https://gamma.example/u/cy")
    old = [await say(node, ada, Target("actor", bob.id), about=str(number)) for number in range(25)]
    new = await say(node, ada, Target("actor", cy.id), about="new")
    stopping = asyncio.Event()

    def take(request):
        if len(peers.posts) == len(old) + 1:
            stopping.set()
        return httpx.Response(202)

    peers.always |= {"beta.example": take, "gamma.example": take}
    worker = Worker(node)
    worker._places = 1
    async with asyncio.timeout(20):
        await worker.run(stopping)
    order = [peers.body(one)["id"] for one in peers.posts]
    assert order.index(new) == BRIEF
    assert sorted(order) == sorted([*old, new])


async def test_what_is_about_the_same_post_is_sent_in_order(node, peers, ada, bob):
    first = await say(node, ada, Target("actor", bob.id), about="0")
    post, vote, end = [
        await say(node, ada, Target("actor", bob.id), kind=kind) for kind in ("Create", "Like", "Delete")
    ]
    other = await say(node, ada, Target("actor", bob.id), about="2")
    gate = Gate(node)
    turn = asyncio.create_task(deliver_due(node))
    await gate.until(first)
    gate.waiting[first].set()
    await gate.until(post, other)
    assert gate.seen == [first, post, other]
    for name in (other, post, vote, end):
        await gate.until(name)
        gate.waiting[name].set()
    assert await turn == 5
    assert peers.got("beta.example") == [first, other, post, vote, end]


async def test_what_a_peer_has_behind_a_failed_entry_is_not_sent_again(node, peers, clock, ada, bob):
    said = [await say(node, ada, Target("actor", bob.id), about=str(number)) for number in range(4)]
    peers.answers("beta.example", 202, 500)
    await deliver_due(node)
    async with node.transaction() as tx:
        peer = await a_peer(tx)
        assert (peer.cursor, peer.failures) == (1, 1)
        assert len(lanes.read_beyond(peer.beyond)) == 2
    taken = peers.got("beta.example")
    clock.advance(hours=1)
    assert await deliver_due(node) == 1
    assert sorted(peers.got("beta.example")) == sorted([*said, taken[1]])
    async with node.transaction() as tx:
        assert ((await a_peer(tx)).cursor, (await a_peer(tx)).beyond) == (4, "")


async def test_a_peer_that_failed_is_probed_with_one_entry(node, peers, clock, ada, bob):
    """R14: half open."""
    for number in range(4):
        await say(node, ada, Target("actor", bob.id), about=str(number))
    async with node.transaction() as tx:
        await a_peer(tx, failures=5, failing_since=tx.now)
    peers.always["beta.example"] = httpx.ConnectError("gone")
    assert await deliver_due(node) == 1
    async with node.transaction() as tx:
        peer = await a_peer(tx)
    assert peer.failures == 6
    assert peer.due_at >= clock.now() + timedelta(minutes=30)


async def followed_from(node, number):
    async with node.transaction() as tx:
        bees = await a_group(tx, keyring=node.keyring)
        for one in range(number):
            await a_follow(tx, await an_actor(tx, f"https://p{one}.example/u/x"), bees)
            await a_peer(tx, f"p{one}.example", last_success=tx.now)
    return bees


async def statements(node, bees):
    await say(node, bees, Target("followers", bees.id))
    with asked(node.database) as seen:
        await deliver_due(node)
    return seen.count


async def test_a_turn_of_many_lanes_asks_hardly_more_than_one_of_few(node, peers):
    bees = await followed_from(node, 60)
    await statements(node, bees)
    peers.posts.clear()
    many = await statements(node, bees)
    assert len(peers.posts) == 60
    assert many <= 60  # 26 as measured; ten a lane would be 600


async def test_a_post_to_many_is_one_row(node):
    """R16."""
    bees = await followed_from(node, 40)
    with asked(node.database) as seen:
        await say(node, bees, Target("followers", bees.id))
    assert seen.count < 12
    async with node.reading() as session:
        rows = [await session.scalar(select(func.count(col(one.id)))) for one in (LogEntry, LogAudience)]
    assert rows == [1, 1]


async def test_our_own_network_down_is_blamed_on_nobody(node, peers, clock):
    """R30."""
    bees = await followed_from(node, 12)
    await say(node, bees, Target("followers", bees.id))
    for number in range(12):
        peers.always[f"p{number}.example"] = httpx.ConnectError("no route")
    for _ in range(30):
        await deliver_due(node)
        clock.advance(minutes=2)
    assert node.memory(Outage).is_on(clock.now())
    async with node.reading() as session:
        assert set(await session.scalars(select(Peer.failures))) == {0}
    peers.always.clear()
    peers.posts.clear()
    for _ in range(3):
        await deliver_due(node)
        clock.advance(minutes=2)
    assert len(peers.posts) == 12


async def test_dead_peers_alone_are_no_outage_of_ours(node, peers, clock):
    bees = await followed_from(node, 12)
    async with node.transaction() as tx:
        for number in range(12):
            await a_peer(tx, f"p{number}.example", failures=3, failing_since=tx.now)
            peers.always[f"p{number}.example"] = httpx.ConnectError("gone")
    await say(node, bees, Target("followers", bees.id))
    await deliver_due(node)
    async with node.reading() as session:
        assert set(await session.scalars(select(Peer.failures))) == {4}
