import asyncio
from datetime import timedelta

import pytest

from node.errors import Conflict
from node.outbox import lanes, log
from node.outbox.audience import Target
from node.outbox.lanes import LaneLost, Step, next_delay
from node.outbox.verdicts import Outcome, Verdict
from node.store.queries import lanes as queries
from node.store.queries.log import find_entry
from tests.outbox.telling import peer_at
from tests.support.rows import a_follow, a_group, a_local_actor, a_peer, an_actor


async def write(tx, actor, *targets, kind="Like"):
    iri = f"https://alpha.example/activities/{tx.ids.token()}"
    await log.append(tx, iri=iri, type=kind, actor=actor, body={"id": iri}, public=True, targets=targets)
    return await find_entry(tx.session, iri)


@pytest.fixture
async def scene(node):
    """ada here; bob at beta.example, who is told one thing."""
    async with node.transaction() as tx:
        ada, bob = await a_local_actor(tx), await an_actor(tx)
        await write(tx, ada, Target("actor", bob.id))
    return ada, bob


async def hosts(node, limit=10):
    return [lane.host for lane in await lanes.claim(node, limit)]


async def step(node, function, lane, *args, **kwargs):
    async with node.transaction() as tx:
        await function(tx, lane, *args, **kwargs)


async def settled(tx, lane, **fields):
    (answer,) = await lanes.settle(tx, [Step(lane, **fields)])
    if answer is not None:
        raise answer


async def advance(tx, lane, entry_id):
    await settled(tx, lane, cursor=entry_id, took=True)


async def skip(tx, lane, entry_id, reason):
    await settled(tx, lane, cursor=entry_id, refused=reason)


async def pass_over(tx, lane, entry_id):
    await settled(tx, lane, cursor=entry_id)


async def renew(tx, lane):
    await settled(tx, lane)


async def release(tx, lane, seen=0):
    await settled(tx, lane, cursor=seen, ends=True)


async def fail(tx, lane, *, error, wait=timedelta(0)):
    await settled(tx, lane, failed=Outcome(Verdict.RETRY, error, wait), ends=True)


async def hold(tx, lane, *, error, wait):
    await settled(tx, lane, failed=Outcome(Verdict.HOLD, error, wait), ends=True)


async def test_a_lane_is_one_workers_until_its_lease_ends(node, clock, scene):
    (first,) = await lanes.claim(node, 10)
    assert await lanes.claim(node, 10) == []
    clock.advance(seconds=121)
    (second,) = await lanes.claim(node, 10)
    assert second.fence == first.fence + 1


@pytest.mark.parametrize(
    "write_down",
    [
        lambda tx, lane: advance(tx, lane, 1),
        lambda tx, lane: skip(tx, lane, 1, "no"),
        lambda tx, lane: pass_over(tx, lane, 1),
        lambda tx, lane: fail(tx, lane, error="no"),
        lambda tx, lane: hold(tx, lane, error="no", wait=timedelta(0)),
        renew,
        release,
    ],
)
async def test_a_holder_that_was_away_too_long_changes_nothing(node, clock, scene, write_down):
    (stale,) = await lanes.claim(node, 10)
    clock.advance(seconds=121)
    await lanes.claim(node, 10)
    before = await peer_at(node)
    with pytest.raises(LaneLost):
        await step(node, write_down, stale)
    assert (await peer_at(node)).model_dump() == before.model_dump()


async def test_only_lanes_with_word_waiting_are_claimed_and_no_more_than_asked_for(node, scene):
    ada, _ = scene
    async with node.transaction() as tx:
        others = [await an_actor(tx, f"https://{name}.example/u/x") for name in ("gamma", "delta", "idle")]
        await write(tx, ada, *(Target("actor", one.id) for one in others[:2]))
    assert await hosts(node, 2) == ["beta.example", "gamma.example"]
    assert await hosts(node, 2) == ["delta.example"]


@pytest.mark.parametrize(
    "fields",
    [
        {"state": "paused"},
        {"state": "dead"},
        {"due_at": timedelta(minutes=1)},
        {"blocked_at": timedelta(0)},
    ],
)
async def test_lanes_that_may_not_run_are_left_alone(node, clock, scene, fields):
    moments = {k: clock.now() + v if isinstance(v, timedelta) else v for k, v in fields.items()}
    async with node.transaction() as tx:
        await a_peer(tx, **moments)
    assert await hosts(node) == []


async def test_a_lane_that_waits_is_due_in_time(node, clock, scene):
    async with node.transaction() as tx:
        await a_peer(tx, due_at=clock.now() + timedelta(minutes=1))
        assert await queries.next_due(tx.session, now=tx.now) == clock.now() + timedelta(minutes=1)
    clock.advance(minutes=1)
    assert await hosts(node) == ["beta.example"]
    async with node.reading() as session:
        assert await queries.next_due(session, now=clock.now()) is None


async def test_those_that_waited_longest_come_first(node, clock, scene):
    ada, bob = scene
    (lane,) = await lanes.claim(node, 10)
    await step(node, release, lane)  # with word still waiting: to the back
    async with node.transaction() as tx:
        gamma = await an_actor(tx, "https://gamma.example/u/x")
        await write(tx, ada, Target("actor", gamma.id), Target("actor", bob.id))
    assert await hosts(node, 1) == ["gamma.example"]
    assert await hosts(node, 1) == ["beta.example"]


async def test_idle_lanes_come_to_the_head_and_a_blocked_one_keeps_nothing(node, clock, scene):
    ada, _ = scene
    async with node.transaction() as tx:
        entry = await write(tx, ada, Target("everyone"))
        await a_peer(tx, "silent.example")
        await a_peer(tx, "blocked.example", blocked_at=tx.now)
        await an_actor(tx, "https://blocked.example/u/x")
    (lane,) = await lanes.claim(node, 10)
    assert await lanes.claim(node, 10) == []
    assert [(await peer_at(node, host)).cursor for host in ("silent.example", "blocked.example")] == [
        entry.id
    ] * 2
    assert (await peer_at(node)).cursor == 0
    await step(node, release, lane, seen=entry.id)
    assert (await peer_at(node)).cursor == entry.id


@pytest.mark.parametrize(
    ("dialect", "heard"),
    [("thread", ["any", "thread"]), ("micro", ["any", "micro"]), ("unknown", ["any", "thread", "micro"])],
)
async def test_each_dialect_hears_its_own_and_who_has_not_said_hears_both(node, dialect, heard):
    async with node.transaction() as tx:
        ada, bob = await a_local_actor(tx), await an_actor(tx)
        peer = await a_peer(tx, dialect=dialect)
        said = {one: await write(tx, ada, Target("actor", bob.id, one)) for one in ("any", "thread", "micro")}
        waiting = await queries.pending(tx.session, peer.id, 10)
        assert [entry.iri for entry in waiting] == [said[one].iri for one in heard]


@pytest.mark.parametrize("state", ["pending", "rejected"])
async def test_only_an_accepted_follow_opens_a_lane(node, state):
    async with node.transaction() as tx:
        bees, bob = await a_group(tx), await an_actor(tx)
        follow = await a_follow(tx, bob, bees, state)
        await write(tx, bees, Target("followers", bees.id))
    assert await hosts(node) == []
    async with node.transaction() as tx:
        follow = await tx.session.merge(follow)
        follow.state = "accepted"
        await write(tx, bees, Target("followers", bees.id))
    assert await hosts(node) == ["beta.example"]


async def test_nobody_is_told_who_cannot_be_reached_or_is_gone(node):
    async with node.transaction() as tx:
        ada = await a_local_actor(tx)
        mute = await an_actor(tx, "https://mute.example/u/x", inbox=None, shares_inbox=False)
        gone = await an_actor(tx, "https://gone.example/u/x", deleted_at=tx.now)
        await write(tx, ada, Target("actor", mute.id), Target("actor", gone.id), Target("everyone"))
    assert await hosts(node) == []


async def test_everyone_is_every_peer_with_an_inbox(node):
    async with node.transaction() as tx:
        ada = await a_local_actor(tx)
        await an_actor(tx)
        await a_peer(tx, "gamma.example", shared_inbox="https://gamma.example/inbox")
        await a_peer(tx, "delta.example")
        await write(tx, ada, Target("everyone"))
    assert await hosts(node) == ["beta.example", "gamma.example"]


async def test_the_schedule_grows_from_a_minute_to_twelve_hours(node):
    node.ids.share = 0.999999
    delays = [next_delay(failures, node.ids) for failures in range(1, 15)]
    assert [round(one / timedelta(minutes=1)) for one in delays] == [
        *(1, 2, 4, 8, 36, 36, 64, 128, 256, 512),
        *(720, 720, 720, 720),
    ]


async def test_the_whole_of_a_delay_is_left_to_chance_and_an_open_breaker_stays_open_for_half_an_hour(node):
    """R13, R14."""
    node.ids.share = 0.0
    delays = [next_delay(failures, node.ids) for failures in range(1, 8)]
    assert delays == [lanes.SHORTEST_DELAY] * 4 + [lanes.PROBE_AFTER] * 3


async def test_a_failure_is_kept_with_its_reason(node, clock, scene):
    (lane,) = await lanes.claim(node, 1)
    await step(node, fail, lane, error="HTTP 500")
    peer = await peer_at(node)
    assert peer.due_at - clock.now() == timedelta(seconds=30)
    assert (peer.failures, peer.failing_since, peer.last_error) == (1, clock.now(), "HTTP 500")


async def test_a_failing_peer_may_ask_for_more_time_but_not_for_more_than_a_day(node, clock, scene):
    for wait, expected in (
        (timedelta(hours=2), timedelta(hours=2)),
        (timedelta(days=400), timedelta(days=1)),
    ):
        (lane,) = await lanes.claim(node, 1)
        await step(node, fail, lane, error="HTTP 502", wait=wait)
        assert (await peer_at(node)).due_at - clock.now() == expected
        clock.advance(days=2)


@pytest.mark.parametrize("share", [0.0, 0.99])
async def test_a_wish_to_wait_is_kept_and_counts_as_no_failure(node, clock, scene, share):
    node.ids.share = share
    (lane,) = await lanes.claim(node, 1)
    await step(node, hold, lane, error="HTTP 429", wait=timedelta(hours=1))
    peer = await peer_at(node)
    assert (peer.failures, peer.failing_since) == (0, None)
    assert timedelta(hours=1) <= peer.due_at - clock.now() <= timedelta(hours=1.2)
    async with node.transaction() as tx:  # to hear from them does not shorten the wait they asked for
        await lanes.revive(tx, await a_peer(tx))
    assert await hosts(node) == []
    clock.advance(hours=1.2)
    assert await hosts(node) == ["beta.example"]


async def test_a_day_of_failures_puts_a_lane_to_sleep(node, clock, scene, monkeypatch):
    monkeypatch.setattr(lanes, "SLEEP_AFTER_FAILURES", 99)
    start = clock.now()
    while (await peer_at(node)).state == "awake":
        due_at = (await peer_at(node)).due_at or clock.now()
        clock.advance(seconds=(due_at - clock.now()).total_seconds())
        (lane,) = await lanes.claim(node, 1)
        await step(node, fail, lane, error="unreachable")
    peer = await peer_at(node)
    assert timedelta(hours=24) <= clock.now() - start < timedelta(hours=48)
    assert (peer.state, peer.due_at - clock.now()) == ("sleeping", timedelta(hours=6))


async def test_ten_failures_put_a_lane_to_sleep(node, clock, scene):
    for _ in range(10):
        assert (await peer_at(node)).state == "awake"
        async with node.transaction() as tx:
            await lanes.retry_now(tx, await a_peer(tx))
        (lane,) = await lanes.claim(node, 1)
        await step(node, fail, lane, error="unreachable")
    assert (await peer_at(node)).state == "sleeping"


async def test_a_month_of_failures_ends_it_until_the_peer_is_heard_from(node, clock, scene):
    async with node.transaction() as tx:
        since = tx.now - timedelta(days=29, hours=23)
        await a_peer(tx, state="sleeping", failures=99, failing_since=since)
    for state in ("sleeping", "dead"):
        (lane,) = await lanes.claim(node, 1)
        await step(node, fail, lane, error="unreachable")
        assert (await peer_at(node)).state == state
        clock.advance(hours=6)
    clock.advance(days=60)
    assert await hosts(node) == []
    async with node.transaction() as tx:
        await lanes.revive(tx, await a_peer(tx))
        assert tx.wakes == {"outbox"}
    peer = await peer_at(node)
    assert (peer.state, peer.due_at, peer.failures, peer.failing_since) == ("awake", None, 0, None)


async def test_a_clock_that_jumps_kills_nobody(node, clock, scene):
    (lane,) = await lanes.claim(node, 1)
    await step(node, fail, lane, error="unreachable")
    clock.advance(days=3650)
    (lane,) = await lanes.claim(node, 1)
    await step(node, fail, lane, error="unreachable")
    assert (await peer_at(node)).state == "sleeping"


async def test_to_hear_from_a_failing_peer_ends_its_wait(node, clock, scene):
    (lane,) = await lanes.claim(node, 1)
    await step(node, fail, lane, error="unreachable")
    assert await hosts(node) == []
    async with node.transaction() as tx:
        await lanes.revive(tx, await a_peer(tx))
    assert await hosts(node) == ["beta.example"]


async def test_success_ends_the_count_of_failures(node, clock, scene):
    (lane,) = await lanes.claim(node, 1)
    await step(node, fail, lane, error="unreachable")
    clock.advance(hours=1)
    (lane,) = await lanes.claim(node, 1)
    await step(node, advance, lane, 1)
    peer = await peer_at(node)
    assert (peer.cursor, peer.failures, peer.failing_since, peer.last_error) == (1, 0, None, "")
    assert peer.last_success == clock.now()
    assert peer.leased_until == clock.now() + lanes.LEASE


async def test_a_refusal_moves_on_and_keeps_its_reason(node, clock, scene):
    (lane,) = await lanes.claim(node, 1)
    await step(node, skip, lane, 1, "HTTP 403" + "x" * 600)
    peer = await peer_at(node)
    assert (peer.cursor, peer.failures, peer.last_success) == (1, 0, None)
    assert peer.last_error.startswith("HTTP 403")
    assert len(peer.last_error) == 500


async def test_an_operators_pause_outlasts_what_the_peer_does(node, clock, scene):
    async with node.transaction() as tx:
        peer = await a_peer(tx)
        await lanes.pause(tx, peer)
        await lanes.revive(tx, peer)
    assert await hosts(node) == []
    async with node.transaction() as tx:
        await lanes.resume(tx, await a_peer(tx))
        assert tx.wakes == {"outbox"}
    assert await hosts(node) == ["beta.example"]


async def test_a_lane_paused_in_mid_turn_stays_paused_when_it_fails(node, clock, scene):
    (lane,) = await lanes.claim(node, 1)
    async with node.transaction() as tx:
        await a_peer(tx, failures=20, failing_since=clock.now() - timedelta(days=2))
        await lanes.pause(tx, await a_peer(tx))
    await step(node, fail, lane, error="unreachable")
    assert (await peer_at(node)).state == "paused"


async def test_a_dead_lane_can_be_tried_now(node, clock, scene):
    async with node.transaction() as tx:
        await lanes.retry_now(tx, await a_peer(tx, state="dead"))
    assert (await peer_at(node)).state == "sleeping"
    assert await hosts(node) == ["beta.example"]


async def test_one_entry_can_be_passed_over_by_hand(node, scene):
    ada, bob = scene
    async with node.transaction() as tx:
        second = await write(tx, ada, Target("actor", bob.id))
        peer = await a_peer(tx, failures=3, failing_since=tx.now)
        skipped = await lanes.skip_one(tx, peer)
        assert skipped.id == second.id - 1
        assert (peer.failures, peer.failing_since) == (0, None), "what stood in the way is out of it"
        assert [one.iri for one in await queries.pending(tx.session, peer.id, 9)] == [second.iri]
        for odd in (second.id - 1, second.id + 1):
            with pytest.raises(Conflict):
                await lanes.skip_one(tx, peer, expected=odd)
        assert await lanes.skip_one(tx, peer, expected=second.id) is not None
        assert await lanes.skip_one(tx, peer) is None


async def test_all_that_waits_can_be_forgotten(node, scene):
    ada, bob = scene
    async with node.transaction() as tx:
        first = (await write(tx, ada, Target("actor", bob.id))).id - 1
        peer = await a_peer(tx)
        assert await lanes.forget(tx, peer, last=first) == 1
        assert await lanes.forget(tx, peer, last=first) == 0, "a cursor never goes back"
        assert await lanes.forget(tx, peer) == 1
        assert await lanes.forget(tx, peer) == 0
    assert await hosts(node) == []


async def test_what_would_not_be_sent_is_not_said_to_be_tried(node, clock, scene):
    async with node.transaction() as tx:
        paused = await a_peer(tx, state="paused")
        with pytest.raises(Conflict, match="paused"):
            await lanes.retry_now(tx, paused)
        blocked = await a_peer(tx, state="sleeping", blocked_at=tx.now)
        for act in (lanes.retry_now, lanes.resume):
            with pytest.raises(Conflict, match="blocked"):
                await act(tx, blocked)
        assert blocked.state == "sleeping"


@pytest.mark.parametrize("wakes", ["success", "arrival"])
async def test_who_slept_gets_the_newest_and_what_still_binds(node, clock, scene, wakes, monkeypatch):
    monkeypatch.setattr(lanes, "KEPT_ENTRIES", 3)
    ada, bob = scene
    async with node.transaction() as tx:
        await lanes.forget(tx, await a_peer(tx, state="sleeping"))
        head = await write(tx, ada, Target("actor", bob.id))
        binding = [
            await write(tx, ada, Target("actor", bob.id), kind=kind)
            for kind in ("Follow", "Accept", "Reject", "Undo", "Delete", "Block")
        ]
        await write(tx, ada, Target("actor", bob.id))
        newest = [await write(tx, ada, Target("actor", bob.id), kind="Announce") for _ in range(3)]
    if wakes == "success":
        (lane,) = await lanes.claim(node, 1)
        await step(node, advance, lane, head.id)
    else:
        async with node.transaction() as tx:
            await lanes.revive(tx, await a_peer(tx))
    async with node.transaction() as tx:
        peer = await a_peer(tx)
        assert peer.state == "awake"
        waiting = await queries.pending(tx.session, peer.id, 99)
        assert [one.iri for one in waiting] == [one.iri for one in binding + newest]
        later = [await write(tx, ada, Target("actor", bob.id)) for _ in range(3)]
        waiting = await queries.pending(tx.session, peer.id, 99)
        assert [one.iri for one in waiting[-3:]] == [one.iri for one in later]


async def test_who_slept_gets_nothing_older_than_a_week(node, clock, scene):
    ada, bob = scene
    clock.advance(days=8)
    async with node.transaction() as tx:
        fresh = await write(tx, ada, Target("actor", bob.id))
        peer = await a_peer(tx, state="dead")
        await lanes.revive(tx, peer)
        assert [one.iri for one in await queries.pending(tx.session, peer.id, 9)] == [fresh.iri]


async def test_a_lane_that_only_stumbled_keeps_everything_in_order(node, clock, scene, monkeypatch):
    monkeypatch.setattr(lanes, "KEPT_ENTRIES", 3)
    ada, bob = scene
    (lane,) = await lanes.claim(node, 1)
    await step(node, fail, lane, error="unreachable")
    async with node.transaction() as tx:
        for _ in range(9):
            await write(tx, ada, Target("actor", bob.id))
        peer = await a_peer(tx)
        await lanes.revive(tx, peer)
        assert await queries.count_pending(tx.session, peer.id) == 10


async def test_workers_that_claim_at_once_share_the_lanes(node):
    async with node.transaction() as tx:
        ada = await a_local_actor(tx)
        there = [await an_actor(tx, f"https://p{number}.example/u/x") for number in range(20)]
        await write(tx, ada, *(Target("actor", one.id) for one in there))
    shares = await asyncio.gather(*(hosts(node, 6) for _ in range(6)))
    claimed = [host for share in shares for host in share]
    assert len(claimed) == len(set(claimed))
    rest = await hosts(node, 20)
    assert sorted(claimed + rest) == sorted(one.host for one in there)
