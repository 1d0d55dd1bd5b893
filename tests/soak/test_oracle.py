"""The judge of a soak: clean where all is as promised, and a line for each thing that is not."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from sqlalchemy import text

from node.store.database import Database
from soak.oracle import judge
from soak.people import Ledger, Said
from soak.proxy import Traffic
from tests.support.staging import staged


class Sound:
    async def check(self):
        return []


@dataclass
class Dry:
    """As much of a node of a soak as the judge asks for."""

    name: str
    host: str
    database: Database
    store: Sound


@pytest.fixture
async def alpha(sea):
    return await sea.node("alpha.example")


@pytest.fixture
async def beta(sea):
    return await sea.node("beta.example")


@pytest.fixture
async def bees(beta):
    return await beta.group("bees")


@pytest.fixture
async def nodes(sea, alpha, beta, bees):
    """A thread with an answer and two votes, on both nodes."""

    async def play():
        ada, ben = await alpha.member("ada", follows=bees), await beta.member("ben")
        await sea.settle()
        thread = await ada.posts(bees, title="Thread x1x", text="Words x1x")
        await sea.settle()
        answer = await ben.answers(thread, "Words x2x")
        await ben.votes(thread, 1)
        await sea.settle()
        await ada.votes(answer, -1)
        await sea.settle()

    await staged(sea, play)
    ada, ben = await alpha.person("ada"), await beta.person("ben")
    thread, answer = await beta.iris_of_posts()
    ledger = Ledger()
    ledger.said = {
        thread: Said(thread, "alpha", [("x1x", True)]),
        answer: Said(answer, "beta", [("x2x", True)]),
    }
    ledger.votes = {
        ("alpha", ada.iri, answer): [(1, True), (-1, True)],
        ("beta", ben.iri, thread): [(1, True)],
    }
    dry = [Dry(one.host.split(".")[0], one.host, one.node.database, Sound()) for one in (alpha, beta)]
    return dry, ledger, thread


async def changed(island, statement):
    async with island.node.transaction() as tx:
        await tx.session.execute(text(statement))


async def test_what_was_promised_and_is_there_is_no_finding(nodes):
    dry, ledger, _ = nodes
    verdict = await judge(dry, ledger, Traffic())
    assert (verdict.lost, verdict.doubled, verdict.wrong) == ([], [], [])
    assert verdict.sent == verdict.accepted == verdict.handled >= 6
    assert (verdict.dead, verdict.pending) == (0, 0)


@pytest.mark.parametrize(
    ("statement", "kind", "says"),
    [
        ("DELETE FROM arrivals WHERE type = 'Announce'", "lost", "never came to"),
        ("DELETE FROM votes WHERE value = -1", "lost", "is 0, not [-1]"),
        ("UPDATE posts SET content = 'x9x' WHERE title <> ''", "lost", "says {'x9x'}, not {'x1x'}"),
        ("UPDATE posts SET deleted_at = published WHERE title <> ''", "lost", "is deleted"),
        (
            "UPDATE posts SET upvotes = upvotes + 1, score = score + 1 WHERE title <> ''",
            "doubled",
            "2 kept, 1 counted",
        ),
        ("UPDATE posts SET content = 'x1x' WHERE title = ''", "doubled", "said twice: x1x"),
        ("UPDATE posts SET comment_count = 0", "wrong", "0 kept, 1 counted"),
        ("UPDATE posts SET locked_at = published WHERE title <> ''", "wrong", "'locked': True"),
        ("UPDATE arrivals SET state = 'waiting'", "wrong", "is still waiting"),
    ],
)
async def test_each_broken_promise_is_named(nodes, alpha, statement, kind, says):
    dry, ledger, _ = nodes
    await changed(alpha, statement)
    verdict = await judge(dry, ledger, Traffic())
    assert any(says in line for line in getattr(verdict, kind)), verdict


async def test_a_2xx_without_an_arrival_is_lost(nodes):
    dry, ledger, _ = nodes
    traffic = Traffic()
    traffic.taken["https://a.example/likes/1", dry[0].host] = "Like"
    verdict = await judge(dry, ledger, traffic)
    assert verdict.lost == [f"Like https://a.example/likes/1: {dry[0].host} answered 2xx and has it not"]


async def test_an_act_without_an_answer_may_have_happened_or_not(nodes):
    dry, ledger, thread = nodes
    said = ledger.said[thread]
    said.texts.append(("x5x", False))
    said.deleted = None
    [key] = [one for one in ledger.votes if one[0] == "beta"]
    ledger.votes[key].append((0, False))
    assert (await judge(dry, ledger, Traffic())).is_clean
    said.texts.append(("x6x", True))
    assert [line for line in (await judge(dry, ledger, Traffic())).lost if "x6x" in line]
