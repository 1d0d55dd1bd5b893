"""Arrivals that wait together are written down together: all of them, or none is told so. On both databases."""

from __future__ import annotations

import asyncio
import contextlib
import copy
import json
import sqlite3
from dataclasses import replace

import httpx
import pytest
from sqlalchemy import text, update
from sqlalchemy.ext.asyncio import create_async_engine
from sqlmodel import col, select

from node.errors import Forbidden, Malformed, Unauthenticated, Unavailable
from node.faults import Faults, Injected, Stall, raising
from node.inbox import intake as module
from node.inbox.authenticate import Signers
from node.inbox.intake import Grounds, Intake
from node.inbox.journal import Verified
from node.local.peers import block
from node.store import database
from node.store.database import Database
from node.store.tables.actors import PublicKey
from node.store.tables.arrivals import Arrival
from node.store.tables.peers import Peer
from tests.inbox.conftest import Post
from tests.inbox.test_receive import fetches_of, like
from tests.support import keyshop
from tests.support.counting import asked
from tests.support.stranger import Stranger


@pytest.fixture
async def alice(us, good, post):
    """Somebody whom the door knows; the faults of the node are ours to choose."""
    iri = good.person("alice")
    assert (await post(like(iri, "first"))).state == "accepted"
    us.node.faults = Faults()
    return iri


async def together(post, *activities, **how):
    """Hand them to the door at the same time; an answer, or an error, each."""
    waiting = (post(activity, **how) for activity in activities)
    return await asyncio.gather(*waiting, return_exceptions=True)


async def passed(us, point, times):
    """Let the others run until a point was reached so often."""
    for _ in range(10_000):
        if us.node.faults.reached[point] >= times:
            return
        await asyncio.sleep(0)
    raise AssertionError(us.node.faults.reached)


def states(answers):
    return [getattr(one, "state", type(one).__name__) for one in answers]


def commits(node):
    """How many commits wrote arrivals down, and how many arrivals."""
    get = node.metrics.registry.get_sample_value
    return int(get("archipel_arrivals_per_commit_count")), int(get("archipel_arrivals_per_commit_sum"))


async def recorded(us):
    return sorted(arrival.iri.rpartition("/")[2] for arrival in await us.arrivals())


async def test_those_who_wait_together_share_a_commit(us, alice, post):
    before = commits(us.node)
    answers = await together(post, *(like(alice, number) for number in range(20)))
    assert states(answers) == ["accepted"] * 20
    after = commits(us.node)
    assert (after[0] - before[0], after[1] - before[1]) == (1, 20)
    assert us.node.faults.reached == {"I2": 20, "I3": 1, "I4": 20}


async def test_whoever_comes_during_a_commit_shares_the_next(us, alice, post):
    stall = Stall()
    us.node.faults.arm("I3", stall)
    first = asyncio.create_task(post(like(alice, 1)))
    await stall.reached.wait()
    rest = [asyncio.create_task(post(like(alice, number))) for number in range(2, 12)]
    await passed(us, "I2", 11)
    assert not any(task.done() for task in (first, *rest))
    stall.released.set()
    assert states(await asyncio.gather(first, *rest)) == ["accepted"] * 11
    assert us.node.faults.reached["I3"] == 2


async def test_a_known_sender_costs_no_look_at_the_database_of_its_own(us, alice, post):
    with asked(us.node.database) as one:
        await post(like(alice, 1))
    with asked(us.node.database) as ten:
        await together(post, *(like(alice, number) for number in range(2, 12)))
    assert ten.count == one.count <= 7, ten.statements


async def test_a_group_has_a_largest_size(us, alice, post, monkeypatch):
    monkeypatch.setattr(module, "TOGETHER", 4)
    assert states(await together(post, *(like(alice, number) for number in range(10)))) == ["accepted"] * 10
    assert us.node.faults.reached["I3"] == 3


async def test_a_failing_commit_is_told_to_all_who_waited_and_keeps_nothing(us, alice, post):
    """P1, R05"""
    us.node.faults.arm("I3", raising(lambda: sqlite3.OperationalError("database or disk is full")))
    answers = await together(post, *(like(alice, number) for number in range(5)))
    assert states(answers) == ["Unavailable"] * 5
    assert all(one.retry_after >= 1 for one in answers)
    assert await recorded(us) == ["first"]
    again = await together(post, *(like(alice, number) for number in range(5)))
    assert states(again) == ["accepted"] * 5


async def _locked(us):
    """Hold what keeps a group from being written, as another process does; returns how to let go."""
    if us.node.database.is_sqlite:
        other = sqlite3.connect(us.node.database.url.partition("///")[2], isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        return other.close
    us.node.faults.arm("I3", lambda: _cut_off(us.node.database.url))
    return lambda: None


async def _cut_off(url):
    """End every connection to the database but this one, as a restart of the server does."""
    engine = create_async_engine(url, isolation_level="AUTOCOMMIT")
    async with engine.connect() as connection:
        await connection.execute(
            text(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
        )
    await engine.dispose()


async def test_a_database_that_is_locked_or_gone_is_waited_for_then_503(sea, good, monkeypatch):
    """R06, R07: never a 500, nothing lost, nothing kept that was not told."""
    monkeypatch.setattr(database, "BUSY_TIMEOUT_MS", 20)
    us = await sea.node("busy.example")
    post, alice = Post(us), good.person("alice")
    await post(like(alice, "first"))
    us.node.faults = Faults()
    let_go = await _locked(us)
    answers = await together(post, *(like(alice, number) for number in range(3)))
    let_go()
    assert states(answers) == ["Unavailable"] * 3
    assert len({id(one) for one in answers}) == 3, "an error raised in many places would gather their frames"
    assert await recorded(us) == ["first"]
    assert states(await together(post, *(like(alice, number) for number in range(3)))) == ["accepted"] * 3


async def test_what_the_database_cannot_keep_costs_its_neighbours_nothing(us, alice, post):
    bad = Verified(
        iri="https://good.example/likes/bad",
        type="Like",
        actor=alice,
        signer=alice,
        trust="actor",
        body="\ud800",
        host="good.example",
    )
    grounds = Grounds(("good.example",), None)
    answers = await asyncio.gather(
        post(like(alice, 1)),
        us.node.memory(Intake).admit(us.node, bad, grounds),
        post(like(alice, 2)),
        us.node.memory(Intake).admit(us.node, replace(bad, iri=f"{bad.iri}-2", body="{}"), grounds),
        return_exceptions=True,
    )
    assert [type(one).__name__ for one in answers] == ["Receipt", "Malformed", "Receipt", "bool"]
    assert isinstance(answers[1], Malformed)
    assert await recorded(us) == ["1", "2", "bad-2", "first"]


async def test_an_error_of_ours_is_told_as_503_and_heals(us, alice, post):
    us.node.faults.arm("I3", raising())
    assert states(await together(post, like(alice, 1), like(alice, 2))) == ["Unavailable"] * 2
    assert states(await together(post, like(alice, 1), like(alice, 2))) == ["accepted"] * 2


async def test_killed_between_commit_and_answer_the_second_copy_is_a_repeat(us, alice, post):
    """R02"""
    us.node.faults.arm("I4", raising())
    with pytest.raises(Injected):
        await post(like(alice, 1))
    assert (await post(like(alice, 1))).state == "repeat"
    assert await recorded(us) == ["1", "first"]


async def test_the_same_id_ten_times_at_once_by_every_inbox_is_one_row(us, good, alice):
    """R23"""
    await us.group("bees", founder=await us.member("ada"))
    paths = ("/inbox", "/u/ada/inbox", "/c/bees/inbox")
    activity = like(alice, "same")
    sent = (good.send(us, activity, path=paths[number % 3]) for number in range(10))
    assert await asyncio.gather(*sent) == [202] * 10
    assert await recorded(us) == ["first", "same"]
    said = us.node.metrics.registry.get_sample_value
    assert said("archipel_arrivals_total", {"answer": "repeat"}) == 9


async def test_two_processes_that_are_told_the_same_keep_it_once(us, good, alice, tmp_path):
    """R24: the second has its own memory, and the same database."""
    from node.app import open_node

    other = await open_node(
        us.node.settings,
        clock=us.node.clock,
        transport=us.node.client._transport,
        new_key_pair=us.node.new_key_pair,
    )
    twin = replace_node(us, other)
    activities = [like(alice, number) for number in range(30)]
    here, there = await asyncio.gather(
        together(Post(us), *activities), together(Post(twin), *reversed(activities))
    )
    await other.close()
    told = sorted(zip(states(here), reversed(states(there)), strict=True))
    assert told == [("accepted", "repeat")] * told.count(("accepted", "repeat")) + [
        ("repeat", "accepted")
    ] * told.count(("repeat", "accepted"))
    assert len(await us.arrivals()) == 31


def replace_node(island, node):
    twin = copy.copy(island)
    twin.node = node
    return twin


async def test_who_hangs_up_leaves_its_neighbours_as_they_were(us, alice, post):
    """R28: before the group is made, and while it is being written."""
    first = [asyncio.create_task(post(like(alice, number))) for number in range(6)]
    await passed(us, "I2", 6)
    stall = Stall()
    us.node.faults.arm("I3", stall)
    for task in first[::2]:
        task.cancel()
    await stall.reached.wait()
    first[1].cancel()
    await asyncio.sleep(0)
    stall.released.set()
    answers = await asyncio.gather(*first, return_exceptions=True)
    assert states(answers) == ["CancelledError"] * 3 + ["accepted", "CancelledError", "accepted"]
    assert await recorded(us) == ["1", "3", "5", "first"], "whole, or not at all"
    again = await together(post, *(like(alice, number) for number in range(6)))
    assert states(again) == ["accepted", "repeat"] * 3


async def test_hundreds_of_requests_cut_off_anywhere_leave_no_part_of_a_row(us, alice, post):
    """R28"""
    running = []
    for number in range(300):
        running.append(asyncio.create_task(post(like(alice, number))))
        for _ in range(number % 5):
            await asyncio.sleep(0)
        if number % 3 == 0:
            running[number // 2].cancel()
    answers = await asyncio.gather(*running, return_exceptions=True)
    kept = set(await recorded(us))
    told = {str(number) for number, one in enumerate(answers) if not isinstance(one, BaseException)}
    assert len(told) > 100
    assert told < kept
    assert all(json.loads(one.body)["id"] == one.iri for one in await us.arrivals())
    assert not us.node.memory(Intake)._waiting


async def test_a_full_queue_is_answered_503_before_the_body_is_read(us, alice, post):
    """R31"""
    stall, intake = Stall(), us.node.memory(Intake)
    us.node.faults.arm("I3", stall)
    intake.most_waiting = 3
    waiting = [asyncio.create_task(post(like(alice, number))) for number in range(3)]
    await stall.reached.wait()
    headers, body = post.signed(like(alice, 3))
    read = 0

    async def chunks():
        nonlocal read
        read += 1
        yield body

    transport = httpx.ASGITransport(app=us.app)
    async with (
        asyncio.timeout(30),
        httpx.AsyncClient(transport=transport, base_url="https://us.example") as client,
    ):
        answer = await client.post("/inbox", content=chunks(), headers=headers)
    assert (answer.status_code, answer.headers["retry-after"], read) == (503, "10", 0)
    with pytest.raises(Unavailable):
        await post(like(alice, 3))
    stall.released.set()
    assert states(await asyncio.gather(*waiting)) == ["accepted"] * 3
    assert (await post(like(alice, 3))).state == "accepted"


@pytest.mark.parametrize("stated", [True, False])
async def test_bodies_may_take_so_much_memory_and_no_more(us, alice, post, stated):
    """R31: whether its length is stated or not, and all that was counted is given back."""
    intake = us.node.memory(Intake)
    headers, body = post.signed(like(alice, 1))
    intake.most_bytes = len(body) + 10
    intake.hold(11)

    async def chunks():
        yield body[:10]
        yield body[10:]

    transport = httpx.ASGITransport(app=us.app)
    async with httpx.AsyncClient(transport=transport, base_url="https://us.example") as client:
        sent = body if stated else chunks()
        headers = headers if stated else keyshop.without(headers, "content-length")
        assert (await client.post("/inbox", content=sent, headers=headers)).status_code == 503
        intake.let_go(11)
        sent = body if stated else chunks()
        assert (await client.post("/inbox", content=sent, headers=headers)).status_code == 202
    assert intake._held == 0


async def test_a_host_that_is_blocked_meanwhile_is_refused(us, alice, post):
    async def blocking():
        async with us.node.transaction() as tx:
            await block(tx, "good.example", own="us.example")

    us.node.faults.arm("I2", blocking)
    with pytest.raises(Forbidden):
        await post(like(alice, 1))
    assert await recorded(us) == ["first"]


async def _takes_key(us, iri, name):
    async with us.node.transaction() as tx:
        await tx.session.execute(
            update(PublicKey).where(col(PublicKey.owner) == iri).values(pem=keyshop.public_pem(name))
        )


async def test_a_key_that_changed_meanwhile_is_of_no_use(us, sea, good, alice, post):
    """R41: memory still has the old one."""
    good.documents[alice]["publicKey"]["publicKeyPem"] = keyshop.public_pem("bob")
    us.node.faults.arm("I2", lambda: _takes_key(us, alice, "bob"))
    with pytest.raises(Unauthenticated):
        await post(like(alice, 1))
    assert await recorded(us) == ["first"]
    assert (await post(like(alice, 2), key="bob")).state == "accepted"


async def test_a_key_that_changed_in_another_process_is_taken_at_once(us, sea, alice, post):
    await _takes_key(us, alice, "bob")
    assert us.node.memory(Signers).find(f"{alice}#main-key", us.node.clock.now()) is not None
    assert (await post(like(alice, 1), key="bob")).state == "accepted"
    assert len(fetches_of(sea, "good")) == 1, "it is in the database"


async def test_a_key_that_was_taken_away_is_asked_for_again(us, sea, good, alice, post):
    async with us.node.transaction() as tx:
        key = (await tx.session.scalars(select(PublicKey).where(col(PublicKey.owner) == alice))).one()
        await tx.session.delete(key)
    assert (await post(like(alice, 1))).state == "accepted"
    assert len(fetches_of(sea, "good")) == 2


async def test_a_key_host_that_hangs_holds_up_nobody_else(us, sea, alice, post):
    """R29, P5; and what fails when nobody waits for it any more is remembered all the same."""
    asked_for, may_answer = asyncio.Event(), asyncio.Event()

    async def hanging(scope, receive, send):
        asked_for.set()
        await may_answer.wait()
        raise httpx.ConnectTimeout("It never came.")

    sea.chart.apps["slow.example"] = hanging
    slow = asyncio.create_task(post(like("https://slow.example/users/alice")))
    await asked_for.wait()
    assert states(await together(post, *(like(alice, number) for number in range(5)))) == ["accepted"] * 5
    assert not slow.done()
    slow.cancel()
    may_answer.set()
    with contextlib.suppress(asyncio.CancelledError):
        await slow
    asked_for.clear()
    for number in range(2):
        with pytest.raises(Unavailable):
            await post(like("https://slow.example/users/alice", number))
    assert not asked_for.is_set()


async def _peer(us):
    async with us.node.reading() as session:
        return (await session.scalars(select(Peer).where(col(Peer.host) == "good.example"))).one()


async def test_that_a_peer_is_alive_is_noted_once_a_minute(us, alice, post):
    began = us.node.clock.now()
    for seconds, noted in ((0, 0), (30, 0), (31, 61), (1, 61)):
        us.node.clock.advance(seconds=seconds)
        await post(like(alice, us.node.clock.now().isoformat()))
        assert ((await _peer(us)).last_seen - began).total_seconds() == noted


async def test_a_peer_in_trouble_is_revived_by_its_next_word(us, alice, post):
    async with us.node.transaction() as tx:
        await tx.session.execute(update(Peer).values(state="dead", failures=12, due_at=None))
    await post(like(alice, 1))
    assert ((await _peer(us)).state, (await _peer(us)).failures) == ("awake", 0)


async def test_a_clean_stop_answers_all_who_wait_and_takes_nothing_more(us, alice, post):
    """R04"""
    stall = Stall()
    us.node.faults.arm("I3", stall)
    waiting = [asyncio.create_task(post(like(alice, number))) for number in range(3)]
    await stall.reached.wait()
    waiting.append(asyncio.create_task(post(like(alice, "late"))))
    await passed(us, "I2", 4)
    let_go = us.node.database.dispose

    async def dispose():
        assert us.node.memory(Intake)._flusher is None, "it still writes"
        await let_go()

    us.node.database.dispose = dispose
    closing = asyncio.create_task(us.node.close())
    await asyncio.sleep(0)
    with pytest.raises(Unavailable):
        await post(like(alice, "later"))
    stall.released.set()
    await closing
    assert states(await asyncio.gather(*waiting)) == ["accepted"] * 4
    store = Database(us.node.database.url)
    async with store.reading() as session:
        assert len(list(await session.scalars(select(Arrival.id)))) == 5
    await store.dispose()


async def test_an_end_without_notice_leaves_nobody_waiting(us, alice, post):
    stall, intake = Stall(), us.node.memory(Intake)
    us.node.faults.arm("I3", stall)
    waiting = [asyncio.create_task(post(like(alice, 1)))]
    await stall.reached.wait()
    waiting.append(asyncio.create_task(post(like(alice, 2))))
    await passed(us, "I2", 2)
    intake._flusher.cancel()
    assert states(await asyncio.gather(*waiting, return_exceptions=True)) == ["Unavailable"] * 2
    assert await recorded(us) == ["first"]
    assert (await post(like(alice, 1))).state == "accepted"


async def test_nodes_of_one_process_do_not_wait_for_each_other(sea, us, good, alice, post):
    them = await sea.node("them.example")
    stall = Stall()
    us.node.faults.arm("I3", stall)
    waiting = asyncio.create_task(post(like(alice, 1)))
    await stall.reached.wait()
    assert (await Post(them)(like(alice, 1))).state == "accepted"
    stall.released.set()
    assert (await waiting).state == "accepted"


async def test_a_stranger_of_a_host_never_heard_of_is_let_in(us, sea, post):
    assert (await post(like(Stranger(sea, "new.example").person("alice")))).state == "accepted"


async def test_a_stop_does_not_wait_for_ever(us, alice, post, monkeypatch):
    """R04: those who waited are told to come back."""
    monkeypatch.setattr(module, "CLOSE_WITHIN", 0.01)
    stall = Stall()
    us.node.faults.arm("I3", stall)
    waiting = asyncio.create_task(post(like(alice, 1)))
    await stall.reached.wait()
    await us.node.close()
    with pytest.raises(Unavailable):
        await waiting
