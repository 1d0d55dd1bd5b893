"""What waits is told as it stands, on both databases."""

from datetime import timedelta

import pytest

from node.store.queries.gauges import Lag, Queue, read_gauges
from node.store.queries.tasks import ask_for
from node.store.tables.arrivals import Arrival
from node.store.tables.log import LogEntry
from tests.support.rows import a_local_actor, a_peer, an_actor


@pytest.fixture
async def node(sea):
    return (await sea.node("alpha.example")).node


async def gauges(node):
    async with node.reading() as session:
        return await read_gauges(session, now=node.clock.now())


async def test_a_new_node_has_nothing_waiting(node):
    found = await gauges(node)
    assert found.arrivals == Queue(due=0, later=0, overdue=0.0)
    assert found.lag == {"healthy": Lag(), "failing": Lag()}
    assert set(found.lanes) == {"awake", "sleeping", "dead", "paused", "blocked"}


async def test_arrivals_and_tasks_wait_now_or_later(node, sea):
    async with node.transaction() as tx:
        for number, (state, due) in enumerate(
            [("waiting", 0), ("waiting", -30), ("waiting", 60), ("dead", 0), ("done", 0)]
        ):
            iri = f"https://beta.example/{number}"
            tx.session.add(
                Arrival(
                    iri=iri, type="Like", actor=iri, signer=iri, body="{}", received_at=tx.now, state=state,
                    due_at=tx.now + timedelta(seconds=due),
                )
            )  # fmt: skip
        await ask_for(tx, "nodeinfo", "gamma.example")
        await ask_for(tx, "nodeinfo", "delta.example", due_at=tx.now + timedelta(hours=1))
    sea.clock.advance(seconds=10)
    found = await gauges(node)
    assert found.arrivals == Queue(due=2, later=1, overdue=40.0)
    assert found.dead_arrivals == 1
    assert found.tasks == Queue(due=1, later=1, overdue=10.0)


async def test_lanes_that_keep_up_are_told_from_those_that_fail(node, sea):
    async with node.transaction() as tx:
        ada = await a_local_actor(tx)
        for name in ("beta", "gamma", "delta", "epsilon"):
            await an_actor(tx, f"https://{name}.example/u/bob")
        (await a_peer(tx, "gamma.example")).failures = 2
        (await a_peer(tx, "delta.example")).state = "paused"
        (await a_peer(tx, "epsilon.example")).blocked_at = tx.now
        await write(tx, ada)
    sea.clock.advance(seconds=60)
    async with node.transaction() as tx:
        await write(tx, ada)
        head = await a_peer(tx, "beta.example")
        head.cursor = 1
    found = await gauges(node)
    assert found.lanes == {"awake": 2, "sleeping": 0, "dead": 0, "paused": 1, "blocked": 1}
    assert found.lag == {"healthy": Lag(1, 1, 0.0), "failing": Lag(2, 2, 60.0)}


async def write(tx, actor):
    iri = f"https://alpha.example/activities/{tx.ids.token()}"
    tx.session.add(LogEntry(iri=iri, type="Like", actor_id=actor.id, body="{}", at=tx.now))
    await tx.session.flush()
