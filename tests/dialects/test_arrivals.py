"""Each document of each program takes effect, or is refused, as the table says: no more and no less."""

from __future__ import annotations

from itertools import groupby

import pytest

from tests.dialects import ledger
from tests.dialects.arrivals import ARRIVALS
from tests.dialects.world import World, all_samples

SCENES = {
    key: list(group)
    for key, group in groupby(
        sorted(ARRIVALS, key=lambda one: (one.software, one.scene)), key=lambda one: (one.software, one.scene)
    )
}


def expected(effect: str) -> list[str]:
    return sorted((line.strip() for line in effect.splitlines() if line.strip()), key=lambda one: one[2:])


@pytest.mark.parametrize(("software", "scene"), SCENES)
async def test_a_sample_does_what_its_sender_means(sea, software, scene):
    world = World(sea, await sea.node("local.example", requests_per_minute=1_000_000), software)
    await world.open(scene)
    wrong = []
    for arrival in SCENES[software, scene]:
        for step in arrival.before:
            await step(world)
        await sea.settle()
        before = await ledger.read(world.island)
        reason = await world.comes(arrival)
        found = ledger.changes(before, await ledger.read(world.island))
        if arrival.outcome == "refuses" and (found or reason != arrival.effect):
            wrong.append(
                f"{arrival.name} is not refused with “{arrival.effect}” but “{reason}”:\n" + "\n".join(found)
            )
        if arrival.outcome == "acts" and (reason or found != expected(arrival.effect)):
            wrong.append(f"{arrival.name} does not act as said. {reason}\n" + "\n".join(found))
    assert not wrong, "\n\n".join(wrong)


def test_every_sample_is_in_the_table():
    told = {one.software for one in ARRIVALS}
    samples = {name for name in all_samples() if name.split("/")[0] in told}
    assert samples == {one.name for one in ARRIVALS}
