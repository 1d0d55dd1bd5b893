"""Who is told, in what order, and how a worker goes about it."""

import asyncio
from datetime import timedelta

import httpx
import pytest
from sqlmodel import col, delete

from node.errors import Unavailable
from node.outbox import deliver, lanes, turns
from node.outbox.audience import Target
from node.outbox.deliver import deliver_due
from node.outbox.turns import Turn
from node.store.tables.follows import Follow
from tests.outbox.telling import peer_at, say, tell
from tests.support.rows import a_follow, a_group, a_peer, an_actor


async def test_what_was_said_arrives_in_order_signed_and_byte_for_byte(node, peers, ada, bob):
    said = await tell(node, ada, bob, times=3)
    assert await deliver_due(node) == 3
    assert peers.got("beta.example") == said
    request = peers.posts[0]
    assert str(request.url) == "https://beta.example/inbox"
    assert request.content == f'{{"id":"{said[0]}","type":"Like"}}'.encode()
    assert request.headers["content-type"] == "application/activity+json"
    assert f'keyId="{ada.iri}#main-key"' in request.headers["signature"]
    assert request.headers["user-agent"].startswith("Archipel/")
    assert await deliver_due(node) == 0
    peer = await peer_at(node)
    assert (peer.leased_until, peer.failures, peer.last_success) == (None, 0, node.clock.now())


async def test_one_post_serves_all_who_share_an_inbox(node, peers, ada, bob):
    async with node.transaction() as tx:
        bees = await a_group(tx, keyring=node.keyring)
        for name in ("cy", "dee", "eve"):
            await a_follow(tx, await an_actor(tx, f"https://beta.example/u/{name}"), bees)
        await say(tx, bees, Target("followers", bees.id), Target("actor", bob.id), Target("everyone"))
    assert await deliver_due(node) == 1


async def test_who_shares_none_is_told_at_each_inbox_once(node, peers, ada):
    async with node.transaction() as tx:
        names = ("cy", "dee")
        there = [await an_actor(tx, f"https://beta.example/u/{name}", shares_inbox=False) for name in names]
        await say(tx, ada, *(Target("actor", one.id) for one in there))
    assert await deliver_due(node) == 2
    assert sorted(one.url.path for one in peers.posts) == ["/u/cy/inbox", "/u/dee/inbox"]
    assert await deliver_due(node) == 0


async def test_one_bad_inbox_does_not_keep_the_entry_from_the_next(node, peers, ada):
    async with node.transaction() as tx:
        there = [
            await an_actor(tx, f"https://beta.example/u/{name}", shares_inbox=False) for name in ("cy", "dee")
        ]
        await say(tx, ada, *(Target("actor", one.id) for one in there))
    peers.answers("beta.example", 403, 403)  # in either form of signature
    assert await deliver_due(node) == 2
    assert await deliver_due(node) == 0
    assert (await peer_at(node)).last_error.startswith("HTTP 403 from https://beta.example/u/cy/inbox")


async def test_everyone_is_told_once_a_peer_at_whatever_inbox_there_is(node, peers, ada):
    async with node.transaction() as tx:
        for name in ("cy", "dee"):
            await an_actor(tx, f"https://beta.example/u/{name}", shares_inbox=False)
        await a_peer(tx, "gamma.example", shared_inbox="https://gamma.example/shared")
        await say(tx, ada, Target("everyone"))
    assert await deliver_due(node) == 2
    assert sorted(one.url.path for one in peers.posts) == ["/shared", "/u/cy/inbox"]


async def test_who_may_receive_is_asked_when_it_is_sent(node, peers, ada, bob):
    async with node.transaction() as tx:
        follow = await a_follow(tx, bob, ada)
        await say(tx, ada, Target("followers", ada.id))
        await tx.session.execute(delete(Follow).where(col(Follow.id) == follow.id))
    assert await deliver_due(node) == 0
    assert peers.posts == []


async def test_who_leaves_during_a_turn_gets_no_more_of_it(node, peers, ada, bob):
    async with node.transaction() as tx:
        await a_follow(tx, bob, ada)
        said = [await say(tx, ada, Target("followers", ada.id)) for _ in range(2)]

    real = node.client.post

    async def post(*args, **kwargs):
        async with node.transaction() as tx:
            await tx.session.execute(delete(Follow))
        return await real(*args, **kwargs)

    node.client.post = post
    assert await deliver_due(node) == 1
    assert peers.got("beta.example") == said[:1]
    assert (await peer_at(node)).cursor == 2
    assert await deliver_due(node) == 0


@pytest.mark.parametrize("change", [{"state": "paused"}, {"blocked_at": 1}])
async def test_who_is_blocked_or_paused_during_a_turn_gets_no_more_of_it(node, peers, ada, bob, change):
    said = await tell(node, ada, bob, times=2)
    real = node.client.post

    async def post(*args, **kwargs):
        async with node.transaction() as tx:
            await a_peer(tx, **{name: tx.now if value == 1 else value for name, value in change.items()})
        return await real(*args, **kwargs)

    node.client.post = post
    assert await deliver_due(node) == 1
    assert (await peer_at(node)).cursor == 1
    assert await deliver_due(node) == 0
    if "state" in change:
        async with node.transaction() as tx:
            await lanes.resume(tx, await a_peer(tx))
        node.client.post = real
        assert await deliver_due(node) == 1
        assert peers.got("beta.example") == said


async def test_a_blocked_peer_is_told_nothing_even_by_name(node, peers, ada, bob):
    async with node.transaction() as tx:
        await a_peer(tx, blocked_at=tx.now)
    await tell(node, ada, bob)
    assert await deliver_due(node) == 0


async def test_a_dead_peer_does_not_hold_the_others(node, peers, ada, bob):
    async with node.transaction() as tx:
        cy = await an_actor(tx, "https://gamma.example/u/cy")
    said = await tell(node, ada, bob, cy, times=3)
    peers.always["beta.example"] = httpx.ConnectError("gone")
    assert await deliver_due(node) == 4
    assert peers.got("gamma.example") == said
    assert await deliver_due(node) == 0
    peer = await peer_at(node)
    assert (peer.failures, peer.cursor) == (1, 0)
    assert "cannot be reached" in peer.last_error


async def test_after_an_outage_all_arrives_in_order(node, peers, clock, ada, bob):
    peers.always["beta.example"] = httpx.ConnectError("gone")
    said = []
    for _ in range(6):
        said += await tell(node, ada, bob, times=20)
        await deliver_due(node)
        clock.advance(hours=1)
    peers.posts.clear()
    peers.always.clear()
    clock.advance(hours=12)
    while await deliver_due(node):
        pass
    assert peers.got("beta.example") == said


@pytest.mark.parametrize("fault", [RuntimeError("power"), Unavailable("database away")])
async def test_a_crash_between_the_post_and_the_cursor_costs_one_repeat_of_the_same_bytes(
    node, peers, clock, ada, bob, monkeypatch, fault
):
    said = await tell(node, ada, bob, times=3)
    real, crashes = lanes.settle, [fault]

    async def settle(*args):
        if crashes:
            raise crashes.pop()
        return await real(*args)

    monkeypatch.setattr(lanes, "settle", settle)
    assert await deliver_due(node) == 1
    assert await deliver_due(node) == 0  # the lease of the crashed one still runs
    clock.advance(seconds=121)
    assert await deliver_due(node) == 3
    assert peers.got("beta.example") == [said[0], *said]
    first, second = peers.posts[0], peers.posts[1]
    assert first.content == second.content
    assert first.headers["signature"] != second.headers["signature"]  # signed afresh: another date


async def test_a_holder_whose_lease_ended_stops(node, peers, clock, ada, bob):
    await tell(node, ada, bob, times=3)
    real = node.client.post

    async def slow(*args, **kwargs):
        node.client.post = real
        clock.advance(seconds=121)
        assert len(await lanes.claim(node, 1)) == 1
        return await real(*args, **kwargs)

    node.client.post = slow
    assert await deliver_due(node) == 1
    assert (await peer_at(node)).cursor == 0


async def test_a_holder_whose_lane_was_taken_does_not_even_send(node, peers, clock, ada, bob):
    await tell(node, ada, bob)
    (stale,) = await lanes.claim(node, 1)
    clock.advance(seconds=121)
    await lanes.claim(node, 1)
    turn = Turn(node, deliver.Counter(node), stale)
    with pytest.raises(lanes.LaneLost):
        await turn.run()
    assert turn.tried == 0
    assert peers.posts == []


async def test_a_turn_ends_so_that_others_have_theirs(node, peers, ada, bob, monkeypatch):
    monkeypatch.setattr(turns, "TURN", 2)
    said = await tell(node, ada, bob, times=5)
    assert [await deliver_due(node) for _ in range(4)] == [2, 2, 1, 0]
    assert peers.got("beta.example") == said


async def test_no_more_lanes_are_open_than_asked_for(node, peers, ada):
    async with node.transaction() as tx:
        there = [await an_actor(tx, f"https://p{number}.example/u/x") for number in range(5)]
    await tell(node, ada, *there)
    assert [await deliver_due(node, limit=2) for _ in range(4)] == [2, 2, 1, 0]


async def test_the_worker_delivers_what_it_is_woken_for_and_stops_clean(node, peers, ada, bob):
    stopping, arrived = asyncio.Event(), asyncio.Event()

    def take(request):
        arrived.set()
        return httpx.Response(202)

    peers.always["beta.example"] = take
    worker = asyncio.create_task(deliver.run(node, stopping))
    first = await tell(node, ada, bob)
    async with asyncio.timeout(10):
        await arrived.wait()
    arrived.clear()
    second = await tell(node, ada, bob)
    async with asyncio.timeout(10):
        await arrived.wait()
        stopping.set()
        await worker
    assert peers.got("beta.example") == first + second
    peer = await peer_at(node)
    assert (peer.leased_until, peer.cursor) == (None, 2)  # what was on its way was finished


async def test_a_slow_peer_takes_one_place_and_no_more(node, peers, ada, bob):
    async with node.transaction() as tx:
        cy = await an_actor(tx, "https://gamma.example/u/cy")
    await tell(node, ada, bob, cy)
    real, slow, healthy = node.client.post, asyncio.Event(), asyncio.Event()

    async def post(url, **kwargs):
        if "beta" in url:
            await slow.wait()
        answer = await real(url, **kwargs)
        if len(peers.got("gamma.example")) == 3:
            healthy.set()
        return answer

    node.client.post = post
    stopping = asyncio.Event()
    worker = asyncio.create_task(deliver.run(node, stopping))
    async with asyncio.timeout(10):
        await tell(node, ada, cy, times=2)
        await healthy.wait()
        assert peers.got("beta.example") == []
        stopping.set()
        slow.set()
        await worker
    assert len(peers.got("beta.example")) == 1


async def test_what_cannot_end_in_time_is_left_to_its_lease(node, peers, clock, ada, bob, monkeypatch):
    monkeypatch.setattr(deliver, "CLEAN_STOP", 0)
    said = await tell(node, ada, bob)
    begun, real = asyncio.Event(), node.client.post

    async def post(*args, **kwargs):
        begun.set()
        await asyncio.Event().wait()

    node.client.post = post
    stopping = asyncio.Event()
    worker = asyncio.create_task(deliver.run(node, stopping))
    async with asyncio.timeout(10):
        await begun.wait()
        stopping.set()
        await worker
    node.client.post = real
    clock.advance(seconds=121)
    assert await deliver_due(node) == 1
    assert peers.got("beta.example") == said


async def test_the_worker_outlives_a_database_that_is_away(node, peers, ada, bob, monkeypatch):
    real, faults, arrived = lanes.claim, [Unavailable("locked")], asyncio.Event()

    async def claim(*args, **more):
        if faults:
            node.wake.ring("outbox")
            raise faults.pop()
        return await real(*args, **more)

    def take(request):
        arrived.set()
        return httpx.Response(202)

    monkeypatch.setattr(lanes, "claim", claim)
    peers.always["beta.example"] = take
    await tell(node, ada, bob)
    stopping = asyncio.Event()
    async with asyncio.timeout(10):
        worker = asyncio.create_task(deliver.run(node, stopping))
        await arrived.wait()
        stopping.set()
        await worker


async def test_the_worker_rests_until_the_next_lane_comes_due(node, clock, bob):
    worker = deliver.Worker(node)
    await worker._claim()
    assert await worker._patience() == deliver.LOOK_EVERY
    async with node.transaction() as tx:
        await a_peer(tx, due_at=clock.now() + timedelta(seconds=1))
    assert await worker._patience() == 1
    async with node.transaction() as tx:
        await a_peer(tx, due_at=clock.now() + timedelta(hours=7))
    assert await worker._patience() == deliver.LOOK_EVERY
