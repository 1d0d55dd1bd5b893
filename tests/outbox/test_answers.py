"""What becomes of an entry, a lane and a peer by what the peer answers, or by what keeps us from asking."""

from datetime import timedelta
from email.utils import format_datetime

import httpx
import pytest
import structlog
from sqlmodel import select

from node.outbox.audience import Target
from node.outbox.deliver import deliver_due
from node.outbox.verdicts import Verdict, judge
from node.store.tables.actors import Actor
from node.store.tables.tasks import Task
from tests.outbox.telling import peer_at, say, tell
from tests.support.keyshop import private_key
from tests.support.rows import a_local_actor, a_peer, an_actor


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


async def _actor(node, actor):
    async with node.reading() as session:
        return await session.get(Actor, actor.id)


def _pem():
    from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

    return Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()
