"""R36, in small: people on three nodes do what comes into their heads while links drop, double and reorder; in the end all
nodes show the same, and every counter is what it counts (R34). The large form, with processes that die, is the soak."""

from __future__ import annotations

import random

import pytest

from node.store.queries.counters import counters, drifted, newest_post
from tests.support.state import differences, public_state

STEPS = 30
HOURS = (1, 2, 4, 7, 13, 13)  # until every lane has tried again


class Village:
    """Three people on three nodes, a group on one of them, and what they may still act upon."""

    def __init__(self, sea, people, bees, chance: random.Random) -> None:
        self.sea, self.people, self.bees, self.chance = sea, people, bees, chance
        self.by: dict[str, str] = {}  # living post -> its author
        self.threads: list[str] = []
        self.said = 0

    def words(self) -> str:
        self.said += 1
        return f"Word {self.said}"

    async def act(self) -> None:
        """Somebody does something about what their node knows."""
        who = self.chance.choice(self.people)
        known = [iri for iri in self.by if await self._is_there(who, iri)]
        own = [iri for iri in known if self.by[iri] == who.iri]
        kind = self.chance.choice(("thread", "answer", "answer", "vote", "vote", "vote", "edit", "delete"))
        if kind == "thread" or not known:
            iri = await who.posts(self.bees, title=self.words())
            self.threads.append(iri)
            self.by[iri] = who.iri
        elif kind == "answer":
            self.by[await who.answers(self.chance.choice(known), self.words())] = who.iri
        elif kind == "vote":
            await who.votes(self.chance.choice(known), self.chance.choice((-1, 0, 1)))
        elif kind == "edit" and own:
            iri = self.chance.choice(own)
            title = self.words() if iri in self.threads else None
            await who.edits(iri, self.words(), title=title)
        elif kind == "delete" and own:
            iri = self.chance.choice(own)
            await who.deletes(iri)
            del self.by[iri]

    async def _is_there(self, who, iri: str) -> bool:
        post = await who.island.post(iri)
        return post is not None and post.deleted_at is None and post.confirmed_at is not None

    async def weather(self) -> None:
        """A link changes for the worse or the better."""
        chart, host = self.sea.chart, self.chance.choice(sorted(self.sea.nodes))
        match self.chance.choice(("away", "doubled", "held", "fair", "fair")):
            case "away":
                chart.away = {host}
            case "doubled":
                chart.doubled = {host}
            case "held":
                chart.held.setdefault(host, [])
            case _:
                await self.calm()

    async def calm(self) -> None:
        """All links are well again; what was held comes in another order, some of it twice."""
        chart = self.sea.chart
        chart.away, chart.doubled = set(), set()
        for host in list(chart.held):
            waiting = chart.held.pop(host)
            self.chance.shuffle(waiting)
            for sender, request, body in [*waiting, *waiting[::3]]:
                await chart.carry(sender, request, body)


@pytest.mark.parametrize("seed", [1, 3])
async def test_nodes_agree_in_the_end_whatever_the_links_did(sea, alpha, beta, gamma, bees, seed):
    people = [
        await alpha.member("ada", follows=bees),
        await beta.member("ben", follows=bees),
        await gamma.member("cy", follows=bees),
    ]
    await sea.settle()
    village = Village(sea, people, bees, random.Random(seed))
    for _ in range(STEPS):
        await village.act()
        sea.clock.advance(seconds=61)  # an edit within the same second has no order
        if village.chance.random() < 0.5:
            await sea.settle()
        if village.chance.random() < 0.3:
            await village.weather()
    await village.calm()
    for hours in HOURS:
        await sea.settle()
        sea.clock.advance(hours=hours)
    await sea.settle()

    states = {host: await public_state(island.node.database) for host, island in sea.nodes.items()}
    assert differences(states) == []
    shown = set(states["gamma.example"]["posts"])
    # Not all: what answers something that was gone by then, the group refuses.
    assert shown <= set(village.by)
    assert len(shown) > 5
    for island in sea.nodes.values():
        assert await drift_of(island) == []


async def drift_of(island) -> list[object]:
    async with island.node.reading() as session:
        last = await newest_post(session)
        return [one for counter in counters() for one in await drifted(session, counter, 0, last)]
