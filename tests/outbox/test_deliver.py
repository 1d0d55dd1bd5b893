import asyncio
from datetime import timedelta
from email.utils import format_datetime

import httpx
import pytest
import structlog
from sqlmodel import col, delete, select

from node.errors import Unavailable
from node.outbox import deliver, lanes, log, turns
from node.outbox.audience import Target
from node.outbox.deliver import deliver_due
from node.outbox.turns import Turn
from node.outbox.verdicts import Verdict, judge
from node.store.tables.actors import Actor
from node.store.tables.follows import Follow
from node.store.tables.peers import Peer
from node.store.tables.tasks import Task
from tests.support.keyshop import private_key
from tests.support.rows import a_follow, a_group, a_local_actor, a_peer, an_actor


async def say(tx, actor, *targets):
    iri = f"{actor.home}/activities/{tx.ids.token()}"
    await log.append(
        tx, iri=iri, type="Like", actor=actor, body={"id": iri, "type": "Like"}, public=True, targets=targets
    )
    return iri


async def peer_at(node, host="beta.example") -> Peer:
    async with node.transaction() as tx:
        return await a_peer(tx, host)


@pytest.fixture
async def bob(node):
    async with node.transaction() as tx:
        return await an_actor(tx)


async def tell(node, ada, *actors, times=1):
    async with node.transaction() as tx:
        return [await say(tx, ada, *(Target("actor", one.id) for one in actors)) for _ in range(times)]


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


@pytest.mark.parametrize(
    "status", [*range(200, 209), 226, *range(300, 309), *range(400, 432), 451, *range(500, 512), 599]
)
async def test_every_answer_has_the_effect_of_its_verdict(node, peers, clock, ada, bob, status):
    await tell(node, ada, bob)
    knocks = 2 if status in {400, 401, 403} else 1  # those may be about the signature (RULE B4)
    peers.answers("beta.example", *[status] * knocks)
    assert await deliver_due(node) == 1
    peer, verdict = await peer_at(node), judge(status, None).verdict
    assert peer.cursor == (0 if verdict in {Verdict.RETRY, Verdict.HOLD} else 1)
    assert peer.failures == (1 if verdict is Verdict.RETRY else 0)
    assert (peer.last_success is not None) == (verdict is Verdict.DONE)
    assert peer.last_error.startswith("" if verdict is Verdict.DONE else f"HTTP {status} ")
    assert (peer.due_at > clock.now()) == (verdict in {Verdict.RETRY, Verdict.HOLD})
    async with node.reading() as session:
        asked = [(task.kind, task.subject) for task in await session.scalars(select(Task))]
    assert asked == ([("refresh", bob.iri)] if verdict is Verdict.RECHECK else [])
    assert len(peers.posts) == knocks  # above all: no redirect was followed


async def test_a_peer_that_refuses_again_and_again_costs_one_post_each_and_one_line(
    node, peers, clock, ada, bob
):
    """C.1: Lemmy answers the echoes of its members' acts with 400; each is passed over, and nothing waits for it."""
    await tell(node, ada, bob)
    await deliver_due(node)
    said = await tell(node, ada, bob, times=4)
    peers.answers("beta.example", *[httpx.Response(400, text="Object is not remote")] * 4)
    peers.posts.clear()
    with structlog.testing.capture_logs() as lines:
        assert await deliver_due(node) == 4
    assert peers.got("beta.example") == said
    assert [(one["event"], one["log_level"], one["times"]) for one in lines] == [
        ("outbox.refused", "info", 1)
    ]
    peer = await peer_at(node)
    assert (peer.failures, peer.state) == (0, "awake")
    assert "Object is not remote" in peer.last_error
    clock.advance(hours=2)
    await tell(node, ada, bob)
    peers.answers("beta.example", httpx.Response(400, text="Object is not remote"))
    with structlog.testing.capture_logs() as lines:
        await deliver_due(node)
    assert [one["times"] for one in lines] == [4]


async def test_a_third_401_drops_the_entry(node, peers, clock, ada, bob):
    said = await tell(node, ada, bob, times=2)
    peers.answers("beta.example", *[401] * 6)
    for expected in (1, 1, 2):
        assert await deliver_due(node) == expected
        clock.advance(hours=1)
    assert peers.got("beta.example") == [said[0]] * 6 + [said[1]]


async def test_a_401_after_an_outage_is_still_tried_again(node, peers, clock, ada, bob):
    said = await tell(node, ada, bob)
    peers.answers("beta.example", 500, 500, 500, 401, 401)
    for _ in range(5):
        await deliver_due(node)
        clock.advance(days=1)
    assert peers.got("beta.example") == said * 6


HOUR = timedelta(hours=1)
FORMS = {
    "3600": (HOUR, True),
    "date": (HOUR, True),
    "99999999999": (timedelta(hours=24), True),
    "-5": (None, False),
    "soon": (None, False),
    "": (None, False),
    "past": (None, False),
}


@pytest.mark.parametrize("status", [429, 503])
@pytest.mark.parametrize("form", list(FORMS))
async def test_a_wish_to_wait_is_read_in_every_form(node, peers, clock, ada, bob, status, form):
    await tell(node, ada, bob)
    said = {"date": clock.now() + HOUR, "past": clock.now() - HOUR}.get(form)
    header = format_datetime(said, usegmt=True) if said else form
    peers.answers("beta.example", httpx.Response(status, headers={"retry-after": header}))
    await deliver_due(node)
    wait, understood = FORMS[form]
    peer = await peer_at(node)
    assert peer.failures == (0 if understood or status == 429 else 1)
    assert peer.due_at - clock.now() >= (wait or timedelta(seconds=30))
    assert peer.due_at - clock.now() <= timedelta(hours=24) * 1.2
    clock.advance(seconds=(peer.due_at - clock.now()).total_seconds() - 1)
    assert await deliver_due(node) == 0
    clock.advance(seconds=1)
    assert await deliver_due(node) == 1


@pytest.mark.parametrize(
    "inbox", ["https://10.0.0.5/inbox", "ftp://beta.example/inbox", "https://alpha.example/inbox", "x"]
)
async def test_an_inbox_that_we_do_not_ask_gets_nothing(node, peers, ada, inbox):
    async with node.transaction() as tx:
        eve = await an_actor(tx, shares_inbox=False, inbox=inbox)
        await say(tx, ada, Target("actor", eve.id))
    await deliver_due(node)
    assert peers.posts == []
    peer = await peer_at(node)
    assert (peer.cursor, peer.failures) == (1, 0)
    assert peer.last_error


async def test_an_actor_whose_key_is_gone_is_passed_over(node, peers, bob, ada):
    async with node.transaction() as tx:
        (await tx.session.get(Actor, ada.id)).sealed_key = None
    await tell(node, ada, bob)
    await deliver_due(node)
    assert peers.posts == []
    assert (await peer_at(node)).cursor == 1


async def test_a_key_that_does_not_open_today_holds_and_blames_nobody(node, peers, clock, bob):
    async with node.transaction() as tx:
        broken = await a_local_actor(tx, "broken")
    await tell(node, broken, bob)
    await deliver_due(node)
    peer = await peer_at(node)
    assert (peer.cursor, peer.failures) == (0, 0)
    async with node.transaction() as tx:
        good = await a_local_actor(tx, "good", keyring=node.keyring)
        (await tx.session.get(Actor, broken.id)).sealed_key = good.sealed_key
    clock.advance(minutes=6)
    assert await deliver_due(node) == 1
    assert len(peers.posts) == 1


async def test_an_entry_waiting_is_signed_with_the_key_of_its_hour(node, peers, clock, ada, bob):
    peers.answers("beta.example", 500)
    await tell(node, ada, bob)
    await deliver_due(node)
    async with node.transaction() as tx:
        other = private_key("bob").private_bytes(*_pem())
        sealed = node.keyring.seal(other, purpose=b"actor-key")
        (await tx.session.get(Actor, ada.id)).sealed_key = sealed
    clock.advance(minutes=2)
    await deliver_due(node)
    assert peers.posts[0].content == peers.posts[1].content
    assert node.private_key(await _actor(node, ada)).private_numbers() == private_key("bob").private_numbers()


async def test_a_fault_of_ours_backs_off_like_any_other(node, peers, ada, bob):
    peers.answers("beta.example", LookupError("bug"))
    await tell(node, ada, bob)
    await deliver_due(node)
    peer = await peer_at(node)
    assert (peer.cursor, peer.failures) == (0, 1)
    assert "bug" in peer.last_error


async def test_who_slept_is_probed_and_wakes(node, peers, clock, ada, bob):
    said = await tell(node, ada, bob, times=3)
    async with node.transaction() as tx:
        await a_peer(
            tx, state="sleeping", failures=12, failing_since=tx.now, due_at=tx.now + timedelta(hours=6)
        )
    assert await deliver_due(node) == 0
    clock.advance(hours=6)
    assert await deliver_due(node) == 3
    assert peers.got("beta.example") == said
    assert (await peer_at(node)).state == "awake"


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


async def _actor(node, actor):
    async with node.reading() as session:
        return await session.get(Actor, actor.id)


def _pem():
    from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

    return Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()
